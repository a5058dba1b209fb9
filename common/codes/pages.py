"""A page of documentation for each code. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from common.codes import CODES
from common.codes.registry import Code

LEVELS = {
    "error": "error: the request is refused (exit code 2 or 3, REST {rest}), and nothing changes",
    "failure": "error: a step, a job or a command fails (exit code 1, REST {rest}); what was done before stays done",
    "warning": "warning: the request proceeds, and the finding is shown for review",
    "info": "info: nothing is wrong",
}
# The statuses over REST of a code that does not name its own.
_REST = {"error": "400, 403, 404 or 409", "failure": "502"}


def pages(more: Mapping[str, str]) -> dict[str, str]:
    """Return Markdown by file name: a page for each code, and ``README.md`` with the list.

    ``more``: Markdown that stands before the example of a code, such as the files that lead to it.
    """
    found = {f"{code.code}.md": _page(code, more.get(code.code, "")) for code in CODES.values()}
    rows = [f"| [{code.code}]({code.code}.md) | {code.level} | {code.title} |" for code in CODES.values()]
    head = [
        "# Codes",
        "",
        "Every finding, refusal, failure and warning has a code: a letter for its subject and two digits. These texts are",
        "also available from `explain CODE`, from `GET /api/v1/codes/CODE/`, and by clicking a code in the console.",
        "R codes are configuration rules: all of them are checked before anything runs, and all violations are reported",
        "at once. Run `python scripts/code_pages.py` to regenerate these pages.",
        "",
        "| code | level | meaning |",
        "|---|---|---|",
    ]
    return {"README.md": "\n".join([*head, *rows]) + "\n", **found}


def _page(code: Code, more: str) -> str:
    level = "failure" if code.failure else code.level
    said = LEVELS[level].format(rest=code.rest or _REST.get(level, ""))
    lines = [
        f"# {code.code}: {code.title}",
        "",
        f"Level: {said}.",
        "",
    ]
    lines += ["## Cause", "", code.cause, "", "## What to do", "", code.remedy, ""]
    if more or code.example:
        lines += ["## Example", ""]
    if more:
        lines += [more]
    if code.example:
        lines += ["```", code.example, "```", ""]
    return "\n".join(lines)

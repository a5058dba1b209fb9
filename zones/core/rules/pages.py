"""A page of documentation for each rule, from the registry and its example."""

from __future__ import annotations

import inspect

from zones.core.rules.examples import EXAMPLES, Example
from zones.core.rules.registry import RULES, Rule

LEVELS = {
    "error": "error: the configuration is refused with exit code 2 (REST: 400), and nothing is changed",
    "warning": "warning: the plan is made, and the finding stands in its review",
    "info": "info: nothing is wrong",
}
_ENGINE = """\
## Example

No file breaks this rule. A scaling, an upgrade or a maintenance job that is begun while another one of the same
region runs is refused with exit code 3 (REST: 409); the answer names the job, since when it runs and who began it.
"""


def pages() -> dict[str, str]:
    """Markdown by file name: one page for each rule, and ``README.md`` with the list of them."""
    found = {f"{code}.md": _page(rule) for code, rule in RULES.items()}
    rows = [f"| [{code}]({code}.md) | {rule.level} | {rule.title} |" for code, rule in RULES.items()]
    head = [
        "# Rules of a configuration",
        "",
        "Every rule is asked before anything runs, and everything that is wrong is said at once. A finding names the",
        "code, the file with its line (or the node), and what to do. `config_qingcloud --check` asks them and changes",
        "nothing. These pages are generated: `python scripts/rule_pages.py`.",
        "",
        "| code | level | rule |",
        "|---|---|---|",
    ]
    return {"README.md": "\n".join([*head, *rows]) + "\n", **found}


def _page(rule: Rule) -> str:
    checked = inspect.cleandoc(rule.check.__doc__ or rule.title)
    example = EXAMPLES.get(rule.code)
    return "\n".join(
        [
            f"# {rule.code}: {rule.title}",
            "",
            f"Level: {LEVELS[rule.level]}.",
            "",
            "## What is checked",
            "",
            checked,
            "",
            "## What to do",
            "",
            f"{rule.what_to_do[:1].upper()}{rule.what_to_do[1:]}.",
            "",
            _example(rule, example) if example else _ENGINE,
        ]
    )


def _example(rule: Rule, example: Example) -> str:
    blocks = ["## Example", ""]
    for name, text in example.files:
        blocks += [f"`{name}`", "", "```yaml", text.rstrip(), "```", ""]
    blocks += [
        "The finding:",
        "",
        "```",
        f"{rule.code} {rule.level} {example.file}:{example.line}: … {example.says} …",
        "```",
        "",
    ]
    return "\n".join(blocks)

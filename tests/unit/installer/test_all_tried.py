"""The advice of each refusal is followed as printed, from the state in which it appears, and clears that refusal.

A play sets up the state, types a command, takes the remedy from the refusal, follows it (commands that it names are
taken out of its text, capitals such as ADDRESS filled in), and types the first command again. A test says with the mark
``remedy(CODE)`` which remedy it follows; every code with a remedy has such a test.
"""

from __future__ import annotations

import ast
import re

from common.codes import CODES
from tests.support.sources import ROOT, each, parsed, sources


def printed_with_a_remedy() -> set[str]:
    """Return the codes of all findings in the code that advise something."""
    found = {code for code, item in CODES.items() if any(says.remedy for says in item.says.values())}
    found |= {code for _, call in each(ast.Call) if (code := _code(call))}
    # Where a code has a name, it is used by that name, and with a remedy.
    named = (row.value for path in sources() for row in parsed(path).body if isinstance(row, ast.Assign))
    return found | {value for item in named if _is_code(value := getattr(item, "value", ""))}


def _is_code(value: object) -> bool:
    return isinstance(value, str) and bool(re.fullmatch(r"[A-Z][0-9]{2}", value))


def _code(call: ast.Call) -> str:
    """Return the code of a finding that is made here with a remedy, or an empty string."""
    # A rule has no remedy of its own, and what a code means is explained in general.
    if getattr(call.func, "id", getattr(call.func, "attr", "")) in ("Rule", "Code", "message"):
        return ""
    named = {keyword.arg: keyword.value for keyword in call.keywords}
    given = [*call.args]
    for place, argument in enumerate(given):
        if isinstance(argument, ast.Constant) and _is_code(argument.value):
            remedy = named.get("remedy", given[place + 2] if len(given) > place + 2 else None)
            empty = remedy is None or (isinstance(remedy, ast.Constant) and not remedy.value)
            return "" if empty else str(argument.value)
    return ""


def tried() -> set[str]:
    """Return the codes that a test is marked with."""
    marked = re.compile(r'\bremedy\(((?:"[A-Z][0-9]{2}"(?:, )?)+)\)')
    texts = (path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    return {
        code
        for text in texts
        for found in marked.findall(text)
        for code in re.findall(r"[A-Z][0-9]{2}", found)
    }


def test_every_code_with_a_remedy_is_tried() -> None:
    """Require a test for every code with a remedy."""
    assert printed_with_a_remedy() - tried() == set()

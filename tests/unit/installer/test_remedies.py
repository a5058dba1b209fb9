"""Advice that can be followed: every verb and option that a sentence names exists."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from django.core.management import get_commands, load_command_class

from tests.support.sources import ROOT, each

VERBS = sorted(name for name, app in get_commands().items() if app == "installer")
_SAID = re.compile(rf"\b({'|'.join(VERBS)})\b(?!\()([^,;:()→|]*)")
# Where the advice about one command ends: at the end of its sentence, or with another way.
_NEXT = re.compile(r"\b(?:or|and|then|instead of)\b|\.\s", re.IGNORECASE)
# The command that is to be run on nodes has options of its own.
_QUOTED = re.compile(r"(?<=\s)'[^'\n]*'")
_OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]+|-[a-zA-Z])(?![\w-])")


def sentences() -> Iterator[tuple[str, str]]:
    """Find every text of the product, with ``X`` for each value that is filled in, and its file."""
    for path, item in each(ast.JoinedStr):
        parts = (part.value if isinstance(part, ast.Constant) else "X" for part in item.values)
        yield str(path.relative_to(ROOT)), "".join(map(str, parts))
    for path, item in each(ast.Constant):
        if isinstance(item.value, str):
            yield str(path.relative_to(ROOT)), item.value
    for path in sorted((ROOT / "templates").rglob("*.html")):
        yield str(path.relative_to(ROOT)), path.read_text()


def advice() -> list[tuple[str, str, str]]:
    """Return verb, options and place of every command that is advised with an option."""
    found = {
        (verb, " ".join(options), place)
        for place, text in sentences()
        for verb, rest in _SAID.findall(_QUOTED.sub("X", text))
        # "get_status JOB or get_log JOB --follow": the option is that of the second.
        if (options := _OPTION.findall(_NEXT.split(rest)[0]))
    }
    return sorted(found)


def test_every_option_that_is_advised_exists() -> None:
    found = advice()
    assert len(found) > 30
    known = {
        verb: set(
            load_command_class("installer", verb).create_parser("manage.py", verb)._option_string_actions
        )
        for verb in {verb for verb, *_ in found}
    }
    assert [row for row in found if not set(row[1].split()) <= known[row[0]]] == []

"""Reads a node's settings file back, also after a person edited it."""

from __future__ import annotations

import re

_LINE = re.compile(r'([a-z][a-z0-9_]*)="((?:[^"\\`$]|\\.)*)"\s*', re.ASCII)
_ESCAPED = re.compile(r"\\(.)")


def read_settings(content: str) -> dict[str, str]:
    """Values by key, in file order; comments and blank lines are passed over.

    Raises:
        ValueError: a line that is no ``key="value"``, or a key that stands twice; the message names the line.
    """
    values: dict[str, str] = {}
    for number, line in enumerate(content.replace("\r\n", "\n").split("\n"), start=1):
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = _LINE.fullmatch(text)
        if match is None:
            raise ValueError(f'line {number} is not key="value": {text[:60]!r}')
        key, value = match.groups()
        if key in values:
            raise ValueError(f"line {number}: the key {key} stands twice")
        values[key] = _ESCAPED.sub(r"\1", value) if "\\" in value else value
    return values

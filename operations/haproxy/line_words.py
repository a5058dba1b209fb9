"""A line of haproxy.cfg, split into words as haproxy itself splits it. Pure.

Grammar: https://docs.haproxy.org/2.6/configuration.html, 2.2. A backslash at the end of a line continues nothing.
"""

from __future__ import annotations

import re

# Replaces an environment variable: only the node knows its value.
VARIABLE = "$"
_PLAIN = re.compile(r"[^ \t\n\v\f\r]+")
_SPACE = frozenset(" \t\n\v\f\r")
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", **{char: char for char in " #\\\"'$"}}
_RUN = re.compile(r"""[^ \t\n\v\f\r#"'\\$]+""")
_NAME = re.compile(r"\$(?:\w+|\{[^}]*\}?)", re.ASCII)


def words_of(line: str, most: int) -> list[str]:
    """Split off the first words of a line, without quotes, escapes and comment; variables in double quotes become ``$``."""
    if not any(char in line for char in "\"'\\"):
        return _PLAIN.findall(line.split("#", 1)[0])[:most]
    found: list[str] = []
    word: list[str] | None = None
    quote = ""
    at = 0
    while at < len(line) and len(found) < most:
        char = line[at]
        step = 1
        if not quote and char in _SPACE:
            if word is not None:
                found.append("".join(word))
            word = None
        elif not quote and char == "#":
            break
        elif char in "\"'" and quote in ("", char):
            quote = "" if quote else char
            word = word or []
        else:
            text, step = _taken(line, at, quote)
            word = [*(word or []), text]
        at += step
    return found if word is None else [*found, "".join(word)][:most]


def _taken(line: str, at: int, quote: str) -> tuple[str, int]:
    """Return what the characters at this position stand for, and how many they are."""
    if line[at] == "\\" and quote != "'" and (escaped := _ESCAPED.get(line[at + 1 : at + 2])):
        return escaped, 2
    if quote == '"' and (match := _NAME.match(line, at)):
        return VARIABLE, match.end() - at
    run = _RUN.match(line, at)
    return (run[0], len(run[0])) if run else (line[at], 1)

r"""The grammar of a node's settings file: written here, read here and by ``operations/scaling/install/settings.sh``.

A file is UTF-8 text of lines, each ended by a line feed and at most 32,768 bytes long. A line is one of::

    (nothing, or blanks)
    # a comment
    key="value"

* A *blank* is U+0020 or a tab. Blanks may stand before and after each of the three; nothing else may.
* A *key* is a small letter and then small letters, digits and ``_``; each stands once in a file.
* A *value* stands between ``"``. The four characters ``" \ $ ` `` stand in it with a ``\`` before them, and a ``\``
  stands before nothing else. A tab does not stand in it.
* A *comment* begins with ``#`` where the line begins. What comes after a value is not one.
* Every character is visible: ASCII from U+0020 to U+007E, or one of ``common.characters.SHOWN``. There are no
  controls, no blanks but the two, no marks of no width, nothing that changes the direction of text.

Such a text means the same to a shell that reads it as its own, which programs of the platform may do: it assigns these
values and does nothing else. The console does not: values reach a component as data (:mod:`operations.scripts`).
"""

from __future__ import annotations

import re

from common.characters import LOOK_ALIKES, SHOWN, instead, label, named
from common.messages import Message, message

MAX_LINE_BYTES = 32_768
_BEYOND = "".join(f"{chr(low)}-{chr(high)}" for low, high in SHOWN)
_LINE = re.compile(r'[ \t]*(?:#.*|([a-z][a-z0-9_]*)="((?:[^"\\`$\t]|\\["\\`$])*)"[ \t]*)?', re.ASCII)
_UNSEEN = re.compile(f"[^ -~{_BEYOND}]")
_FOREIGN = re.compile(f"[^\t -~{_BEYOND}]")
_SPECIAL = re.compile(r'([\\"$`])')
_ESCAPED = re.compile(r"\\(.)")


class SettingsError(ValueError):
    """A line that does not follow the grammar; ``line`` is its number."""

    def __init__(self, line: int, what: Message) -> None:
        self.line = line
        super().__init__(message("D17", "line", line=line, what=what))


def read_settings(content: str) -> dict[str, str]:
    """Read values by key, in file order.

    Raises:
        SettingsError: the first line that does not follow the grammar, or a key that occurs twice.
    """
    values: dict[str, str] = {}
    lines = content.split("\n")
    if lines.pop():
        raise SettingsError(len(lines) + 1, message("D17", "no_line_feed"))
    for number, line in enumerate(lines, start=1):
        wrong = _FOREIGN.search(line)
        if wrong:
            raise SettingsError(
                number,
                message("D17", "has_character", char=label(wrong.group()), instead=instead(wrong.group())),
            )
        if len(line) > MAX_LINE_BYTES // 4 and len(line.encode()) > MAX_LINE_BYTES:
            raise SettingsError(number, message("D17", "too_long", limit=MAX_LINE_BYTES))
        match = _LINE.fullmatch(line)
        if match is None:
            raise SettingsError(number, _why_not(line))
        key, value = match.groups()
        if key is None:
            continue
        if key in values:
            raise SettingsError(number, message("D17", "key_twice", key=key))
        values[key] = _ESCAPED.sub(r"\1", value) if "\\" in value else value
    return values


def _why_not(line: str) -> Message:
    meant = "".join(LOOK_ALIKES.get(char, char) for char in line)
    if meant != line and _LINE.fullmatch(meant):
        char = next(char for char in line if char in LOOK_ALIKES)
        return message("D17", "has_character", char=named(char), instead=instead(char))
    if "\\" in line:
        return message("D17", "wrong_escape", text=line.strip()[:60], escaped='" \\ $ and `')
    return message("D17", "no_setting", text=line.strip()[:60])


def quoted(value: str) -> str:
    """Return ``value`` as it is written after ``key=``: controls become blanks, what the grammar lacks U+FFFD."""
    if _UNSEEN.search(value):
        value = _UNSEEN.sub(lambda match: " " if match.group() < " " else "\N{REPLACEMENT CHARACTER}", value)
    return '"' + _SPECIAL.sub(r"\\\1", value) + '"'

"""Characters that look like others, or are invisible: their names, and what to write instead. Pure.

Text pasted from a chat or an editor may hold odd blanks, zero-width characters and full-width signs. A program that
reads the text takes them for letters; a person does not see them at all. All code that reads text written by people
uses this module, so that each such character is named the same way everywhere.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

from common.messages import Message, message, phrase
from common.wording import _

SHOWN = (
    (0x00A1, 0x00AC),  # signs and letters of Latin-1; U+00AD is invisible
    (0x00AE, 0x024F),  # Latin
    (0x2010, 0x2027),  # dashes, quotes, dots
    (0x2030, 0x205E),  # more punctuation
    (0x2100, 0x23FF),  # letters as signs, arrows, mathematics
    (0x2460, 0x27BF),  # numbers in circles, lines and shapes, symbols
    (0x3001, 0x3029),  # CJK punctuation; U+3000 is a blank
    (0x3030, 0x303E),
    (0x3041, 0x3096),  # kana
    (0x309B, 0x30FF),
    (0x3220, 0x33FF),  # units and months in one character
    (0x3400, 0x9FFF),  # Han
    (0xAC00, 0xD7A3),  # Hangul
    (0xFF01, 0xFF5E),  # full-width forms
    (0xFFE0, 0xFFE6),
    (0xFFFD, 0xFFFD),  # stands for a character that could not be kept
)
"""Characters beyond ASCII that a settings file may hold: all of them are seen, and none changes direction.

A list of what is allowed, because the list of what is invisible grows with Unicode, and a shell on a node knows
neither of them.
"""
_STARTS = tuple(low for low, _ in SHOWN)


def shown(char: str) -> bool:
    """Check that a settings file may hold ``char``: printable ASCII, a blank, or one of :data:`SHOWN`."""
    point = ord(char)
    if point < 0x7F:
        return point >= 0x20
    index = bisect_right(_STARTS, point) - 1
    return index >= 0 and point <= SHOWN[index][1]


class At(NamedTuple):
    """A character and its position; line and column count from 1, as in editors."""

    char: str
    line: int
    column: int


MOST_FINDINGS = 100
"""Most findings for one text: a text with more of them was not meant to be read."""


def characters_at(text: str, wanted: Callable[[str], bool]) -> Iterator[At]:
    """Yield the wanted characters of ``text`` in order; only a line feed ends a line."""
    found = {char for char in set(text) if char != "\n" and wanted(char)}
    if not found:
        return
    for number, line in enumerate(text.split("\n"), start=1):
        for column, char in enumerate(line, start=1):
            if char in found:
                yield At(char, number, column)


def label(char: str) -> str:
    """Return the name used in sentences: ``U+00A0 NO-BREAK SPACE``."""
    point = ord(char)
    name = unicodedata.name(char, "") or _UNNAMED.get(point, "")
    if not name and unicodedata.category(char) == "Cc":
        return phrase(_("U+{number} (a control character)"), number=f"{point:04X}")
    return f"U+{point:04X} {name}".rstrip()


_UNNAMED = {0x09: "TAB", 0x0D: "CARRIAGE RETURN", 0x1B: "ESCAPE", 0x7F: "DELETE", 0x85: "NEXT LINE", 0: "NUL"}

LINE_ENDS = frozenset("\v\f\x1c\x1d\x1e\x85\u2028\u2029")
"""Characters that end a line for some programs and not for others."""
# Letters and signs that are drawn as a blank: their Unicode category does not show it.
_BLANK_LETTERS = frozenset("\u115f\u1160\u2800\u3164\uffa0")
_OF_TEXT = frozenset("\u200c\u200d")  # they join emoji, and letters of some scripts
_MARKS = frozenset("\u034f\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f")

_SIGNS = {
    ":": "\ufe55\ufe13\u2236\ua789\u02d0",
    ",": "\uff1b\u3001\ufe50\ufe51\ufe10\ufe11\uff64\u201a",
    ".": "\u3002\uff61\ufe52\u2024",
    "-": "\uff5e\u301c\u223c\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\u30fc\u2500",
    "|": "\u2502\u2223\uffe8\u4e28",
    "/": "\u2044\u2215\u29f8",
    "#": "\ufe5f",
    "*": "\u2217\ufe61",
    "_": "\uff3f",
    "[": "\u3010\u3014\u3016\ufe5d",
    "]": "\u3011\u3015\u3017\ufe5e",
    "{": "\ufe5b",
    "}": "\ufe5c",
    "(": "\ufe59",
    ")": "\ufe5a",
    "<": "\u3008\u2039",
    ">": "\u3009\u203a",
    '"': "\u201c\u201d\u201e\u201f\u2033\u300c\u300d\u300e\u300f\u301d\u301e\u301f\u00ab\u00bb",
    "'": "\u2018\u2019\u201b\u2032\u00b4\u02bc",
}
# Letters of other scripts that look like Latin ones: people who type two languages mix them up.
_LETTERS = {
    **dict(zip("аеорсухѕіјһԁԛԝкАВЕКМНОРСТУХЅІЈԚԜ", "aeopcyxsijhdqwkABEKMHOPCTYXSIJQW", strict=True)),
    **dict(zip("αονρικυΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "aovpikuABEZHIKMNOPTYX", strict=True)),
    "ı": "i",
}
LOOK_ALIKES = {
    **_LETTERS,
    **{chr(0xFF01 + offset): chr(0x21 + offset) for offset in range(94)},
    **{char: sign for sign, chars in _SIGNS.items() for char in chars},
}
"""Characters of pasted text that stand for an ASCII character, each with the intended one.

The full-width semicolon and tilde are meant as the comma of a list and the dash of a range: nothing read here uses
their ASCII forms.
"""


@lru_cache(maxsize=4096)
def meant(char: str) -> str:
    """Return the ASCII character that ``char`` stands for; empty when it is ASCII, or stands for none.

    Covers digits of all scripts, and what Unicode treats as a variant of a letter or digit: superscript, circled, bold.
    """
    if char.isascii() or char in LOOK_ALIKES:
        return LOOK_ALIKES.get(char, "")
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    plain = unicodedata.normalize("NFKC", char)
    return plain if len(plain) == 1 and plain.isascii() and plain.isalnum() else ""


def invisible(char: str) -> bool:
    """Check that ``char`` is invisible (zero width, control, direction) and not a blank, tab or line feed."""
    if " " < char <= "~" or char in " \t\n":
        return False
    category = unicodedata.category(char)
    return category in ("Cc", "Cf", "Cs", "Zl", "Zp") or char in _MARKS or _selector(ord(char))


def _selector(point: int) -> bool:
    return 0xFE00 <= point <= 0xFE0F or 0xE0100 <= point <= 0xE01EF


def odd_blank(char: str) -> bool:
    """Check that ``char`` looks like a blank but is not the ASCII one: U+00A0, U+3000, U+2002 and the like."""
    return char != " " and (unicodedata.category(char) == "Zs" or char in _BLANK_LETTERS)


def deceives(char: str) -> bool:
    """Check that ``char`` is unsafe even in free text and comments: it hides, reorders or splits the text around it.

    Blanks of other scripts are allowed, and so are the characters that join emoji.
    """
    return invisible(char) and char not in _OF_TEXT and not _selector(ord(char))


def named(char: str) -> str:
    """Describe its looks and its number, for people who pasted it: ``the full-width colon U+FF1A``."""
    kind = _KINDS.get(char, "")
    if not kind and "\uff01" <= char <= "\uff5e":
        sign = LOOK_ALIKES[char]
        letter = _("the full-width letter") if sign.isalpha() else _("the full-width sign")
        kind = _("the full-width digit") if sign.isdigit() else letter
    return phrase("{kind} U+{number}", kind=phrase(kind), number=f"{ord(char):04X}") if kind else label(char)


_KINDS = {
    "\uff1a": _("the full-width colon"),
    "\uff0c": _("the full-width comma"),
    "\uff0e": _("the full-width dot"),
    "\u3002": _("the full-width full stop"),
    "\u3001": _("the enumeration comma"),
    "\uff0d": _("the full-width hyphen"),
    "\uff08": _("the full-width bracket"),
    "\uff09": _("the full-width bracket"),
    "\uff3b": _("the full-width bracket"),
    "\uff3d": _("the full-width bracket"),
    "\uff5b": _("the full-width bracket"),
    "\uff5d": _("the full-width bracket"),
    "\u3010": _("the full-width bracket"),
    "\u3011": _("the full-width bracket"),
    "\u201c": _("the curly quote"),
    "\u201d": _("the curly quote"),
    "\u2018": _("the curly quote"),
    "\u2019": _("the curly quote"),
    "\u2013": _("the long dash"),
    "\u2014": _("the long dash"),
    "\u3000": _("the full-width blank"),
    "\u00a0": _("the no-break space"),
    "\u200b": _("the zero-width space"),
    "\ufeff": _("the byte order mark"),
    "\u2028": _("the line separator"),
}


def instead(char: str) -> Message:
    """Return what to do about it, as the end of a sentence."""
    if meant(char):
        return message("D16", "write_sign", sign=meant(char))
    if odd_blank(char):
        return message("D16", "write_blank")
    if char == "\t":
        return message("D16", "write_blanks")
    if char in LINE_ENDS:
        return message("D16", "begin_line")
    if invisible(char):
        return _take_out()
    return message("D16", "write_ascii")


def _take_out() -> Message:
    return message("D16", "take_out")


def visible(text: str) -> str:
    """Return the text for review, with deceptive characters and odd blanks shown as ``<U+202E>``."""
    if text.isascii() and text.isprintable():
        return text
    odd = {char for char in set(text) if char not in "\n\t" and (deceives(char) or odd_blank(char))}
    return "".join(f"<U+{ord(char):04X}>" if char in odd else char for char in text) if odd else text


def out_of_place(char: str) -> bool:
    """Check that syntax, an address or a host name cannot hold ``char``, whatever it looks like."""
    return not char.isascii() and bool(meant(char) or odd_blank(char) or invisible(char))


def repaired(char: str) -> str:
    """Return the character most likely meant; empty for an invisible one."""
    return meant(char) or (" " if odd_blank(char) else "")


def instead_in_a_word(at: At) -> Message:
    """Return what to do about it in a bare address or name, where quotes and brackets are never allowed."""
    sign = meant(at.char) or "-"
    return instead(at.char) if sign.isalnum() or sign in ".,:/-_#" else _take_out()


def sentences(
    places: Iterable[At],
    indents: Mapping[int, int] | None = None,
    remedy: Callable[[At], Message] = lambda at: instead(at.char),
    word: str = "",
) -> Iterator[tuple[int, Message, Message]]:
    """Yield the line, what is wrong and what to do: one entry for each line, character and remedy, with every column.

    ``indents``: the number of leading columns of a line that are its indentation. ``word``: the text itself, where it
    is a word or a line on its own: it is named in place of the number of its line.
    """
    columns: dict[tuple[int, str, Message], list[int]] = {}
    for at in places:
        columns.setdefault((at.line, at.char, remedy(at)), []).append(at.column)
    for (line, char, advice), found in columns.items():
        indented = indents is not None and all(column <= indents.get(line, 0) for column in found)
        listed = [*map(str, found[:20]), *(["…"] if len(found) > 20 else [])]
        yield line, _where(line, word, named(char), listed, indented), advice


def _where(line: int, word: str, char: str, columns: list[str], indented: bool) -> Message:
    if word and len(columns) == 1:
        return message("D16", "word_at", word=word, char=char, columns=columns)
    if word:
        return message("D16", "word_at_columns", word=word, char=char, columns=columns)
    if indented and len(columns) == 1:
        return message("D16", "indent_at", line=line, char=char, columns=columns)
    if indented:
        return message("D16", "indent_at_columns", line=line, char=char, columns=columns)
    if len(columns) == 1:
        return message("D16", "line_at", line=line, char=char, columns=columns)
    return message("D16", "line_at_columns", line=line, char=char, columns=columns)

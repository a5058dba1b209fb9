"""Look-alike and invisible characters in YAML, found before they mislead the parser.

A parser takes them for letters, and reports something about the line below. Here the text is read as a person means it:
where a key ends, where a list begins, what is a comment. Everything out of place is reported at its own line and column,
and the parser gets a copy in which it is corrected, so that any other problem is reported in the same run.
Text for people stays as it is: in comments, and as values of fields that hold free text.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Literal

from common.characters import (
    LOOK_ALIKES,
    MOST_FINDINGS,
    At,
    deceives,
    instead,
    meant,
    odd_blank,
    out_of_place,
    repaired,
    sentences,
)
from common.errors import Finding
from common.messages import Message, message

FreeText = Callable[[str, str], bool]
"""Whether the field ``key`` of a top-level section holds text for people: takes section and key."""


def no_free_text(section: str, key: str) -> bool:
    """Return False: the field of a file whose fields are all words of a program."""
    return False


_BLOCK = re.compile(r"(^|[:\-] +)[|>][+-]?[0-9]?[+-]?[ \t]*(#.*)?$")


def put_right(name: str, text: str, free: FreeText) -> tuple[str, list[Finding]]:
    """Return the text as it is meant, and a finding for each line and character that is not what it looks like."""
    if text.isascii() or not any(map(out_of_place, set(text))):
        return text, []
    scanner = _Scanner(free)
    corrected = "\n".join(scanner.line(line) for line in text.split("\n"))
    findings = [
        Finding(message("D16", "found", what=what, instead=advice), file=name, line=line)
        for line, what, advice in sentences(scanner.found, scanner.indents, scanner.remedy)
    ]
    return corrected, findings[:MOST_FINDINGS]


class _Scanner:
    """Scanner that reads line after line and remembers what is open at the end of each."""

    def __init__(self, free: FreeText) -> None:
        self.free = free
        self.found: list[At] = []
        self.indents: dict[int, int] = {}
        # On which side of the sign at this line and column YAML wants a blank.
        self._lacking: dict[tuple[int, int], Literal["before", "after"]] = {}
        self._number = 0
        self._section = ""
        self._at_top = False  # what is read belongs to the section itself
        self._flow: list[str] = []
        self._quote = ""
        self._block: int | None = None
        self._key: str | None = None  # of the current entry; None before its colon

    def line(self, text: str) -> str:
        """Return the line as it is meant."""
        self._number += 1
        indent = len(text) - len(text.lstrip(" "))
        if self._block is not None:
            if not text.strip() or indent > self._block:
                return self._words(text)
            self._block = None
        if not self._flow and not self._quote:
            self._key = None
        corrected = self._syntax(text)
        if not self._quote and not self._flow and _BLOCK.search(corrected):
            self._block = indent
        return corrected

    def _report(self, index: int, char: str) -> str:
        self.found.append(At(char, self._number, index + 1))
        return repaired(char)

    def remedy(self, at: At) -> Message:
        """Return what to do about a character that was reported."""
        side = self._lacking.get((at.line, at.column))
        if side == "after":
            return message("D16", "write_sign_blank_after", sign=meant(at.char))
        if side == "before":
            return message("D16", "write_sign_blank_before", sign=meant(at.char))
        return instead(at.char)

    def _words(self, text: str, start: int = 0) -> str:
        """Read a comment or free text: only deceptive characters are reported."""
        return "".join(
            self._report(index, char) if deceives(char) else char for index, char in enumerate(text, start)
        )

    @property
    def _is_free(self) -> bool:
        return self._key is not None and not self._at_top and self.free(self._section, self._key)

    def _syntax(self, text: str) -> str:
        done: list[str] = []
        word: list[str] = []  # since the last sign that ends an entry or a key
        index = 0
        begun = False
        while index < len(text):
            char = text[index]
            if self._quote:
                done.append(self._quoted(text, index))
                index += len(done[-1]) if done[-1] in ("''", '\\"', "\\\\") else 1
                continue
            sign = char if char.isascii() else LOOK_ALIKES.get(char, char)
            after_blank = not done or done[-1][-1:] in (" ", "\t", "")
            if not begun and not _blank(char):
                begun = True
                self.indents[self._number] = index
            if sign == "#" and after_blank and (char == "#" or not (self._is_free and word)):
                done.append(char if char == "#" else self._report(index, char))
                done.append(self._words(text[index + 1 :], index + 1))
                break
            done.append(self._sign(text, index, sign, word, done))
            index += 1
        else:
            if not begun:
                self.indents[self._number] = len(text)
        return "".join(done)

    def _quoted(self, text: str, index: int) -> str:
        """Read one character (or pair) between quotes."""
        char, pair = text[index], text[index : index + 2]
        if (self._quote == "'" and pair == "''") or (self._quote == '"' and pair in ('\\"', "\\\\")):
            return pair
        if char == self._quote:
            self._quote = ""
            return char
        if deceives(char) or (out_of_place(char) and not self._is_free):
            return self._report(index, char)
        return char

    def _flow_sign(self, sign: str, word: list[str]) -> bool:
        """Follow the brackets and commas of flow style; return whether the sign is one of them."""
        if sign in "[{" and not "".join(word).strip():
            self._flow.append(sign)
            self._key = None if sign == "{" else self._key
        elif sign in "]}" and self._flow:
            self._flow.pop()
            self._key = self._key if self._flow else ""
        elif sign == "," and self._flow:
            self._key = None if self._flow[-1] == "{" else self._key
        else:
            return False
        word.clear()
        return True

    def _sign(self, text: str, index: int, sign: str, word: list[str], done: list[str]) -> str:
        """Read one character outside quotes and comments, return the intended one, and update ``word``."""
        char = text[index]
        odd = out_of_place(char) and not self._passes(text, index, word)
        if char.isascii() or not odd:
            sign = char
        out = self._report(index, char) if odd else char
        after = text[index + 1 : index + 2]
        last = not after or _blank(after)
        opens = after in LOOK_ALIKES and LOOK_ALIKES[after] in "[{\"'"
        ends_key = (
            sign == ":"
            and self._key is None
            and (odd or last or opens or (bool(self._flow) and after in ",[]{}"))
        )
        if ends_key and "".join(word).strip():
            self._key = "".join(word).strip().strip("'\"")
            outside = not self._flow and "".join(done).strip() == "".join(word).strip()
            self._at_top = self.indents.get(self._number) == 0 and outside
            if self._at_top:
                self._section = self._key
            word.clear()
            if last or not (odd or opens):
                return out
            # A full-width sign looks wide enough: whoever writes one does not put a blank beside it.
            self._lacking[self._number, index + (1 if odd else 2)] = "after" if odd else "before"
            return f"{out} "
        if self._flow_sign(sign, word):
            return ", " if sign == "," and odd and not last else out
        if sign == "-" and not self._flow and not "".join(done).replace("-", "").strip() and last:
            return out
        if sign in "'\"" and not "".join(word).strip():
            self._quote = "" if odd else sign
        word.append(out if odd else char)
        return out

    def _passes(self, text: str, index: int, word: list[str]) -> bool:
        """Return whether it is part of free text; a blank is, between words of it."""
        char = text[index]
        if not self._is_free:
            return False
        if odd_blank(char):
            rest = text[index:].lstrip("".join({*filter(_blank, text[index:])}))
            return bool("".join(word).strip()) and rest[:1] not in ("", "#", ",", "]", "}")
        return not deceives(char)


def _blank(char: str) -> bool:
    return char in " \t" or odd_blank(char)

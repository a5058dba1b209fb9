"""Make text from outside safe for a log: secrets out, control characters out, long lines folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from common.characters import deceives
from common.secrets import Secret

MAX_LINE_CHARS = 8192
# Never across the end of a line: an unterminated escape would swallow the lines after it.
_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def redact(text: str, secrets: Iterable[Secret]) -> str:
    """Replace every secret of at least 4 characters in ``text`` by ``***``."""
    for secret in secrets:
        value = secret.reveal()
        if len(value) >= 4:
            text = text.replace(value, "***")
    return text


def plain(text: str) -> str:
    """Remove terminal escapes and control characters (tab and line end stay); lone surrogates become ``?``.

    An invisible character that changes how a line reads (U+202E reverses it) is shown by its number.
    """
    text = _CONTROL.sub("\N{REPLACEMENT CHARACTER}", _ANSI.sub("", text)).encode("utf-8", "replace").decode()
    if text.isascii():
        return text
    for char in set(text):
        if deceives(char):
            text = text.replace(char, f"<U+{ord(char):04X}>")
    return text


def fold(text: str) -> Iterator[str]:
    """Yield the lines of ``text``, each at most 8,192 characters: a longer one is continued after an ellipsis.

    A carriage return ends a line, too: progress bars use it to redraw themselves.
    """
    text = text.rstrip("\r").replace("\r\n", "\n").replace("\r", "\n")
    for line in plain(text).split("\n"):
        if len(line) <= MAX_LINE_CHARS:
            yield line
            continue
        for start in range(0, len(line), MAX_LINE_CHARS - 1):
            part = line[start : start + MAX_LINE_CHARS - 1]
            yield part + ("…" if start + len(part) < len(line) else "")


# What makes a spreadsheet read a cell as a formula; Excel in Chinese and Japanese accepts the full-width signs, too.
_FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\n", "＝", "＋", "－", "＠")


def spreadsheet_safe(text: str) -> str:
    """Return the text of a CSV cell so that no spreadsheet runs it: an apostrophe before what looks like a formula.

    A text that begins with an apostrophe gets one, too: a reader removes exactly one. A carriage
    return becomes a line feed, the only line end that the csv module quotes.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return f"'{text}" if text.startswith((*_FORMULA_SIGNS, "'")) else text


def described(error: BaseException) -> str:
    """Return ``ValueError: not a number``, for an error that was not expected."""
    return f"{type(error).__name__}: {error}"

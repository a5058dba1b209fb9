"""Helpers of all parsers: numbers, sizes and ``key: value`` lines from untrusted text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from common.wording import _
from nodes.parsers.errors import ParseError

_NUMBER = re.compile(r"[0-9]{1,20}")
_SIZE = re.compile(r"([0-9]{1,20}(?:[.,][0-9]{1,6})?)\s?(?:([KMGTPE])(?:i?B)?|B)?")
_HEX_ESCAPES = re.compile(r"(?:\\x[0-9a-fA-F]{2})+")
# All but newline and tab: they move cursors, split lines in odd places, and no database accepts some of them.
_CONTROLS = re.compile("[\\x00-\\x08\\x0b-\\x1f\\x7f-\\x9f\\u2028\\u2029\\ud800-\\udfff]")
_EXPONENTS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}

MAX_COUNT = 2**31 - 1  # what an integer column holds
MAX_SIZE_BYTES = 2**63 - 1  # what a bigint column holds; no machine comes near


def whole_number(text: str) -> int | None:
    """Parse ``text`` as a non-negative integer, or return ``None``; never an exception, never Unicode digits."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return None
    value = int(stripped)
    return value if value <= MAX_SIZE_BYTES else None


def count(text: str) -> int | None:
    """Parse like :func:`whole_number`; ``None`` beyond what an MTU, a speed or a number of things can be."""
    value = whole_number(text)
    return value if value is not None and value <= MAX_COUNT else None


def size_bytes(tool: str, text: str) -> int:
    """Convert ``10737418240`` or a rounded ``9.1T`` (powers of 1024) to bytes. Raises: ParseError."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ParseError(tool, _("a size is neither bytes nor a number with a unit"), text)
    value, unit = match[1].replace(",", "."), match[2] or ""
    exact = int(value) if "." not in value else None
    scale = 1024 ** _EXPONENTS[unit]
    result = exact * scale if exact is not None else int(float(value) * scale)
    if result > MAX_SIZE_BYTES:
        raise ParseError(tool, _("a size is larger than any disk"), text)
    return result


def clean(text: str) -> str:
    """Strip control characters and lone surrogates from ``text``; newlines and tabs stay."""
    return _CONTROLS.sub("", text)


def unescape(text: str) -> str:
    r"""Resolve the ``\x20`` escapes of util-linux in ``text`` (they are bytes of UTF-8), and clean it."""
    return clean(_HEX_ESCAPES.sub(_bytes, text))


def _bytes(match: re.Match[str]) -> str:
    return bytes.fromhex(match[0].replace("\\x", "")).decode("utf-8", errors="replace")


def colon_fields(text: str) -> Iterator[tuple[str, str]]:
    """Yield ``(key, value)`` of each ``key : value`` line, both stripped; other lines are skipped."""
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            yield key.strip(), value.strip()


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """Yield ``(title, body)`` of text whose blocks begin with a line ``@title``; text before the first is dropped."""
    title: str | None = None
    body: list[str] = []
    for line in text.splitlines():
        if line.startswith("@"):
            if title is not None:
                yield title, "\n".join(body)
            title, body = line[1:].strip(), []
        else:
            body.append(line)
    if title is not None:
        yield title, "\n".join(body)


def device_name(path: str) -> str:
    """Return ``sda`` for ``/dev/sda``, ``vg-root`` for ``/dev/mapper/vg-root``, ``cciss/c0d0`` for ``cciss!c0d0``."""
    name = path.strip().removeprefix("/dev/").removeprefix("mapper/")
    return name.replace("!", "/")

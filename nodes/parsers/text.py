"""What all parsers share: numbers, sizes and ``key: value`` lines from text that nobody vouches for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from nodes.parsers.errors import ParseError

_NUMBER = re.compile(r"[0-9]{1,20}")
_SIZE = re.compile(r"([0-9]{1,20}(?:[.,][0-9]{1,6})?)\s?(?:([KMGTPE])(?:i?B)?|B)?")
_HEX_ESCAPE = re.compile(r"\\x([0-9a-fA-F]{2})")
_EXPONENTS = {"": 0, "K": 1, "M": 2, "G": 3, "T": 4, "P": 5, "E": 6}

MAX_SIZE_BYTES = 2**63 - 1  # what a bigint column holds; no machine comes near


def whole_number(text: str) -> int | None:
    """The non-negative integer that ``text`` is, or ``None``; never an exception, never Unicode digits."""
    stripped = text.strip()
    if not _NUMBER.fullmatch(stripped):
        return None
    value = int(stripped)
    return value if value <= MAX_SIZE_BYTES else None


def required_number(tool: str, what: str, text: str) -> int:
    """As :func:`whole_number`. Raises: ParseError when ``text`` is no number."""
    value = whole_number(text)
    if value is None:
        raise ParseError(tool, f"{what} is not a number", text)
    return value


def size_bytes(tool: str, text: str) -> int:
    """Bytes of ``10737418240`` or of a rounded ``9.1T`` (powers of 1024). Raises: ParseError."""
    match = _SIZE.fullmatch(text.strip())
    if match is None:
        raise ParseError(tool, "a size is neither bytes nor a number with a unit", text)
    value, unit = match[1].replace(",", "."), match[2] or ""
    exact = int(value) if "." not in value else None
    scale = 1024 ** _EXPONENTS[unit]
    result = exact * scale if exact is not None else int(float(value) * scale)
    if result > MAX_SIZE_BYTES:
        raise ParseError(tool, "a size is larger than any disk", text)
    return result


def unescape(text: str) -> str:
    r"""``text`` with the ``\x20`` escapes of util-linux resolved."""
    return _HEX_ESCAPE.sub(lambda match: chr(int(match[1], 16)), text)


def colon_fields(text: str) -> Iterator[tuple[str, str]]:
    """``(key, value)`` of each ``key : value`` line, both stripped; other lines are passed over."""
    for line in text.splitlines():
        key, colon, value = line.partition(":")
        if colon:
            yield key.strip(), value.strip()


def blocks(text: str) -> Iterator[tuple[str, str]]:
    """``(title, body)`` of text whose blocks begin with a line ``@title``; text before the first is dropped."""
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
    """``sda`` for ``/dev/sda``, ``vg-root`` for ``/dev/mapper/vg-root``, ``cciss/c0d0`` for ``cciss!c0d0``."""
    name = path.strip().removeprefix("/dev/").removeprefix("mapper/")
    return name.replace("!", "/")

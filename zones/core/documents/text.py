"""Decode bytes into text that is safe for the YAML parser: encoding, line ends, tabs, control characters."""

from __future__ import annotations

import re

from common.errors import Finding
from common.messages import message

MAX_BYTES = 1_000_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
_LEADING_TAB = re.compile(r"^ *\t[ \t]*(?=[^\s#])", re.MULTILINE)


def decode(name: str, data: bytes) -> tuple[str, list[Finding]]:
    r"""Decode the text with ``\n`` line ends and no byte order mark; return it, empty if it cannot be decoded, and findings."""
    if len(data) > MAX_BYTES:
        said = message("D02", size=len(data), limit=MAX_BYTES)
        return "", [Finding(said, file=name)]
    if data.startswith(_UTF16):
        said = message("D01", "utf16")
        return "", [Finding(said, file=name, line=1)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        said = message("D01", "no_utf8", place=error.start, byte=data[error.start])
        return "", [Finding(said, file=name, line=line)]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _refuse_noise(name, text)


def _refuse_noise(name: str, text: str) -> tuple[str, list[Finding]]:
    control = _CONTROL.search(text)
    if control:
        said = message("D01", "control_character", number=ord(control.group()))
        line = text.count("\n", 0, control.start()) + 1
        return "", [Finding(said, file=name, line=line)]
    findings = [
        Finding(
            message("D04"),
            file=name,
            line=text.count("\n", 0, tab.start()) + 1,
        )
        for tab in _LEADING_TAB.finditer(text)
    ]
    return text, findings[:20]

"""From bytes to text that a YAML parser may see: encoding, line ends, tabs, control characters."""

from __future__ import annotations

import re

from common.errors import Finding
from zones.core.documents import codes

MAX_BYTES = 1_000_000
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x84\x86-\x9f\ufffe\uffff]")
_LEADING_TAB = re.compile(r"^ *\t[ \t]*(?=[^\s#])", re.MULTILINE)


def decode(name: str, data: bytes) -> tuple[str, list[Finding]]:
    r"""Decode the text with ``\n`` line ends and no byte order mark; return it, empty if it cannot be decoded, and findings."""
    if len(data) > MAX_BYTES:
        detail = f"the file has {len(data)} bytes, more than the {MAX_BYTES} any configuration needs"
        return "", [Finding(codes.TOO_LARGE, detail, "check that it is the right file", file=name)]
    if data.startswith(_UTF16):
        detail = "the file is UTF-16, as some Windows editors save it"
        return "", [Finding(codes.NOT_TEXT, detail, "save it as UTF-8", file=name, line=1)]
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        detail = f"byte {error.start} (0x{data[error.start]:02x}) is not UTF-8"
        return "", [Finding(codes.NOT_TEXT, detail, "save the file as UTF-8", file=name, line=line)]
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _refuse_noise(name, text)


def _refuse_noise(name: str, text: str) -> tuple[str, list[Finding]]:
    control = _CONTROL.search(text)
    if control:
        detail = f"the file holds the control character U+{ord(control.group()):04X}"
        line = text.count("\n", 0, control.start()) + 1
        return "", [Finding(codes.NOT_TEXT, detail, "remove it; is this a text file?", file=name, line=line)]
    findings = [
        Finding(
            codes.TAB,
            "the line is indented with a tab; YAML allows blanks only",
            "replace the tab by blanks",
            file=name,
            line=text.count("\n", 0, tab.start()) + 1,
        )
        for tab in _LEADING_TAB.finditer(text)
    ]
    return text, findings[:20]

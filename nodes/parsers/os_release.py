"""``/etc/os-release`` (man os-release(5)): shell-like assignments."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError

TOOL = "os-release"
_LINE = re.compile(r"([A-Za-z_][A-Za-z0-9_]*)=(.*)")


@dataclass(frozen=True, slots=True)
class OsRelease:
    """``id`` is ``ubuntu``, ``version_id`` ``16.04`` (empty on rolling releases)."""

    id: str
    version_id: str


def parse(text: str) -> OsRelease:
    """Parse the distribution. Raises: ParseError when neither ID nor NAME is there."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        match = _LINE.fullmatch(line.strip())
        if match:
            values[match[1]] = _unquote(match[2])
    identity = values.get("ID") or values.get("NAME", "").split(" ")[0]
    if not identity:
        raise ParseError(TOOL, _("has neither ID nor NAME"), text)
    # os-release(5) requires lower case; UOS writes "UOS".
    return OsRelease(identity.lower(), values.get("VERSION_ID", ""))


def _unquote(raw: str) -> str:
    value = raw.strip()
    if len(value) >= 2 and value[0] == value[-1] and value[0] in "\"'":
        value = value[1:-1]
    return re.sub(r"\\([\\\"'$`])", r"\1", value).strip()

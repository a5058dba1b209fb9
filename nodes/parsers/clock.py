"""The time and its synchronisation on a machine: date(1), timedatectl(1), ``chronyc tracking`` and ``ntpq -p``."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import colon_fields

# busybox does not know %N and prints it as it stands, or nothing for it.
_DATE = re.compile(r"(-?[0-9]{1,12})(?:\.([0-9]{1,9})|\.?%?N?)")
_WORDS = {"yes": True, "no": False}


@dataclass(frozen=True, slots=True)
class Moment:
    """Milliseconds since 1970, in the middle of ``resolution_ms`` that the tool does not distinguish."""

    at_ms: int
    resolution_ms: int


def parse_date(text: str) -> Moment:
    """Parse ``date -u +%s.%N``, before 1970 and after 2038, too. Raises: ParseError when it is not a number."""
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ParseError("date", _("is not a number of seconds"), text)
    second_ms = int(match[1]) * 1000
    if match[2]:
        return Moment(second_ms + int(match[2].ljust(9, "0")[:3]), 1)
    return Moment(second_ms + 500, 1000)


def parse_timedatectl(text: str) -> tuple[bool | None, bool | None]:
    """Parse ``(synchronised, a time service is on)`` of any version; None where it is not given. Raises: ParseError."""
    fields = dict(colon_fields(text))
    if not any(key in fields for key in ("Time zone", "Timezone", "Universal time")):
        raise ParseError("timedatectl", _("has no time"), text)
    synchronised = _first(fields, "System clock synchronized", "NTP synchronized")
    service = _first(
        fields, "NTP service", "Network time on", "systemd-timesyncd.service active", "NTP enabled"
    )
    return _WORDS.get(synchronised), {**_WORDS, "active": True, "inactive": False}.get(service)


def parse_chronyc(text: str) -> bool:
    """Check whether chronyd has a source that it follows. Raises: ParseError."""
    status = dict(colon_fields(text)).get("Leap status", "")
    if not status:
        raise ParseError("chronyc", _("has no 'Leap status' line"), text)
    return status != "Not synchronised"


def parse_ntpq(text: str) -> bool:
    """Check whether ntpd has chosen a peer (``*``, or ``o`` with a pulse). Raises: ParseError."""
    lines = text.splitlines()
    if not any(line.split()[:2] == ["remote", "refid"] for line in lines):
        raise ParseError("ntpq", _("is not a table of peers"), text)
    return any(line.startswith(("*", "o")) for line in lines)


def _first(fields: dict[str, str], *keys: str) -> str:
    return next((fields[key] for key in keys if key in fields), "")

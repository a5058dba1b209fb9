"""Compare the clock of the machine with ours, from the times at the beginning and at the end of the script."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from common.wording import _
from nodes.collection.run_parsers import Reader
from nodes.facts import ClockFacts
from nodes.parsers import clock
from nodes.parsers.clock import Moment

_MATTERS = _("the offset of its clock is unknown")


@dataclass(frozen=True, slots=True)
class Heard:
    """When, by our clock, the script was sent and its end was received: seconds since 1970."""

    sent_at: float
    received_at: float


def read_clock(reader: Reader, heard: Heard | None) -> ClockFacts | None:
    """Measure the offset of the machine's clock; None where it is not known, as for stored output."""
    if heard is None:
        return None
    first = reader.optional("clock", clock.parse_date, _MATTERS)
    if first is None:
        return None
    last = reader.optional("clock-end", clock.parse_date)
    offset_ms, uncertainty_ms = _measured(heard, first, last)
    synchronised, source = _service(reader)
    return ClockFacts(
        offset_ms=offset_ms,
        uncertainty_ms=uncertainty_ms,
        measured_at=datetime.fromtimestamp(heard.received_at, UTC),
        synchronised=synchronised,
        source=source,
    )


def _measured(heard: Heard, first: Moment, last: Moment | None) -> tuple[int, int]:
    """Return ``(offset, uncertainty)`` in milliseconds, computed like NTP from four times (RFC 5905, section 8)."""
    sent, received = round(heard.sent_at * 1000), round(heard.received_at * 1000)
    resolution = first.resolution_ms
    if last is not None:
        ran = last.at_ms - first.at_ms
        on_the_way = (received - sent) - ran
        if ran >= -resolution and on_the_way >= -resolution:
            offset = ((first.at_ms - sent) + (last.at_ms - received)) // 2
            return offset, max(on_the_way, 0) // 2 + resolution
    # Its clock was set meanwhile, or the end is not known: the first time was somewhere between our two.
    return first.at_ms - (sent + received) // 2, abs(received - sent) // 2 + resolution


def _service(reader: Reader) -> tuple[bool | None, str]:
    """Return whether a service keeps the clock, and which. A daemon knows more than the kernel's flag."""
    chrony = reader.optional("chronyc", clock.parse_chronyc)
    if chrony is not None:
        return chrony, "chrony"
    ntp = reader.optional("ntpq", clock.parse_ntpq)
    if ntp is not None:
        return ntp, "ntpd"
    synchronised, service = reader.optional("timedatectl", clock.parse_timedatectl) or (None, None)
    return synchronised, "systemd-timesyncd" if service else ""

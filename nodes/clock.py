"""The offset of a machine's clock from the installer's, and from which offset it matters."""

from __future__ import annotations

from typing import Literal

from nodes.facts import ClockFacts

# Services compare times of several machines, logs are read side by side.
WARN_MS = 5_000
# Signed package lists, and certificates, are not yet or no longer valid: nothing can be installed.
ERROR_MS = 86_400_000
# How every sentence about a clock begins: it is rebuilt from what is known of the clock.
CLOCK = "The clock of this machine "
REMEDY = (
    "set it (chronyc makestep, or date -u -s 'YYYY-MM-DD HH:MM:SS', then hwclock -w), enable a time service, and "
    "collect the node again; if all nodes differ by the same amount, check the clock of the installer"
)
_UNITS = ((86_400_000, "day"), (3_600_000, "hour"), (60_000, "minute"))
_YEAR_DAYS = 365.25


def level(offset_ms: int, uncertainty_ms: int) -> Literal["", "warning", "error"]:
    """Return how much it matters; empty where it does not, or where the measurement does not show it for certain."""
    certain = abs(offset_ms) - uncertainty_ms
    return "error" if certain > ERROR_MS else "warning" if certain > WARN_MS else ""


def sentence(clock: ClockFacts | None) -> str:
    """Return what a person has to know and to do; empty when the clock is right or not known."""
    if clock is None or not level(clock.offset_ms, clock.uncertainty_ms):
        return ""
    return f"{CLOCK}{describe(clock.offset_ms, clock.uncertainty_ms)}{_service(clock)}: {REMEDY}."


def describe(offset_ms: int, uncertainty_ms: int) -> str:
    """Return ``is 2 days 3 hours behind that of the installer``, ``differs by 0.02 s (± 0.01 s) from …``."""
    if not level(offset_ms, uncertainty_ms):
        return (
            f"differs by {_seconds(offset_ms)} s (± {_seconds(uncertainty_ms)} s) from that of the installer"
        )
    return f"is {duration(offset_ms)} {'ahead of' if offset_ms > 0 else 'behind'} that of the installer"


def duration(span_ms: int) -> str:
    """Return ``3.2 seconds``, ``2 hours 5 minutes``, ``56.9 years``: as exact as a person needs it."""
    left = abs(span_ms)
    if left >= 730 * _UNITS[0][0]:
        return f"{left / _UNITS[0][0] / _YEAR_DAYS:.1f} years"
    words = []
    for size, unit in _UNITS:
        count, left = divmod(left, size)
        if count:
            words.append(f"{count} {unit}{'s' * (count != 1)}")
    return " ".join(words[:2]) or f"{_seconds(left)} seconds"


def _seconds(span_ms: int) -> str:
    return f"{span_ms / 1000:.3f}".rstrip("0").rstrip(".") or "0"


def _service(clock: ClockFacts) -> str:
    if clock.synchronised:
        return f", although {clock.source or 'the machine'} reports that it is synchronized"
    if clock.synchronised is False:
        return f", and {clock.source or 'no time service'} {'has not set it' if clock.source else 'keeps it'}"
    return ""

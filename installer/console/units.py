"""Readable sizes and times. Disks use powers of ten, as they are sold and typed; memory uses powers of two."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext

GB = 10**9
GIB = 2**30
TIB = 2**40


def size_text(size_bytes: int) -> str:
    """Render ``480 GB``, ``3.2 TB``: powers of ten, at most two decimals."""
    if size_bytes >= 1000 * GB:
        return f"{size_bytes / (1000 * GB):.2f}".rstrip("0").rstrip(".") + " TB"
    if size_bytes >= GB:
        return f"{size_bytes / GB:.1f}".rstrip("0").rstrip(".") + " GB"
    return f"{size_bytes / 10**6:.0f} MB"


def gb_number(size_bytes: int) -> str:
    """Render a size as it is typed: GB with at most three decimals, ``3200.632``."""
    return f"{size_bytes / GB:.3f}".rstrip("0").rstrip(".")


def memory_text(memory_bytes: int) -> str:
    """Render ``512 GiB``, ``20.5 TiB`` (of a whole zone); empty when unknown."""
    if memory_bytes >= 10 * TIB:
        return f"{memory_bytes / TIB:.1f} TiB"
    return f"{memory_bytes / GIB:.0f} GiB" if memory_bytes else ""


def disks_text(disks: Iterable[tuple[str, int]]) -> str:
    """Render ``2×SSD 3.2 TB + 1×SATA 4 TB`` from (type, bytes) of the usable data disks."""
    found = Counter((kind.upper(), size_text(size)) for kind, size in disks)
    return " + ".join(f"{count}×{kind} {size}" for (kind, size), count in sorted(found.items()))


def duration_text(begin: datetime | None, end: datetime | None, *, without_s: int = 0) -> str:
    """Render the time between two moments, less ``without_s``, as :func:`span_text`; empty when it has not started."""
    if begin is None or end is None:
        return ""
    return span_text(max(int((end - begin) / timedelta(seconds=1)) - without_s, 0))


def age_text(since: datetime | None) -> str:
    """Render how long ago something was, no more exact than anyone asks: ``20 min``, ``5 h``, ``3 d``; empty for None."""
    if since is None:
        return ""
    minutes = max(int((timezone.now() - since) / timedelta(minutes=1)), 0)
    if minutes < 60:
        return gettext("%(minutes)s min") % {"minutes": minutes}
    if minutes < 2 * 24 * 60:
        return gettext("%(hours)s h") % {"hours": minutes // 60}
    return gettext("%(days)s d") % {"days": minutes // (24 * 60)}


def span_text(seconds: int) -> str:
    """Render ``1 h 05 min``, ``4 min 10 s``, ``12 s``."""
    if seconds >= 3600:
        values = {"hours": seconds // 3600, "minutes": f"{seconds % 3600 // 60:02d}"}
        return gettext("%(hours)s h %(minutes)s min") % values
    if seconds >= 60:
        values = {"minutes": seconds // 60, "seconds": f"{seconds % 60:02d}"}
        return gettext("%(minutes)s min %(seconds)s s") % values
    return gettext("%(seconds)s s") % {"seconds": seconds}


def moment_text(moment: datetime | None) -> str:
    """Render ``2026-07-01 03:12:45`` in the reader's time zone, easy to sort and compare; empty for None."""
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M:%S}" if moment else ""

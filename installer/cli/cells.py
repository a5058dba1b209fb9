"""Values as they are shown in a table, a block of lines or CSV."""

from __future__ import annotations

from typing import Any


class Lines(tuple[str, ...]):
    """Several values of one name, each on its own line in a block."""

    __slots__ = ()


def cell(value: Any) -> str:
    """Render a value as one cell: empty for None, comma separated for lists."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ",".join(cell(item) for item in value)
    return str(value)


def gigabytes(size_bytes: int | None) -> str:
    """Render ``3.84 TB``, ``480 GB``: decimal units, as disks are sold."""
    if not size_bytes:
        return ""
    if size_bytes >= 10**12:
        return f"{size_bytes / 10**12:.4g} TB"
    return f"{size_bytes / 10**9:.4g} GB"


def gibibytes(size_bytes: int | None) -> str:
    """Render ``256 GiB``: binary units, as memory is sold."""
    return f"{size_bytes / 2**30:.4g} GiB" if size_bytes else ""

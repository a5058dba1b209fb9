"""What the collection script reads below ``/sys/class/block`` (kernel: Documentation/ABI/stable/sysfs-block)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import blocks, device_name, whole_number

_KEY = re.compile(r"[a-z_]{1,40}")
MAX_NSID = 2**32 - 1
SECTOR_BYTES = 512  # /sys/class/block/*/size counts these, whatever the disk's own sectors are


@dataclass(frozen=True, slots=True)
class SysBlock:
    """One whole block device as the kernel shows it; ``path`` is the real path of its device.

    ``type`` is the kind of a memory card (``SD``, ``MMC``), or the number of the SCSI peripheral device type. ``nsid``
    and ``subsysnqn`` are of an NVMe namespace and its subsystem. ``backing`` is what a bcache device caches: the other
    slaves are its caches.
    """

    name: str
    size_bytes: int | None = None
    removable: bool | None = None
    rotational: bool | None = None
    read_only: bool | None = None
    model: str = ""
    vendor: str = ""
    serial: str = ""
    wwid: str = ""
    type: str = ""
    zoned: str = ""
    nsid: int = 0
    subsysnqn: str = ""
    path: str = ""
    host_driver: str = ""
    fibre_channel: bool = False
    dm_uuid: str = ""
    slaves: tuple[str, ...] = field(default=())
    backing: str = ""


def parse(text: str) -> dict[str, SysBlock]:
    """Parse devices by kernel name. Raises: ParseError when no block of ``key=value`` lines is there."""
    found = {}
    for title, body in blocks(text):
        values = key_values(body)
        name = device_name(title)
        if name:
            found[name] = _device(name, values)
    if not found:
        raise ParseError("sysfs-block", _("names no block device"), text)
    return found


def key_values(body: str, tool: str = "sysfs-block") -> dict[str, str]:
    """Parse ``key=value`` lines as a mapping; the first of a repeated key wins. Raises: ParseError on other lines."""
    values: dict[str, str] = {}
    for line in body.splitlines():
        key, equals, value = line.partition("=")
        if equals and _KEY.fullmatch(key):
            values.setdefault(key, " ".join(value.replace("\0", " ").split())[:512])
        elif line.strip():
            raise ParseError(tool, _("a line is not KEY=VALUE"), line)
    return values


def _device(name: str, values: dict[str, str]) -> SysBlock:
    sectors = whole_number(values.get("size", ""))
    return SysBlock(
        name=name,
        size_bytes=sectors * SECTOR_BYTES if sectors is not None and sectors < 2**53 else None,
        removable=flag(values.get("removable", "")),
        rotational=flag(values.get("rotational", "")),
        read_only=flag(values.get("ro", "")),
        model=values.get("model", ""),
        vendor=values.get("vendor", ""),
        serial=values.get("serial", ""),
        wwid=values.get("wwid", ""),
        type=values.get("type", ""),
        zoned=values.get("zoned", "").lower(),
        nsid=min(whole_number(values.get("nsid", "")) or 0, MAX_NSID),
        subsysnqn=values.get("subsysnqn", ""),
        path=values.get("path", ""),
        host_driver=values.get("host_driver", ""),
        fibre_channel=values.get("fc_host") == "1",
        dm_uuid=values.get("dm_uuid", ""),
        slaves=tuple(device_name(word) for word in values.get("slaves", "").split()),
        backing=device_name(values.get("backing", "")),
    )


def flag(text: str) -> bool | None:
    """Return ``True`` for ``1``, ``False`` for ``0``, else ``None``."""
    return {"1": True, "0": False}.get(text)

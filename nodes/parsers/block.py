"""One row of lsblk, of any output format, in one shape."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.text import device_name, size_bytes, unescape

TOOL = "lsblk"
MAX_DEVICES = 20_000
MAX_TEXT = 512


@dataclass(frozen=True, slots=True)
class BlockDevice:
    """One block device, once, with the kernel names of everything it lies on.

    ``size_bytes`` is ``None`` when the SIZE column was not requested; flags are ``None`` when not reported.
    """

    name: str
    kname: str
    type: str
    size_bytes: int | None = None
    parents: tuple[str, ...] = ()
    mountpoints: tuple[str, ...] = ()
    fstype: str = ""
    pttype: str = ""
    ptuuid: str = ""
    partuuid: str = ""
    uuid: str = ""
    label: str = ""
    model: str = ""
    vendor: str = ""
    serial: str = ""
    wwn: str = ""
    transport: str = ""
    hctl: str = ""
    zoned: str = ""
    rotational: bool | None = None
    removable: bool | None = None
    read_only: bool | None = None


def normalised_key(key: str) -> str:
    """Normalise a column name: ``maj:min``, ``MAJ_MIN`` and ``MAJ:MIN`` all become ``maj_min``."""
    return key.strip().lower().replace(":", "_").replace("-", "_").replace("%", "_pct")


def device(row: Mapping[str, str], parents: Iterable[str] = ()) -> BlockDevice:
    """Build the device of a row whose keys went through :func:`normalised_key`. Raises: ParseError."""
    shown = device_name(unescape(row.get("name", "") or row.get("path", "") or row.get("kname", "")))
    kname = device_name(row.get("kname", ""))
    if not kname:
        shown, kname = _split_dm(shown)
    if not kname or len(kname) > MAX_TEXT or len(shown) > MAX_TEXT:
        raise ParseError(TOOL, _("a row has no usable device name"), repr(dict(row)))
    kind = row.get("type", "").strip()
    if not kind:
        reason = _("the row of {name} has no TYPE: disks and partitions cannot be distinguished")
        raise ParseError(TOOL, reason, repr(dict(row)), name=kname)
    size = row.get("size", "")
    return BlockDevice(
        # Only device-mapper has names besides the kernel's; elsewhere /dev/NAME must exist.
        name=shown if shown and kname.startswith("dm-") else kname,
        kname=kname,
        type=kind,
        size_bytes=size_bytes(TOOL, size) if size.strip() else None,
        parents=tuple(parents),
        mountpoints=_mountpoints(row),
        rotational=_flag(row.get("rota", "")),
        removable=_flag(row.get("rm", "")),
        read_only=_flag(row.get("ro", "")),
        transport=_text(row, "tran").lower(),
        zoned=_text(row, "zoned").lower(),
        **{key: _text(row, key) for key in _PLAIN},
    )


_PLAIN = (
    *("fstype", "pttype", "ptuuid", "partuuid", "uuid", "label"),
    *("model", "vendor", "serial", "wwn", "hctl"),
)


def merged(devices: Iterable[BlockDevice]) -> tuple[BlockDevice, ...]:
    """Return ``devices`` once each by kernel name; parents and mount points of repeated rows are joined.

    Raises: ParseError when there is none: a machine without any block device runs nothing.
    """
    found: dict[str, BlockDevice] = {}
    for item in devices:
        seen = found.get(item.kname)
        if seen is None:
            found[item.kname] = item
        else:
            found[item.kname] = replace(
                seen,
                parents=tuple(dict.fromkeys(seen.parents + item.parents)),
                mountpoints=tuple(dict.fromkeys(seen.mountpoints + item.mountpoints)),
            )
        if len(found) > MAX_DEVICES:
            raise ParseError(TOOL, _("lists more than {limit} devices"), limit=MAX_DEVICES)
    if not found:
        raise ParseError(TOOL, _("lists no block device at all"))
    return tuple(found.values())


def _split_dm(shown: str) -> tuple[str, str]:
    """Split ``vg-root (dm-0)``, which old lsblk prints where it has no kernel name column."""
    head, bracket, tail = shown.rpartition(" (")
    return (head, tail[:-1]) if bracket and tail.endswith(")") else (shown, shown)


def _text(row: Mapping[str, str], key: str) -> str:
    return " ".join(unescape(row.get(key, "")).split())[:MAX_TEXT]


def _flag(text: str) -> bool | None:
    return {"1": True, "true": True, "0": False, "false": False}.get(text.strip().lower())


def _mountpoints(row: Mapping[str, str]) -> tuple[str, ...]:
    raw = unescape(row.get("mountpoints", "") or row.get("mountpoint", ""))
    return tuple(dict.fromkeys(line.strip() for line in raw.split("\n") if line.strip()))

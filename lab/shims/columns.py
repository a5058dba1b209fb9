"""The columns of lsblk(8) and how each version of util-linux shows them."""

from __future__ import annotations

import json
import os

from . import devices

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any, TextIO

# In the order of lsblk --help; the second field is the version that introduced the column.
COLUMNS = (
    ("NAME", ""), ("KNAME", ""), ("PATH", "2.33"), ("MAJ:MIN", ""), ("FSAVAIL", "2.33"), ("FSSIZE", "2.33"),
    ("FSTYPE", ""), ("FSUSED", "2.33"), ("FSUSE%", "2.33"), ("FSVER", "2.36"), ("MOUNTPOINT", ""),
    ("MOUNTPOINTS", "2.37"), ("LABEL", ""), ("UUID", ""), ("PTUUID", "2.33"), ("PTTYPE", "2.33"),
    ("PARTTYPE", ""), ("PARTTYPENAME", "2.35"), ("PARTLABEL", ""), ("PARTUUID", ""), ("PARTFLAGS", ""),
    ("RA", ""), ("RO", ""), ("RM", ""), ("HOTPLUG", "2.28"), ("MODEL", ""), ("SERIAL", ""), ("SIZE", ""),
    ("STATE", ""), ("OWNER", ""), ("GROUP", ""), ("MODE", ""), ("ALIGNMENT", ""), ("MIN-IO", ""),
    ("OPT-IO", ""), ("PHY-SEC", ""), ("LOG-SEC", ""), ("ROTA", ""), ("SCHED", ""), ("RQ-SIZE", ""), ("TYPE", ""),
    ("DISC-ALN", ""), ("DISC-GRAN", ""), ("DISC-MAX", ""), ("DISC-ZERO", ""), ("WSAME", ""), ("WWN", ""),
    ("RAND", ""), ("PKNAME", ""), ("HCTL", ""), ("TRAN", ""), ("SUBSYSTEMS", "2.28"), ("REV", ""),
    ("VENDOR", ""), ("ZONED", "2.31"), ("DAX", "2.36"), ("START", "2.38"),
)  # fmt: skip
PRESETS = {
    "f": "NAME,FSTYPE,LABEL,UUID,FSAVAIL,FSUSE%,MOUNTPOINT",
    "S": "NAME,HCTL,TYPE,VENDOR,MODEL,REV,SERIAL,TRAN",
    "m": "NAME,SIZE,OWNER,GROUP,MODE",
    "t": "NAME,ALIGNMENT,MIN-IO,OPT-IO,PHY-SEC,LOG-SEC,ROTA,SCHED,RQ-SIZE,RA,WSAME",
}
SIZES = ("SIZE", "FSAVAIL", "FSSIZE", "FSUSED", "DISC-GRAN", "DISC-MAX", "WSAME")
BOOLEANS = ("RO", "RM", "HOTPLUG", "ROTA", "RAND", "DISC-ZERO", "DAX")
COUNTS = ("RA", "ALIGNMENT", "MIN-IO", "OPT-IO", "PHY-SEC", "LOG-SEC", "RQ-SIZE", "DISC-ALN", "START")
RIGHT = (*SIZES, *BOOLEANS, *COUNTS, "FSUSE%")
UNITS = "BKMGTPE"


def version(profile: dict[str, Any]) -> tuple[int, ...]:
    """Return the profile's util-linux version, comparable."""
    return tuple(int(part) for part in profile["util_linux"].split("."))


def _parsed(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split(".")) if text else ()


def select(wanted: str, flags: str, current: tuple[int, ...]) -> list[str] | str:
    """Return the columns to print, or the name of one that this version does not have."""
    known = [name for name, since in COLUMNS if _parsed(since) <= current]
    standard = ["NAME", "MAJ:MIN", "RM", "SIZE", "RO", "TYPE", "MOUNTPOINT"]
    if current >= (2, 37):
        standard[-1] = "MOUNTPOINTS"
    if "O" in flags:
        return known
    chosen = standard
    for flag, preset in PRESETS.items():
        if flag in flags:
            chosen = [name for name in preset.split(",") if name in known]
    if wanted:
        base = chosen if wanted.startswith("+") else []
        chosen = base + [name.strip().upper() for name in wanted.lstrip("+").split(",") if name.strip()]
    return next((name for name in chosen if name not in known), chosen)


def human(size: int) -> str:
    """Render ``3.5T``: powers of 1024, one decimal unless it is zero (size_to_human_string of util-linux)."""
    exponent = 0
    while exponent < 6 and size >> (10 * (exponent + 1)):
        exponent += 1
    whole = size >> (10 * exponent)
    rest = size - (whole << (10 * exponent))
    tenth = (rest * 10 + (1 << (10 * exponent)) // 2) >> (10 * exponent) if exponent else 0
    if tenth == 10:
        whole, tenth = whole + 1, 0
    return f"{whole}.{tenth}{UNITS[exponent]}" if tenth else f"{whole}{UNITS[exponent]}"


class Listing:
    """The state as shown by one version of lsblk."""

    def __init__(self, state: dict[str, Any], current: tuple[int, ...], in_bytes: bool, paths: bool) -> None:
        self.state = state
        self.version = current
        self.in_bytes = in_bytes
        self.paths = paths
        self.numbers = devices.numbers(state)
        self.glyphs = ("├─", "└─", "│ ") if "UTF-8" in _locale().upper() else ("|-", "`-", "| ")

    def value(self, device: Any, parent: Any, column: str) -> Any:
        """Return one cell: str, int, bool, or None for an empty one."""
        if column in SIZES:
            return self._size(device, column)
        if column in BOOLEANS:
            return _boolean(device, parent, column)
        if column in COUNTS:
            return _count(device, column)
        return self._text(device, parent, column)

    def _size(self, device: Any, column: str) -> Any:
        if column.startswith("FS") and device["mountpoint"] in (None, "[SWAP]"):
            return None
        if device["size"] is None:
            return None
        used = device["size"] // 10
        size = {
            "SIZE": device["size"],
            "FSSIZE": device["size"],
            "FSUSED": used,
            "FSAVAIL": device["size"] - used,
        }.get(column, 0)
        return int(size) if self.in_bytes else human(int(size))

    def _text(self, device: Any, parent: Any, column: str) -> Any:
        whole = device["type"] in ("disk", "rom")
        if column in ("NAME", "PATH", "KNAME", "PKNAME", "MAJ:MIN"):
            return self._name(device, parent, column)
        if column in ("MODEL", "SERIAL", "HCTL", "REV", "VENDOR", "TRAN", "STATE"):
            return self._identity(device, column) if whole else None
        if column == "WWN":
            return device.get("wwn") or (parent or {}).get("wwn")
        if column == "MOUNTPOINTS":
            return device.get("mountpoints") or [device["mountpoint"]]
        if column == "FSUSE%":
            return "10%" if device["mountpoint"] not in (None, "[SWAP]") else None
        fixed = {
            "OWNER": "root", "GROUP": "disk", "MODE": "brw-rw----", "SCHED": "mq-deadline",
            "ZONED": device.get("zoned") or "none", "SUBSYSTEMS": "block:scsi:pci",
        }  # fmt: skip
        if column in fixed:
            return fixed[column]
        return device.get(column.lower())

    def _name(self, device: Any, parent: Any, column: str) -> Any:
        if column == "MAJ:MIN":
            return self.numbers[device["name"]]
        if column == "PKNAME":
            name = devices.kname(parent) if parent else None
            return f"/dev/{name}" if name and self.paths else name
        if column == "PATH":
            return devices.path_of(device)
        if column == "KNAME":
            return f"/dev/{devices.kname(device)}" if self.paths else devices.kname(device)
        if self.version < (2, 23) and devices.kname(device) != device["name"]:
            return f"{device['name']} ({devices.kname(device)})"
        return devices.path_of(device) if self.paths else device["name"]

    def _identity(self, device: Any, column: str) -> Any:
        text = device.get(column.lower())
        if column == "STATE":
            return "live" if str(device["name"]).startswith("nvme") else "running"
        if column == "TRAN" and text == "nvme" and self.version < (2, 33):
            return None
        if text and column == "MODEL" and self.version < (2, 33):
            return text[:16]
        return f"{text:<8}" if text and column == "VENDOR" else text

    def pair_key(self, column: str) -> str:
        """Return the key for -P: shell names between 2.37 and 2.38, the plain ones before and after."""
        if (2, 37) <= self.version < (2, 39):
            return column.replace(":", "_").replace("-", "_").replace("%", "_PCT")
        return column

    def rows(
        self, roots: Any, selected: list[str], deep: bool, tree: bool
    ) -> Iterator[list[tuple[str, str]]]:
        """Yield printable rows, depth first."""
        for device, parent in roots:
            yield from self._rows(device, parent, selected, deep, "" if tree else None, "")

    def _rows(
        self, device: Any, parent: Any, selected: list[str], deep: bool, indent: str | None, glyph: str
    ) -> Iterator[list[tuple[str, str]]]:
        row = [(column, printable(self.value(device, parent, column))) for column in selected]
        if indent is not None and selected and row and row[0][0] == "NAME":
            row[0] = ("NAME", f"{indent}{glyph}{row[0][1]}")
        yield row
        if not deep:
            return
        below = None if indent is None else indent + {"": "", self.glyphs[0]: self.glyphs[2]}.get(glyph, "  ")
        for child in device["children"]:
            mark = self.glyphs[1] if child is device["children"][-1] else self.glyphs[0]
            yield from self._rows(child, device, selected, deep, below, mark)

    def tree(self, device: Any, parent: Any, selected: list[str], deep: bool) -> dict[str, Any]:
        """Return one device and what is on it, as JSON of this version."""
        entry = {column.lower(): self._json(self.value(device, parent, column)) for column in selected}
        if deep and device["children"]:
            entry["children"] = [self.tree(child, device, selected, deep) for child in device["children"]]
        return entry

    def _json(self, value: Any) -> Any:
        """Convert a value for JSON: before 2.33 everything is a string."""
        if self.version >= (2, 33) or value is None:
            return value
        return printable(value)


def _boolean(device: Any, parent: Any, column: str) -> bool | None:
    if column == "HOTPLUG":
        return bool(device.get("rm")) or device.get("tran") in ("usb", "nvme")
    whole = parent or device
    told = device.get(column.lower(), whole.get(column.lower(), False))
    return None if told is None else bool(told)


def _count(device: Any, column: str) -> int | None:
    if column == "START":
        start = device.get("start")
        return int(start) if start else None
    fixed = {
        "RA": 128,
        "RQ-SIZE": 256,
        "LOG-SEC": device.get("logical", 512),
        "PHY-SEC": device.get("physical", 4096),
    }
    return int(fixed.get(column, device.get("physical", 4096) if column == "MIN-IO" else 0))


def printable(value: Any) -> str:
    """Render a cell as text."""
    if isinstance(value, list):
        return "\n".join(printable(item) for item in value)
    if isinstance(value, bool):
        return "1" if value else "0"
    return "" if value is None else str(value)


def as_json(listing: Listing, roots: Any, selected: list[str], deep: bool) -> str:
    """Render the ``-J`` document."""
    found = [listing.tree(device, parent, selected, deep) for device, parent in roots]
    return json.dumps({"blockdevices": found}, indent=3, ensure_ascii=False)


def pairs(listing: Listing, rows: list[list[tuple[str, str]]]) -> str:
    """Render the lines of ``-P``."""
    lines = (" ".join(f'{listing.pair_key(key)}="{value}"' for key, value in row) for row in rows)
    return "".join(f"{line}\n" for line in lines)


def table(rows: list[list[tuple[str, str]]], selected: list[str], heading: bool, out: TextIO) -> None:
    """Print aligned columns, numbers to the right, no trailing spaces."""
    lines = ([selected] if heading else []) + [[value for _, value in row] for row in rows]
    widths = [max((len(line[index]) for line in lines), default=0) for index in range(len(selected))]
    for line in lines:
        cells = [
            cell.rjust(width) if column in RIGHT else cell.ljust(width)
            for cell, width, column in zip(line, widths, selected, strict=True)
        ]
        out.write(" ".join(cells).rstrip() + "\n")


def _locale() -> str:
    return os.environ.get("LC_ALL") or os.environ.get("LC_CTYPE") or os.environ.get("LANG") or ""

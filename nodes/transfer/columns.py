"""The columns of the CSV: where each value lies in the NODE shape, and how it is written in a cell."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from common.text import spreadsheet_safe

# Texts that a spreadsheet reads as a number and writes back as another one: 00012345, 12E5, 22.10, long digits.
_NO_NUMBER = re.compile(r"0[0-9]+|[0-9]{12,}|[0-9.]+[eE][0-9]+|[0-9]+\.[0-9]*0")
_ROUNDED = re.compile(r"[0-9](?:[.,][0-9]+)?E\+[0-9]{1,3}")


@dataclass(frozen=True, slots=True)
class Column:
    """``name`` in the header, ``path`` of keys in the object, ``kind``: text, number, flag or list."""

    name: str
    path: tuple[str, ...]
    kind: str = "text"


def _columns(kind: str, *names: str) -> tuple[Column, ...]:
    return tuple(Column(name.replace(".", "_"), tuple(name.split(".")), kind) for name in names)


NODE = (
    *_columns("text", "ssh_user"),
    *_columns("number", "ssh_port"),
    *_columns("text", "host_key"),
    *_columns(
        "text", "hostname", "product.vendor", "product.name", "product.serial", "cpu.arch", "cpu.model"
    ),
    *_columns("number", "cpu.sockets", "cpu.cores", "cpu.threads", "memory_bytes"),
    *_columns("text", "os.name", "os.version", "os.kernel", "default_gateway", "default_interface"),
    Column("mgmt_interface", ("mgmt_network", "name")),
    *_columns("text", "qemu_version", "collected_at"),
    *_columns("number", "clock.offset_ms", "clock.uncertainty_ms"),
    *_columns("text", "clock.measured_at", "clock.source"),
    *_columns("flag", "clock.synchronised"),
    *_columns("list", "warnings"),
)
_CORRECTED = tuple(
    Column(f"{field}_{part}", ("fields", field, key), kind if part in ("observed", "against") else "text")
    for field, kind in (("type", "text"), ("size_bytes", "number"), ("status", "number"))
    for part, key in (
        *(("observed", "observed"), ("against", "against"), ("why", "reason")),
        *(("by", "by"), ("at", "at")),
    )
)
DISK = (
    *_columns("text", "name", "type"),
    *_columns("number", "size_bytes", "status"),
    *_CORRECTED,
    *_columns("text", "serial", "wwn", "by_id", "model", "transport", "drive", "zoned"),
    *_columns("flag", "rotational", "rotational_guess", "removable", "dirty"),
    *_columns("list", "signatures", "mountpoints", "members"),
    *_columns("text", "status_reason"),
)
OS_DISK = (
    *DISK,
    *_columns("text", "root_part", "swap_part", "rest_part"),
    *_columns("number", "root_size_bytes", "swap_size_bytes", "rest_size_bytes"),
    *_columns("list", "legs"),
)
NIC = (
    *_columns("text", "name", "type", "mac", "address", "gateway", "bond_mode", "raw_device"),
    *_columns("number", "prefix", "mtu", "speed_mbps", "vlan_id"),
    *_columns("flag", "link"),
    *_columns("list", "slaves", "addresses"),
)
RECORDS = {"node": NODE, "os_disk": OS_DISK, "disk": DISK, "absent_disk": DISK, "interface": NIC}
HEADER = tuple(
    dict.fromkeys(["record", "mgmt_address", *(column.name for part in RECORDS.values() for column in part)])
)


# Names, addresses and numbers of disks and ports: nearly all texts. Nothing in them needs care.
_HARMLESS = re.compile(r"[A-Za-z][\w /:;.()-]*|0x[0-9a-f]+|[0-9a-f]{2}(?::[0-9a-f]{2})+", re.ASCII)
_SPECIAL = re.compile(r'[,"\n\r]')
# Models, types and vendors are the same in many lines.
_known: dict[str, str] = {}
_KNOWN = 4096


def _text(value: Any) -> str:
    text = str(value)
    found = _known.get(text)
    if found is not None:
        return found
    if not _HARMLESS.fullmatch(text):
        found = _quoted(f"'{text}" if _NO_NUMBER.fullmatch(text) else spreadsheet_safe(text))
    else:
        found = text
    if len(_known) < _KNOWN:
        _known[text] = found
    return found


def _number(value: Any) -> str:
    return str(value) if isinstance(value, int) else _quoted(str(value))


def _flag(value: Any) -> str:
    return "true" if value else "false"


def _list(value: Any) -> str:
    return _quoted(json.dumps(value, ensure_ascii=False)) if value else ""


def _quoted(text: str) -> str:
    """Return the text as it stands in a line (RFC 4180)."""
    return '"' + text.replace('"', '""') + '"' if _SPECIAL.search(text) else text


# What makes the text of a cell of each kind, ready for a line; of None, a cell is empty.
WRITERS: dict[str, Callable[[Any], str]] = {"text": _text, "number": _number, "flag": _flag, "list": _list}


def from_cell(text: str, kind: str) -> Any:
    """Return the value of a cell; a value of the wrong kind stays text, for the next reader to refuse."""
    text = text.strip()
    if not text:
        return None
    if kind == "text":
        # What a spreadsheet has left of a serial number after rounding is useless.
        rounded = _ROUNDED.fullmatch(text)
        return float(text.replace(",", ".")) if rounded else text.removeprefix("'")
    if kind == "flag":
        return {"true": True, "false": False, "1": True, "0": False}.get(text.lower(), text)
    if kind == "number":
        digits = text.removeprefix("-")
        return int(text) if digits.isascii() and digits.isdigit() and len(digits) < 20 else text
    try:
        return json.loads(text) if text.startswith("[") else [item.strip() for item in text.split(",")]
    except (ValueError, RecursionError):
        return text

"""Compare identifiers of a disk in the spellings of firmware, kernel, udev and lsblk.

Kernel: drivers/nvme/host/core.c ``wwid_show`` (``uuid.``, ``eui.`` of 16 or 32 digits, ``nvme.VVVV-SERIAL-MODEL-NSID``),
drivers/scsi/scsi_sysfs.c (``naa.``, ``eui.``, ``t10.``); udev: ``ID_WWN`` (``0x``), scsi_id(8) (``3`` before the NAA).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_PREFIX = re.compile(r"(?:wwn-)?(0x|naa\.|eui\.|nguid\.|uuid\.|nvme\.|t10\.)?(.*)", re.DOTALL)
_HEX = re.compile(r"[0-9a-f]+")
# A type digit of scsi_id(8) and a name of 64 or 128 bits.
_SCSI_ID = re.compile(r"3([1235][0-9a-f]{15}|6[0-9a-f]{31})")
_NVME = re.compile(r"([0-9a-f]{1,4})-([0-9a-f]*)-([0-9a-f]*)-([0-9a-f]{1,8})")
_FILLED = re.compile(r"(?:20|00)+$")
# The first half of a name of 32 digits (NAA 6), which older programs take for the whole.
_HALF = re.compile(r"6[0-9a-f]{15}")
# What follows the serial number in a link: ``_1`` of a namespace, ``-0:1`` of a card reader.
_NAMESPACE = re.compile(r"_([0-9]{1,10})")


@dataclass(frozen=True, slots=True)
class Wwn:
    """A world wide name: ``form`` is its kind, ``digits`` the name without prefix and separators."""

    form: str
    digits: str


@lru_cache(maxsize=4096)
def wwn_of(text: str) -> Wwn | None:
    """Parse any spelling of a world wide name; None for an empty one."""
    match = _PREFIX.fullmatch(text.strip().lower())
    prefix, rest = (match[1] or "0x", match[2]) if match else ("0x", text)
    digits = re.sub(r"[-\s_.:]", "", rest)
    if not digits:
        return None
    nvme = _NVME.fullmatch(rest) if prefix == "nvme." else None
    if nvme:
        fields = (f"{int(nvme[1], 16):x}", _unfilled(nvme[2]), _unfilled(nvme[3]), f"{int(nvme[4], 16):x}")
        return Wwn("nvme", "-".join(fields))
    if not _HEX.fullmatch(digits) or prefix in ("nvme.", "t10."):
        # Also any text with that prefix that is not what the prefix stands for.
        return Wwn(f"{prefix}text", plain(rest))
    scsi_id = _SCSI_ID.fullmatch(digits)
    digits = scsi_id[1] if scsi_id else digits
    kind = {"naa.": "0x", "nguid.": "eui."}.get(prefix, prefix)
    # A name of 64 bits and one of 128 bits are two names that one disk may have at the same time.
    half = kind == "0x" and _HALF.fullmatch(digits)
    return Wwn(f"{kind}{'long' if len(digits) > 16 or half else 'short'}", digits)


def _unfilled(digits: str) -> str:
    """Strip padding blanks and zeros from hexadecimal text."""
    return _FILLED.sub("", digits) if len(digits) % 2 == 0 else digits


def same_wwn(one: str, other: str) -> bool:
    """Check whether both are the same name, in any spelling; False when one of them is empty."""
    return same_name(wwn_of(one), wwn_of(other))


def same_name(a: Wwn | None, b: Wwn | None) -> bool:
    """Check like :func:`same_wwn`, for parsed names."""
    if a is None or b is None:
        return False
    if a.digits == b.digits:
        return a.form == b.form or len(a.digits) >= 16
    if a.form == b.form == "0xlong":
        short, long = sorted((a.digits, b.digits), key=len)
        return bool(_HALF.fullmatch(short)) and long.startswith(short)
    # Bridges that read the words of ATA in the wrong order. Only one of the two begins as a name does.
    named = [item.digits for item in (a, b) if item.digits[0] in "1235"]
    return a.form == b.form == "0xshort" and len(named) == 1 and b.digits in _reordered(a.digits)


def _reordered(digits: str) -> Iterator[str]:
    """Yield the name with the bytes of its 16-bit words exchanged, with its words in reverse, and with both."""
    words = re.findall("....", digits)
    turned = [word[2:] + word[:2] for word in words]
    yield "".join(turned)
    yield "".join(reversed(words))
    yield "".join(reversed(turned))


def other_wwn(one: str, other: str) -> bool:
    """Check for two names of one form: two disks, or two namespaces. Names of two forms prove nothing."""
    return other_name(wwn_of(one), wwn_of(other))


def other_name(a: Wwn | None, b: Wwn | None) -> bool:
    """Check like :func:`other_wwn`, for parsed names."""
    return bool(a and b and a.form == b.form and not same_name(a, b))


def plain(text: str) -> str:
    """Strip from a serial number or model what tools add and change: blanks, ``_`` and case."""
    return re.sub(r"[\s_]+", "", text).casefold()


def serial_of(serial: str, wwn: str) -> str:
    """Return the plain serial number; empty where lsblk shows only the WWN, or its beginning."""
    # A WWN has at least 16 digits: most serial numbers are shorter.
    name = wwn_of(wwn) if len(serial) >= 16 else None
    shown = wwn_of(serial) if name else None
    if name is None or shown is None or len(shown.digits) < 16:
        return plain(serial)
    long, short = (shown, name) if len(shown.digits) >= len(name.digits) else (name, shown)
    return "" if long.digits.startswith(short.digits) else plain(serial)


def same_model(one: str, other: str) -> bool:
    """Check whether the models may be one: old lsblk cuts them at 16 characters, some tools prepend the vendor."""
    short, long = sorted((plain(one), plain(other)), key=len)
    return long.startswith(short) or long.endswith(short)


def place_of(wwn: str, by_id: str, serial: str) -> str:
    """Return which of several disks under one serial number it is: the namespace, or the end of its link.

    Empty where neither the WWN nor the link shows it.
    """
    name = wwn_of(wwn)
    if name and name.form == "nvme":
        return str(int(name.digits.rpartition("-")[2], 16))
    # A serial number of blanks counts as none.
    wanted = serial.strip().replace(" ", "_").casefold()
    if not wanted:
        return ""
    _, found, rest = by_id.casefold().rpartition(wanted)
    namespace = _NAMESPACE.fullmatch(rest)
    return (namespace[1] if namespace else rest) if found else ""

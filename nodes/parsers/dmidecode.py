"""``dmidecode -t 1`` (man dmidecode(8)), or the same facts from ``/sys/class/dmi/id`` or the device tree."""

from __future__ import annotations

from common.wording import _
from nodes.facts import Product
from nodes.parsers.errors import ParseError

# What firmware contains when the field was never filled in.
_FILLERS = frozenset(
    {
        "", "not specified", "to be filled by o.e.m.", "to be filled by o.e.m", "default string", "none",
        "system manufacturer", "system product name", "system serial number", "unknown", "n/a", "not available",
        "not applicable", "na", "null", "(none)", "invalid", "not present", "to be filled", "tobefilledbyo.e.m.",
        "chassis serial number", "0123456789", "1234567890", "123456789", "123456789012", "xxxxxxxxxx",
        "o.e.m.", "oem", "undefined", "empty", "bad index", "<bad index>", "<out of spec>",
    }
)  # fmt: skip


def parse(text: str) -> Product:
    """Parse vendor, name and serial of SMBIOS type 1, placeholders as empty text.

    Raises: ParseError when there is no System Information block (also for "Permission denied").
    """
    inside, found = False, False
    values: dict[str, str] = {}
    for line in text.splitlines():
        if not line[:1].isspace():
            inside = line.strip() == "System Information" and not found
            found = found or inside
        elif inside and line.startswith("\t") and not line.startswith("\t\t"):
            key, colon, value = line.strip().partition(":")
            if colon:
                values.setdefault(key.strip(), value.strip())
    if not found:
        raise ParseError("dmidecode", _("has no 'System Information' block"), text)
    return Product(
        vendor=told(values.get("Manufacturer", "")),
        name=told(values.get("Product Name", "")),
        serial=told(values.get("Serial Number", "")),
    )


def parse_key_values(text: str) -> Product:
    """Parse ``sys_vendor=``, ``product_name=`` and ``product_serial=`` lines in the same way. Raises: ParseError."""
    values: dict[str, str] = {}
    for line in text.splitlines():
        key, equals, value = line.partition("=")
        if equals:
            values[key.strip()] = value.replace("\0", " ").strip()
    known = {"sys_vendor", "product_name", "product_serial"} & values.keys()
    if not known:
        raise ParseError("dmi-id", _("names neither vendor, product nor serial"), text)
    return Product(
        vendor=told(values.get("sys_vendor", "")),
        name=told(values.get("product_name", "")),
        serial=told(values.get("product_serial", "")),
    )


def told(value: str) -> str:
    """Return ``value``, or empty text when it is a placeholder of firmware that was never filled in."""
    stripped = value.strip()
    return "" if stripped.lower() in _FILLERS or not stripped.strip("0 .-") else stripped[:200]

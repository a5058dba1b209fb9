"""dmidecode(8): firmware tables of the profile: types 0, 1, 2, 4 and 17, and the -s keywords."""

from __future__ import annotations

import os

from . import lscpu, node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

NAMES = {"bios": (0,), "system": (1,), "baseboard": (2,), "processor": (4,), "memory": (16, 17)}
PRODUCT = ("vendor", "name", "version", "serial", "uuid", "sku", "family", "bios", "bios_date")
GIB = 1 << 20  # in KiB


def main(name: str, args: list[str]) -> int:
    """Print what was requested; like the real one it needs root."""
    facts = node.profile()
    if os.getuid():
        print("# dmidecode 3.2")
        return node.fail("/dev/mem: Permission denied\nCan't read memory from /dev/mem")
    product = facts["product"]
    serial = product.get("serial", "")
    keywords = {
        "system-manufacturer": product.get("vendor", ""),
        "system-product-name": product.get("name", ""),
        "system-serial-number": serial,
        "system-version": product.get("version", ""),
        "system-uuid": product.get("uuid", ""),
        "system-family": product.get("family", ""),
        "bios-version": product.get("bios", ""),
        "baseboard-serial-number": f"{serial}B",
        "chassis-serial-number": serial,
        "processor-version": facts["cpu"]["model"],
    }
    if "-s" in args or "--string" in args:
        asked = args[-1]
        if asked not in keywords:
            return node.fail(f"Invalid string keyword: {asked}", 2)
        print(keywords[asked])
        return 0
    wanted = _types(args)
    if wanted is None:
        return node.fail("Invalid type keyword", 2)
    print(render(facts, wanted), end="")
    return 0


def render(facts: dict[str, Any], wanted: tuple[int, ...]) -> str:
    """Return what dmidecode prints of these types on the machine of a profile; none stands for all."""
    parts = ["# dmidecode 3.2\nGetting SMBIOS data from sysfs.\nSMBIOS 3.2 present.\n\n"]
    for number, text in _tables(facts):
        if not wanted or number in wanted:
            parts.append(f"Handle 0x{number:04X}, DMI type {number}, 27 bytes\n{text}\n\n")
    return "".join(parts)


def _types(args: list[str]) -> tuple[int, ...] | None:
    """Return the requested type numbers; empty for all of them, None for an unknown keyword."""
    found: tuple[int, ...] = ()
    for position, arg in enumerate(args):
        if arg in ("-t", "--type"):
            value = args[position + 1] if position + 1 < len(args) else ""
        elif arg.startswith("-t"):
            value = arg[2:]
        else:
            continue
        for word in value.split(","):
            if word.isdecimal():
                found += (int(word),)
            elif word in NAMES:
                found += NAMES[word]
            else:
                return None
    return found


def _tables(facts: dict[str, Any]) -> list[tuple[int, str]]:
    product, cpu = facts["product"], facts["cpu"]
    told = {key: product.get(key, "Not Specified") for key in PRODUCT}
    tables = [
        (0, f"BIOS Information\n\tVendor: American Megatrends Inc.\n\tVersion: {told['bios']}\n"
            f"\tRelease Date: {told['bios_date']}"),
        (1, f"System Information\n\tManufacturer: {told['vendor']}\n\tProduct Name: {told['name']}\n"
            f"\tVersion: {told['version']}\n\tSerial Number: {told['serial']}\n\tUUID: {told['uuid']}\n"
            f"\tWake-up Type: Power Switch\n\tSKU Number: {told['sku']}\n\tFamily: {told['family']}"),
        (2, f"Base Board Information\n\tManufacturer: {told['vendor']}\n\tProduct Name: {told['name']}-MB\n"
            f"\tSerial Number: {told['serial']}B"),
    ]  # fmt: skip
    for number in range(cpu["sockets"]):
        own = [core for core, socket in lscpu.cores(cpu) if socket == number]
        cores, threads = len(set(own)), len(own)
        tables.append(
            (4, f"Processor Information\n\tSocket Designation: CPU{number + 1}\n\tVersion: {cpu['model']}\n"
                f"\tCore Count: {cores}\n"
                f"\tThread Count: {threads}")
        )  # fmt: skip
    modules = max(1, round(facts["memory_kib"] / GIB / 32))
    for number in range(modules):
        tables.append(
            (17, f"Memory Device\n\tSize: 32 GB\n\tLocator: DIMM{number}\n\tType: DDR4\n\tSpeed: 2933 MT/s")
        )
    return tables

"""The hardware of one node of a file as facts, and people's corrections of it."""

from __future__ import annotations

import ipaddress
from dataclasses import replace
from typing import Any

from nodes.collection.drives import completed
from nodes.facts import ClockFacts, Cpu, DiskFacts, NicFacts, NodeFacts, OperatingSystem, OsDiskFacts, Product
from nodes.transfer.document import AbsentDisk, Correction
from nodes.transfer.taking import Taker

MAX_BYTES = 10**18
# More than any number of seconds that date(1) prints.
MAX_CLOCK_MS = 10**16
_SMALL = 2**31 - 1
# A sentence of a collection may name every disk of the machine.
_LONG_TEXT = 20_000
_ZONED = ("none", "host-managed", "host-aware")
_DISK_TYPES = ("ssd", "sata", "sas", "nvme")
_NIC_TYPES = ("physical", "bond", "vlan", "bridge")
# Without any of these the file contains nothing about the hardware.
_TELLING = ("hostname", "memory_bytes", "os_disk", "data_disks", "networks")


def read_facts(taker: Taker) -> NodeFacts | None:
    """Read what was observed (not what was corrected); None when the file contains nothing about the hardware."""
    if not any(taker.values.get(key) for key in _TELLING):
        return None
    product, cpu, system = taker.part("product"), taker.part("cpu"), taker.part("os")
    management = taker.part("mgmt_network")
    disks = tuple(_disk(part) for part in taker.parts("data_disks"))
    os_disk = _os_disk(taker.part("os_disk")) if taker.values.get("os_disk") else None
    if os_disk:
        first, *others = completed((os_disk.disk, *disks))
        os_disk, disks = replace(os_disk, disk=first), tuple(others)
    else:
        disks = tuple(completed(disks))
    nics = tuple(_nic(part) for part in taker.parts("networks"))
    names = [disk.name for disk in (*disks, *([os_disk.disk] if os_disk else []))]
    taker.distinct("data_disks", names, "disk")
    taker.distinct("networks", [nic.name for nic in nics], "interface")
    return NodeFacts(
        hostname=taker.text("hostname", 253),
        product=Product(product.text("vendor", 255), product.text("name", 255), product.text("serial", 255)),
        cpu=Cpu(
            arch=cpu.text("arch", 32),
            model=cpu.text("model", 255),
            sockets=cpu.number("sockets", 0, 4096),
            cores=cpu.number("cores", 0, 1 << 20),
            threads=cpu.number("threads", 0, 1 << 20),
        ),
        memory_bytes=taker.number("memory_bytes", 0, MAX_BYTES),
        os=OperatingSystem(system.text("name", 64), system.text("version", 64), system.text("kernel", 128)),
        os_disk=os_disk,
        data_disks=disks,
        networks=nics,
        default_gateway=_address(taker, "default_gateway"),
        default_interface=taker.text("default_interface", 64),
        mgmt_interface=management.text("name", 64),
        qemu_version=taker.text("qemu_version", 32),
        clock=_clock(taker.part("clock")),
        warnings=taker.texts("warnings", _LONG_TEXT),
    )


def _clock(taker: Taker) -> ClockFacts | None:
    """Read a measurement: None without its time."""
    offset_ms = taker.number_or_none("offset_ms", -MAX_CLOCK_MS, MAX_CLOCK_MS)
    measured_at = taker.moment("measured_at")
    if offset_ms is None or measured_at is None:
        return None
    return ClockFacts(
        offset_ms=offset_ms,
        uncertainty_ms=taker.number("uncertainty_ms", 0, MAX_CLOCK_MS),
        measured_at=measured_at,
        synchronised=taker.flag("synchronised"),
        source=taker.text("source", 32),
    )


def _os_disk(taker: Taker) -> OsDiskFacts:
    disk = _disk(taker)
    return OsDiskFacts(
        disk=disk,
        root_part=taker.text("root_part", 128),
        root_size_bytes=taker.number("root_size_bytes", 0, MAX_BYTES),
        swap_part=taker.text("swap_part", 128),
        swap_size_bytes=taker.number("swap_size_bytes", 0, MAX_BYTES),
        rest_part=taker.text("rest_part", 128),
        rest_size_bytes=taker.number("rest_size_bytes", 0, MAX_BYTES),
        legs=taker.texts("legs", 64),
    )


def _disk(taker: Taker) -> DiskFacts:
    if not taker.text("name", 64):
        taker.wrong("name", "it is missing", "every disk needs a name, such as sdb")
    observed = _observed(taker)
    return DiskFacts(
        name=taker.text("name", 64),
        type=observed.one_of("type", _DISK_TYPES),
        size_bytes=observed.number("size_bytes", 1, MAX_BYTES, default=1)
        if observed.values.get("size_bytes") is not None
        else _missing_size(taker),
        by_id=taker.text("by_id", 255),
        wwn=taker.text("wwn", 255),
        serial=taker.text("serial", 255),
        model=taker.text("model", 128),
        transport=taker.text("transport", 32),
        drive=taker.text("drive", 255),
        zoned=taker.one_of("zoned", _ZONED).removeprefix("none") if taker.values.get("zoned") else "",
        rotational=taker.flag("rotational"),
        rotational_guess=bool(taker.flag("rotational_guess")),
        removable=bool(taker.flag("removable")),
        dirty=bool(taker.flag("dirty")),
        signatures=taker.texts("signatures", 64),
        mountpoints=taker.texts("mountpoints"),
        members=taker.texts("members", 64),
        suggested_status=observed.number("status", 0, 1, default=1),
        status_reason=taker.text("status_reason", 255),
    )


def _missing_size(taker: Taker) -> int:
    taker.wrong("size_bytes", "it is missing", "every disk needs its size in bytes")
    return 1


def _observed(taker: Taker) -> Taker:
    """Return the disk's values with corrected fields as they were observed."""
    values: dict[str, Any] = dict(taker.values)
    for field in ("type", "size_bytes", "status"):
        correction = taker.part("fields").part(field)
        if correction.values:
            values[field] = correction.values.get("observed")
    return Taker(values, taker.path, taker.place, taker.findings, taker.node)


def read_corrections(taker: Taker) -> tuple[Correction, ...]:
    """Read the corrections from ``fields`` of the disks."""
    disks = list(taker.parts("data_disks"))
    if taker.values.get("os_disk"):
        disks.append(taker.part("os_disk"))
    return tuple(item for disk in disks for item in _corrections(disk))


def read_absent(taker: Taker) -> tuple[AbsentDisk, ...]:
    """Read disks that were no longer seen and whose corrections wait for them."""
    found = ((_disk(disk), tuple(_corrections(disk))) for disk in taker.parts("absent_disks"))
    return tuple(AbsentDisk(disk, corrections) for disk, corrections in found if corrections)


def _corrections(taker: Taker) -> list[Correction]:
    found = []
    fields = taker.part("fields")
    for name in fields.values:
        if name not in ("type", "size_bytes", "status"):
            fields.wrong(str(name)[:40], "this field is never corrected", "leave it out")
            continue
        part = fields.part(name)
        if not part.values:
            continue
        against = "against" if part.values.get("against") is not None else "observed"
        found.append(
            Correction(
                disk=taker.text("name", 64),
                field=name,
                value=_value(part, "override", name),
                against=_value(part, against, name),
                reason=part.text("reason", 500),
                by=part.text("by", 150),
                at=part.moment("at"),
            )
        )
    return found


def _value(taker: Taker, key: str, field: str) -> Any:
    if field == "type":
        return taker.one_of(key, _DISK_TYPES)
    low, high = (0, 1) if field == "status" else (1, MAX_BYTES)
    found = taker.number_or_none(key, low, high)
    if found is None and taker.values.get(key) is None:
        taker.wrong(key, "it is missing", "a correction has what was observed and what overrides it")
    return found


def _nic(taker: Taker) -> NicFacts:
    if not taker.text("name", 64):
        taker.wrong("name", "it is missing", "every interface needs a name, such as eth0")
    return NicFacts(
        name=taker.text("name", 64),
        mac=taker.text("mac", 64),
        type=taker.one_of("type", _NIC_TYPES),
        address=_address(taker, "address"),
        prefix=taker.number_or_none("prefix", 0, 128),
        gateway=_address(taker, "gateway"),
        mtu=taker.number_or_none("mtu", 0, _SMALL),
        speed_mbps=taker.number_or_none("speed_mbps", 0, _SMALL),
        link=taker.flag("link"),
        bond_mode=taker.text("bond_mode", 32),
        slaves=taker.texts("slaves", 64),
        vlan_id=taker.number_or_none("vlan_id", 0, 4095),
        raw_device=taker.text("raw_device", 64),
        addresses=taker.texts("addresses", 64),
    )


def _address(taker: Taker, key: str) -> str:
    return taker.checked(key, taker.text(key, 64), ipaddress.ip_address, "address")

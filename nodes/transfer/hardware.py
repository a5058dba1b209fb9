"""The hardware of one node of a file as facts, and people's corrections of it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from common.messages import message
from nodes.collection.drives import completed
from nodes.facts import ClockFacts, Cpu, DiskFacts, NicFacts, NodeFacts, OperatingSystem, OsDiskFacts, Product
from nodes.transfer.document import AbsentDisk, Correction
from nodes.transfer.field_reader import FieldReader

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


def read_facts(reader: FieldReader) -> NodeFacts | None:
    """Read what was observed (not what was corrected); None when the file contains nothing about the hardware."""
    if not any(reader.values.get(key) for key in _TELLING):
        return None
    product, cpu, system = reader.part("product"), reader.part("cpu"), reader.part("os")
    management = reader.part("mgmt_network")
    disks = tuple(_disk(part) for part in reader.parts("data_disks"))
    os_disk = _os_disk(reader.part("os_disk")) if reader.values.get("os_disk") else None
    if os_disk:
        first, *others = completed((os_disk.disk, *disks))
        os_disk, disks = replace(os_disk, disk=first), tuple(others)
    else:
        disks = tuple(completed(disks))
    nics = tuple(_nic(part) for part in reader.parts("networks"))
    names = [disk.name for disk in (*disks, *([os_disk.disk] if os_disk else []))]
    for name in _twice(names):
        reader.wrong("data_disks", message("N50", "disk_twice", field=reader.name("data_disks"), name=name))
    for name in _twice([nic.name for nic in nics]):
        reader.wrong("networks", message("N50", "interface_twice", field=reader.name("networks"), name=name))
    return NodeFacts(
        hostname=reader.text("hostname", 253),
        product=Product(product.text("vendor", 255), product.text("name", 255), product.text("serial", 255)),
        cpu=Cpu(
            arch=cpu.text("arch", 32),
            model=cpu.text("model", 255),
            sockets=cpu.number("sockets", 0, 4096),
            cores=cpu.number("cores", 0, 1 << 20),
            threads=cpu.number("threads", 0, 1 << 20),
        ),
        memory_bytes=reader.number("memory_bytes", 0, MAX_BYTES),
        os=OperatingSystem(system.text("name", 64), system.text("version", 64), system.text("kernel", 128)),
        os_disk=os_disk,
        data_disks=disks,
        networks=nics,
        default_gateway=reader.address("default_gateway"),
        default_interface=reader.text("default_interface", 64),
        mgmt_interface=management.text("name", 64),
        qemu_version=reader.text("qemu_version", 32),
        clock=_clock(reader.part("clock")),
        warnings=reader.texts("warnings", _LONG_TEXT),
    )


def _twice(names: list[str]) -> list[str]:
    return sorted({name for name in names if names.count(name) > 1})


def _clock(reader: FieldReader) -> ClockFacts | None:
    """Read a measurement: None without its time."""
    offset_ms = reader.number_or_none("offset_ms", -MAX_CLOCK_MS, MAX_CLOCK_MS)
    measured_at = reader.moment("measured_at")
    if offset_ms is None or measured_at is None:
        return None
    return ClockFacts(
        offset_ms=offset_ms,
        uncertainty_ms=reader.number("uncertainty_ms", 0, MAX_CLOCK_MS),
        measured_at=measured_at,
        synchronised=reader.flag("synchronised"),
        source=reader.text("source", 32),
    )


def _os_disk(reader: FieldReader) -> OsDiskFacts:
    disk = _disk(reader)
    return OsDiskFacts(
        disk=disk,
        root_part=reader.text("root_part", 128),
        root_size_bytes=reader.number("root_size_bytes", 0, MAX_BYTES),
        swap_part=reader.text("swap_part", 128),
        swap_size_bytes=reader.number("swap_size_bytes", 0, MAX_BYTES),
        rest_part=reader.text("rest_part", 128),
        rest_size_bytes=reader.number("rest_size_bytes", 0, MAX_BYTES),
        legs=reader.texts("legs", 64),
    )


def _disk(reader: FieldReader) -> DiskFacts:
    if not reader.text("name", 64):
        reader.wrong("name", message("N50", "no_disk_name", field=reader.name("name")))
    observed = _observed(reader)
    return DiskFacts(
        name=reader.text("name", 64),
        type=observed.one_of("type", _DISK_TYPES),
        size_bytes=observed.number("size_bytes", 1, MAX_BYTES, default=1)
        if observed.values.get("size_bytes") is not None
        else _missing_size(reader),
        by_id=reader.text("by_id", 255),
        wwn=reader.text("wwn", 255),
        serial=reader.text("serial", 255),
        model=reader.text("model", 128),
        transport=reader.text("transport", 32),
        drive=reader.text("drive", 255),
        zoned=reader.one_of("zoned", _ZONED).removeprefix("none") if reader.values.get("zoned") else "",
        rotational=reader.flag("rotational"),
        rotational_guess=bool(reader.flag("rotational_guess")),
        removable=bool(reader.flag("removable")),
        dirty=bool(reader.flag("dirty")),
        signatures=reader.texts("signatures", 64),
        mountpoints=reader.texts("mountpoints"),
        members=reader.texts("members", 64),
        suggested_status=observed.number("status", 0, 1, default=1),
        status_reason=reader.text("status_reason", 255),
    )


def _missing_size(reader: FieldReader) -> int:
    reader.wrong("size_bytes", message("N50", "no_disk_size", field=reader.name("size_bytes")))
    return 1


def _observed(reader: FieldReader) -> FieldReader:
    """Return the disk's values with corrected fields as they were observed."""
    values: dict[str, Any] = dict(reader.values)
    for field in ("type", "size_bytes", "status"):
        correction = reader.part("fields").part(field)
        if correction.values:
            values[field] = correction.values.get("observed")
    return FieldReader(values, reader.path, reader.place, reader.findings, reader.node)


def read_corrections(reader: FieldReader) -> tuple[Correction, ...]:
    """Read the corrections from ``fields`` of the disks."""
    disks = list(reader.parts("data_disks"))
    if reader.values.get("os_disk"):
        disks.append(reader.part("os_disk"))
    return tuple(item for disk in disks for item in _corrections(disk))


def read_absent(reader: FieldReader) -> tuple[AbsentDisk, ...]:
    """Read disks that were no longer seen and whose corrections wait for them."""
    found = ((_disk(disk), tuple(_corrections(disk))) for disk in reader.parts("absent_disks"))
    return tuple(AbsentDisk(disk, corrections) for disk, corrections in found if corrections)


def _corrections(reader: FieldReader) -> list[Correction]:
    found = []
    fields = reader.part("fields")
    for name in fields.values:
        if name not in ("type", "size_bytes", "status"):
            key = str(name)[:40]
            fields.wrong(key, message("N50", "never_corrected", field=fields.name(key)))
            continue
        part = fields.part(name)
        if not part.values:
            continue
        against = "against" if part.values.get("against") is not None else "observed"
        found.append(
            Correction(
                disk=reader.text("name", 64),
                field=name,
                value=_value(part, "override", name),
                against=_value(part, against, name),
                reason=part.text("reason", 500),
                by=part.text("by", 150),
                at=part.moment("at"),
            )
        )
    return found


def _value(reader: FieldReader, key: str, field: str) -> Any:
    if field == "type":
        return reader.one_of(key, _DISK_TYPES)
    low, high = (0, 1) if field == "status" else (1, MAX_BYTES)
    found = reader.number_or_none(key, low, high)
    if found is None and reader.values.get(key) is None:
        reader.wrong(key, message("N50", "half_correction", field=reader.name(key)))
    return found


def _nic(reader: FieldReader) -> NicFacts:
    if not reader.text("name", 64):
        reader.wrong("name", message("N50", "no_interface_name", field=reader.name("name")))
    return NicFacts(
        name=reader.text("name", 64),
        mac=reader.text("mac", 64),
        type=reader.one_of("type", _NIC_TYPES),
        address=reader.address("address"),
        prefix=reader.number_or_none("prefix", 0, 128),
        gateway=reader.address("gateway"),
        mtu=reader.number_or_none("mtu", 0, _SMALL),
        speed_mbps=reader.number_or_none("speed_mbps", 0, _SMALL),
        link=reader.flag("link"),
        bond_mode=reader.text("bond_mode", 32),
        slaves=reader.texts("slaves", 64),
        vlan_id=reader.number_or_none("vlan_id", 0, 4095),
        raw_device=reader.text("raw_device", 64),
        addresses=reader.texts("addresses", 64),
    )

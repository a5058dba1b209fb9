"""Describe in words how one collection differs from the previous one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from nodes.models import Disk, NetworkInterface, Node

# What counts besides disks and interfaces. Sizes of partitions and warnings follow from the rest.
_OF_NODE = (
    *("hostname", "product_vendor", "product_name", "product_serial", "cpu_arch", "cpu_model"),
    *("cpu_sockets", "cpu_cores", "cpu_threads", "memory_bytes", "os_name", "os_version", "kernel"),
    *("root_part", "swap_part", "rest_part", "default_gateway", "default_interface", "mgmt_interface"),
    "qemu_version",
)


def snapshot(
    node: Node, disks: Sequence[Disk], nics: Sequence[NetworkInterface], waiting: Sequence[Disk] = ()
) -> dict[str, Any]:
    """Return what is known, by a person's name for it: a field of the node, a disk by its serial number, an interface.

    ``waiting`` are absent disks with corrections.
    """
    found: dict[str, Any] = {name: getattr(node, name) for name in _OF_NODE}
    here = [disk for disk in disks if disk.present]
    labels = Counter(_label(disk) for disk in here)
    for disk in here:
        label = _label(disk)
        # Two disks behind one reader share a serial number: neither drops out of the comparison.
        found[f"disk {label}" if labels[label] == 1 else f"disk {label} {disk.name}"] = _disk(disk)
    for disk in waiting:
        for item in disk.corrections.all():
            # Two disks may have gone from one name.
            key = f"correction of {item.field} of {disk.name} ({disk.identity})"
            found[key] = f"{item.value} by {item.made_by}: it is kept until its disk is found again"
    for nic in nics:
        found[f"interface {nic.name}"] = _interface(nic)
    return found


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[dict[str, Any]]:
    """Return ``{"what", "before", "after"}`` for each value that changed."""
    return [
        {"what": key, "before": before.get(key), "after": after.get(key)}
        for key in dict.fromkeys([*before, *after])
        if (before.get(key) or None) != (after.get(key) or None)
    ]


def _label(disk: Disk) -> str:
    return str(disk.serial or disk.wwn or disk.name)


def _disk(disk: Disk) -> str:
    words = [disk.name, disk.model, disk.observed_type, f"{disk.observed_size_bytes} bytes"]
    words += ["dirty"] * disk.dirty + ["OS disk"] * disk.is_os + ["removable"] * disk.removable
    words += ["type is a guess"] * disk.rotational_guess
    if not disk.observed_status and not disk.is_os:
        words.append(f"not usable ({disk.status_reason})" if disk.status_reason else "not usable")
    for name, value in (
        ("zones", disk.zoned),
        ("on", disk.transport),
        ("WWN", disk.wwn if disk.serial else ""),
        ("carries", ", ".join(disk.signatures)),
        ("mounted on", ", ".join(disk.mountpoints)),
        ("of", ", ".join(disk.members)),
    ):
        words += [f"{name} {value}"] * bool(value)
    return " ".join(words)


def _interface(nic: NetworkInterface) -> str:
    words = [nic.mac, nic.type]
    words += [f"{nic.address}/{nic.prefix}"] * bool(nic.address)
    for name, value in (
        ("gateway", nic.gateway),
        ("MTU", nic.mtu),
        ("Mbit/s", nic.speed_mbps),
        ("bond", nic.bond_mode),
        ("of", ", ".join(nic.slaves)),
        ("VLAN", nic.vlan_id),
        ("on", nic.raw_device),
        ("also", ", ".join(map(str, nic.addresses[1:]))),
    ):
        words += [f"{name} {value}"] * bool(value)
    words += ["link down"] * (nic.link is False)
    return " ".join(words)

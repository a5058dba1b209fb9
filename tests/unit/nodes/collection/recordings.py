"""Questions of the tests of recorded machines to the facts."""

from __future__ import annotations

from nodes.facts import DiskFacts, NodeFacts


def every(found: NodeFacts) -> list[DiskFacts]:
    """Return all disks, the one of the operating system first."""
    return [*([found.os_disk.disk] if found.os_disk else []), *found.data_disks]


def sizes(found: NodeFacts) -> dict[str, int]:
    """Return the bytes of the data disks that are proposed for use."""
    return {disk.name: disk.size_bytes for disk in found.data_disks if disk.suggested_status}


def unused(found: NodeFacts) -> list[str]:
    """Return data disks that are listed and not proposed."""
    return [disk.name for disk in found.data_disks if not disk.suggested_status]


def disk(found: NodeFacts, name: str) -> DiskFacts:
    """Return the disk of that name."""
    return next(item for item in every(found) if item.name == name)


def nics(found: NodeFacts) -> dict[str, str]:
    """Return the kind of each network interface."""
    return {nic.name: nic.type for nic in found.networks}


def mounted(source: str, fstype: str = "ext4") -> str:
    """Return ``/proc/mounts`` of a machine with that root file system."""
    return f"{source} / {fstype} rw 0 0\n"

"""Disks of other machines, and disks without a machine, are not proposed as data disks."""

from __future__ import annotations

import json

import pytest

from nodes.facts import DiskFacts
from tests.support.sections import facts

ROOT = {"name": "sda1", "kname": "sda1", "type": "part", "size": 479 * 10**9, "mountpoint": "/"}
SDA = {"name": "sda", "kname": "sda", "type": "disk", "size": 480 * 10**9, "tran": "sata", "children": [ROOT]}
FABRIC = "/sys/devices/virtual/nvme-fabrics/ctl/nvme1"
PCIE = "/sys/devices/pci0000:00/0000:00:02.0/0000:03:00.0/nvme/nvme1"


def others(name: str, kernel: str = "@sda\nsize=1\n") -> tuple[DiskFacts, ...]:
    """Return the data disks of a machine with a disk of that name beside its OS disk."""
    row = {"name": name, "kname": name, "type": "disk", "size": 10**12}
    return facts(lsblk_json=json.dumps({"blockdevices": [SDA, row]}), sysfs_block=kernel).data_disks


@pytest.mark.parametrize(
    "kernel",
    [
        f"@nvme1n1\npath={FABRIC}\n",
        f"@nvme1c4n1\npath={FABRIC}\n@nvme1n1\npath=/sys/devices/virtual/nvme-subsystem/nvme-subsys1\n",
    ],
)
def test_a_namespace_over_fabrics_is_not_in_this_machine(kernel: str) -> None:
    [disk] = others("nvme1n1", kernel)
    assert (disk.suggested_status, disk.status_reason) == (0, "not in this machine (NVMe over fabrics)")


@pytest.mark.parametrize(
    "kernel",
    [
        f"@nvme1n1\npath={PCIE}\n@nvme11c0n1\npath={FABRIC}1\n@nvme1c0n11\npath={FABRIC}\n",
        f"@nvme1c1n1\npath={PCIE}\n@nvme1n1\npath=/sys/devices/virtual/nvme-subsystem/nvme-subsys1\n",
    ],
)
def test_a_namespace_on_pcie_is(kernel: str) -> None:
    [disk] = others("nvme1n1", kernel)
    assert disk.suggested_status == 1 and disk.type == "nvme"


@pytest.mark.parametrize("name", ["rnbd0", "etherd!e1.0", "scinia"])
def test_block_devices_over_the_network_are_not(name: str) -> None:
    [disk] = others(name)
    assert (disk.suggested_status, disk.status_reason) == (0, "not in this machine (a network block device)")


@pytest.mark.parametrize("name", ["nullb0", "ublkb3"])
def test_devices_of_a_driver_alone_are_no_disks(name: str) -> None:
    assert others(name) == ()

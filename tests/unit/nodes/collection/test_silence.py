"""What a machine cannot report is shown as unknown: dead drives, unreadable disks, invented MACs."""

from __future__ import annotations

import json

import pytest

from nodes.collection.frames import Section
from nodes.erasing.content import contents_of
from tests.support import sections as ordinary
from tests.support.sections import facts

ROOT = {"name": "sda1", "kname": "sda1", "type": "part", "size": 479 * 10**9, "mountpoint": "/"}
SDA = {"name": "sda", "kname": "sda", "type": "disk", "size": 480 * 10**9, "tran": "sata", "children": [ROOT]}
SDB = {"name": "sdb", "kname": "sdb", "type": "disk", "size": 4 * 10**12, "tran": "sas", "serial": "S1"}
ON_SAS = "path=/sys/devices/pci0000:00/0000:00:01.0/host0/port-0:1/end_device-0:1/target0:0:1/0:0:1:0"


def lsblk(*disks: dict[str, object]) -> str:
    return json.dumps({"blockdevices": [SDA, *disks]})


@pytest.mark.parametrize("listed", [True, False])
def test_a_drive_that_reports_no_size_is_told(listed: bool) -> None:
    """List a device without a size, which lsblk leaves out unless it is asked for all devices."""
    dead = {**SDB, "name": "sdc", "kname": "sdc", "size": 0}
    found = facts(
        lsblk_json=lsblk(SDB, *([dead] if listed else [])),
        sysfs_block=f"@sdc\nsize=0\nremovable=0\nmodel=ST4000\n{ON_SAS}\n",
    )
    assert [disk.name for disk in found.data_disks] == ["sdb"]
    [warning] = [text for text in found.warnings if "sdc" in text]
    assert "sdc (ST4000) reports no size" in warning and "is a failed drive" in warning


@pytest.mark.parametrize(
    "block",
    [
        f"@sr0\nsize=0\nremovable=1\n{ON_SAS}",
        f"@sdc\nsize=0\nremovable=1\n{ON_SAS}",
        "@sdc\nsize=0\nremovable=0\npath=/sys/devices/pci0000:00/0000:00:14.0/usb1/1-2/host6/6:0:0:0",
        "@md127\nsize=0\nremovable=0",
        "@nbd0\nsize=0\nremovable=0",
        "@mmcblk0rpmb\nsize=0\nremovable=0\npath=/sys/devices/platform/mmc0/mmc0:0001",
        "@nvme0c0n1\nsize=0\nremovable=0\npath=/sys/devices/pci0000:00/nvme/nvme0",
    ],
)
def test_what_is_empty_by_its_nature_is_not_told(block: str) -> None:
    found = facts(lsblk_json=lsblk(SDB), sysfs_block=f"{block}\n")
    assert not [text for text in found.warnings if "no size" in text]


def test_a_disk_whose_signatures_cannot_be_read_is_not_clean_in_silence() -> None:
    wipefs = Section(
        "wipefs",
        "failed",
        1,
        "@sda\n@sdb\n#failed 1\n@sdc\n#failed 124\n@sdr\n#failed 1\n",
        "wipefs: error: /dev/sdb: probing initialization failed: Input/output error",
    )
    sdc = {**SDB, "name": "sdc", "kname": "sdc", "serial": "S2"}
    found = facts(lsblk_json=lsblk(SDB, sdc), wipefs=wipefs)
    [warning] = [text for text in found.warnings if "could not be read" in text]
    # sdr is a card reader without a card.
    assert "of sdb, sdc could" in warning


def test_whoever_is_not_root_is_told_once() -> None:
    wipefs = Section("wipefs", "failed", 1, "@sdb\n#failed 1\n", "Permission denied")
    found = facts(lsblk_json=lsblk(SDB), wipefs=wipefs, meta="root=no\n")
    assert len([text for text in found.warnings if "signatures" in text]) == 1


@pytest.mark.parametrize("told", ["00:00:00:00:00:00", "set", "ff:ff:ff:ff:ff:ff", "52:54:00"])
def test_a_permanent_address_that_is_none_is_not_a_mac(told: str) -> None:
    network = f"@eth0\naddress=52:54:00:00:00:01\npermanent={told}\npath=/sys/devices/pci0000:00/1\n"
    found = facts(sysfs_net=network)
    assert [nic.mac for nic in found.networks] == ["52:54:00:00:00:01"]


def test_nor_is_one_of_a_bond() -> None:
    bond = (
        "@bond0\nBonding Mode: fault-tolerance (active-backup)\n"
        "Slave Interface: eth0\nPermanent HW addr: 00:00:00:00:00:00\n"
    )
    found = facts(bonding=bond)
    assert [nic.mac for nic in found.networks] == ["52:54:00:00:00:01"]


MDSTAT = "Personalities : [raid1]\nmd127 : inactive sdb[0](S)\n      5860 blocks super 1.2\n\nunused devices: <none>\n"


def test_an_array_that_lsblk_does_not_list_holds_its_disks() -> None:
    """Find containers and inactive arrays, which have no size: lsblk leaves them out, the kernel holds their disks."""
    found = contents_of(ordinary.sections({"lsblk-json": lsblk(SDB), "mdstat": MDSTAT}))
    assert found["sdb"].users == ("it is part of the array md127 (mdadm --stop /dev/md127)",)
    assert not any("md127" in user for user in found["sda"].users)


def test_an_array_without_a_member_does_not_hide_the_others() -> None:
    odd = MDSTAT.replace("\nmd127", "\nmd9 : inactive\nmd127")
    found = contents_of(ordinary.sections({"lsblk-json": lsblk(SDB), "mdstat": odd}))
    assert found["sdb"].users == ("it is part of the array md127 (mdadm --stop /dev/md127)",)

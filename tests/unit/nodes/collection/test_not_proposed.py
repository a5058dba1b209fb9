"""Disks that must not be taken for free ones, and whose kind is invented: correct values, and similar ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from nodes.collection.identity import identify
from nodes.facts import DiskFacts
from nodes.parsers.block import BlockDevice
from nodes.parsers.sysfs_block import SysBlock
from tests.support.sections import ORDINARY, facts

TB = 10**12


def seen(*disks: dict[str, Any], **sections: str) -> dict[str, DiskFacts]:
    """Return data disks by name of the ordinary server with these additional block devices."""
    table = json.loads(ORDINARY["lsblk-json"])
    for disk in disks:
        table["blockdevices"].append(
            {"kname": disk["name"], "type": "disk", "size": TB, "rota": True, **disk}
        )
    found = facts(lsblk_json=json.dumps(table), **sections)
    return {disk.name: disk for disk in found.data_disks}


def part(name: str, **values: Any) -> dict[str, Any]:
    return {"name": name, "kname": name, "type": "part", "size": TB, **values}


@pytest.mark.parametrize(
    "point", ["/srv", "/home", "/data", "/mnt", "/optional", "/media/usr/photos", "/export/home", "/pitrix2"]
)
def test_a_mounted_disk_is_not_proposed_and_the_reason_says_where(point: str) -> None:
    disk = seen({"name": "sdb", "children": [part("sdb1", fstype="xfs", mountpoint=point)]})["sdb"]
    assert (disk.suggested_status, disk.status_reason) == (
        0,
        f"mounted on {point}: it may hold user data",
    )


@pytest.mark.parametrize("point", ["/pitrix", "/pitrix/data"])
def test_what_the_platform_itself_mounts_is_no_reason(point: str) -> None:
    assert seen({"name": "sdb", "fstype": "ext4", "mountpoint": point})["sdb"].suggested_status == 1


def test_every_disk_of_a_mounted_file_system_is_in_use() -> None:
    """Find all disks in use: lsblk shows the mount of btrfs on one of them, that of ZFS and bcachefs on none."""
    found = seen(
        {"name": "sdb", "fstype": "btrfs", "uuid": "b1", "mountpoint": "/srv"},
        {"name": "sdc", "fstype": "btrfs", "uuid": "b1"},
        {"name": "sdd", "fstype": "btrfs", "uuid": "b2"},
        {"name": "sde", "fstype": "zfs_member", "label": "tank"},
        {"name": "sdf", "fstype": "zfs_member", "label": "vpool"},
        {"name": "sdg", "fstype": "bcachefs", "uuid": "c1"},
        {"name": "sdh"},
        mounts="/dev/sda1 / ext4 rw 0 0\ntank/people /home zfs rw 0 0\nvpool /vpool zfs rw 0 0\n"
        "/dev/sdg:/dev/sdi /var2 bcachefs rw 0 0\nnas:/srv /nfs nfs4 rw 0 0\n",
        zpool="  pool: tank\n state: ONLINE\nconfig:\n\n\tNAME        STATE\n\ttank        ONLINE\n\t  /dev/sde  ONLINE\n"
        "\n  pool: vpool\n state: ONLINE\nconfig:\n\n\tNAME        STATE\n\tvpool        ONLINE\n\t  /dev/sdf  ONLINE\n",
    )
    reasons = {name: disk.status_reason.partition(":")[0] for name, disk in found.items()}
    assert reasons == {
        "sdb": "mounted on /srv",
        "sdc": "mounted on /srv",
        "sdd": "",
        "sde": "mounted on /home",
        "sdf": "",
        "sdg": "mounted on /var2",
        "sdh": "",
    }


@pytest.mark.parametrize(
    ("tran", "kernel", "word"),
    [
        ("fc", "", "Fibre Channel"),
        ("fcoe", "", "Fibre Channel over Ethernet"),
        (
            None,
            "path=/sys/devices/pci0000:00/0000:00:02.0/host7/rport-7:0-0/target7:0:0/7:0:0:0\n",
            "Fibre Channel",
        ),
        (None, "host_driver=zfcp\n", "Fibre Channel"),
        (None, "fc_host=1\nhost_driver=somefc\n", "Fibre Channel"),
        (None, "host_driver=qedi\n", "iSCSI"),
        (None, "host_driver=ib_srp\n", "SRP"),
        (None, "path=/sys/devices/platform/host3/session1/target3:0:0/3:0:0:1\n", "iSCSI"),
    ],
)
def test_a_lun_of_another_machine_is_not_in_this_one(tran: str | None, kernel: str, word: str) -> None:
    disk = seen(
        {"name": "sdb", "tran": tran, "wwn": "0x5000"}, sysfs_block=f"@sdb\nsize=1953125000\n{kernel}"
    )["sdb"]
    assert (disk.suggested_status, disk.status_reason) == (0, f"not in this machine ({word})")
    assert disk.rotational_guess


def test_a_multipath_lun_over_fibre_channel_is_not_in_this_machine_and_one_over_sas_is() -> None:
    def lun(tran: str) -> DiskFacts:
        paths = [
            {
                "name": name,
                "tran": tran,
                "wwn": "0x600508b1001c0123456789abcdef0001",
                "children": [
                    {"name": "mpatha", "kname": "dm-0", "type": "mpath", "size": TB},
                ],
            }
            for name in ("sdb", "sdc")
        ]
        return seen(*paths)["mpatha"]

    assert lun("fc").status_reason == "not in this machine (Fibre Channel)"
    assert lun("sas").status_reason == "" and lun("sas").members == ("sdb", "sdc")


@pytest.mark.parametrize(
    ("driver", "channel", "vendor", "model"),
    [
        ("hptiop", "0", "HPT", "DISK_0_0"),
        ("hptnr", "0", "", "SSD7540"),
        ("arcmsr", "0", "Areca", "ARC-1882-VOL#000"),
        ("3w-9xxx", "0", "AMCC", "9650SE-4LP DISK"),
        ("3w-sas", "0", "LSI", "9750-4i    DISK"),
        ("mvumi", "0", "MARVELL", "VD B0-R1-1"),
        ("stex", "0", "Promise", "2 Disk RAID1"),
        ("smartpqi", "1", "Adaptec", "array0"),
        ("hpsa", "1", "HP", "bootdisk"),
        ("mpt3sas", "1", "Dell", "Virtual Disk"),
        ("mpt2sas", "1", "LSI", "Logical Volume"),
        ("megaraid_sas", "2", "Cisco", "12G SAS"),
        ("ipr", "2", "IBM", "IPR-0   5EC2F000"),
        ("aacraid", "0", "Adaptec", "data"),
        ("ips", "0", "IBM", "SERVERAID"),
        ("ahci", "0", "ATA", "DELLBOSS VD"),
        ("ahci", "0", "ATA", "MARVELL Raid VD 0"),
        ("uas", "0", "JMicron", "H/W RAID5"),
        ("", "0", "INTEL", "RMS3JC080"),
    ],
)
def test_the_kind_of_a_volume_is_a_guess(driver: str, channel: str, vendor: str, model: str) -> None:
    row = {"name": "sdb", "vendor": vendor, "model": model, "hctl": f"4:{channel}:0:0"}
    assert seen(row, sysfs_block=f"@sdb\nsize=1953125000\nhost_driver={driver}\n")["sdb"].rotational_guess


@pytest.mark.parametrize("name", ["cciss!c0d1", "rd!c0d1", "ida!c1d0"])
def test_so_is_that_of_a_controller_with_names_of_its_own(name: str) -> None:
    (disk,) = seen({"name": name}).values()
    assert disk.rotational_guess


@pytest.mark.parametrize(
    ("driver", "channel", "vendor", "model"),
    [
        ("smartpqi", "0", "ATA", "SAMSUNG MZ7LH960"),
        ("hpsa", "0", "SEAGATE", "ST4000NM0023"),
        ("mpt3sas", "0", "HGST", "HUH721212AL5200"),
        ("megaraid_sas", "0", "ATA", "ST4000NM0033-9ZM"),
        ("mpi3mr", "0", "KIOXIA", "KPM61RUG960G"),
        ("ahci", "0", "ATA", "TOSHIBA MG08ACA1"),
        ("mvsas", "0", "ATA", "WDC WD4003FZEX"),
    ],
)
def test_a_plain_drive_behind_such_a_controller_is_none(
    driver: str, channel: str, vendor: str, model: str
) -> None:
    row = {"name": "sdb", "vendor": vendor, "model": model, "hctl": f"4:{channel}:0:0", "tran": "sas"}
    assert not seen(row, sysfs_block=f"@sdb\nsize=1953125000\nhost_driver={driver}\n")["sdb"].rotational_guess


@pytest.mark.parametrize(
    ("model", "link", "serial"),
    [
        ("ST4000NM0033-9ZM170", "ata-ST4000NM0033-9ZM170_Z1Z0ABCD", "Z1Z0ABCD"),
        ("QEMU HARDDISK", "ata-QEMU_HARDDISK_QM00003", "QM00003"),
        # Cut at 16 characters by SCSI.
        ("Samsung SSD 860", "ata-Samsung_SSD_860_EVO_500GB_S3Z1NB0K123456", "S3Z1NB0K123456"),
        ("Samsung SSD 860", "ata-Samsung_SSD_860_EVO_500GB", ""),
        ("SAMSUNG MZ7LH960", "ata-SAMSUNG_MZ7LH960HAJR-00005", ""),
        ("ST4000NM0033-9ZM170", "ata-ST4000NM0033-9ZM170", ""),
        ("", "ata-ST4000NM0033-9ZM170_Z1Z0ABCD", ""),
        ("QEMU HARDDISK", "ata-QEMU_HARDDISK_00000000", ""),
        ("WDC WD40", "scsi-SATA_WDC_WD40_WD-1", ""),
    ],
)
def test_the_serial_number_in_the_link_where_it_is_nowhere_else(model: str, link: str, serial: str) -> None:
    device = BlockDevice("sdb", "sdb", "disk", model=model)
    assert identify(device, device, SysBlock("sdb"), {"sdb": (link,)}).serial == serial
    told = BlockDevice("sdb", "sdb", "disk", model=model, serial="OWN")
    assert identify(told, told, SysBlock("sdb"), {"sdb": (link,)}).serial == "OWN"

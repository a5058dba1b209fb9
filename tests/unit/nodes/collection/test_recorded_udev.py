"""Machines as udev's database names their devices; it holds no sizes."""

from __future__ import annotations

import pytest

from tests.support.adapters import udev
from tests.support.sections import facts, recorded
from tests.unit.nodes.collection.recordings import disk, mounted, nics, sizes, unused


@pytest.mark.parametrize(
    ("case", "usable", "left_out", "ports"),
    [
        ("checkbox-shuttle-usb-disk", {"sda": "ssd"}, ["sdb", "sdc"], ["eth0", "eth1"]),
        ("checkbox-hdd-ssd-mix-vmnet", {"sda": "sata", "sdb": "ssd", "sdc": "ssd"}, [], ["eth0", "eth1"]),
        ("checkbox-dell-idrac-usb-nic", {"sda": "sata"}, [], ["eno1", "eno2", "eno3", "eno4"]),
        ("checkbox-realtek-card-reader", {"nvme0n1": "nvme", "sda": "sata"}, ["sdb"], ["eth0"]),
        ("checkbox-vmware-floppy", {"sda": "sata"}, [], ["eno16777736"]),
        (
            "checkbox-nvidia-dgx-station",
            dict.fromkeys(("sda", "sdb", "sdc", "sdd"), "ssd"),
            [],
            ["enp2s0f0", "enp2s0f1"],
        ),
        ("checkbox-xeon-2hdd", {"sda": "sata", "sdb": "sata"}, [], ["eth0"]),
        ("checkbox-element-biosciences", {"nvme0n1": "nvme"}, ["sda"], ["eno1", "enp3s0"]),
        ("checkbox-toshiba-nvme", {"nvme0n1": "nvme"}, [], ["enp0s31f6"]),
        ("checkbox-qemu-kvm", {"vda": "sata"}, [], ["eth0"]),
        ("checkbox-rpi4", {"mmcblk0": "sata"}, ["sda"], ["eth0"]),
        ("checkbox-hp-elitebook-835-g10", {"nvme0n1": "nvme"}, ["sda"], ["enx54af978e007e"]),
    ],
)
def test_udev_recordings(case, usable, left_out, ports):
    found = facts(**udev.sections(recorded(case, "udevadm-export-db.txt")))
    assert {name: disk(found, name).type for name in sizes(found)} == usable
    assert unused(found) == left_out
    assert nics(found) == dict.fromkeys(ports, "physical")


def test_a_raid_volume_is_marked_as_a_guess_and_a_plain_drive_is_not():
    perc = facts(**udev.sections(recorded("checkbox-dell-idrac-usb-nic", "udevadm-export-db.txt")))
    plain = facts(**udev.sections(recorded("checkbox-xeon-2hdd", "udevadm-export-db.txt")))
    assert disk(perc, "sda").rotational_guess
    assert not disk(plain, "sda").rotational_guess


def test_the_models_that_people_ask_for():
    """Name a RAID volume by its controller, a reader by its name, an SSD in full."""
    for case, name, model in (
        ("checkbox-dell-idrac-usb-nic", "sda", "PERC H730P Mini"),
        ("checkbox-realtek-card-reader", "sdb", "SD MemoryStick"),
        ("checkbox-shuttle-usb-disk", "sda", "CT500MX500SSD1"),
    ):
        found = facts(**udev.sections(recorded(case, "udevadm-export-db.txt")))
        assert disk(found, name).model == model


def test_a_root_inside_an_encrypted_partition():
    given = udev.sections(recorded("checkbox-shuttle-usb-disk", "udevadm-export-db.txt"))
    found = facts(**given, mounts=mounted("/dev/mapper/writable"))
    assert found.os_disk is not None
    assert (found.os_disk.disk.name, found.os_disk.disk.type, found.os_disk.root_part) == (
        "sda",
        "ssd",
        "writable",
    )
    assert (sizes(found), unused(found)) == ({}, ["sdb", "sdc"])


def test_flat_lsblk_without_parents_beside_udev():
    """Check only names and mount points: sizes in this recording are invented."""
    given = udev.sections(recorded("checkbox-hp-elitebook-835-g10", "udevadm-export-db.txt"))
    flat = {"lsblk_json": recorded("checkbox-hp-elitebook-835-g10", "lsblk.json")}
    found = facts(**{**given, **flat})
    assert found.os_disk is not None
    assert (found.os_disk.root_part, found.os_disk.legs) == ("nvme0n1p3", ("nvme0n1",))
    assert (sizes(found), unused(found)) == ({}, ["sda"])


def test_flat_lsblk_with_a_disc_in_the_drive():
    given = udev.sections(recorded("checkbox-hp-dvdrw", "udevadm-export-db.txt"))
    assert '"sr0"' in given["lsblk_json"]
    found = facts(lsblk_json=recorded("checkbox-hp-dvdrw", "lsblk.json"))
    assert found.os_disk is not None
    assert (found.os_disk.root_part, found.os_disk.root_size_bytes) == ("sda3", 986189922304)
    assert (found.os_disk.disk.name, found.os_disk.disk.size_bytes) == ("sda", 1000204886016)
    assert found.data_disks == ()

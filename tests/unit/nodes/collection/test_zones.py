"""Drives with zones: shown, and host-managed ones not proposed, because nothing of the platform works on them."""

from __future__ import annotations

import pytest

from tests.support.machines import TB, disk_row, machine, named, namespace

REASON = "host-managed zones (SMR, ZNS): ZFS, ext4 and DRBD cannot write there"


def smr(**more: object) -> dict[str, object]:
    return disk_row("sdb", 14 * TB, model="HGST HSH721414ALN6M0", serial="VEG00001", tran="sata", **more)


@pytest.mark.parametrize(
    ("row", "kernel", "zoned"),
    [
        (smr(), {"zoned": "host-managed"}, "host-managed"),
        (smr(), {"type": 20}, "host-managed"),
        (smr(zoned="host-managed"), {}, "host-managed"),
        (smr(zoned="none"), {"zoned": "none", "type": 20}, "host-managed"),
        (smr(), {"zoned": "host-aware"}, "host-aware"),
        (smr(zoned="Host-Aware"), {}, "host-aware"),
        (smr(zoned="none"), {"zoned": "none", "type": 0}, ""),
        (smr(), {}, ""),
    ],
)
def test_zones_by_what_the_machine_has_to_tell_them(row, kernel, zoned):
    [disk] = machine([row], kernel={"sdb": kernel}).data_disks
    host_managed = zoned == "host-managed"
    assert disk.zoned == zoned
    assert (disk.suggested_status, disk.status_reason) == ((0, REASON) if host_managed else (1, ""))


def test_a_zoned_namespace_beside_an_ordinary_one():
    """Propose the small ordinary namespace of a ZNS drive, and not the rest, which is in zones."""
    rows = [namespace(0, 1, "ZNS0001"), namespace(0, 2, "ZNS0001")]
    found = named(machine(rows, kernel={"nvme0n2": {"zoned": "host-managed"}}))
    assert (found["nvme0n1"].zoned, found["nvme0n1"].suggested_status) == ("", 1)
    assert (found["nvme0n2"].zoned, found["nvme0n2"].status_reason) == ("host-managed", REASON)


def test_a_drive_that_the_kernel_cannot_use_is_told():
    kernel = {"sdb": {"size": 0, "removable": 0, "type": 20, "path": "/sys/devices/pci0/x", "model": "HSH72"}}
    [sentence] = machine([], kernel=kernel).warnings
    assert "sdb (HSH72) is a host-managed zoned drive" in sentence and "add another drive" in sentence


def test_a_drive_without_a_block_device_is_told():
    unlisted = "@0:0:3:0\ntype=20\nmodel=HGST HSH721414ALE6M0\n@ng2n1\nmodel=WZS4C8T4TDSP303\n"
    first, second = machine([], unlisted=unlisted).warnings
    assert "0:0:3:0 (HGST HSH721414ALE6M0) is a host-managed zoned drive" in first
    assert "ng2n1 (WZS4C8T4TDSP303) is an NVMe namespace" in second and "one more disk" in second

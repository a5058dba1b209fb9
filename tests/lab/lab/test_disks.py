"""Disk tools of a node: their output, and that their changes are there at the next look."""

from __future__ import annotations

import json
from typing import Any

import pytest

from lab import Lab, Node

from .conftest import Ssh


def _disks(
    node: Node, ssh: Ssh, columns: str = "NAME,FSTYPE,PTTYPE,SIZE,TYPE,LABEL,MOUNTPOINT"
) -> dict[str, Any]:
    listed = json.loads(ssh.out(node, f"lsblk -J -b -o {columns}"))["blockdevices"]
    return {disk["name"]: disk for disk in listed}


def test_lsblk_shows_the_profile(node: Node, ssh: Ssh) -> None:
    disks = _disks(node, ssh, "NAME,ROTA,TRAN,SERIAL,WWN,MODEL,SIZE,RM,MOUNTPOINT")
    assert list(disks) == ["sda", "sdb", "sdc"]
    assert (disks["sdb"]["rota"], disks["sdb"]["tran"], disks["sdb"]["size"]) == (
        False,
        "sata",
        3200631791616,
    )
    assert disks["sdb"]["serial"] in ssh.out(node, "ls /dev/disk/by-id")
    assert [part["mountpoint"] for part in disks["sda"]["children"]] == ["/boot/efi", "/", "[SWAP]", None]


def test_the_forms_of_lsblk_agree(node: Node, ssh: Ssh) -> None:
    assert 'NAME="sdb" SIZE="3200631791616" TYPE="disk"' in ssh.out(node, "lsblk -P -b -o NAME,SIZE,TYPE")
    assert ssh.out(node, "lsblk -dno NAME,SIZE").split("\n")[1].split() == ["sdb", "2.9T"]
    assert "`-sda4" in ssh.out(node, "LC_ALL=C lsblk")
    assert ssh.out(node, "lsblk -rno NAME /dev/sda").split() == ["sda", "sda1", "sda2", "sda3", "sda4"]
    refused = ssh.run(node, "lsblk -o NAME,START")
    assert refused.returncode == 1 and b"unknown column: START" in refused.stderr
    assert ssh.run(node, "lsblk /dev/sdz").returncode == 32


def test_an_old_lsblk_prints_strings(lab: Lab, ssh: Ssh) -> None:
    node = lab.add("hyper-old", authorized_keys=[ssh.public])
    disk = json.loads(ssh.out(node, "lsblk -J -b -O"))["blockdevices"][1]
    assert (disk["rota"], disk["size"], disk["model"]) == ("0", "3200631791616", "MZ7LH3T2HAJR-000")
    assert "path" not in disk
    assert ssh.run(node, "ip -j addr").returncode == 255


def test_a_pool_takes_its_disks_and_gives_them_back(node: Node, ssh: Ssh) -> None:
    links = [line for line in ssh.out(node, "ls /dev/disk/by-id").split() if line.startswith("ata-")]
    paths = " ".join(f"/dev/disk/by-id/{link}" for link in links)
    ssh.out(node, f"zpool create vpool mirror {paths}")
    disks = _disks(node, ssh)
    for name in ("sdb", "sdc"):
        assert disks[name]["pttype"] == "gpt"
        assert [(part["name"], part["fstype"]) for part in disks[name]["children"]] == [
            (f"{name}1", "zfs_member"),
            (f"{name}9", None),
        ]
    assert (
        ssh.run(node, f"test -e {paths.split()[0]}-part1 && test -e /dev/sdb1 && test -d /vpool").returncode
        == 0
    )
    assert "/dev/sdb1" in ssh.out(node, "zpool status -LP") and "mirror-0" in ssh.out(
        node, "zpool status vpool"
    )
    assert ssh.out(node, "zpool list -H -o name,health").split() == ["vpool", "ONLINE"]
    assert "vpool /vpool zfs" in ssh.out(node, "cat /proc/mounts")
    busy = ssh.run(node, "wipefs -a /dev/sdb")
    assert busy.returncode == 1 and b"busy" in busy.stderr
    assert ssh.run(node, "zpool create other /dev/sdb").returncode == 1
    ssh.out(node, "zpool destroy vpool; wipefs -a /dev/sdb /dev/sdc")
    assert "children" not in _disks(node, ssh)["sdb"]
    assert ssh.run(node, "test -e /dev/sdb1").returncode == 1


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("zpool create vpool mirror sdb", b"requires at least 2"),
        ("zpool create vpool sdb /dev/disk/by-id/nothing", b"cannot open '/dev/disk/by-id/nothing'"),
        ("zpool create vpool /dev/sda4", b""),
        ("zpool create vpool /dev/sda", b"mounted on /boot/efi"),
        ("zpool create vpool sdb sdb", b"same device"),
        ("zpool destroy vpool", b"no such pool"),
        ("mkfs.ext4 /dev/sda2", b"mounted on /"),
        ("wipefs -a /dev/sda", b"busy"),
        ("wipefs -a /dev/sdq", b"No such file"),
        ("sgdisk -Z /dev/sda", b"busy"),
        ("blkdiscard /dev/sda", b"busy"),
        ("umount /", b"busy"),
        ("swapon /dev/sdb", b"read swap header failed"),
        ("blkid /dev/sdb", b""),
        ("mount /dev/sdb /mnt", b"wrong fs type"),
    ],
)
def test_what_must_not_be_done_is_refused(node: Node, ssh: Ssh, command: str, said: bytes) -> None:
    before = node.state()
    done = ssh.run(node, command)
    assert done.returncode != 0 and said in done.stderr + done.stdout
    assert node.state() == before


def test_a_formatted_disk_is_formatted_at_the_next_look(node: Node, ssh: Ssh) -> None:
    ssh.out(node, "mkfs.ext4 -F -L data /dev/sdb && mkdir -p /pitrix && mount /dev/sdb /pitrix")
    assert _disks(node, ssh)["sdb"] | {"size": 0} == {
        "name": "sdb", "fstype": "ext4", "pttype": None, "size": 0, "type": "disk", "label": "data",
        "mountpoint": "/pitrix",
    }  # fmt: skip
    assert ssh.out(node, "findmnt -n -o SOURCE /pitrix") == "/dev/sdb\n"
    assert "/dev/sdb /pitrix ext4" in ssh.out(node, "cat /proc/mounts")
    assert ssh.out(node, "df -P /pitrix").split()[-6] == "/dev/sdb"
    assert (
        'LABEL="data"' in ssh.out(node, "blkid /dev/sdb") and ssh.run(node, "umount /pitrix").returncode == 0
    )


@pytest.mark.parametrize(
    "erase",
    [
        "wipefs -a /dev/sdb",
        "dd if=/dev/zero of=/dev/sdb bs=1M count=10",
        "blkdiscard -f /dev/sdb",
        "sgdisk --zap-all /dev/sdb",
    ],
)
def test_each_way_to_erase_leaves_a_clean_disk(lab: Lab, ssh: Ssh, erase: str) -> None:
    node = lab.add("hyper-dirty", authorized_keys=[ssh.public])
    assert _disks(node, ssh)["sdb"]["children"][0]["fstype"] == "ext4"
    assert "0x200,,,gpt" in ssh.out(node, "wipefs -n -p /dev/sdb")
    ssh.out(node, erase)
    disk = _disks(node, ssh)["sdb"]
    assert (disk["pttype"], disk["fstype"], disk.get("children")) == (None, None, None)
    assert ssh.out(node, "wipefs -n -p /dev/sdb").splitlines() == ["# offset,uuid,label,type"]


def test_old_volumes_are_in_use_until_they_are_removed(lab: Lab, ssh: Ssh) -> None:
    node = lab.add("hyper-dirty", authorized_keys=[ssh.public])
    assert ssh.out(node, "pvs --noheadings --separator '|' -o pv_name,vg_name").strip() == "/dev/sdc|olddata"
    assert ssh.run(node, "wipefs -a /dev/sdc").returncode == 1
    ssh.out(node, "vgremove -y olddata && pvremove -y /dev/sdc && wipefs -a /dev/sdc")
    assert _disks(node, ssh)["sdc"]["fstype"] is None


def test_dd_of_ordinary_files_is_the_real_one(node: Node, ssh: Ssh) -> None:
    assert (
        ssh.out(node, "dd if=/dev/zero of=/opt/zeros bs=1k count=3 2>/dev/null; stat -c %s /opt/zeros")
        == "3072\n"
    )


def test_partitions_made_by_script_appear(node: Node, ssh: Ssh) -> None:
    ssh.out(node, "parted -s /dev/sdb mklabel gpt mkpart primary 1MiB 50% mkpart primary 50% 100%; partprobe")
    ssh.out(node, "sgdisk -o -n 1:0:+100G /dev/sdc")
    disks = _disks(node, ssh)
    assert [part["name"] for part in disks["sdb"]["children"]] == ["sdb1", "sdb2"]
    assert [part["size"] for part in disks["sdc"]["children"]] == [100 << 30]
    assert ssh.run(node, "test -e /dev/sdb2 && test -e /sys/class/block/sdc1/partition").returncode == 0


def test_a_drbd_resource_goes_through_its_life(lab: Lab, ssh: Ssh) -> None:
    node = lab.add("hyper-pair", authorized_keys=[ssh.public])
    assert ssh.run(node, "drbdadm up r0").returncode == 10
    config = (
        "resource r0 { device /dev/drbd0; disk /dev/sdb; meta-disk internal; on other { disk /dev/sdx; } }"
    )
    ssh.out(node, f"mkdir -p /etc/drbd.d && echo '{config}' >/etc/drbd.d/r0.res")
    assert ssh.run(node, "drbdadm up r0").returncode == 10
    ssh.out(node, "drbdadm create-md --force r0 && drbdadm up r0 && drbdadm primary --force r0")
    assert "r0 role:Primary" in ssh.out(node, "drbdadm status r0")
    assert _disks(node, ssh)["sdb"]["fstype"] == "drbd"


def test_the_state_outlives_a_reboot(lab: Lab, node: Node, ssh: Ssh) -> None:
    ssh.out(node, "zpool create vpool sdb sdc; swapoff -a")
    lab.fault(node.address, "reboot")
    from .conftest import eventually

    eventually(lambda: ssh.run(node, "zpool list vpool").returncode == 0)
    assert ssh.run(node, "test -e /dev/sdb1").returncode == 0
    assert len(ssh.out(node, "cat /proc/swaps").splitlines()) == 1


def test_many_changes_at_once_lose_none(node: Node, ssh: Ssh) -> None:
    ssh.out(node, "for n in 1 2 3 4 5 6 7 8; do sysctl -q -w test.key$n=$n & done; wait")
    assert len(node.state()["sysctl"]) == 8

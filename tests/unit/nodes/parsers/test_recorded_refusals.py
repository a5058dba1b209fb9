"""Recorded outputs in a format that is not the one we ask for: refused with an excerpt, never read as "nothing"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from nodes.parsers import blkid, dmidecode, ip_text, lsblk_pairs, lsblk_tree, lscpu, proc_mounts, uname
from nodes.parsers.errors import ParseError
from tests.support.sections import recorded

UTIL_LINUX = ("util-linux-simple-lvm", "util-linux-simple-nvme", "util-linux-multi-devs-bcachefs")
NO_TYPE = ("lsblk-discard.txt", "lsblk-rw.txt", "lsblk-topo.txt", "lsblk-vendor.txt", "lsblk-zone.txt")


def excerpt(parser: Callable[[str], Any], text: str) -> str:
    with pytest.raises(ParseError) as refusal:
        parser(text)
    assert refusal.value.excerpt
    return str(refusal.value)


@pytest.mark.parametrize("case", UTIL_LINUX)
@pytest.mark.parametrize("name", NO_TYPE)
def test_a_table_of_lsblk_that_does_not_tell_disks_from_parts(case, name):
    assert "TYPE" in excerpt(lsblk_tree.parse, recorded(case, name))


@pytest.mark.parametrize(
    ("case", "name"),
    [
        ("facter-misc", "lsblk_output_old.txt"),
        ("facter-misc", "lsblk_output_new.txt"),
        ("local-storage-operator-lsblk-P", "lsblk-P-trailing-space.txt"),
    ],
)
def test_pairs_of_lsblk_that_do_not_tell_disks_from_parts(case, name):
    assert "TYPE" in excerpt(lsblk_pairs.parse, recorded(case, name))


@pytest.mark.parametrize(
    ("parser", "case", "name"),
    [
        (dmidecode.parse, "insights-dmidecode-odd", "dmidecode_oddities.txt"),  # no System Information block
        (dmidecode.parse, "node-debug-dashboard-k8s-node", "dmidecode-t17.txt"),  # memory only
        (lsblk_tree.parse, "ansible-ohai-facter", "lsblk-uuid.txt"),  # lsblk -n: no header
        (lscpu.parse, "ohai-lscpu-x86", "lscpu-x86-host-cores.txt"),  # lscpu -p
        (lscpu.parse, "hwbench-lscpu-nvme-numa", "cpu_cores-v2321.txt"),
        (blkid.parse, "jc-ubuntu-18.04", "blkid-ip-udev-multi.txt"),  # blkid -ip -o udev names no device
        (blkid.parse, "jc-centos-7.7", "blkid-ip-udev-multi.txt"),
        (proc_mounts.parse, "jc-ubuntu-18.04", "mount.txt"),  # mount(8) prints another format
        (proc_mounts.parse, "jc-centos-7.7", "mount.txt"),
        (proc_mounts.parse, "ansible-ohai-facter", "findmnt.txt"),
        (proc_mounts.parse, "jc-centos-7.7", "findmnt.txt"),
        (ip_text.parse_links, "jc-ubuntu-18.04", "ifconfig.txt"),
        (ip_text.parse_addresses, "jc-centos-7.7", "ifconfig.txt"),
        (uname.parse, "jc-ubuntu-18.04", "uname-a.txt"),  # its second word is the host name
        (uname.parse, "jc-centos-7.7", "uname-a.txt"),
    ],
)
def test_another_command_than_ours(parser, case, name):
    assert excerpt(parser, recorded(case, name))

"""Output in a format that is not the one we ask for: refused with an excerpt, never read as "nothing"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lab import machine_facts
from lab.outputs import storage
from lab.shims import dmidecode as dmidecode_shim
from lab.shims import iptext
from lab.shims import lscpu as lscpu_shim
from nodes.parsers import blkid, dmidecode, ip_text, lsblk_pairs, lsblk_tree, lscpu, proc_mounts, uname
from nodes.parsers.errors import ParseError
from tests.machines.described import machines

MACHINES = ("volume-over-loops", "workstation-nvme-and-two-disks", "bcachefs-over-two-partitions")
NO_TYPE = {
    "discard": "NAME,DISC-ALN,DISC-GRAN,DISC-MAX,DISC-ZERO",
    "read-write": "NAME,RO,RA,RQ-SIZE,SCHED",
    "topology": "NAME,ALIGNMENT,MIN-IO,OPT-IO,PHY-SEC,LOG-SEC",
    "vendor": "NAME,MODEL,VENDOR,REV",
    "zones": "NAME,ZONED",
}


def excerpt(parser: Callable[[str], Any], text: str) -> str:
    with pytest.raises(ParseError) as refusal:
        parser(text)
    assert refusal.value.excerpt
    return str(refusal.value)


def lsblk(title: str, kind: str, columns: str, util_linux: str = "2.34") -> str:
    facts = {**machines()[title].facts, "util_linux": util_linux}
    return storage.listing(facts, machine_facts.first_state(facts, "seed"), kind, columns)


@pytest.mark.parametrize("title", MACHINES)
@pytest.mark.parametrize("columns", NO_TYPE)
def test_a_table_of_lsblk_that_does_not_tell_disks_from_parts(title, columns):
    assert "TYPE" in excerpt(lsblk_tree.parse, lsblk(title, "tree", NO_TYPE[columns]))


@pytest.mark.parametrize("util_linux", ["2.23.2", "2.38.1"])
@pytest.mark.parametrize("end", ["", " "])
def test_pairs_of_lsblk_that_do_not_tell_disks_from_parts(util_linux, end):
    text = lsblk("vmware-centos-7", "pairs", "NAME,FSTYPE,UUID,LABEL,PARTUUID,LOG-SEC", util_linux)
    assert "TYPE" in excerpt(lsblk_pairs.parse, text.replace("\n", f"{end}\n"))


def a_machine() -> dict[str, Any]:
    return machines()["vmware-ubuntu-18.04"].facts


def memory_only() -> str:
    return dmidecode_shim.render(a_machine(), (17,))


def without_a_system() -> str:
    return dmidecode_shim.render(a_machine(), (0, 2, 4))


def rows_of_lscpu() -> str:
    return lscpu_shim.render(a_machine(), ["-p"])


def no_heading() -> str:
    """Return ``lsblk -n``."""
    return lsblk("vmware-ubuntu-18.04", "tree", "NAME,UUID,TYPE").partition("\n")[2]


def brief_links() -> str:
    """Return ``ip -br link``, in columns."""
    return iptext.links_text(iptext.links(machine_facts.first_state(a_machine(), "seed")), False, "", ["br"])


UDEV_STYLE = "ID_FS_UUID=5cd02bc9-7a3b-42b9-8ed0-4e3d2c1b0a99\nID_FS_TYPE=ext4\nID_PART_ENTRY_SCHEME=gpt\n"
MOUNT = "/dev/sda2 on / type ext4 (rw,relatime,data=ordered)\nproc on /proc type proc (rw,nosuid)\n"
FINDMNT = "TARGET SOURCE    FSTYPE OPTIONS\n/      /dev/sda2 ext4   rw,relatime\n"
IFCONFIG = (
    "ens33: flags=4163<UP,BROADCAST,RUNNING,MULTICAST>  mtu 1500\n"
    "        inet 192.168.71.138  netmask 255.255.255.0  broadcast 192.168.71.255\n"
)
UNAME_A = "Linux node7 4.15.0-65-generic #74-Ubuntu SMP Tue Sep 17 17:06:04 UTC 2019 x86_64 GNU/Linux\n"


@pytest.mark.parametrize(
    ("parser", "text"),
    [
        (dmidecode.parse, without_a_system),
        (dmidecode.parse, memory_only),
        (lsblk_tree.parse, no_heading),
        (lscpu.parse, rows_of_lscpu),
        (lscpu.parse, lambda: "CPU NODE SOCKET CORE\n0   0    0      0\n1   0    0      1\n"),  # lscpu -e
        (blkid.parse, lambda: UDEV_STYLE),  # blkid -ip -o udev names no device
        (proc_mounts.parse, lambda: MOUNT),  # mount(8) prints another format
        (proc_mounts.parse, lambda: FINDMNT),
        (ip_text.parse_links, lambda: IFCONFIG),
        (ip_text.parse_addresses, lambda: IFCONFIG),
        (ip_text.parse_links, brief_links),
        (uname.parse, lambda: UNAME_A),  # its second word is the host name
    ],
)
def test_another_command_than_ours(parser, text):
    assert excerpt(parser, text())

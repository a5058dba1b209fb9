"""Any output of a tool: a complete answer or ParseError, never another exception and never silence."""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from nodes.collection import frames
from nodes.collection.assemble import assemble
from nodes.parsers import (
    blkid,
    bonding,
    by_id,
    cpuinfo,
    dmidecode,
    ip_json,
    ip_text,
    lsblk_json,
    lsblk_pairs,
    lsblk_tree,
    lscpu,
    mdstat,
    meminfo,
    os_release,
    proc_mounts,
    proc_swaps,
    pvs,
    qemu,
    sysfs_block,
    sysfs_net,
    udev_links,
    uname,
    zpool,
)
from nodes.parsers.errors import FactsError, ParseError
from tests.support.examples import examples
from tests.support.sections import ORDINARY, sections

# A parser, an answer it understands, and whether "nothing" is an answer of that tool.
PARSERS: dict[str, tuple[Callable[[str], Any], str, bool]] = {
    "blkid": (blkid.parse, "DEVNAME=/dev/sda1\nUUID=1\nTYPE=ext4\n", False),
    "wipefs": (blkid.parse_wipefs, "@sda\n# offset,uuid,label,type\n0x1fe,,,dos\n", False),
    "bonding": (bonding.parse, "@bond0\nBonding Mode: IEEE 802.3ad\nSlave Interface: eth0\n", False),
    "vlan": (bonding.parse_vlans, "VLAN Dev name    | VLAN ID\nbond0.7 | 7 | bond0\n", True),
    "by_id": (by_id.parse, "total 0\nlrwxrwxrwx 1 root root 9 Jan 1 00:00 ata-X_1 -> ../../sda\n", True),
    "cpuinfo": (cpuinfo.parse, "processor : 0\nmodel name : X\nphysical id : 0\ncore id : 0\n", False),
    "dmidecode": (dmidecode.parse, "System Information\n\tManufacturer: X\n\tSerial Number: 1\n", False),
    "dmi_id": (dmidecode.parse_key_values, "sys_vendor=X\nproduct_name=Y\n", False),
    "ip_json": (
        ip_json.parse,
        '[{"ifname":"eth0","mtu":1500,"addr_info":[{"local":"10.0.0.1","prefixlen":8}]}]',
        False,
    ),
    "ip_links": (ip_text.parse_links, ORDINARY["ip-link"], False),
    "ip_addresses": (ip_text.parse_addresses, ORDINARY["ip-addr"], False),
    "ip_routes": (
        ip_text.parse_routes,
        "default via 10.0.0.1 dev eth0 metric 5\n10.0.0.0/8 dev eth0\n",
        True,
    ),
    "lsblk_json": (lsblk_json.parse, ORDINARY["lsblk-json"], False),
    "lsblk_flat": (
        lsblk_json.parse,
        '{"blockdevices":[{"kname":"sda","type":"disk","size":5},{"kname":"sda1","type":"part","mountpoint":"/"}]}',
        False,
    ),
    "lsblk_pairs": (
        lsblk_pairs.parse,
        'NAME="sda" TYPE="disk" SIZE="5"\nNAME="sda1" TYPE="part" SIZE="4"\n',
        False,
    ),
    "lsblk_tree": (lsblk_tree.parse, "NAME MAJ:MIN RM SIZE RO TYPE MOUNTPOINT\nsda 8:0 0 5 0 disk\n", False),
    "lscpu": (lscpu.parse, ORDINARY["lscpu"], False),
    "mdstat": (mdstat.parse, "Personalities : [raid1]\nmd0 : active raid1 sda1[0] sdb1[1]\n", True),
    "meminfo": (meminfo.parse, ORDINARY["meminfo"], False),
    "mounts": (proc_mounts.parse, "/dev/sda1 / ext4 rw 0 0\n", False),
    "os_release": (os_release.parse, ORDINARY["os-release"], False),
    "pvs": (pvs.parse, "  /dev/sda2|vg0\n", True),
    "qemu": (qemu.parse, "@/usr/bin/qemu-kvm running\nQEMU emulator version 2.4.1.2\n", False),
    "swaps": (proc_swaps.parse, "Filename Type Size Used Priority\n/dev/sda2 partition 100 0 -1\n", True),
    "sysfs_block": (sysfs_block.parse, "@sda\nsize=100\nremovable=0\n", False),
    "sysfs_net": (sysfs_net.parse, ORDINARY["sysfs-net"], False),
    "udev_links": (udev_links.parse, "@sda\nata-X_1\nwwn-0x5000c500a1b2c3d4\n", False),
    "uname": (uname.parse, ORDINARY["uname"], False),
    "hostname": (uname.parse_hostname, ORDINARY["hostname"], False),
    "zpool": (zpool.parse, "  pool: p\n config:\n\tNAME STATE\n\tp ONLINE\n\t  sda1 ONLINE\n", False),
}
NAMES = sorted(PARSERS)
FAST = examples(60, suppress_health_check=[HealthCheck.too_slow])
# Pieces that come close to meaning something, and characters that break naive parsers.
HOSTILE = st.sampled_from(
    [
        "²",
        "٣",
        "9" * 5000,
        "-1",
        "NaN",
        "1e999",
        "\0",
        "\x85",
        "\u2028",
        "\r",
        "\\x",
        '"',
        "|",
        "=",
        ":",
        "@",
        "[",
        "{",
        "/dev/",
        " ",
    ]
)


def mutated(seed: str) -> st.SearchStrategy[str]:
    """Cut a piece out of ``seed``, double it or replace it by something hostile."""
    place = st.integers(0, len(seed))
    return st.builds(
        lambda start, end, piece, times: seed[: min(start, end)] + piece * times + seed[max(start, end) :],
        place,
        place,
        st.one_of(st.text(max_size=8), HOSTILE),
        st.integers(0, 3),
    )


def outcome(parser: Callable[[str], Any], text: str) -> Any:
    try:
        return parser(text)
    except ParseError as error:
        assert "\n" not in error.excerpt
        assert len(error.excerpt) <= 160
        assert str(pickle.loads(pickle.dumps(error))) == str(error)
        return error


@pytest.mark.parametrize("name", NAMES)
def test_the_seed_is_understood(name):
    parser, seed, _ = PARSERS[name]
    assert not isinstance(outcome(parser, seed), ParseError)


@pytest.mark.parametrize("name", NAMES)
def test_rubbish_is_never_an_empty_inventory(name):
    parser, _, nothing = PARSERS[name]
    for text in ("", "\n", "command not found", "Segmentation fault\n", "<html></html>", "\0\0\0"):
        found = outcome(parser, text)
        if not isinstance(found, ParseError):
            assert (nothing and not text.strip("\n\0 ")) or name == "hostname", text


@pytest.mark.parametrize("name", NAMES)
@FAST
@given(data=st.data())
def test_any_text(name, data):
    outcome(
        PARSERS[name][0],
        data.draw(st.one_of(st.text(max_size=200), st.lists(HOSTILE, max_size=6).map("".join))),
    )


@pytest.mark.parametrize("name", NAMES)
@FAST
@given(data=st.data())
def test_almost_right_text(name, data):
    parser, seed, _ = PARSERS[name]
    outcome(parser, data.draw(mutated(seed)))


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=6)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["blockdevices", "name", "kname", "type", "size", "children", "mountpoints"]),
            inner,
            max_size=5,
        ),
        st.dictionaries(
            st.sampled_from(["ifname", "mtu", "flags", "linkinfo", "addr_info", "local", "prefixlen"]),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=20,
)


@FAST
@given(JSON)
def test_any_json(value):
    outcome(lsblk_json.parse, json.dumps(value))
    outcome(lsblk_json.parse, json.dumps({"blockdevices": value}))
    outcome(lsblk_json.parse, json.dumps({"blockdevices": [value]}))
    outcome(ip_json.parse, json.dumps(value))
    outcome(ip_json.parse, json.dumps([value]))


def test_json_nested_without_end():
    for parser in (lsblk_json.parse, ip_json.parse):
        assert isinstance(outcome(parser, "[" * 200_000), ParseError)
        assert isinstance(outcome(parser, '{"blockdevices":' + "[" * 200_000), ParseError)


@pytest.mark.parametrize("name", sorted(ORDINARY))
@FAST
@given(data=st.data())
def test_a_machine_with_one_tool_gone_mad(name, data):
    text = data.draw(st.one_of(mutated(ORDINARY[name]), st.text(max_size=60)))
    try:
        facts = assemble(sections({name: text}), "172.16.80.11")
    except FactsError as error:
        assert str(error)
    else:
        assert facts.hostname
        assert facts.cpu.threads > 0
        assert facts.memory_bytes > 0
        assert facts.os_disk is not None or facts.data_disks or facts.warnings


@FAST
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text(max_size=100).map(lambda text: f"@@n1n2n3n4 begin a\n{text}\n@@n1n2n3n4 end a 0\n".encode()),
    )
)
def test_any_stream(stream):
    try:
        found = frames.parse(stream, "n1n2n3n4")
    except ParseError:
        return
    assert found

"""One tool at a time: its parser reads what the description of a machine says, in every layout of the tool."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest

from lab import etcfiles, machine_facts
from lab.outputs import storage
from lab.shims import iptext
from nodes.parsers import (
    blkid,
    bonding,
    cpuinfo,
    ip_json,
    ip_text,
    lsblk_json,
    lsblk_pairs,
    lsblk_tree,
    lscpu,
    mdstat,
    meminfo,
    os_release,
    proc_swaps,
)
from nodes.parsers.link import Address, Route
from tests.machines.described import block_devices, machines, sections_of, titles
from tests.support.examples import named, some

WITH_PORTS = titles("nics")
WITH_DISKS = titles("disks")
WITH_PROCESSORS = titles("cpu")


def ports_of(title: str) -> list[dict[str, Any]]:
    return machines()[title].facts["nics"]


def described_addresses(title: str) -> dict[str, set[Address]]:
    """Return addresses by interface, without those that every interface gets by itself."""
    found: dict[str, set[Address]] = {}
    for nic in ports_of(title):
        for text in nic.get("addresses", []):
            address, prefix, scope = re.fullmatch(r"(\S+)/(\d+)(?: (\w+))?", text).groups()  # type: ignore[union-attr]
            item = Address(str(ip_address(address)), int(prefix), scope or "global")
            found.setdefault(nic["name"], set()).add(item)
    return found


def without_own(addresses: dict[str, tuple[Address, ...]]) -> dict[str, set[Address]]:
    kept = {
        name: {item for item in items if not item.address.startswith("fe80:")}
        for name, items in addresses.items()
    }
    return {name: items for name, items in kept.items() if items and name != "lo"}


def with_counters(text: str) -> str:
    """Insert the lines that ``ip -s`` prints below each link."""
    counted = "    RX: bytes  packets  errors  dropped overrun mcast\n    1500       10       0       0       0       0\n"
    return re.sub(r"(?m)^(    link/.*\n)", rf"\1{counted}{counted.replace('RX', 'TX')}", text)


def layouts(title: str) -> Iterator[str]:
    """Yield ``ip link`` of a machine in one line, in several, and with counters."""
    links = iptext.links(machine_facts.first_state(machines()[title].facts, "seed"))
    yield iptext.links_text(links, False, "", ["o", "d"])
    yield iptext.links_text(links, False, "", ["d"])
    yield with_counters(iptext.links_text(links, False, "", ["d"]))


@pytest.mark.parametrize("title", some(WITH_PORTS, "test_addresses"))
def test_addresses(title):
    state = machine_facts.first_state(machines()[title].facts, "seed")
    links = iptext.links(state)
    for options in (["o"], []):
        text = iptext.links_text(links, True, "", options)
        assert without_own(ip_text.parse_addresses(text)) == described_addresses(title)
    told = {
        link.name: link.addresses for link in ip_json.parse(sections_of(title, "ubuntu-18.04")["ip-json"])
    }
    assert without_own(told) == described_addresses(title)


@pytest.mark.parametrize("title", some(WITH_PORTS, "test_links_are_the_same_in_every_layout"))
def test_links_are_the_same_in_every_layout(title):
    wanted = ip_json.parse(sections_of(title, "ubuntu-18.04")["ip-json"])
    plain = [
        (link.name, link.mac, link.permanent_mac, link.media, link.mtu, link.lower_up) for link in wanted
    ]
    kinds = [(link.name, link.kind, link.master, link.lower, link.vlan_id, link.bond_mode) for link in wanted]
    for text in layouts(title):
        found = ip_text.parse_links(text)
        assert [
            (link.name, link.mac, link.permanent_mac, link.media, link.mtu, link.lower_up) for link in found
        ] == plain
        assert [
            (link.name, link.kind, link.master, link.lower, link.vlan_id, link.bond_mode) for link in found
        ] == kinds


@pytest.mark.parametrize("title", some(WITH_PORTS, "test_kinds_masters_and_burnt_in_addresses"))
def test_kinds_masters_and_burnt_in_addresses(title):
    found = {link.name: link for link in ip_text.parse_links(sections_of(title, "ubuntu-16.04")["ip-link"])}
    assert list(found) == ["lo", *(nic["name"] for nic in ports_of(title))]
    for nic in ports_of(title):
        link = found[nic["name"]]
        assert link.kind == {"physical": "", "other": ""}.get(nic["type"], nic["type"])
        assert (link.master, link.lower) == (nic.get("master", ""), nic.get("link_to", ""))
        assert link.vlan_id == nic.get("id")
        if "address" in nic:
            assert (link.mac, link.permanent_mac) == (nic["address"], nic["mac"])


@pytest.mark.parametrize("title", some(WITH_PORTS, "test_default_routes_in_the_order_of_their_metric"))
def test_default_routes_in_the_order_of_their_metric(title):
    given = sections_of(title, "ubuntu-16.04")
    found = (*ip_text.parse_routes(given["ip-route"]), *ip_text.parse_routes(given["ip-route6"]))
    routes = [
        Route(route.get("via", ""), route["dev"], route.get("metric", 0))
        for route in machines()[title].facts["routes"]
    ]
    assert list(found) == sorted(routes, key=lambda route: (":" in route.gateway, route.metric))


def test_slaves_of_a_bond_and_their_own_addresses():
    bonded = [title for title in WITH_PORTS if "bonding" in sections_of(title, "ubuntu-16.04")]
    assert bonded
    for title in bonded:
        with named(title):
            check_bonds(title)


def check_bonds(title: str) -> None:
    macs = {nic["name"]: nic["mac"] for nic in ports_of(title)}
    bonds = {nic["name"]: nic for nic in ports_of(title) if nic["type"] == "bond"}
    found = bonding.parse(sections_of(title, "ubuntu-16.04")["bonding"])
    assert {bond.name for bond in found} == bonds.keys()
    for bond in found:
        assert bond.mode == bonds[bond.name]["mode"]
        assert dict(bond.slaves) == {name: macs[name] for name in bonds[bond.name].get("slaves", [])}


@pytest.mark.parametrize("title", some(WITH_DISKS, "test_content_by_blkid"))
def test_content_by_blkid(title):
    text = sections_of(title, "ubuntu-20.04").get("blkid", "")
    found = blkid.parse(text) if text else {}
    carrying = {
        item["name"]: (item.get("fstype") or "", item.get("label") or "")
        for item in block_devices(machines()[title].facts)
        if item.get("fstype")
    }
    assert {name: (sign.type, sign.label) for name, sign in found.items() if sign.type} == carrying
    tables = {item["name"] for item in block_devices(machines()[title].facts) if item.get("pttype")}
    assert {name for name, sign in found.items() if sign.pttype} == tables


@pytest.mark.parametrize("title", some(WITH_DISKS, "test_tables_with_more_columns_and_rounded_sizes"))
def test_tables_with_more_columns_and_rounded_sizes(title):
    facts = {**machines()[title].facts, "util_linux": "2.31.1"}
    state = machine_facts.first_state(facts, "seed")
    wanted = lsblk_json.parse(storage.listing(facts, state, "json"))
    every = "NAME,KNAME,RM,SIZE,RO,TYPE,MOUNTPOINT,LABEL,UUID,MODEL,SERIAL,STATE"
    wide = lsblk_tree.parse(storage.listing(facts, state, "tree", every))
    assert [(item.kname, item.type) for item in wide] == [(item.kname, item.type) for item in wanted]
    assert [set(item.parents) for item in wide] == [set(item.parents) for item in wanted]
    rounded = lsblk_tree.parse(storage.listing(facts, state, "tree", every, in_bytes=False))
    for item, exact in zip(rounded, wanted, strict=True):
        assert abs((item.size_bytes or 0) - (exact.size_bytes or 0)) <= (exact.size_bytes or 0) // 20


@pytest.mark.parametrize("title", some(WITH_DISKS, "test_pairs_name_the_same_devices_as_json"))
def test_pairs_name_the_same_devices_as_json(title):
    found = [lsblk_pairs.parse(sections_of(title, "centos-7")["lsblk-pairs"])]
    found += [
        lsblk_json.parse(sections_of(title, form)["lsblk-json"]) for form in ("ubuntu-16.04", "debian-12")
    ]
    first, *others = (
        [(item.name, item.kname, item.type, item.size_bytes, item.parents) for item in row] for row in found
    )
    assert others == [first, first]


def test_swap_in_files_and_in_partitions():
    kinds = set()
    for title in titles("disks", "memory_bytes"):
        areas = proc_swaps.parse(sections_of(title, "ubuntu-20.04")["swaps"])
        found = {area.path: (area.kind, area.size_bytes) for area in areas}
        for area in machines()[title].facts.get("swaps", []):
            kind = "partition" if area["path"].startswith("/dev/") else "file"
            assert found[area["path"]] == (kind, area["size"])
            kinds.add(kind)
    assert kinds == {"file", "partition"}


def test_arrays():
    arrayed = [title for title in WITH_DISKS if "mdstat" in sections_of(title, "ubuntu-20.04")]
    assert arrayed
    for title in arrayed:
        with named(title):
            check_arrays(title)


def check_arrays(title: str) -> None:
    stacks = machines()[title].facts["stacks"]
    wanted = {item["name"]: tuple(item["lies_on"]) for item in stacks if item["name"].startswith("md")}
    found = {array.name: array for array in mdstat.parse(sections_of(title, "ubuntu-20.04")["mdstat"])}
    assert {name: array.members for name, array in found.items()} == {
        name: tuple(dict.fromkeys(members)) for name, members in wanted.items()
    }
    for item in stacks:
        if item["name"] in wanted:
            assert found[item["name"]].level == (item["type"] if item["type"].startswith("raid") else "")


ODD_ARRAYS = {
    "md3": (
        "active",
        "raid6",
        ["sda1[8]", "sdh1[7]", "sdg1[6]", "sdf1[5]", "sde1[11]", "sdd1[3]", "sdc1[10]"],
    ),
    "md127": ("active", "raid1", ["sdi2[0]", "sdj2[1]"]),
    "md0": ("active", "raid1", ["sdi1[0]", "sdj1[1]"]),
    "md4": ("inactive", "raid1", ["sda3[0](F)", "sdb3[1](S)"]),
    "md6": ("active", "raid1", ["sdb2[2](F)", "sdc[1](S)", "sda2[0]"]),
    "md8": ("active", "raid1", ["sdb1[1]", "sda1[0]", "sdc[2](S)", "sde[3](S)"]),
    "md11": (
        "active (auto-read-only)",
        "raid1",
        ["sdb2[0]", "sdc2[1]", "sdc3[2](F)", "hda[4](S)", "ssdc2[3](S)"],
    ),
    "md00": ("active", "raid0", ["xvdb[0]"]),
    "md120": ("active", "linear", ["sda1[1]", "sdb1[0]"]),
    "md201": ("active", "raid1", ["sda3[0]", "sdb3[1]"]),
    "md219": ("inactive", "", ["sdb[2](S)", "sdc[1](S)", "sda[0](S)"]),
    "md42": ("active", "raid5", ["sda1[0]", "sdd1[3](W)", "sdb1[1](J)"]),
}


def test_many_states_of_arrays():
    lines = "".join(
        f"{name} : {' '.join([state, *([level] if level else []), *members])}\n      100 blocks super 1.2\n"
        for name, (state, level, members) in ODD_ARRAYS.items()
    )
    text = f"Personalities : [linear] [raid0] [raid1] [raid6] [raid5]\n{lines}unused devices: <none>\n"
    found = {array.name: array for array in mdstat.parse(text)}
    assert found.keys() == ODD_ARRAYS.keys()
    for name, (state, level, members) in ODD_ARRAYS.items():
        assert (found[name].level, found[name].active) == (level, state.startswith("active"))
        assert found[name].members == tuple(member.partition("[")[0] for member in members)


@pytest.mark.parametrize("title", some(WITH_PROCESSORS, "test_processors_by_either_source"))
def test_processors_by_either_source(title):
    facts, answer = machines()[title].facts["cpu"], machines()[title].answer["cpu"]
    for form in ("centos-7", "ubuntu-20.04", "debian-12"):
        told = lscpu.parse(sections_of(title, form)["lscpu"])
        assert (told.arch, told.model, told.sockets, told.threads) == (
            machines()[title].facts["arch"], facts["model"], facts["sockets"], answer["threads"],
        )  # fmt: skip
    listed = cpuinfo.parse(sections_of(title, "ubuntu-20.04")["cpuinfo"])
    counts = (facts["sockets"], answer["cores"] if facts["sockets"] else 0, answer["threads"])
    assert (listed.model, listed.sockets, listed.cores, listed.threads) == (facts["model"], *counts)
    assert lscpu.parse_rows(sections_of(title, "centos-7")["lscpu-rows"])[0] == answer["threads"]


@pytest.mark.parametrize("title", titles("os"))
def test_distributions_however_they_quote(title):
    system, answer = machines()[title].facts["os"], machines()[title].answer["os"]
    for quote in ('"', "'", ""):
        found = os_release.parse(etcfiles.os_release(system).replace('"', quote))
        assert [found.id, found.version_id] == answer, quote


@pytest.mark.parametrize("title", titles("memory_bytes"))
def test_memory_by_any_kernel(title):
    text = sections_of(title, "ubuntu-20.04")["meminfo"]
    old = re.sub(r"MemAvailable:.*\n", "", text)
    assert meminfo.parse(old) == meminfo.parse(text) == machines()[title].answer["memory_bytes"]


def test_default_format_of_blkid():
    found = blkid.parse(
        '/dev/sda1: LABEL="/boot" UUID="6a9c2ad0-0b1f-4d4e-a3b5-5c3d1b9a7e11" TYPE="ext3" \n'
        '/dev/sda2: UUID="b2XkLm-0dQe-4ZrT-9yHu-KpWs-Vn3a-Qc7JfE" TYPE="LVM2_member" PARTUUID="000c1a7e-02" \n'
        '/dev/sr1: UUID="2019-07-15-09-22-10-00" LABEL="tools" TYPE="iso9660" PTUUID="1f0a77d3" PTTYPE="dos" \n'
        '/dev/mapper/VolGroup00-LogVol01: TYPE="swap" UUID="0f9e8d7c-6b5a-4938-8271-605f4e3d2c1b" \n'
    )
    assert (found["sda1"].type, found["sda1"].label) == ("ext3", "/boot")
    assert found["sda2"].type == "LVM2_member"
    assert (found["sr1"].type, found["sr1"].pttype) == ("iso9660", "dos")
    assert found["VolGroup00-LogVol01"].type == "swap"

"""Rendered files: byte for byte as the golden files, and safe for a shell to read."""

from __future__ import annotations

import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from common.characters import shown
from tests.support.examples import examples
from tests.unit.zones.core.builders import (
    VARIABLES,
    demo_zone,
    disk,
    documents,
    ks,
    node,
    settings_of,
    world,
)
from tests.unit.zones.core.golden_plans import FILES, PLANS, content, golden, values
from zones.core.plan import make_plan
from zones.core.rendering import (
    advise_vpool,
)
from zones.core.rendering.settings_reader import quoted, read_settings
from zones.core.world import DiskView, NicView, identity_text


@pytest.mark.parametrize(("plan", "path", "name"), FILES)
def test_files_are_as_reviewed(plan: str, path: str, name: str) -> None:
    assert content(PLANS[plan](), path) == golden(name)


def test_a_ks_node_gets_its_pitrix_disk() -> None:
    control = ks(1, data_disks=(disk("sdb", "sata"),))
    plan = make_plan(documents("adopt", settings_of({control: "ks/seed"}), VARIABLES), world(control))
    found = values(plan, control)
    assert found["pitrix_disk"] == "/dev/disk/by-id/sata-MODEL_SDB"
    assert (found["feature_ksnode"], found["feature_hypernode"]) == ("on", "off")
    assert "vm_base_network" not in found and "pair_address" not in found


def test_hdds_beside_ssds_are_not_used_in_a_vpool() -> None:
    mixed = (*(disk(f"sd{letter}") for letter in "bcd"), disk("sdx", "sata"), disk("sdy", status=0))
    item = node(20, data_disks=mixed)
    zone = demo_zone()
    plan = make_plan(documents("scale", settings_of({item: "hyper-repl"})), world(item, zones=(zone,)))
    found = values(plan, item)
    assert "SDX" not in found["data_disks"] and "SDY" not in found["data_disks"]
    assert found["vpool_layout"] == "raidz" and found["vpool_vdevs"].startswith("raidz /dev/disk/by-id/")
    assert len(plan.disk_identities[item.node_id]) == 3


@pytest.mark.parametrize("order", ["bridge on vlan", "vlan on bridge"])
def test_bond_and_vlan_are_told_through_a_bridge(order: str) -> None:
    item = node(20)
    upper, lower = ("br0", "bond0.7") if order == "bridge on vlan" else ("br0.7", "br0")
    bridge = NicView("br0", type="bridge", slaves=("bond0.7",) if lower == "bond0.7" else ("bond0",))
    raw = "bond0" if lower == "bond0.7" else "br0"
    vlan = NicView(f"{raw}.7", type="vlan", vlan_id=7, raw_device=raw)
    nics = [
        NicView("bond0", type="bond", bond_mode="802.3ad", slaves=("eth0", "eth1")),
        NicView("eth0"),
        NicView("eth1"),
        *(
            replace(nic, address=item.address, prefix=24) if nic.name == upper else nic
            for nic in (vlan, bridge)
        ),
    ]
    tied = replace(item, nics=tuple(nics), mgmt_interface=upper)
    roles = dict.fromkeys((tied, node(21)), "hyper-repl")
    found = values(
        make_plan(documents("scale", settings_of(roles)), world(*roles, zones=(demo_zone(),))), tied
    )
    assert found["mgmt_network_interface"] == upper and found["mgmt_network_vlan_id"] == "7"
    assert found["mgmt_network_vlan_raw_device"] == raw
    assert found["mgmt_network_bond_interface"] == "bond0"
    assert found["mgmt_network_bond_mode"] == "802.3ad"
    assert found["mgmt_network_bond_slaves"] == "eth0 eth1"


def test_a_vlan_zone_has_no_vm_network_and_no_routes() -> None:
    item, other = node(20), node(21)
    zone = replace(demo_zone(network_mode="vlan", installer_allocate_vbc=0), vbcs=())
    plan = make_plan(
        documents("scale", settings_of(dict.fromkeys((item, other), "hyper-repl"))),
        world(item, other, zones=(zone,)),
    )
    assert "vm_base_network" not in values(plan, item)
    assert not [entry.path for entry in plan.files if entry.path.startswith("routes/")]


@pytest.mark.parametrize(
    ("item", "reference"),
    [
        (DiskView("sdb", "ssd", 1, by_id="ata-X_1"), "/dev/disk/by-id/ata-X_1"),
        (DiskView("sdb", "ssd", 1, by_id="/dev/disk/by-id/ata-X_1"), "/dev/disk/by-id/ata-X_1"),
        (DiskView("sdb", "ssd", 1, wwn="0x5000c500a"), "/dev/disk/by-id/wwn-0x5000c500a"),
        (DiskView("nvme0n1", "nvme", 1, wwn="eui.0025"), "/dev/disk/by-id/nvme-eui.0025"),
        (DiskView("sdb", "ssd", 1, serial="S9"), "serial:S9"),
        (DiskView("vdb", "ssd", 1), "/dev/vdb"),
    ],
)
def test_disks_are_named_by_what_survives_a_reboot(item: DiskView, reference: str) -> None:
    assert item.reference == reference
    assert item.identity != replace(item, size_bytes=2).identity
    assert item.identity != replace(item, serial="other").identity


def test_an_identity_is_read_by_people() -> None:
    whole = DiskView("sdb", "ssd", 480_103_981_056, by_id="ata-X_1", wwn="0x5000c500a1b2c3d4", serial="X1")
    text = "/dev/disk/by-id/ata-X_1 (WWN 0x5000c500a1b2c3d4, serial X1, 480.1 GB = 480103981056 bytes)"
    assert identity_text(whole.identity) == text
    bare = DiskView("vdb", "ssd", 10**9)
    assert identity_text(bare.identity) == "/dev/vdb (1.0 GB = 1000000000 bytes)"
    assert identity_text("another") == "another", "what an older release kept"


@pytest.mark.parametrize(
    ("count", "layout"),
    [
        (1, "stripe"),
        (2, "mirror"),
        (3, "raidz"),
        (4, "mirror"),
        (5, "raidz"),
        (6, "mirror"),
        (7, "raidz"),
        (24, "mirror"),
    ],
)
def test_vpool_advice(count: int, layout: str) -> None:
    advice = advise_vpool(count)
    assert advice.layout == layout and advice.reason


def test_a_vpool_needs_a_disk() -> None:
    with pytest.raises(ValueError, match="at least one"):
        advise_vpool(0)


HOSTILE = '$(touch x) `id` "; rm -rf / \\" \\n ${HOME} \n\x07 \u2028 é'


def test_a_shell_that_reads_a_settings_file_runs_nothing(tmp_path: Path) -> None:
    item = node(20, os_name=HOSTILE, os_version=HOSTILE)
    plan = make_plan(documents("scale", settings_of({item: "hyper-repl"})), world(item, zones=(demo_zone(),)))
    text = content(plan, f"settings/{item.hostname}")
    path = tmp_path / "settings"
    path.write_text(text)
    shell = subprocess.run(
        ["sh", "-c", '. "$1" && printf %s "$os_name"', "sh", str(path)],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=True,
    )
    assert shell.stderr == "" and shell.stdout == read_settings(text)["os_name"]
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    ("change", "key"),
    [
        ({"data_disks": (disk("sdb"), replace(disk("sdc"), by_id=HOSTILE))}, "data_disks"),
        ({"data_disks": (disk("sdb"), replace(disk("sdc"), by_id="", serial="A  B"))}, "data_disks"),
        ({"mgmt_interface": "eth\u00a00"}, "mgmt_network_interface"),
        ({"mgmt_interface": "eth\u202e0"}, "mgmt_network_interface"),
    ],
)
def test_what_a_settings_file_cannot_carry_is_refused(change: dict[str, Any], key: str) -> None:
    item = node(20, **change)
    if "mgmt_interface" in change:
        item = replace(item, nics=(replace(item.nics[0], name=change["mgmt_interface"]),))
    plan = make_plan(documents("scale", settings_of({item: "hyper-repl"})), world(item, zones=(demo_zone(),)))
    found = [finding for finding in plan.findings if finding.level == "error"]
    assert not plan.ok and {finding.code for finding in found} == {"D18"} and not plan.files
    assert key in {finding.field for finding in found} and {finding.node for finding in found} == {
        item.address
    }


@examples(200)
@given(st.text(max_size=60))
def test_what_is_quoted_reads_back(text: str) -> None:
    line = f"key={quoted(text)}\n"
    assert line.count("\n") == 1
    read = read_settings(line)["key"]
    assert len(read) == len(text)
    assert all(
        got == char or (not shown(char) and got in " \N{REPLACEMENT CHARACTER}")
        for got, char in zip(read, text, strict=True)
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("role=vg\n", "line 1"),
        ('a="1"\nrole="$(id)"\n', "line 2"),
        ('a="1"\n\na="2"\n', "line 3"),
        ('a="1" b="2"\n', "line 1"),
        ('a="1"\nb="2"', "line 2 does not end"),
    ],
)
def test_an_edited_settings_file_is_refused_by_line(text: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        read_settings(text)

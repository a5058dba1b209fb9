"""What a plan destroys: each disk of each role, its content, its new use."""

from __future__ import annotations

from dataclasses import replace

import pytest

from common import wording
from tests.unit.zones.core.builders import active, disk, ks, node, ssds
from zones.core.destruction import destroyed, odd_first, sentence
from zones.core.documents import VariablesDocument
from zones.core.rendering import ZoneAfter, render_settings
from zones.core.rendering.settings_reader import read_settings
from zones.core.world import NodeView


def settings_of(*nodes: NodeView, pairs: dict[str, str] | None = None) -> dict[str, dict[str, str]]:
    zone = ZoneAfter(
        zone_id="devops1a",
        region_id="devops1",
        deploy_mode="devops",
        network_mode="sdn",
        variables=VariablesDocument("", {}),
        nodes=nodes,
        new_node_ids=frozenset(item.node_id for item in nodes),
        pairs=pairs or {},
    )
    return {item.address: read_settings(render_settings(zone, item).content) for item in nodes}


def with_role(item: NodeView, role: str) -> NodeView:
    return replace(item, role=role, sub_roles=("hyper",))


def test_a_pool_names_the_disks_that_mirror_each_other() -> None:
    hyper = with_role(node(2, disks=4), "hyper-repl")
    found = destroyed([hyper], settings_of(hyper))
    assert [(item.name, item.becomes) for item in found] == [
        ("sdb", "ZFS pool vpool, mirror with sdc"),
        ("sdc", "ZFS pool vpool, mirror with sdb"),
        ("sdd", "ZFS pool vpool, mirror with sde"),
        ("sde", "ZFS pool vpool, mirror with sdd"),
    ]
    assert {(item.node, item.hostname, item.serial) for item in found[:1]} == {
        (hyper.address, hyper.hostname, "Ssdb")
    }


def test_one_ssd_and_three_and_hdds_that_are_not_used() -> None:
    alone = with_role(node(2, disks=1), "hyper-repl")
    three = with_role(node(3, data_disks=(*ssds(3), disk("sdx", "sata"))), "hyper-repl")
    found = destroyed([alone, three], settings_of(alone, three))
    assert [(item.name, item.becomes) for item in found] == [
        ("sdb", "ZFS pool vpool, stripe"),
        ("sdb", "ZFS pool vpool, raidz with sdc, sdd"),
        ("sdc", "ZFS pool vpool, raidz with sdb, sdd"),
        ("sdd", "ZFS pool vpool, raidz with sdb, sdc"),
    ]


def test_a_pair_a_cache_and_a_disk_of_a_ks() -> None:
    first = with_role(
        node(2, data_disks=(disk("sdb"), disk("sdc", "sata", holds=("gpt", "ext4")))), "hyper-pair"
    )
    second = with_role(node(3, data_disks=(disk("sdb", "sata"),)), "hyper-pair")
    control = replace(ks(1), role="ks", sub_roles=("seed",))
    settings = settings_of(first, second, control, pairs={first.address: second.address})
    found = destroyed([first, second, control], settings)
    assert [(item.hostname[-3:], item.name, item.holds, item.becomes) for item in found] == [
        ("n02", "sdb", (), "cache of the DRBD volumes"),
        ("n02", "sdc", ("gpt", "ext4"), f"DRBD volume 0, mirrored with {second.hostname}"),
        ("n03", "sdb", (), "DRBD volume 0, not mirrored yet"),
        ("n01", "sdb", (), "/pitrix (ext4)"),
    ]


def test_what_an_edit_took_out_and_what_is_in_service_is_not_destroyed() -> None:
    hyper = with_role(node(2, disks=2), "hyper-repl")
    settings = settings_of(hyper)
    edited = settings[hyper.address] | {
        "vpool_layout": "stripe",
        "vpool_vdevs": hyper.data_disks[1].reference,
    }
    assert [item.name for item in destroyed([hyper], {hyper.address: edited})] == ["sdc"]
    assert destroyed([active(hyper, "hyper-repl", "hyper")], settings) == ()
    assert destroyed([with_role(node(4, disks=2), "vg")], {}) == ()


def test_without_readable_settings_every_disk_of_the_role_counts() -> None:
    hyper = with_role(node(2, data_disks=(disk("sdb"), disk("sdx", "sata"))), "hyper-repl")
    assert [(item.name, item.becomes) for item in destroyed([hyper], {})] == [
        ("sdb", "formatted (hyper-repl)")
    ]


def test_a_disk_that_the_plan_erases_says_so() -> None:
    hyper = with_role(node(2, data_disks=(disk("sdb", holds=("LVM2_member",)), disk("sdc"))), "hyper-repl")
    values = settings_of(hyper)[hyper.address] | {"erase_disks": hyper.data_disks[0].reference}
    found = destroyed([hyper], {hyper.address: values})
    assert [(item.name, item.erased_first, item.holds) for item in found] == [
        ("sdb", True, ("LVM2_member",)),
        ("sdc", False, ()),
    ]


def test_what_holds_data_is_seen_first_then_what_is_not_like_the_others() -> None:
    alike = [with_role(node(number, disks=2), "hyper-repl") for number in (2, 3, 4)]
    odd = with_role(node(5, disks=3), "hyper-repl")
    full = with_role(node(6, data_disks=(disk("sdb"), disk("sdc", holds=("zfs_member",)))), "hyper-repl")
    nodes = [*alike, odd, full]
    shown = odd_first(destroyed(nodes, settings_of(*nodes)))
    names = list(dict.fromkeys(item.hostname for item in shown))
    assert names == [full.hostname, odd.hostname, *(item.hostname for item in alike)]
    text = sentence(shown)
    assert text.startswith("11 disks of 5 nodes; 1 of them holds data that is lost.")
    assert text.endswith(f"By node: 4x ZFS pool vpool, mirror, 1x ZFS pool vpool, raidz ({odd.hostname}).")


def test_nothing_to_format_says_so() -> None:
    assert sentence(()) == "No disk is formatted."


def test_the_sentence_in_another_language_groups_by_use(monkeypatch: pytest.MonkeyPatch) -> None:
    german = {
        "ZFS pool vpool, {kind} with {others}": "mit {others} im ZFS-Pool vpool, {kind}",
        "ZFS pool vpool, {kind}": "ZFS-Pool vpool, {kind}",
    }
    monkeypatch.setattr(wording, "_catalog", [lambda text: german.get(text, text)])
    hyper = with_role(node(2, disks=4), "hyper-repl")
    found = destroyed([hyper], settings_of(hyper))
    assert found[0].becomes == "mit sdc im ZFS-Pool vpool, mirror" and "use" not in found[0].as_dict()
    assert sentence(found) == (
        "4 disks of 1 node; no known data on them. By node: 1x ZFS-Pool vpool, mirror."
    )

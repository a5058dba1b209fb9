"""Differences: per file, per node and key, alike changes folded."""

from __future__ import annotations

import pytest

from tests.unit.zones.core.builders import (
    VARIABLES,
    codes,
    demo_scale,
    demo_zone,
    documents,
    ks,
    node,
    settings_of,
    with_base,
    world,
)
from zones.core.diff import KeyChange, diff_plan
from zones.core.plans import make_plans, world_after
from zones.core.rendering import RenderedFile


def test_nothing_changed_is_empty() -> None:
    plan = demo_scale()
    base = {item.path: item.content for item in plan.files}
    assert diff_plan(base, plan.files, partial=True).empty


def test_a_scale_out_keeps_settings_that_it_does_not_render() -> None:
    base = {"settings/old": 'role="ks"\n', "nodes/gone": "old\n"}
    new = [RenderedFile("settings/new", 'role="vg"\n', "n-1")]
    partial = diff_plan(base, new, partial=True)
    assert [(item.path, item.status) for item in partial.files] == [
        ("nodes/gone", "removed"),
        ("settings/new", "added"),
    ]
    whole = diff_plan(base, new, partial=False)
    assert ("settings/old", "removed") in [(item.path, item.status) for item in whole.files]


def test_unified_diffs_are_those_of_diff_u() -> None:
    base = {"hosts": "a\nb\nc\n", "x": "end"}
    found = diff_plan(
        base, [RenderedFile("hosts", "a\nB\nc\nd\n"), RenderedFile("x", "end\n")], partial=False
    )
    hosts, end = found.files
    assert hosts.unified == "--- a/hosts\n+++ b/hosts\n@@ -1,3 +1,4 @@\n a\n-b\n+B\n c\n+d\n"
    assert (hosts.added_lines, hosts.removed_lines, hosts.status) == (2, 1, "changed")
    assert end.unified == "--- a/x\n+++ b/x\n@@ -1 +1 @@\n-end\n\\ No newline at end of file\n+end\n"
    added = diff_plan({}, [RenderedFile("n", "1\n")], partial=False).files[0]
    assert added.unified == "--- /dev/null\n+++ b/n\n@@ -0,0 +1 @@\n+1\n"


def test_alike_changes_are_folded_over_their_nodes() -> None:
    before = {f"settings/n{n}": f'hostname="n{n}"\nlayout="mirror"\nos="a"\nold="x"\n' for n in range(3)}
    after = [
        RenderedFile(f"settings/n{n}", f'hostname="n{n}"\nlayout="raidz"\nos="b"\n', "") for n in range(2)
    ]
    after.append(RenderedFile("settings/n2", 'hostname="n2"\nlayout="raidz"\nos="a"\nold="x"\n'))
    found = diff_plan(before, after, partial=False)
    assert [(group.hostnames, group.changes) for group in found.groups] == [
        (("n0", "n1", "n2"), (KeyChange("layout", "mirror", "raidz"),)),
        (("n0", "n1"), (KeyChange("os", "a", "b"), KeyChange("old", "x", None))),
    ]
    assert [(item.hostname, len(item.changes)) for item in found.nodes] == [("n0", 3), ("n1", 3), ("n2", 1)]


def test_folding_covers_every_change_of_a_real_plan() -> None:
    plan = demo_scale()
    found = diff_plan({}, plan.files, partial=True)
    unfolded = {(item.hostname, change) for item in found.nodes for change in item.changes}
    folded = {
        (name, change) for group in found.groups for name in group.hostnames for change in group.changes
    }
    assert folded == unfolded
    widest = found.groups[0]
    assert len(widest.hostnames) == 7 and KeyChange("zone_id", None, "devops1a") in widest.changes


def test_a_settings_file_that_cannot_be_read_still_differs() -> None:
    found = diff_plan({"settings/n": "garbage"}, [RenderedFile("settings/n", 'role="vg"\n')], partial=False)
    assert found.files[0].status == "changed"
    assert found.nodes[0].changes == (KeyChange("role", None, "vg"),)


def test_zones_of_one_call_see_each_other() -> None:
    nodes = {
        "devops1a": [ks(1), node(2), node(3)],
        "devops1b": [ks(31, zone="devops1b"), node(32, zone="devops1b"), node(33, zone="devops1b")],
    }
    requests = []
    for name, (control, first, second) in nodes.items():
        roles = {control: "ks/seed", first: "hyper-repl", second: "hyper-repl"}
        requests.append(documents("zone", settings_of(roles) | {"zone_id": name}, with_base(zone_id=name)))
    known = world(*nodes["devops1a"], *nodes["devops1b"])
    one, two = make_plans(requests, known)
    assert one.ok and two.ok, (one.findings, two.findings)
    assert (one.vbcs[0].ipv4_network, two.vbcs[0].ipv4_network) == ("10.10.50.0/24", "10.10.51.0/24")
    used = {vm.address for vm in one.vms} | set(one.vbcs[0].vips)
    assert not used & ({vm.address for vm in two.vms} | set(two.vbcs[0].vips))
    again = make_plans([requests[0], requests[0]], known)
    assert again[0].ok and "R15" in codes(again[1].findings)


def test_the_world_after_a_scale_out_holds_old_and_new() -> None:
    hypers = [node(20), node(21)]
    known = world(*hypers, zones=(demo_zone(),))
    docs = documents("scale", settings_of(dict.fromkeys(hypers, "hyper-repl")))
    (plan,) = make_plans([docs], known)
    after = world_after(known, plan)
    (zone,) = after.zones
    assert [item.status for item in zone.nodes] == ["active"] * 3 + ["configured"] * 2
    assert len(zone.vbcs) == 2 and zone.has_active_nodes
    assert zone.variables["base"]["zone_id"] == VARIABLES["base"]["zone_id"]
    assert after.node_by_address["127.1.0.30"].zone_id == "devops1a"


@pytest.mark.parametrize("char", ["\u00a0", "\u3000", "\u202e", "\u200b", "\x1b", "\r", "\u2028"])
def test_a_reviewer_sees_every_character(char: str) -> None:
    [file] = diff_plan({"hosts": "a\n"}, [RenderedFile("hosts", f"a{char}# 好，的\n")], partial=False).files
    assert f"\n+a<U+{ord(char):04X}># 好，的\n" in file.unified and char not in file.unified

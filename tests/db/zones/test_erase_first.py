"""Disks that a plan erases before it formats them: in the plan, in its hash, on the pages, in the dry run."""

from __future__ import annotations

from typing import Any

import pytest

from common.errors import Refused
from nodes.models import Disk, Node
from nodes.states import NodeStatus
from operations.scaling.scale import dry_run
from tests.db.zones.test_services import HYPERS, NEW, configure
from tests.fixtures.region import Region
from zones.models import Plan
from zones.services import revisions
from zones.services.approve import approve_plan
from zones.services.destruction import plan_destroys
from zones.services.node_lists import gen_node_list

pytestmark = pytest.mark.django_db(transaction=True)
ERASE = "erase: {172.16.80.21: [sdb]}\n"


def dirty(region: Region, *signatures: str) -> Node:
    """Make two nodes, one with these signatures on its first SSD."""
    node, _ = region.nodes(21, 22)
    Disk.objects.filter(node=node, name="sdb").update(signatures=list(signatures), dirty=True)
    return node


def approve(plan: Plan, region: Region) -> Plan:
    return approve_plan(plan_id=plan.plan_id, content_hash=plan.content_hash, actor=region.actor)


def codes(refusal: Refused) -> list[str]:
    return [item.code for item in refusal.findings if item.level == "error"]


def test_foreign_data_is_refused_and_erased_only_where_the_file_says_so(region: Region) -> None:
    node = dirty(region, "gpt", "ext4")
    with pytest.raises(Refused) as refusal:
        configure(region)
    assert (
        codes(refusal.value) == ["R17"] and "erase: {172.16.80.21: [sdb]}" in refusal.value.findings[0].remedy
    )
    plan = configure(region, extra=ERASE)
    [disk] = plan.roles["172.16.80.21"]["erase"]
    assert (disk["name"], disk["signatures"], disk["node_id"]) == ("sdb", ["gpt", "ext4"], node.node_id)
    settings = plan.files.get(path=f"settings/{node.hostname}").content
    assert 'erase_disks="' in settings
    first, *others = plan_destroys(plan)
    assert (
        first.erased_first
        and first.holds == ("gpt", "ext4")
        and not any(item.erased_first for item in others)
    )


def test_what_is_erased_is_covered_by_the_hash(region: Region) -> None:
    dirty(region, "gpt")
    plan = configure(region, extra=ERASE)
    plan.roles["172.16.80.21"]["erase"][0]["lost"] = ["sdb1 ext4"]
    plan.save()
    plan.refresh_from_db()
    with pytest.raises(Refused) as refusal:
        revisions.check_unchanged(plan)
    assert codes(refusal.value) == ["P30"]


@pytest.mark.parametrize(("name", "erased"), [("sdb", True), ("sdc", False)])
def test_what_was_put_on_a_disk_since_makes_the_approval_void(
    region: Region, name: str, erased: bool
) -> None:
    node = dirty(region, "gpt")
    plan = approve(configure(region, extra=ERASE), region)
    assert dry_run(zone_id="pek3c", addresses=NEW)
    Disk.objects.filter(node=node, name=name).update(signatures=["gpt", "xfs"])
    with pytest.raises(Refused) as refusal:
        dry_run(zone_id="pek3c", addresses=NEW)
    assert codes(refusal.value) == ["P71"]
    assert f"{name} now holds {'xfs' if erased else 'gpt, xfs'}" in refusal.value.findings[0].detail
    # Once the installation began it is its own work that is there.
    Node.objects.filter(mgmt_address__in=NEW).update(status=NodeStatus.SCALE_FAILED)
    assert dry_run(zone_id="pek3c", addresses=NEW)
    assert plan.status == "approved"


def test_the_dry_run_shows_what_is_erased_right_before_component_disk(region: Region) -> None:
    dirty(region, "gpt", "ext4")
    approve(configure(region, extra=ERASE), region)
    rows = [row for row in dry_run(zone_id="pek3c", addresses=NEW) if row["component"] in ("erase", "disk")]
    assert [(row["node"], row["component"]) for row in rows] == [
        ("172.16.80.21", "erase"),
        ("172.16.80.21", "disk"),
        ("172.16.80.22", "disk"),
    ]
    assert "sdb (serial S-sdb): gpt, ext4" in rows[0]["command"]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"serial": "", "wwn": "", "identity": "name:sdb"}, "N37"),
        ({"mountpoints": ["/data"]}, "N38"),
    ],
)
def test_what_a_preview_of_erasing_refuses_a_plan_refuses_too(
    region: Region, fields: dict[str, Any], code: str
) -> None:
    node = dirty(region, "gpt")
    Disk.objects.filter(node=node, name="sdb").update(**fields)
    Disk.objects.filter(node=node, name="sdb").update(by_id="ata-M_sdb")
    with pytest.raises(Refused) as refusal:
        configure(region, extra=ERASE)
    assert codes(refusal.value) == [code]
    assert not Plan.objects.filter(status="draft").exists()


def test_erase_is_not_edited_and_a_role_that_does_not_use_the_disk_is_refused(region: Region) -> None:
    node = dirty(region, "gpt")
    plan = configure(region, extra=ERASE)
    file = plan.files.get(path=f"settings/{node.hostname}")
    file.content = file.content.replace('role="hyper-repl"', 'role="hyper-sanc"')
    file.edited_by = "olga"
    file.save()
    with pytest.raises(Refused) as refusal:
        gen_node_list(zone_id="pek3c", actor=region.actor)
    assert codes(refusal.value) == ["P70"]
    assert HYPERS

"""The page of a node draws it: its disks with their fate in the current plan, its ports, in a fixed number of queries."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from installer.console.pictures.load_node import NodePictures, node_pictures, stacks_of_node
from nodes.models import Collection, Disk, Node
from nodes.states import NodeStatus
from tests import factories
from tests.db.nodes.test_reparse import node
from zones.models import ZoneFile

__all__ = ["node"]
pytestmark = pytest.mark.django_db


def pictures(node: Node) -> NodePictures:
    disks = sorted(node.disks.filter(present=True), key=lambda disk: not disk.is_os)
    return node_pictures(node, disks, list(node.interfaces.all()))


def fates(node: Node) -> dict[str, str]:
    return {tile.disk.name: tile.disk.fate for tile in pictures(node).disks.tiles}


@pytest.fixture
def planned() -> Node:
    """Make a node of a draft whose settings file has a pool of two of its disks."""
    made = factories.make_node(1, ssds=3)
    for disk in made.disks.all():
        Disk.objects.filter(pk=disk.pk).update(by_id=f"ata-{disk.name}")
    plan = factories.make_plan(factories.make_zone(), [made])
    plan.files.filter(address=made.mgmt_address).update(
        content='vpool_vdevs="mirror /dev/disk/by-id/ata-sdb /dev/disk/by-id/ata-sdc"\n'
    )
    factories.correct(made.disks.get(name="sdx"), "status", 0)
    return made


def test_a_disk_shows_what_the_plan_does_to_it(planned: Node) -> None:
    assert fates(planned) == {
        "sda": "system",
        "sdb": "formatted",
        "sdc": "formatted",
        "sdd": "spared",
        "sdx": "excluded",
    }
    found = pictures(planned)
    assert found.plan is not None and found.disks.formatted == 2
    use = next(tile.disk.use for tile in found.disks.tiles if tile.disk.name == "sdb")
    assert use == "ZFS pool vpool, mirror with sdc"


def test_without_a_plan_nothing_is_formatted() -> None:
    assert fates(factories.make_node(1, ssds=1)) == {"sda": "system", "sdb": "free", "sdx": "free"}


def test_a_plan_of_other_nodes_does_not_count(planned: Node) -> None:
    other = factories.make_node(2, ssds=1)
    assert set(fates(other).values()) == {"system", "free"}


def test_a_node_in_service_shows_what_its_disks_became(planned: Node) -> None:
    zone = factories.make_zone("pek3d")
    Node.objects.filter(pk=planned.pk).update(status=NodeStatus.ACTIVE)
    planned.refresh_from_db()
    factories.make_role(planned, zone)
    ZoneFile.objects.create(
        zone=zone,
        path=f"settings/{planned.hostname}",
        content='vpool_vdevs="mirror /dev/disk/by-id/ata-sdb /dev/disk/by-id/ata-sdc"\n',
    )
    assert (fates(planned)["sdb"], fates(planned)["sdd"]) == ("serves", "free")
    ZoneFile.objects.all().delete()
    assert fates(planned)["sdb"] == "free"


def test_stacks_come_from_the_collection_that_the_facts_come_from(node: Node) -> None:
    assert [item.name for item in stacks_of_node(node)][:2] == ["sda", "sda1"]
    failed = Collection.objects.create(node=node, by="olga", raw=b"rubbish", error="broken")
    assert stacks_of_node(node)
    Collection.objects.filter(pk=failed.pk).update(error="")
    assert stacks_of_node(node) == ()
    Collection.objects.create(node=node, by="olga", source="import")
    assert stacks_of_node(node) == ()


def test_the_other_disk_of_a_mirrored_system_is_drawn(node: Node) -> None:
    node.os_legs = ["sda", "sdq"]
    assert fates(node)["sdq"] == "system"


def test_a_node_of_many_disks_costs_as_many_queries_as_one_of_few(client: Client, planned: Node) -> None:
    client.force_login(factories.make_user(group="viewer"))
    client.get(reverse("admin:index"))
    costs = []
    for number, disks in ((7, 2), (8, 20)):
        made = factories.make_node(number, ssds=disks)
        factories.make_plan(factories.make_zone(f"zone{number}", region_id=f"r{number}"), [made])
        with CaptureQueriesContext(connection) as seen:
            page = client.get(reverse("admin:nodes_node_change", args=[made.node_id]))
        assert page.status_code == 200
        costs.append(len(seen))
    assert costs[0] == costs[1] <= 26, costs


def test_the_page_leads_from_the_drawing_to_the_row_and_the_plan(client: Client, planned: Node) -> None:
    client.force_login(factories.make_user(group="viewer"))
    page = client.get(reverse("admin:nodes_node_change", args=[planned.node_id])).content.decode()
    row = f"disk-row-{planned.disks.get(name='sdb').pk}"
    assert f'href="#{row}"' in page and f'<tr id="{row}"' in page
    assert "Plan pek3c-1 formats 2 disks of this node." in page
    assert " style=" not in page[page.index('id="pictures-disks"') : page.index('id="pictures-ports"')]


def test_a_node_that_was_never_collected_has_no_picture(client: Client) -> None:
    client.force_login(factories.make_user(group="viewer"))
    new = factories.make_node(1, status=NodeStatus.NEW, collected_at=None)
    page = client.get(reverse("admin:nodes_node_change", args=[new.node_id])).content.decode()
    assert "pictures-disks" not in page

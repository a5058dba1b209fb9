"""Re-reading collected output in the browser; the page of a node shows where each value comes from."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from common.actor import Actor
from common.models import AuditEntry
from nodes.models import Collection, Disk, Node
from nodes.services import modify_disks
from nodes.states import NodeStatus
from tests import factories
from tests.nodes.test_reparse import ADDRESS, node

__all__ = ["node"]
pytestmark = pytest.mark.django_db

LIST = reverse("admin:nodes_node_changelist")
FORM = reverse("admin:nodes_node_reparse_form")


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(factories.make_user(group="operator"))
    return client


@pytest.fixture
def misread(node: Node) -> Node:
    """Store the node as an older parser would have, next to a person's correction."""
    modify_disks(
        addresses=[ADDRESS],
        disk="sdb",
        actor=Actor("ann", "api", "10.9.8.7"),
        type="ssd",
        reason="behind RAID",
    )
    Disk.objects.filter(name="sdb").update(observed_type="sas")
    return node


def test_the_difference_is_shown_and_then_stored(operator: Client, misread: Node) -> None:
    page = operator.post(LIST, {"action": "reparse", "_selected_action": [misread.pk]})
    assert page.context["differ"] == 1 and "disk B1" in page.content.decode()
    assert Disk.objects.get(name="sdb").observed_type == "sas" and Collection.objects.count() == 1
    done = operator.post(FORM, {"nodes": misread.node_id}, follow=True)
    assert "1 node read again, 1 of them differed" in done.content.decode()
    disk = Disk.objects.get(name="sdb")
    assert (disk.observed_type, disk.effective("type")) == ("sata", "ssd")
    assert AuditEntry.objects.get(verb="reparse_nodes").via == "admin"


def test_what_cannot_be_read_is_named_beside_the_rest(operator: Client, misread: Node) -> None:
    other = factories.make_node(1)
    chosen = [misread.pk, other.pk]
    page = operator.post(LIST, {"action": "reparse", "_selected_action": chosen}).content.decode()
    assert "nothing that this node said is kept" in page and "1 cannot be read" in page
    done = operator.post(FORM, {"nodes": f"{misread.node_id} {other.node_id}"}, follow=True).content.decode()
    assert "1 node read again" in done and "nothing that this node said is kept" in done


def test_nodes_in_service_need_a_tick(operator: Client, misread: Node) -> None:
    Node.objects.update(status=NodeStatus.ACTIVE)
    refused = operator.post(FORM, {"nodes": misread.node_id})
    assert "N21" in refused.content.decode() and len(refused.context["in_service"]) == 1
    assert Disk.objects.get(name="sdb").observed_type == "sas"
    operator.post(FORM, {"nodes": misread.node_id, "force": "1"})
    assert Disk.objects.get(name="sdb").observed_type == "sata"


def test_deleted_nodes_and_viewers(operator: Client, client: Client, misread: Node) -> None:
    gone = operator.post(FORM, {"nodes": f"{misread.node_id} n-00000000"}).content.decode()
    assert "deleted meanwhile" in gone
    assert operator.post(FORM, {"nodes": ""}).status_code == 302
    assert operator.get(FORM).status_code == 302
    client.force_login(factories.make_user("vic", "viewer"))
    assert client.post(FORM, {"nodes": misread.node_id}).status_code == 403
    place = reverse("admin:nodes_node_do", args=[misread.node_id, "reparse"])
    assert client.post(place).status_code == 403
    assert Collection.objects.count() == 1


def test_a_node_tells_who_corrected_what_when_from_where_and_why(client: Client, misread: Node) -> None:
    client.force_login(factories.make_user(group="viewer"))
    page = client.get(reverse("admin:nodes_node_change", args=[misread.node_id])).content.decode()
    assert "type sata → ssd" in page and "via api from 10.9.8.7" in page and "behind RAID" in page
    assert '<span class="con-was" title="as last observed">sas</span>' in page
    assert "was sata when corrected, is sas now" in page


def test_a_node_shows_what_each_collection_found_to_be_different(operator: Client, misread: Node) -> None:
    operator.post(FORM, {"nodes": misread.node_id})
    page = operator.get(reverse("admin:nodes_node_change", args=[misread.node_id]))
    newest, first = page.context["collections"]
    assert [item.what for item in newest["changes"]] == ["disk B1"] and first["changes"] == []
    assert " sas " in newest["changes"][0].before and " sata " in newest["changes"][0].after
    assert newest["changes"][0].before in page.content.decode()


def test_a_correction_of_a_disk_that_is_gone_is_not_forgotten(operator: Client, misread: Node) -> None:
    Disk.objects.filter(name="sdb").update(present=False)
    page = operator.get(reverse("admin:nodes_node_change", args=[misread.node_id])).content.decode()
    assert "Corrected, but not seen by the last collection" in page and "type ssd (ann)" in page

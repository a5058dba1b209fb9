"""The page of a node shows where each value comes from."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from common.actor import Actor
from nodes.models import Disk, Node
from nodes.services.modify import modify_disks
from nodes.services.reparse import reparse_nodes
from tests import factories
from tests.db.nodes.test_reparse import ADDRESS, node

__all__ = ["node"]
pytestmark = pytest.mark.django_db


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


def test_a_node_tells_who_corrected_what_when_from_where_and_why(client: Client, misread: Node) -> None:
    client.force_login(factories.make_user(group="viewer"))
    page = client.get(reverse("admin:nodes_node_change", args=[misread.node_id])).content.decode()
    assert "type sata → ssd" in page and "via api from 10.9.8.7" in page and "behind RAID" in page
    assert '<span class="con-was" title="as last observed">sas</span>' in page
    assert "was sata when corrected, now sas" in page


def test_a_node_shows_what_each_collection_found_to_be_different(client: Client, misread: Node) -> None:
    reparse_nodes(addresses=[ADDRESS], actor=Actor("ann", "command"))
    client.force_login(factories.make_user(group="viewer"))
    page = client.get(reverse("admin:nodes_node_change", args=[misread.node_id]))
    newest, first = page.context["collections"]
    assert [item.what for item in newest["changes"]] == ["disk B1"] and first["changes"] == []
    assert " sas " in newest["changes"][0].before and " sata " in newest["changes"][0].after
    assert newest["changes"][0].before in page.content.decode()


def test_a_correction_of_a_disk_that_is_gone_is_not_forgotten(client: Client, misread: Node) -> None:
    Disk.objects.filter(name="sdb").update(present=False)
    client.force_login(factories.make_user(group="viewer"))
    page = client.get(reverse("admin:nodes_node_change", args=[misread.node_id])).content.decode()
    assert (
        "This disk was corrected, but the latest collection did not find it" in page
        and "type ssd (ann)" in page
    )

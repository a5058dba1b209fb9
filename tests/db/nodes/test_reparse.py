"""Kept output is re-read by today's parsers, and can be downloaded."""

from __future__ import annotations

import pytest

from common.actor import Actor
from common.errors import NotFound, Refused
from common.models import AuditEntry
from nodes.collection.stored_output import nonce_of, read_again
from nodes.models import Collection, Disk, Node
from nodes.parsers.errors import ParseError
from nodes.save_facts import pack, save_facts
from nodes.services.collections import raw_output
from nodes.services.modify import modify_disks
from nodes.services.reparse import reparse_nodes
from nodes.states import NodeStatus
from tests.support.streams import NONCE, lsblk, stream

pytestmark = pytest.mark.django_db

SDB = (
    '{"name":"sdb","kname":"sdb","type":"disk","size":3200631791616,"rota":true,"tran":"sata","serial":"B1"}'
)
ADDRESS = "172.16.80.11"
RAW = stream(lsblk_json=lsblk(SDB))


@pytest.fixture
def node() -> Node:
    made = Node.objects.create(mgmt_address=ADDRESS)
    save_facts(made, read_again(RAW, ADDRESS), by="ann", raw=RAW)
    Node.objects.update(status=NodeStatus.AVAILABLE)
    return made


def test_the_nonce_is_found_behind_a_banner() -> None:
    assert nonce_of(b"Welcome to @@nothing begin here\n" + RAW) == NONCE
    with pytest.raises(ParseError):
        nonce_of(b"no frame at all")


def test_a_better_parser_is_applied_to_what_is_kept(node: Node, actor: Actor) -> None:
    modify_disks(addresses=[ADDRESS], disk="sdb", actor=actor, type="ssd", reason="behind RAID")
    seen_at = Collection.objects.get().at
    # As an older parser would have left it.
    Disk.objects.filter(name="sdb").update(observed_type="sas", observed_size_bytes=1)
    preview = reparse_nodes(addresses=[ADDRESS], actor=actor, dry_run=True)
    assert [change["what"] for change in preview[0].changes] == ["disk B1"]
    assert Disk.objects.get(name="sdb").observed_type == "sas" and Collection.objects.count() == 1
    assert not AuditEntry.objects.filter(verb="reparse_nodes").exists()

    done = reparse_nodes(addresses=[ADDRESS], actor=actor)
    assert done[0].changes == preview[0].changes
    disk = Disk.objects.get(name="sdb")
    assert (disk.observed_type, disk.effective("type"), disk.observed_size_bytes) == (
        "sata",
        "ssd",
        3200631791616,
    )
    row = Collection.objects.order_by("-id")[0]
    assert (row.source, row.by) == ("reparse", "ann") and raw_output(address=ADDRESS)[1] == RAW
    node.refresh_from_db()
    assert node.collected_at == seen_at
    assert reparse_nodes(addresses=[ADDRESS], actor=actor)[0].changes == ()
    node.refresh_from_db()
    assert node.collected_at == seen_at, "also the second time"


def test_what_could_not_be_read_then_makes_the_node_available_now(node: Node, actor: Actor) -> None:
    newer = stream(lsblk_json=lsblk(SDB), hostname="pek3ar01n99\n")
    Collection.objects.create(node=node, by="ann", error="lsblk: a surprise", raw=pack(newer))
    Node.objects.update(status=NodeStatus.COLLECT_FAILED, error="lsblk: a surprise")
    reparse_nodes(addresses=[ADDRESS], actor=actor)
    node.refresh_from_db()
    assert (node.status, node.hostname, node.error) == ("available", "pek3ar01n99", "")


def test_what_still_cannot_be_read_falls_back_to_the_last_good_one(node: Node, actor: Actor) -> None:
    Collection.objects.create(node=node, by="ann", error="x", raw=pack(b"rubbish"))
    Collection.objects.create(node=node, by="ann", error="timeout")
    Node.objects.update(status=NodeStatus.COLLECT_FAILED)
    assert reparse_nodes(addresses=[ADDRESS], actor=actor)[0].collection is not None
    node.refresh_from_db()
    assert node.status == NodeStatus.COLLECT_FAILED


def test_nothing_kept_and_damaged_rows_are_told_for_their_node_only(node: Node, actor: Actor) -> None:
    Node.objects.create(mgmt_address="172.16.80.12")
    hurt = Node.objects.create(mgmt_address="172.16.80.13")
    Collection.objects.create(node=hurt, by="ann", raw=b"not zlib")
    found = reparse_nodes(addresses=[ADDRESS, "172.16.80.12", "172.16.80.13"], actor=actor)
    assert [bool(item.error) for item in found] == [False, True, True]
    assert "collect" in found[1].error and "damaged" in found[2].error
    with pytest.raises(NotFound, match="damaged"):
        raw_output(address="172.16.80.13")


def test_an_import_is_newer_than_what_was_kept_before(node: Node, actor: Actor) -> None:
    Collection.objects.create(node=node, by="ann", source="import")
    assert "no output of this node is stored" in reparse_nodes(addresses=[ADDRESS], actor=actor)[0].error


def test_nodes_in_service_need_force(node: Node, actor: Actor) -> None:
    Node.objects.update(status=NodeStatus.ACTIVE)
    with pytest.raises(Refused, match="--force"):
        reparse_nodes(addresses=[ADDRESS], actor=actor)
    assert reparse_nodes(addresses=[ADDRESS], actor=actor, dry_run=True)[0].collection
    assert reparse_nodes(addresses=[ADDRESS], actor=actor, force=True)[0].collection
    node.refresh_from_db()
    assert node.status == NodeStatus.ACTIVE


def test_raw_output_is_of_the_node_that_is_named(node: Node) -> None:
    other = Node.objects.create(mgmt_address="172.16.80.12")
    number = Collection.objects.get().pk
    with pytest.raises(NotFound, match=f"under number {number}"):
        raw_output(address=str(other.mgmt_address), number=number)

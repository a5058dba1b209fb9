"""Verbs on nodes: their refusals, which change nothing."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.utils import timezone

from common.actor import Actor
from common.errors import Busy, NotFound, Outdated, Refused
from common.models import AuditEntry
from common.secrets import Secret
from jobs.models import Job
from jobs.services.cancel import cancel_job
from nodes.models import Disk, DiskCorrection, Node
from nodes.services.add import add_nodes
from nodes.services.collect import collect_nodes
from nodes.services.delete import delete_nodes
from nodes.services.establish import establish_ssh
from nodes.services.modify import modify_disks
from nodes.states import NodeStatus
from tests import factories
from tests.factories import host_key

pytestmark = pytest.mark.django_db(transaction=True)


def test_add_all_or_nothing(actor: Actor) -> None:
    add_nodes(addresses=["10.0.0.1"], actor=actor)
    with pytest.raises(Refused) as caught:
        add_nodes(addresses=["10.0.0.1", "10.0.0.2"], actor=actor)
    assert [item.node for item in caught.value.findings] == ["10.0.0.1"]
    assert Node.objects.count() == 1


@pytest.mark.parametrize(("port", "user"), [(0, "root"), (70000, "root"), (22, "Root!"), (22, "a b")])
def test_add_refuses_impossible_logins(actor: Actor, port: int, user: str) -> None:
    with pytest.raises(Refused):
        add_nodes(addresses=["10.0.0.1"], actor=actor, port=port, user=user)
    assert not Node.objects.exists()


def test_delete_only_what_is_not_in_use(actor: Actor) -> None:
    add_nodes(addresses=["10.0.0.1-10.0.0.3"], actor=actor)
    Node.objects.filter(mgmt_address="10.0.0.2").update(status=NodeStatus.ACTIVE)
    with pytest.raises(Refused, match="active"):
        delete_nodes(addresses=["10.0.0.1", "10.0.0.2"], actor=actor)
    assert Node.objects.count() == 3
    assert delete_nodes(addresses=["10.0.0.1"], actor=actor) == 1
    assert AuditEntry.objects.filter(verb="delete_nodes").count() == 1


def test_every_unknown_node_is_named(actor: Actor) -> None:
    with pytest.raises(NotFound) as caught:
        collect_nodes(addresses=["10.0.0.8", "10.0.0.9"], actor=actor)
    assert [item.node for item in caught.value.findings] == ["10.0.0.8", "10.0.0.9"]


def test_collect_marks_nodes_and_refuses_a_second_time(actor: Actor) -> None:
    add_nodes(addresses=["10.0.0.1"], actor=actor)
    Node.objects.update(host_key=host_key(1))
    job = collect_nodes(addresses=["10.0.0.1"], actor=actor)
    assert Node.objects.get().status == NodeStatus.COLLECTING
    with pytest.raises(Busy, match=job.job_id):
        collect_nodes(addresses=["10.0.0.1"], actor=actor)


def test_collecting_names_every_node_that_no_key_was_established_for(actor: Actor) -> None:
    add_nodes(addresses=["10.0.0.1-10.0.0.3"], actor=actor, user="deploy", port=2222)
    Node.objects.filter(mgmt_address="10.0.0.2").update(host_key=host_key(2))
    with pytest.raises(Refused) as caught:
        collect_nodes(addresses=["10.0.0.1", "10.0.0.2", "10.0.0.3"], actor=actor)
    assert [(item.code, item.node) for item in caught.value.findings] == [
        ("N80", "10.0.0.1"),
        ("N80", "10.0.0.3"),
    ]
    assert "establish_ssh for it first (user deploy, port 2222)" in str(caught.value)
    assert not Job.objects.exists() and set(Node.objects.values_list("status", flat=True)) == {"new"}


@pytest.mark.remedy("N61")
def test_of_two_establish_ssh_on_one_node_the_second_is_refused(actor: Actor) -> None:
    add_nodes(addresses=["10.0.0.1-10.0.0.3"], actor=actor)
    job = establish_ssh(addresses=["10.0.0.1", "10.0.0.2"], actor=actor)
    with pytest.raises(Busy, match=f"establish_ssh {job.job_id} already includes 10.0.0.2") as caught:
        establish_ssh(addresses=["10.0.0.2", "10.0.0.3"], actor=actor)
    assert caught.value.job_id == job.job_id and caught.value.exit_code == 3
    assert Job.objects.count() == 1
    establish_ssh(addresses=["10.0.0.3"], actor=actor)
    cancel_job(job_id=job.job_id, actor=actor)
    establish_ssh(addresses=["10.0.0.2"], actor=actor)


def test_of_two_establish_ssh_in_one_moment_one_begins(actor: Actor) -> None:
    add_nodes(addresses=["10.0.0.1"], actor=actor)
    gate = threading.Barrier(4)

    def begin(_: int) -> str:
        gate.wait(30)
        try:
            return establish_ssh(addresses=["10.0.0.1"], actor=actor).job_id
        except Busy as refusal:
            return f"busy {refusal.job_id}"
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as pool:
        said = sorted(pool.map(begin, range(4)))
    assert [text.split()[0] for text in said] == ["busy"] * 3 + [Job.objects.get().job_id]


def test_collect_needs_force_for_nodes_in_service(actor: Actor) -> None:
    add_nodes(addresses=["10.0.0.1"], actor=actor)
    Node.objects.update(status=NodeStatus.ACTIVE, host_key=host_key(1))
    with pytest.raises(Refused, match="--force"):
        collect_nodes(addresses=["10.0.0.1"], actor=actor)
    assert not Job.objects.exists()
    collect_nodes(addresses=["10.0.0.1"], actor=actor, force=True)
    assert Node.objects.get().status == NodeStatus.ACTIVE


def test_establish_keeps_the_password_out_of_the_job_and_the_queue(actor: Actor) -> None:
    from django_q.models import OrmQ

    add_nodes(addresses=["10.0.0.1"], actor=actor)
    job = establish_ssh(addresses=["10.0.0.1"], actor=actor, password=Secret("canary-pw-1"))
    assert "canary" not in str(job.params)
    assert all("canary" not in str(row.task) for row in OrmQ.objects.all())
    assert "canary" not in job.secret.sealed
    with pytest.raises(Refused, match="is not one of the nodes"):
        establish_ssh(addresses=["10.0.0.1"], actor=actor, replace_host_keys=["10.0.0.7"])


@pytest.mark.parametrize(
    "change",
    [
        {},
        {"type": "tape"},
        {"status": 2},
        {"size_bytes": 0},
        {"size_bytes": 10**19},
        {"clear": ["serial"]},
        {"type": "ssd", "clear": ["type"]},
    ],
)
def test_corrections_that_cannot_be(actor: Actor, change: dict[str, object]) -> None:
    node = Node.objects.create(mgmt_address="10.0.0.1")
    Disk.objects.create(
        node=node, identity="name:sdb", name="sdb", observed_type="sata", observed_size_bytes=1
    )
    with pytest.raises(Refused):
        modify_disks(addresses=["10.0.0.1"], disk="sdb", actor=actor, **change)  # type: ignore[arg-type]
    assert not AuditEntry.objects.exists()


def test_a_correction_names_nodes_without_that_disk(actor: Actor) -> None:
    node = Node.objects.create(mgmt_address="10.0.0.1")
    Node.objects.create(mgmt_address="10.0.0.2")
    Disk.objects.create(
        node=node, identity="name:sdb", name="sdb", observed_type="sata", observed_size_bytes=1
    )
    with pytest.raises(Refused, match="has no disk 'sdb'") as caught:
        modify_disks(addresses=["10.0.0.1", "10.0.0.2"], disk="sdb", actor=actor, type="ssd")
    assert [item.node for item in caught.value.findings] == ["10.0.0.2"]
    assert not node.disks.get().corrections.exists()


def test_what_somebody_else_said_since_is_shown_and_kept(db: None, actor: Actor) -> None:
    node = factories.make_node(5)
    looked_at = timezone.now()
    wanted = {"addresses": [str(node.mgmt_address)], "disk": "sdb"}
    bob = Actor("bob", "api")
    modify_disks(**wanted, actor=bob, size_bytes=3 * 10**12, reason="label says so")
    before = list(DiskCorrection.objects.values())
    with pytest.raises(Outdated, match=r"P79 .*bob corrected size_bytes of sdb .*label says so") as refusal:
        modify_disks(**wanted, actor=actor, size_bytes=4 * 10**12, seen_at=looked_at)
    assert "to 3000000000000" in refusal.value.difference.changes[0]
    assert list(DiskCorrection.objects.values()) == before
    modify_disks(**wanted, actor=actor, status=0, seen_at=looked_at)
    modify_disks(**wanted, actor=bob, size_bytes=5 * 10**12, seen_at=looked_at)
    modify_disks(**wanted, actor=actor, size_bytes=4 * 10**12, seen_at=timezone.now())
    assert DiskCorrection.objects.get(field="size_bytes").made_by == actor.name

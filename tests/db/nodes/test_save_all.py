"""Facts of several nodes at once are stored as one after the other, and one node's do not keep the others' from it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from common.actor import Actor
from jobs import registry
from jobs.engine import completion
from jobs.engine.completion import Ending
from jobs.models import Event, Job, Step
from nodes import save_facts as module
from nodes.facts import DiskFacts, NodeFacts
from nodes.handlers.collect import Collected
from nodes.models import Collection, Disk, NetworkInterface, Node
from nodes.save_facts import Seen, save_all, save_facts
from nodes.services.modify import modify_disks
from tests.db.nodes.test_save_facts import FACTS, SDB, SDC
from tests.support.examples import examples

pytestmark = pytest.mark.django_db

DISKS = st.lists(
    st.builds(
        DiskFacts,
        st.sampled_from(["sdb", "sdc", "sdd"]),
        st.just("ssd"),
        st.sampled_from([10**9, 2 * 10**9]),
        serial=st.sampled_from(["", "B1", "C1"]),
        wwn=st.sampled_from(["", "0x2"]),
        dirty=st.booleans(),
    ),
    max_size=3,
    unique_by=lambda disk: disk.name,
)
COLLECTED = st.builds(
    lambda disks, mtu, serial: replace(
        FACTS,
        data_disks=tuple(disks),
        networks=tuple(replace(nic, mtu=mtu) for nic in FACTS.networks),
        product=replace(FACTS.product, serial=serial),
    ),
    DISKS,
    st.sampled_from([1500, 9000]),
    st.sampled_from(["SN1", "SN2"]),
)


def rows(kind: Any, node: Node) -> list[dict[str, Any]]:
    """Return what is stored of a node, but for what differs between two databases that hold the same."""
    found = []
    for row in kind.objects.filter(**{"pk" if kind is Node else "node": node.pk}).order_by("pk"):
        values = {field.attname: getattr(row, field.attname) for field in kind._meta.concrete_fields}
        if "raw" in values:
            # PostgreSQL returns a view of memory, which is compared by its place.
            values["raw"] = bytes(values["raw"] or b"")
        for name in (
            "id",
            "node_id",
            "mgmt_address",
            "address_order",
            "collected_at",
            "created_at",
            "at",
            "may_be",
        ):
            values.pop(name, None)
        found.append({name: same(value) for name, value in values.items()})
    return found


def same(value: Any) -> str:
    """Return a value as text, without numbers and addresses that tell one fleet from the other."""
    return re.sub(r"10\.0\.0\.\d+|gone:\d+", "…", str(value))


def fleet(first: int, count: int) -> list[Node]:
    return [Node.objects.create(mgmt_address=f"10.0.0.{first + number}") for number in range(count)]


@examples(25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rounds=st.lists(st.tuples(COLLECTED, COLLECTED, COLLECTED), min_size=1, max_size=3))
def test_several_at_once_are_stored_as_one_after_the_other(rounds: list[tuple[NodeFacts, ...]]) -> None:
    Node.objects.all().delete()
    together, alone = fleet(1, 3), fleet(101, 3)
    for number, seen in enumerate(rounds):
        if number == 1:
            for node in (*together, *alone):
                for row in node.disks.filter(is_os=False)[:1]:
                    modify_disks(
                        addresses=[str(node.mgmt_address)],
                        disk=row.name,
                        type="sata",
                        actor=Actor("ann", "command"),
                        reason="by label",
                    )
        fresh = Node.objects.prefetch_related("disks__corrections", "interfaces").order_by("pk")
        nodes = list(fresh.filter(pk__in=[node.pk for node in together]))
        several = save_all([Seen(node, facts) for node, facts in zip(nodes, seen, strict=True)], by="ann")
        singly = [
            save_facts(Node.objects.get(pk=node.pk), facts, by="ann")
            for node, facts in zip(alone, seen, strict=True)
        ]
        assert [same(changes) for changes in several] == [same(changes) for changes in singly]
    for one, other in zip(together, alone, strict=True):
        for kind in (Node, Disk, NetworkInterface, Collection):
            assert rows(kind, one) == rows(kind, other), kind


def test_more_nodes_take_no_more_statements() -> None:
    counts = []
    for first, count in ((1, 2), (20, 6)):
        nodes = list(
            Node.objects.filter(pk__in=[node.pk for node in fleet(first, count)]).prefetch_related(
                "disks__corrections", "interfaces"
            )
        )
        with CaptureQueriesContext(connection) as found:
            save_all([Seen(node, FACTS) for node in nodes], by="ann")
        counts.append(sum("UPDATE" not in query["sql"] for query in found.captured_queries))
    assert counts[0] == counts[1] <= 6


def test_nothing_is_left_of_what_was_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    node = fleet(1, 1)[0]
    save_facts(node, FACTS, by="ann")
    again = Node.objects.prefetch_related("disks__corrections", "interfaces").get(pk=node.pk)
    before = {**again.__dict__}, [{**row.__dict__} for row in again.disks.all()]
    other = replace(FACTS, hostname="other", data_disks=(replace(SDB, dirty=True),))
    with monkeypatch.context() as broken:
        broken.setattr(module, "pack", lambda raw: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            save_all([Seen(again, other)], by="ann")
    left = {**again.__dict__}, [{**row.__dict__} for row in again.disks.all()]
    for rows_before, rows_left in zip((before[0], *before[1]), (left[0], *left[1]), strict=True):
        assert {**rows_before, "_state": 0} == {**rows_left, "_state": 0}
    # As if the first had not been tried.
    changed = {change["what"] for change in save_all([Seen(again, other)], by="ann")[0]}
    assert changed == {"hostname", "disk B1", "disk C1"} and again.hostname == "other"
    assert Disk.objects.get(node=node, serial="B1").dirty and not Disk.objects.get(serial="C1").present


def collecting(count: int) -> tuple[Job, list[Step], list[Node]]:
    nodes = fleet(1, count)
    Node.objects.update(status="collecting")
    job = Job.objects.create(job_id="j-together", action="collect_nodes", status="running")
    steps = [
        Step.objects.create(
            job=job,
            phase="collect",
            position=0,
            target=node.node_id,
            address=str(node.mgmt_address),
            status="running",
            claim="me",
        )
        for node in nodes
    ]
    fresh = Node.objects.prefetch_related("disks__corrections", "interfaces").order_by("pk")
    return job, steps, list(fresh)


def end(job: Job, steps: list[Step], results: list[Any], claim: str = "me") -> int:
    phase = registry.find("collect_nodes").phases[0]
    return completion.end_steps(
        job, claim, [Ending(step, phase, result) for step, result in zip(steps, results, strict=True)]
    )


def test_facts_that_cannot_be_stored_fail_their_node_only(monkeypatch: pytest.MonkeyPatch) -> None:
    job, steps, nodes = collecting(4)
    facts = [FACTS, FACTS, replace(FACTS, memory_bytes=2**70), replace(FACTS, data_disks=(SDC,))]
    results = [Collected(each, b"raw", node) for each, node in zip(facts, nodes, strict=True)]
    assert end(job, steps, results) == 4
    status = dict(Step.objects.values_list("target", "status"))
    assert [status[node.node_id] for node in nodes] == ["succeeded", "succeeded", "failed", "succeeded"]
    assert list(Node.objects.order_by("pk").values_list("status", flat=True)) == [
        *("available", "available", "collect_failed", "available")
    ]
    assert [Disk.objects.filter(node=node).count() for node in nodes] == [3, 3, 0, 2]
    kept = Collection.objects.order_by("node_id")
    assert [bool(row.error) for row in kept] == [False, False, True, False]
    assert {bytes(row.raw) for row in kept} == {module.pack(b"raw")}, "a better parser may read it one day"
    assert "J22" in str(Step.objects.get(status="failed").error.code)
    assert Event.objects.filter(job=job, level="error", line__contains="could not be stored").count() == 1


def test_steps_that_are_no_longer_ours_are_not_stored() -> None:
    job, steps, nodes = collecting(3)
    Step.objects.filter(pk=steps[1].pk).update(claim="another")
    assert end(job, steps, [Collected(FACTS, b"", node) for node in nodes]) == 2
    assert [node.collected_at is not None for node in Node.objects.order_by("pk")] == [True, False, True]


def test_a_database_that_has_gone_is_not_taken_for_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    job, steps, nodes = collecting(2)
    gone = OperationalError("gone")
    tried: list[int] = []

    def save(seen: Any, **more: Any) -> None:
        tried.append(len(seen))
        raise gone

    monkeypatch.setattr(module, "save_all", save)
    with pytest.raises(OperationalError):
        end(job, steps, [Collected(FACTS, b"", node) for node in nodes])
    assert tried == [2] and not Step.objects.exclude(status="running").exists()

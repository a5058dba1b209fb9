"""What a claim of steps costs: the plan is read once in each worker, and again only when it was changed."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.errors import Refused
from jobs.models import Job, Step
from nodes.models import Node
from operations.scaling import node_work
from operations.scaling.phases import prepare_build, prepare_nodes
from tests.fixtures.region import Region, scale_file
from tests.seen import edit_plan_file
from zones.models import Plan, PlanFile
from zones.services.configure import config_qingcloud

NUMBERS = (21, 22, 23, 24)


@pytest.fixture
def plan(region: Region) -> Plan:
    region.nodes(*NUMBERS)
    files = [scale_file(dict.fromkeys(NUMBERS, "hyper-repl"))]
    [done] = config_qingcloud(variables=[], settings=files, actor=region.actor)
    assert done.plan is not None
    return done.plan


def steps(plan: Plan, phase: str, *numbers: int) -> tuple[Job, Sequence[Step]]:
    """Return a job of the plan, and its steps for these nodes."""
    job = Job(action="scale_qingcloud", params={"plan_id": plan.plan_id, "content_hash": plan.content_hash})
    nodes = Node.objects.filter(mgmt_address__in=[f"172.16.80.{number}" for number in numbers])
    return job, [Step(job=job, phase=phase, target=node.node_id) for node in nodes]


def queries(plan: Plan, phase: str, *numbers: int) -> list[str]:
    job, claimed = steps(plan, phase, *numbers)
    with CaptureQueriesContext(connection) as seen:
        assert len(prepare_nodes(job, claimed)) == len(numbers)
    return [query["sql"] for query in seen.captured_queries]


def test_later_claims_ask_for_the_nodes_and_whether_the_plan_is_the_same(plan: Plan) -> None:
    first = queries(plan, "install_nodes", 21, 22)
    assert sum(PlanFile._meta.db_table in sql for sql in first) == 1
    for phase, numbers in (("install_nodes", (23, 24)), ("update_nodes", (21,)), ("verify", NUMBERS)):
        later = queries(plan, phase, *numbers)
        assert len(later) == 2 and not any(PlanFile._meta.db_table in sql for sql in later), later


def test_each_phase_gets_its_own_scripts_and_one_build_of_the_packages(plan: Plan) -> None:
    found = {
        phase: prepare_nodes(*steps(plan, phase, *NUMBERS))
        for phase in ("install_nodes", "update_nodes", "verify")
    }
    assert {phase: set(next(iter(work.values())).scripts) for phase, work in found.items()} == {
        "install_nodes": {"os", "network", "disk", "post"},
        "update_nodes": {"update_nodes"},
        "verify": {"verify"},
    }
    built = {id(work.packages) for works in found.values() for work in works.values()}
    job, _ = steps(plan, "build_pkgs")
    _, packages = prepare_build(job, [])[""]
    [shared] = {id(node_work.content_of(plan.plan_id).packages(role)) for role in plan.roles.values()}
    assert built == {shared} and len(packages) == 2


def test_a_plan_that_was_changed_is_read_again(plan: Plan, region: Region) -> None:
    def hosts() -> str:
        [work] = prepare_nodes(*steps(plan, "install_nodes", 21)).values()
        return str(work.scripts["os"])

    assert "10.0.0.9 mirror" not in hosts()
    text = plan.files.get(path="hosts").content + "10.0.0.9 mirror\n"
    edit_plan_file(plan_id=plan.plan_id, path="hosts", content=text, actor=region.actor)
    assert "10.0.0.9 mirror" in hosts()


def test_a_plan_of_another_time_with_the_same_id_is_another_one(plan: Plan) -> None:
    seen = node_work.content_of(plan.plan_id)
    assert node_work.content_of(plan.plan_id) is seen
    Plan.objects.filter(pk=plan.pk).update(created_at="2026-01-01T00:00:00Z")
    assert node_work.content_of(plan.plan_id) is not seen
    Plan.objects.filter(pk=plan.pk).delete()
    with pytest.raises(Refused, match="P10"):
        node_work.content_of(plan.plan_id)


def test_a_plan_that_is_changed_while_it_is_read(plan: Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    """Never keep a later content under the hash of an earlier one."""
    real, former = node_work.locked_plan, plan.content_hash

    def changed_first(plan_id: str) -> Plan:
        monkeypatch.setattr(node_work, "locked_plan", real)
        Plan.objects.filter(pk=plan.pk).update(content_hash="f" * 64)
        return real(plan_id)

    monkeypatch.setattr(node_work, "locked_plan", changed_first)
    later = node_work.content_of(plan.plan_id)
    assert later.plan.content_hash == "f" * 64
    Plan.objects.filter(pk=plan.pk).update(content_hash=former)
    assert node_work.content_of(plan.plan_id).plan.content_hash == former

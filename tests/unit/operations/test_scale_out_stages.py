"""The stages of a scale-out: each transition, from nothing to the routes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from common.errors import Finding
from common.messages import message
from operations.scale_out.snapshot import (
    ZONE,
    Holder,
    JobState,
    NetworkState,
    NodeState,
    PlanState,
    RunningJob,
    Snapshot,
    Task,
)
from operations.scale_out.stages import Stage, causes, current_stage, next_action, stages

PASSWORD = message("S08", "account", error="refused", user="root", public_line="ssh-ed25519 AAAA")
UNREACHABLE = [message("S01", endpoint=f"10.0.0.{n} port 22", reason="no route") for n in (1, 2, 3)]
CHANGED = message("S05", endpoint="10.0.0.1 port 22", pinned="SHA256:a", shown="SHA256:b", address="10.0.0.1")


def node(number: int, **fields: Any) -> NodeState:
    """Return a node; by default collected and not in a plan."""
    values = {"status": "available", "has_key": True, **fields}
    return NodeState(f"n-{number}", f"10.0.0.{number}", f"pek3cr01n{number:02d}", **values)


def nodes(count: int, **fields: Any) -> tuple[NodeState, ...]:
    return tuple(node(number, **fields) for number in range(1, count + 1))


def plan(count: int, status: str = "draft", **fields: Any) -> PlanState:
    ids = frozenset(f"n-{number}" for number in range(1, count + 1))
    return PlanState("pek3c-4", status, ids, created_by="olga", decided_by="paul", **fields)


def of(**fields: Any) -> dict[str, Stage]:
    return {stage.name: stage for stage in stages(Snapshot("pek3c", **fields))}


def states(**fields: Any) -> dict[str, str]:
    return {name: stage.state for name, stage in of(**fields).items()}


def following(**fields: Any) -> str:
    """Return the next action, with the job or plan that it names."""
    action = next_action(stages(Snapshot("pek3c", **fields)))
    return f"{action.name} {action.subject}".strip() if action else ""


def said(stage: Stage) -> list[str]:
    return [str(note.message) for note in stage.notes]


def test_nothing_yet() -> None:
    assert states() == {
        "nodes": "open",
        "ssh": "waiting",
        "hardware": "waiting",
        "configuration": "waiting",
        "review": "waiting",
        "run": "waiting",
        "routes": "waiting",
    }
    assert following() == "add_nodes"


def test_nodes_that_were_only_registered_need_ssh() -> None:
    fresh = nodes(12, status="new", has_key=False)
    found = of(nodes=fresh)
    assert found["nodes"].state == "done" and found["ssh"].state == "open"
    assert (found["ssh"].done, found["ssh"].total) == (0, 12)
    assert found["ssh"].action and found["ssh"].action.nodes == tuple(item.address for item in fresh)
    assert str(found["ssh"].action.label) == "Establish SSH on 12 nodes"
    assert found["hardware"].state == "waiting"


def test_half_of_the_nodes_refused_the_password() -> None:
    bad = tuple(node(n, status="new", has_key=False, error=PASSWORD) for n in (1, 2))
    good = tuple(node(n, status="new") for n in (3, 4))
    found = of(nodes=(*bad, *good))
    ssh = found["ssh"]
    assert ssh.state == "failed" and ssh.done == 2
    assert said(ssh) == ["The node does not accept a login with this password"]
    assert ssh.notes[0].code == "S08" and ssh.notes[0].nodes == ("10.0.0.1", "10.0.0.2")
    assert ssh.action and str(ssh.action.label) == "Try another password on 2 nodes"
    assert [str(action.label) for action in ssh.others] == ["Take 2 nodes out of this scale-out"]
    # The others need not wait.
    hardware = found["hardware"]
    assert hardware.state == "open" and hardware.action
    assert str(hardware.action.label) == "Collect 2 nodes"
    assert said(hardware) == ["2 nodes wait for SSH. You can go on with the others."]


def test_causes_are_grouped_and_a_single_one_keeps_its_sentence() -> None:
    found = causes([("10.0.0.9", PASSWORD), *((f"10.0.0.{n + 1}", UNREACHABLE[n]) for n in range(3))])
    assert [(note.code, len(note.nodes)) for note in found] == [("S01", 3), ("S08", 1)]
    assert str(found[0].message) == "The node cannot be reached" and found[1].message == PASSWORD
    loose = causes([("10.0.0.1", "10.0.0.1 hung up"), ("10.0.0.2", "10.0.0.2 hung up")])
    assert [str(note.message) for note in loose] == ["… hung up"]


def test_a_changed_host_key_comes_before_a_second_try() -> None:
    found = of(nodes=(node(1, status="collect_failed", error=CHANGED), node(2)))
    assert found["ssh"].state == "failed" and following(nodes=(node(1, error=CHANGED),)) == "compare_keys"
    assert found["ssh"].notes[0].code == "S05" and "SHA256:b" in said(found["ssh"])[0]
    # Collecting it again would fail again.
    assert found["hardware"].action is None and found["configuration"].state == "open"


def test_a_node_in_service_is_not_asked_about_its_key() -> None:
    assert not node(1, status="active", error=CHANGED).key_changed


@pytest.mark.parametrize(
    ("action", "stage"),
    [("establish_ssh", "ssh"), ("collect_nodes", "hardware"), ("erase_data_disks", "hardware")],
)
def test_a_job_that_works_on_the_nodes_is_watched(action: str, stage: str) -> None:
    fields = {"nodes": nodes(2, status="new"), "running": (RunningJob("j-1", action, 2),)}
    found = of(**fields)[stage]
    assert found.state == "running" and found.action and found.action.subject == "j-1"
    paused = {**fields, "running": (RunningJob("j-1", action, 2, paused_by="paul"),)}
    assert said(of(**paused)[stage]) == ["Paused by paul"]


def test_a_collection_that_failed_is_repeated_with_what_is_due() -> None:
    found = of(nodes=(node(1, status="collect_failed", error=UNREACHABLE[0]), node(2, status="new"), node(3)))
    hardware = found["hardware"]
    assert hardware.state == "failed" and hardware.done == 1 and hardware.notes[0].code == "S01"
    assert hardware.action and str(hardware.action.label) == "Collect 2 nodes"
    assert found["configuration"].state == "open"
    assert "2 nodes are not ready. You can configure the others." in said(found["configuration"])


@pytest.mark.parametrize(
    ("field", "sentence", "action"),
    [
        ("guesses", "The type of 2 disks is a guess", "correct"),
        ("dirty", "2 disks hold data", "erase"),
        ("conflicts", "2 disks contradict the correction of a person", "correct"),
    ],
)
def test_disks_that_need_a_look_hold_nothing_up(field: str, sentence: str, action: str) -> None:
    found = of(nodes=(node(1, **{field: ("sdb", "sdc")}), node(2)))
    hardware = found["hardware"]
    assert hardware.state == "check" and said(hardware) == [sentence] and hardware.notes[0].level == "warning"
    assert hardware.action and hardware.action.name == action and hardware.action.nodes == ("10.0.0.1",)
    assert following(nodes=(node(1, **{field: ("sdb", "sdc")}), node(2))) == "configure"
    # What the plan does with them is part of its review.
    assert of(nodes=(node(1, **{field: ("sdb",)}),), plan=plan(1))["hardware"].state == "done"


def test_a_zone_that_is_not_registered() -> None:
    found = of(nodes=nodes(2), registered=False)["configuration"]
    assert found.state == "failed" and found.action and found.action.name == "register"
    # A zone that joins its region comes into being with its plan.
    assert states(nodes=nodes(2), registered=False, kind=ZONE)["configuration"] == "open"


def test_the_plan_of_another_person_is_in_the_way() -> None:
    other = replace(plan(0), plan_id="pek3c-3")
    found = of(nodes=nodes(2), other_plan=other)["configuration"]
    assert found.state == "failed" and "pek3c-3" in said(found)[0] and "olga" in said(found)[0]
    assert found.action and (found.action.name, found.action.subject) == ("review", "pek3c-3")


def test_a_draft_waits_for_its_approval() -> None:
    found = of(nodes=nodes(2), plan=plan(2, warnings=1))
    assert found["configuration"].state == "done" and found["run"].state == "waiting"
    assert found["review"].state == "open" and "The plan has 1 warning" in said(found["review"])
    assert following(nodes=nodes(2), plan=plan(2)) == "review pek3c-4"


def test_a_rejected_plan_is_made_again() -> None:
    found = of(nodes=nodes(2), plan=plan(2, "rejected", comment="wrong pool"))
    assert found["configuration"].state == "open" and found["review"].state == "waiting"
    assert said(found["configuration"]) == ["Plan pek3c-4 was rejected by paul: wrong pool"]


def test_an_approval_that_became_void() -> None:
    void = (Finding(message("P32"), node="10.0.0.1"),)
    found = of(nodes=nodes(2, status="configured"), plan=plan(2, "approved", void=void))
    review = found["review"]
    assert review.state == "failed" and [note.code for note in review.notes] == ["", "P32"]
    assert found["run"].state == "waiting" and found["run"].action is None


def test_an_approved_plan_is_installed_unless_the_region_is_busy() -> None:
    fields: dict[str, Any] = {"nodes": nodes(2, status="configured"), "plan": plan(2, "approved")}
    assert following(**fields) == "scale pek3c-4" and states(**fields)["review"] == "done"
    assert said(of(**fields)["review"]) == ["Approved by paul"]
    assert following(**fields, kind=ZONE) == "scale_zone pek3c-4"
    fields["holder"] = Holder("j-9", "update_nodes", "pek3d", "paul")
    run = of(**fields)["run"]
    assert run.state == "waiting" and run.action and run.action.subject == "j-9" and "pek3d" in said(run)[0]


def job(status: str, **fields: Any) -> JobState:
    return JobState("j-1", status, **{"done": 5, "total": 10, **fields})


SCALING: dict[str, Any] = {"nodes": nodes(3, status="scaling"), "plan": plan(3, "approved")}


def test_a_job_runs_is_paused_or_is_being_cancelled() -> None:
    run = of(**SCALING, job=job("running"))["run"]
    assert (
        (run.state, run.done, run.total) == ("running", 5, 10) and run.action and run.action.name == "watch"
    )
    paused = of(**SCALING, job=job("running", paused_by="paul"))["run"]
    assert paused.state == "open" and paused.action and paused.action.name == "resume"
    assert said(paused) == ["Paused by paul"]
    cancelling = of(**SCALING, job=job("cancelling", cancelled_by="paul"))["run"]
    assert cancelling.state == "running" and said(cancelling) == ["Being cancelled by paul"]


def test_a_job_that_failed_on_some_is_resumed_or_goes_on_without_them() -> None:
    failures = (("10.0.0.1", UNREACHABLE[0]), ("10.0.0.2", UNREACHABLE[1]))
    served = (node(1, status="scale_failed"), node(2, status="scale_failed"), node(3, status="active"))
    run = of(nodes=served, plan=plan(3, "approved"), job=job("failed", failures=failures))["run"]
    assert (run.state, run.done, run.total) == ("failed", 1, 3)
    assert run.action and run.action.name == "resume"
    assert str(run.others[0].label) == "Leave 2 nodes out of the plan"
    assert run.others[0].nodes == ("10.0.0.1", "10.0.0.2")
    # All of them failed: without them there is no plan.
    every = of(**{**SCALING, "nodes": nodes(3)}, job=job("failed", failures=(*failures, ("10.0.0.3", "x"))))
    assert [action.name for action in every["run"].others] == ["watch"]


def test_a_job_that_failed_on_the_installer_says_why() -> None:
    run = of(**SCALING, job=job("failed", failures=(("", "no space"),)))["run"]
    assert said(run) == ["no space"] and run.notes[0].nodes == ()
    bare = of(**SCALING, job=job("failed", error="no handler"))["run"]
    assert said(bare) == ["no handler"]


def test_a_cancelled_job_is_resumed() -> None:
    run = of(**SCALING, job=job("cancelled", cancelled_by="paul"))["run"]
    assert run.state == "failed" and said(run) == ["Cancelled by paul"]
    assert following(**SCALING, job=job("cancelled")) == "resume j-1"


def test_a_void_approval_is_renewed_before_the_job_is_resumed() -> None:
    void = (Finding(message("P32"), node="10.0.0.1"),)
    fields = {**SCALING, "plan": plan(3, "approved", void=void), "job": job("failed")}
    assert following(**fields) == "review pek3c-4"
    assert [action.name for action in (of(**fields)["run"].action,) if action] == ["watch"]


APPLIED: dict[str, Any] = {"nodes": nodes(3, status="active", zone_id="pek3c"), "job": job("succeeded")}


def test_after_the_job_the_routes_are_put_on_the_gateway() -> None:
    fields = {**APPLIED, "plan": plan(3, "applied", routes=2)}
    found = of(**fields)
    assert found["run"].state == "done" and (found["run"].done, found["run"].total) == (3, 3)
    assert found["routes"].state == "open" and following(**fields) == "confirm_routes"
    assert [action.name for action in found["routes"].others] == ["services"]
    confirmed = {**fields, "routes_confirmed_by": "paul"}
    assert states(**confirmed)["routes"] == "done" and following(**confirmed) == "close"
    assert all(state == "done" for state in states(**confirmed).values())


def test_a_plan_without_a_network_or_a_zone_with_vlans_has_no_routes() -> None:
    assert following(**APPLIED, plan=plan(3, "applied")) == "close"
    assert "routes" not in of(**APPLIED, plan=plan(3, "applied", routes=2), has_routes=False)


def test_nodes_that_were_left_out_are_listed_and_hold_nothing_up() -> None:
    rest = (*nodes(2, status="active", zone_id="pek3c"), node(3))
    found = of(nodes=rest, plan=plan(2, "applied"))
    assert found["configuration"].state == "check" and found["run"].state == "done"
    assert said(found["configuration"]) == ["1 node is not in plan pek3c-4"]
    assert [
        action.name for action in (found["configuration"].action, *found["configuration"].others) if action
    ] == [
        "configure",
        "remove_nodes",
    ]
    # One that never answered does not keep the plan back either.
    late = (*nodes(2, status="configured"), node(3, status="new", has_key=False, error=PASSWORD))
    fields: dict[str, Any] = {"nodes": late, "plan": plan(2, "approved")}
    assert states(**fields)["ssh"] == "check" and following(**fields) == "scale pek3c-4"


def test_a_plan_with_more_nodes_says_so() -> None:
    found = of(nodes=nodes(2), plan=plan(5))["configuration"]
    assert said(found) == ["The plan also has 3 nodes that this scale-out does not list"]


def test_a_retired_node_and_one_of_another_zone_are_taken_out() -> None:
    for fields, sentence in (
        ({"status": "retired"}, "1 node is retired"),
        ({"status": "active", "zone_id": "pek3d"}, "1 node belongs to another zone"),
    ):
        found = of(nodes=(node(1), node(2, **fields)))
        assert found["nodes"].state == "failed" and said(found["nodes"]) == [sentence]
        assert following(nodes=(node(1), node(2, **fields))) == "remove_nodes"
        assert found["ssh"].total == 1 and found["configuration"].state == "open"


def test_a_zone_that_joins_its_region() -> None:
    tasks = (
        Task("services", "restarted", "look", done=True, by="paul"),
        Task("x", "seen", "look", done=False),
    )
    fields: dict[str, Any] = {"kind": ZONE, "nodes": nodes(2), "haproxy": "none", "tasks": tasks}
    assert list(of(**fields)) == [
        *("nodes", "ssh", "hardware", "configuration", "review", "haproxy", "run", "region", "routes")
    ]
    assert states(**fields)["haproxy"] == "waiting"
    fields |= {"nodes": nodes(2, status="configured"), "plan": plan(2, "approved", routes=1)}
    assert following(**fields) == "preview_haproxy"
    assert following(**{**fields, "haproxy": "draft"}) == "approve_haproxy"
    assert following(**{**fields, "haproxy": "approved"}) == "scale_zone pek3c-4"
    assert states(**fields)["region"] == "waiting"
    fields |= {"haproxy": "applied", "plan": plan(2, "applied", routes=1), "routes_confirmed_by": "paul"}
    region = of(**fields)["region"]
    assert (region.state, region.done, region.total, said(region)) == ("open", 1, 2, ["seen"])
    assert following(**fields) == "region"
    assert following(**{**fields, "tasks": tasks[:1]}) == "close"


def test_the_network_is_a_stage_once_it_was_checked() -> None:
    assert "network" not in of(nodes=nodes(2))
    assert states(nodes=nodes(2), network=NetworkState(2, 0))["network"] == "done"
    assert states(nodes=nodes(3), network=NetworkState(2, 0))["network"] == "open"
    assert following(nodes=nodes(2), network=NetworkState(2, 1)) == "verify_network"
    assert states(network=NetworkState(0, 0))["network"] == "waiting"


def test_the_current_stage_is_that_of_the_next_action() -> None:
    for fields in ({}, {"nodes": nodes(2)}, {**SCALING, "job": job("running")}):
        found = stages(Snapshot("pek3c", **fields))
        current = current_stage(found)
        assert current and current.action == next_action(found)
    assert current_stage(stages(Snapshot("pek3c", **APPLIED, plan=plan(3, "applied")))) is None
    assert next_action(stages(Snapshot("pek3c")), closed=True) is None

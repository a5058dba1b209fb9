"""Remedies about changed plans, and about nodes left out of them, are followed as printed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import OperationalError
from rest_framework.test import APIClient

from jobs.engine import work_slice
from jobs.models import Job
from nodes.models import Node
from nodes.states import NodeStatus
from tests.fixtures.region import settings_text
from tests.lab.installer.remedies.faces import refused_by
from tests.lab.installer.remedies.stage import A21, A22, A23, HYPERS, Stage
from tests.lab.installer.remedies.test_texts import edit, node_file
from tests.seen import seen
from tests.support import newzone
from zones.core.rendering import SERVER_YAML
from zones.models import Plan, ZoneFile
from zones.services import configure, revisions

pytestmark = pytest.mark.django_db(transaction=True)

A24 = "172.16.80.24"
FOUR = {**HYPERS, 23: "hyper-repl", 24: "hyper-repl"}


def told(plan_id: str, code: str, what: str = "") -> str:
    """Return the remedy of a finding of the plan."""
    found = [item for item in Plan.objects.get(plan_id=plan_id).findings if item.code == code]
    found = [item for item in found if what in item.detail]
    assert found, (code, what)
    return str(found[0].remedy)


def text_of(stage: Stage, plan: str, path: str) -> str:
    return stage.does("show_plan", plan, "--file", path).out


def resumed(stage: Stage) -> Job:
    """Resume the first job, in this process as in a worker."""
    job = Job.objects.get(action="scale_qingcloud")
    stage.does("resume_job", job.job_id)
    work_slice.run_slice(job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.remedy("P11")
def test_a_zone_without_a_plan(stage: Stage) -> None:
    """Configure a zone that an older release left without a plan."""
    Plan.objects.all().delete()
    stage.region.nodes(21, 22)
    remedy = stage.refused("P11", "show_plan", "-z", "pek3c")
    stage.follow(remedy, "config_qingcloud", **{"scale_settings.pek3c.yaml": stage.scale()})
    stage.does("show_plan", "-z", "pek3c")


@pytest.mark.remedy("P14")
def test_a_role_that_the_node_lists_do_not_follow(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    stage.does(*edit(stage, plan, path, text.replace('role="hyper-repl"', 'role="hyper-sanc"')))
    command = "approve_plan", plan, "--hash"
    remedy = stage.refused("P14", *command, seen(plan))
    stage.follow(remedy, "gen_node_list")
    stage.does("show_plan", plan, "--diff")
    stage.does(*command, seen(plan))


@pytest.mark.remedy("P22")
def test_a_plan_that_is_decided_in_that_moment(stage: Stage) -> None:
    """Refuse to close a plan that was decided meanwhile; verbs lock it first, so the service is called directly."""
    plan_id = stage.draft()
    plan = Plan.objects.get(plan_id=plan_id)
    stage.does("reject_plan", plan_id, "--hash", seen(plan_id))
    remedy = refused_by("P22", lambda: revisions.close(plan, "reject"))
    assert '"rejected"' in stage.follow(remedy, "show_plan").out
    stage.does("config_qingcloud", "-s", stage.scale())


@pytest.mark.remedy("P23")
def test_a_database_that_ends_the_connection_twice(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    stage.region.nodes(21, 22)
    real, ends = configure._compute, iter(range(configure.ATTEMPTS_LOST))
    monkeypatch.setattr(configure, "is_passing", lambda error: True)

    def and_end_it(*given: Any) -> Any:
        if next(ends, None) is not None:
            raise OperationalError("server closed the connection unexpectedly")
        return real(*given)

    monkeypatch.setattr(configure, "_compute", and_end_it)
    command = "config_qingcloud", "-s", stage.scale()
    assert "try again" in stage.refused("P23", *command)
    stage.does(*command)


@pytest.mark.remedy("P30")
def test_resuming_the_job_of_a_plan_that_was_changed(stage: Stage) -> None:
    plan = stage.begun(A21, roles={**HYPERS, 23: "hyper-repl"})
    stage.does("leave_out_nodes", plan, "-i", A22, "--hash", seen(plan))
    job = resumed(stage)
    assert job.status == "failed" and job.error.code == "P30"
    remedy = job.error.remedy
    stage.follow(remedy, "show_plan")
    stage.follow(remedy, "approve_plan", "--hash", seen(plan))
    # Once approved, the advice also lets a new job supersede the old one.
    job = resumed(stage)
    remedy = job.error.remedy
    assert "with its nodes that are not in service" in remedy
    stage.follow(remedy, "scale_qingcloud", FILE=stage.file("left", A23))


@pytest.mark.remedy("P30")
def test_resuming_the_job_of_a_plan_that_ended(stage: Stage) -> None:
    plan = stage.begun(A21)
    stage.does("leave_out_nodes", plan, "-i", A22, "--hash", seen(plan))
    stage.approve(plan)
    assert Plan.objects.get(plan_id=plan).status == "applied"
    assert resumed(stage).error.remedy == "this job has nothing left to do"
    stage.does("config_qingcloud", "-s", stage.scale({22: "hyper-repl"}))


@pytest.mark.remedy("P30")
def test_a_text_that_is_not_the_approved_one(stage: Stage) -> None:
    """Refuse to install a text that was changed in the database by something other than the product."""
    plan = stage.approve(stage.draft())
    Plan.objects.get(plan_id=plan).files.filter(path="hosts").update(content="127.0.0.1 localhost\n")
    command = "scale_qingcloud", "-z", "pek3c", "-i", A21, A22
    remedy = stage.refused("P30", *command)
    name = "scale_settings.pek3c.yaml"
    stage.follow(remedy, "config_qingcloud", **{name: str(stage.folder / name)})
    stage.approve(str(Plan.objects.get(status="draft").plan_id))
    stage.does(*command)


def edited(stage: Stage, old: str, new: str) -> tuple[str, str]:
    """Edit the settings of one node of a plan; return the plan's id and the path."""
    plan, path, text = node_file(stage)
    assert old in text
    stage.does(*edit(stage, plan, path, text.replace(old, new)))
    return plan, path


def again(stage: Stage, roles: dict[int, str] = HYPERS) -> str:
    """Configure the same zone once more; return the new draft."""
    stage.does("config_qingcloud", "-s", stage.scale(roles))
    return str(Plan.objects.get(status="draft").plan_id)


@pytest.mark.remedy("P50")
def test_an_edit_that_is_carried_over(stage: Stage) -> None:
    edited(stage, 'os_version="20.04"', 'os_version="20.04.6"')
    plan = again(stage)
    assert told(plan, "P50") == "check it in the review"
    assert '+os_version="20.04.6"' in stage.run("show_plan", plan, "--diff", tty=True).out
    stage.approve(plan)


@pytest.mark.remedy("P51")
def test_an_edit_that_is_not_carried_over(stage: Stage) -> None:
    before, path = edited(stage, 'os_version="20.04"', 'os_version="20.04.6"')
    Node.objects.filter(mgmt_address=A21).update(os_version="22.04")
    plan = again(stage)
    remedy = told(plan, "P51")
    assert 'os_version="20.04.6"' in stage.follow(remedy, "show_plan").out
    assert f"show_plan {before} --file {path}" in remedy and remedy.endswith("if the edit is still needed")
    now = text_of(stage, plan, path)
    stage.does(*edit(stage, plan, path, now.replace('"22.04"', '"22.04.1"')))
    stage.approve(plan)


@pytest.mark.remedy("P52")
def test_an_edit_of_a_file_that_is_no_part_any_more(stage: Stage) -> None:
    edited(stage, 'os_version="20.04"', 'os_version="20.04.6"')
    stage.region.nodes(23, 24)
    plan = again(stage, {23: "hyper-repl", 24: "hyper-repl"})
    assert told(plan, "P52") == "no action is needed if this is intended"
    stage.approve(plan)


@pytest.mark.remedy("P54")
def test_a_draft_of_somebody_else_that_gives_way(stage: Stage, approver: APIClient) -> None:
    """Tell who made the draft and which of its nodes are gone; one file with all of them has them again."""
    stage.region.nodes(21, 22, 23, 24)
    file = {"name": "scale_settings.pek3c.yaml", "text": settings_text(FOUR).decode()}
    made = approver.post("/api/v1/plans/", {"settings": [file]}, format="json")
    assert made.status_code == 201, made.content
    first = Plan.objects.get(status="draft").plan_id
    plan = again(stage)
    remedy = told(plan, "P54", f"this plan replaces plan {first} of approver-person: 2 nodes left out: ")
    assert "172.16.80.23" in stage.follow(remedy, "show_plan").out
    assert "to the configuration files and configure again" in remedy
    stage.approve(again(stage, FOUR))


def test_what_gives_way_is_told_once_somebody_else_had_a_part_in_it(
    stage: Stage, approver: APIClient
) -> None:
    _, path = edited(stage, 'os_version="20.04"', 'os_version="20.04.6"')
    own = again(stage)
    assert not gave_way(own), "one's own draft"
    text = text_of(stage, own, path).replace("20.04.6", "20.04.7")
    url, body = f"/api/v1/plans/{own}/edit-file/", {"path": path, "content": text, "content_hash": seen(own)}
    assert approver.post(url, body, format="json").status_code == 200
    third = again(stage)
    assert not gave_way(third), "the edit was carried over: nothing is different"
    stage.region.nodes(23, 24)
    stage.approve(third)
    stage.does("config_qingcloud", "-f", "-s", stage.scale(FOUR))
    [said] = gave_way(str(Plan.objects.get(status="draft").plan_id))
    assert f"this plan replaces plan {third} of root, approved by root: 2 nodes added: " in said


def gave_way(plan_id: str) -> list[str]:
    return [item.detail for item in Plan.objects.get(plan_id=plan_id).findings if item.code == "P54"]


@pytest.mark.remedy("P53")
def test_a_server_yaml_that_only_a_person_can_edit(stage: Stage) -> None:
    by_hand = "compute_server: {emulator: {2.4.1.2: {bin: /usr/bin}, default: 2.4.1.2}}\n"
    ZoneFile.objects.update_or_create(
        zone=stage.region.plan.zone, path=SERVER_YAML, defaults={"content": by_hand}
    )
    stage.region.nodes(21, 22, qemu_version="2.11.1.1")
    plan = again(stage)
    assert "edit it in the review" in told(plan, "P53")
    assert text_of(stage, plan, SERVER_YAML) == by_hand
    wanted = by_hand.replace(
        "{bin: /usr/bin},", "{bin: /usr/bin}, 2.11.1.1: {bin: /opt/qemu-2.11.1.1/usr/bin},"
    )
    stage.does(*edit(stage, plan, SERVER_YAML, wanted))
    stage.approve(plan)


@pytest.mark.remedy("P63")
@pytest.mark.parametrize("installed", [(), (A21, A22, A23)])
def test_an_edit_in_the_way_of_leaving_a_node_out(stage: Stage, installed: tuple[str, ...]) -> None:
    """Advise to take the edit back, also where nodes are in service and P21 would advise to leave the node out."""
    plan = stage.draft(FOUR)
    rendered = text_of(stage, plan, "hosts")
    [line] = re.findall(rf"^{A24} .*$", rendered, re.MULTILINE)
    stage.does(*edit(stage, plan, "hosts", rendered.replace(line, f"{line} spare")))
    if installed:
        stage.approve(plan)
        stage.does("scale_qingcloud", "-z", "pek3c", "-i", A21, A22, A23, A24)
        stage.ends(Job.objects.get(action="scale_qingcloud"), "fail")
        Node.objects.filter(mgmt_address__in=installed).update(status=NodeStatus.ACTIVE)
        Node.objects.filter(status=NodeStatus.SCALING).update(status=NodeStatus.SCALE_FAILED)
    command = "leave_out_nodes", plan, "-i", A24, "--hash"
    remedy = stage.refused("P63", *command, seen(plan))
    assert remedy.startswith("undo the edit of these lines")
    assert f"+{line} spare" in stage.run(*remedy_words(remedy), tty=True).out
    stage.does(*edit(stage, plan, "hosts", rendered))
    stage.does(*command, seen(plan))
    stage.approve(plan)
    assert Plan.objects.get(plan_id=plan).status == ("applied" if installed else "approved")


def remedy_words(remedy: str) -> list[str]:
    [command] = re.findall(r"\((show_plan \S+ --diff)", remedy)
    return str(command).split()


@pytest.mark.remedy("P63")
@pytest.mark.parametrize("way", ["set back", "reject"])
def test_a_node_that_is_not_as_it_was_when_the_plan_was_made(stage: Stage, way: str) -> None:
    plan = stage.draft(FOUR)
    Node.objects.filter(mgmt_address=A23).update(hostname="pek3cr07n23")
    command = "leave_out_nodes", plan, "-i", A24, "--hash"
    remedy = stage.refused("P63", *command, seen(plan))
    if way == "reject":
        stage.follow(remedy, "reject_plan", "--hash", seen(plan))
        return
    assert "restore it and collect it again" in remedy
    stage.does("collect_nodes", "-i", A23)
    stage.ends(Job.objects.get(action="collect_nodes"), "succeed")
    Node.objects.filter(mgmt_address=A23).update(status=NodeStatus.AVAILABLE, hostname="pek3cr01n23")
    stage.does(*command, seen(plan))


@pytest.mark.remedy("P64")
def test_settings_in_service_that_change_when_a_node_is_left_out(stage: Stage) -> None:
    """Scale again where the Master of a network is left out and the next hyper, in service already, gets its VIP."""
    plan = stage.begun(A22, roles=FOUR)
    stage.does("leave_out_nodes", plan, "-i", A21, "--hash", seen(plan))
    assert told(plan, "P64", "already in service, change").startswith(
        "once this plan is approved, scale them again"
    )
    stage.approve(plan)
    stage.does("scale_qingcloud", "-z", "pek3c", "-i", A22, A23, A24)


@pytest.mark.remedy("P64")
def test_steps_that_no_job_does_any_more(stage: Stage) -> None:
    plan = stage.begun(A21)
    stage.does("leave_out_nodes", plan, "-i", A22, "--hash", seen(plan))
    remedy = told(plan, "P64", "none of the later steps")
    stage.approve(plan)
    done(stage, remedy)


@pytest.mark.remedy("P64")
def test_steps_of_a_new_zone_that_no_job_does_any_more(stage: Stage) -> None:
    plan = newzone.planned_zone(stage.region).plan_id
    stage.does("scale_qingcloud_zone", "-z", "pek3d", "-i", *newzone.NEW)
    stage.ends(Job.objects.get(action="scale_qingcloud_zone"), "fail")
    Node.objects.filter(mgmt_address__in=newzone.NEW).update(status=NodeStatus.ACTIVE)
    Node.objects.filter(mgmt_address=newzone.NEW[2]).update(status=NodeStatus.SCALE_FAILED)
    stage.does("leave_out_nodes", plan, "-i", newzone.NEW[2], "--hash", seen(plan))
    remedy = told(plan, "P64", "none of the later steps")
    Node.objects.filter(mgmt_address__in=newzone.NEW[:2]).update(status=NodeStatus.ACTIVE)
    stage.approve(plan)
    done(stage, remedy)


def done(stage: Stage, remedy: str) -> None:
    """Do each of the steps, one job after the other."""
    steps = remedy.partition(": ")[2].split(", ")
    assert steps
    for step in steps:
        stage.does(*step.partition(" (")[0].split())
        for job in Job.objects.filter(status="queued"):
            stage.ends(job, "succeed")

"""Remedies about jobs that ended, or left something running, are followed as printed."""

from __future__ import annotations

import re

import pytest

from jobs.models import Event, Job, Step
from jobs.states import move_job, move_steps
from tests.lab.installer.remedies.stage import A21, A22, Stage
from tests.support import newzone

pytestmark = pytest.mark.django_db(transaction=True)
GIVEN_UP = {"component": "erase_1", "attempt": 1}


def collecting(stage: Stage, event: str = "fail") -> Job:
    """Make a collection of two nodes that ended with this event."""
    stage.region.nodes(21, 22)
    stage.does("collect_nodes", "-i", A21, A22)
    job = Job.objects.get(action="collect_nodes")
    stage.ends(job, event)
    return job


def given_up(stage: Stage) -> Job:
    """Abandon an erase on the second node, where it may still run."""
    stage.region.nodes(21, 22)
    stage.does("erase_data_disks", "-i", A21, A22, "-d", "sdb", "--yes")
    job = Job.objects.get(action="erase_data_disks")
    stage.ends(job, "fail")
    job.steps.filter(address=A22).update(remote=GIVEN_UP)
    return job


@pytest.mark.remedy("J02")
def test_an_action_that_there_is_not(stage: Stage) -> None:
    job = collecting(stage)
    remedy = stage.refused("J02", "get_status", "--action", "collect_node")
    assert "collect_nodes" in remedy.removeprefix("known actions: ").split(", ")
    assert job.job_id in stage.does("get_status", "--action", "collect_nodes").out


@pytest.mark.remedy("J02")
@pytest.mark.parametrize("command", [("get_collect_nodes_log",), ("get_status", "--action", "collect_nodes")])
def test_no_job_of_an_action(stage: Stage, command: tuple[str, ...]) -> None:
    stage.draft()
    remedy = stage.refused("J02", *command)
    [others] = re.findall(r"^actions with jobs: ([^;]+);", remedy)
    for action in others.split(", "):
        stage.does("get_status", "--action", action)
    assert Job.objects.latest("pk").job_id in stage.follow(remedy, "get_status").out


@pytest.mark.remedy("J02")
def test_no_job_at_all(stage: Stage) -> None:
    stage.region.nodes(21)
    Job.objects.all().delete()
    remedy = stage.refused("J02", "get_status")
    stage.follow(remedy, "establish_ssh", stage.file("list", A21), "--no-password")
    stage.does("get_status")


@pytest.mark.remedy("J03")
def test_cancelling_what_failed(stage: Stage) -> None:
    job = collecting(stage)
    stage.follow(stage.refused("J03", "cancel_job", job.job_id), "resume_job")
    stage.does("cancel_job", job.job_id)


@pytest.mark.remedy("J03")
def test_cancelling_what_succeeded(stage: Stage) -> None:
    job = collecting(stage, "succeed")
    assert stage.refused("J03", "cancel_job", job.job_id) == "it no longer runs anywhere"
    # What it was to be cancelled for can begin.
    stage.does("collect_nodes", "-i", A21)


@pytest.mark.remedy("J03")
def test_cancelling_what_was_given_up(stage: Stage) -> None:
    job = given_up(stage)
    remedy = stage.refused("J03", "cancel_job", job.job_id, "--now")
    assert f"may still be running on {A22}" in remedy
    assert stage.run("delete_nodes", "-i", A22).code == 3
    stage.follow(remedy, "settle_job", TEXT="switched off")
    stage.does("delete_nodes", "-i", A22)


@pytest.mark.remedy("J05")
def test_resuming_a_node_that_is_done(stage: Stage) -> None:
    job = collecting(stage)
    Step.objects.filter(job=job, address=A21).update(status="succeeded")
    remedy = stage.refused("J05", "resume_job", job.job_id, "--node", A21)
    assert stage.follow(remedy, "resume_job").code == 0
    assert [step.status for step in job.steps.order_by("address")] == ["succeeded", "pending"]


@pytest.mark.remedy("J09")
def test_pruning_no_days(stage: Stage) -> None:
    for wrong in ("0", "40000"):
        remedy = stage.refused("J09", "prune_jobs", "--days", wrong)
        for right in re.findall(r"\d+", remedy):
            stage.does("prune_jobs", "--days", right)


@pytest.mark.remedy("J10")
def test_settling_without_a_reason(stage: Stage) -> None:
    command = "settle_job", given_up(stage).job_id, "--node", A22, "--reason"
    assert stage.refused("J10", *command, " ") == "state how you confirmed that the job has stopped there"
    stage.does(*command, "it is switched off")
    assert Event.objects.filter(line__contains="confirmed that it has stopped there").exists()


@pytest.mark.remedy("J11")
def test_settling_the_wrong_node(stage: Stage) -> None:
    job = given_up(stage)
    remedy = stage.refused("J11", "settle_job", job.job_id, "--node", A21, "--reason", "x")
    stage.follow(remedy, "settle_job", TEXT="switched off")
    assert not job.steps.exclude(remote={}).exists()


@pytest.mark.remedy("J11")
def test_settling_what_left_nothing(stage: Stage) -> None:
    job = collecting(stage)
    for nodes in ((), ("--node", A21)):
        remedy = stage.refused("J11", "settle_job", job.job_id, *nodes, "--reason", "x")
        assert remedy == "it does not block its nodes: continue with them"
    stage.does("collect_nodes", "-i", A21)


@pytest.mark.remedy("J11")
def test_settling_what_runs(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    stage.does("collect_nodes", "-i", A21, A22)
    job = Job.objects.get(action="collect_nodes")
    remedy = stage.refused("J11", "settle_job", job.job_id, "--node", A21, "--reason", "x")
    assert "continues automatically" in remedy and "queued" in stage.follow(remedy, "get_status").out
    stage.follow(remedy, "cancel_job")
    stage.does("collect_nodes", "-i", A21)


@pytest.mark.remedy("J11")
def test_settling_by_node_what_no_node_left(stage: Stage) -> None:
    newzone.planned_zone(stage.region)
    stage.does("scale_qingcloud_zone", "-z", "pek3d", "-i", *newzone.NEW)
    job = Job.objects.get(action="scale_qingcloud_zone")
    move_steps(job.steps.filter(phase="clear_zone_cache"), "claim")
    move_steps(job.steps.filter(phase="clear_zone_cache"), "fail")
    here = Job.objects.filter(pk=job.pk)
    move_job(here, "start")
    move_job(here, "fail")
    remedy = stage.refused("J11", "settle_job", job.job_id, "--node", newzone.NEW[0], "--reason", "x")
    stage.follow(remedy, "settle_job", TEXT="memcached was restarted")
    stage.does("resume_job", job.job_id)

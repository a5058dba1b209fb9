"""Remedies about jobs, groups, files of examples and accounts are followed as printed."""

from __future__ import annotations

import re

import pytest

from jobs.models import Job
from tests.factories import make_job, make_user
from tests.lab.installer.remedies.stage import A21, A22, Stage

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.remedy("J01")
def test_no_such_job(stage: Stage) -> None:
    job = make_job()
    assert job.job_id in stage.follow(stage.refused("J01", "get_status", "j-nothere"), "get_status").out


@pytest.mark.remedy("J04")
def test_resuming_what_runs(stage: Stage) -> None:
    stage.region.nodes(21)
    stage.does("collect_nodes", "-i", A21)
    job = Job.objects.get(action="collect_nodes")
    assert "paused jobs can be resumed" in stage.refused("J04", "resume_job", job.job_id)
    stage.does("pause_job", job.job_id)
    stage.does("resume_job", job.job_id)


@pytest.mark.remedy("J07")
def test_resuming_from_a_phase_that_is_none(stage: Stage) -> None:
    stage.begun()
    job = Job.objects.get(action="scale_qingcloud").job_id
    phases = (
        stage.refused("J07", "resume_job", job, "--from-phase", "nothing")
        .removeprefix("phases of this job: ")
        .split(", ")
    )
    assert "install_nodes" in phases
    stage.does("resume_job", job, "--from-phase", phases[0])


@pytest.mark.remedy("J08")
def test_pausing_what_has_ended(stage: Stage) -> None:
    stage.begun()
    job = Job.objects.get(action="scale_qingcloud").job_id
    assert stage.refused("J08", "pause_job", job) == "only queued or running jobs can be paused"
    stage.does("resume_job", job)
    stage.does("pause_job", job)


@pytest.mark.remedy("T04")
def test_no_such_example(stage: Stage) -> None:
    remedy = stage.refused("T04", "copy_template", "--archive", "nothing", "-o", str(stage.folder))
    stage.does(
        "copy_template",
        "--archive",
        remedy.removeprefix("use one of ").split(", ")[0],
        "-o",
        str(stage.folder),
    )


@pytest.mark.remedy("C08")
def test_no_plan_is_named(stage: Stage) -> None:
    assert "-z ZONE for its newest plan" in stage.refused("C08", "show_plan")
    stage.does("show_plan", "-z", "pek3c")


@pytest.mark.remedy("C03")
def test_no_node_is_named(stage: Stage) -> None:
    assert stage.refused("C03", "delete_nodes") == "specify nodes with -i ADDRESS\u2026 or -I FILE"
    stage.region.nodes(21, 22)
    stage.does("delete_nodes", "-i", A21)
    stage.does("delete_nodes", "-I", stage.file("list", A22))


@pytest.mark.remedy("E01")
def test_no_such_file_of_a_plan(stage: Stage) -> None:
    plan = stage.draft()
    remedy = stage.refused("E01", "show_plan", plan, "--file", "nothing")
    path = stage.follow(remedy, "show_plan").json["files"][0]["path"]
    stage.does("show_plan", plan, "--file", path)


@pytest.mark.remedy("G01")
def test_no_such_group(stage: Stage) -> None:
    remedy = stage.refused("G01", "exec_nodes", "hiper", "uptime")
    [near] = re.findall(r"did you mean (\S+)\?", remedy)
    stage.does("exec_nodes", near, "uptime")


@pytest.mark.remedy("U12")
def test_no_such_token(stage: Stage) -> None:
    make_user("olga", "operator")
    stage.does("create_token", "olga")
    remedy = stage.refused("U12", "revoke_token", "t-nothing")
    [row] = stage.follow(remedy, "list_tokens").json
    stage.does("revoke_token", row["token_id"])

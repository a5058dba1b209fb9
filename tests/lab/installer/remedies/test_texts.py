"""Remedies about texts of a plan, and about what was read before a verb, are followed as printed."""

from __future__ import annotations

import re

import pytest

from jobs.models import Job
from nodes.models import Node
from nodes.states import NodeStatus
from tests.factories import host_key
from tests.lab.installer.remedies.stage import A11, A21, Stage
from tests.seen import seen
from tests.support import newzone
from zones.models import Plan

pytestmark = pytest.mark.django_db(transaction=True)


def node_file(stage: Stage) -> tuple[str, str, str]:
    """Draft a plan; return it with the path and the text of the settings of its first node."""
    plan = stage.draft()
    file = Plan.objects.get(plan_id=plan).files.get(path__startswith="settings/", address=A21)
    return plan, file.path, file.content


def edit(stage: Stage, plan: str, path: str, text: str) -> tuple[str, ...]:
    return "edit_plan_file", plan, path, "-I", stage.file("edited", text), "--hash", seen(plan)


@pytest.mark.remedy("E03")
def test_a_line_that_is_no_setting(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    remedy = stage.refused("E03", *edit(stage, plan, path, text + "what is this\n"))
    assert remedy == 'write key="value" lines and # comments'
    stage.does(*edit(stage, plan, path, text + "# what is this\n"))


@pytest.mark.remedy("E05")
def test_a_key_that_was_taken_out(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    without = re.sub(r"^role=.*\n", "", text, flags=re.MULTILINE)
    assert without != text
    remedy = stage.refused("E05", *edit(stage, plan, path, without))
    stage.does(*edit(stage, plan, path, f"# by hand\n{without}{remedy.removeprefix('restore it: ')}\n"))


@pytest.mark.remedy("E06")
def test_a_key_that_is_fixed(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    [line] = re.findall(r"^hostname=.*$", text, re.MULTILINE)
    remedy = stage.refused("E06", *edit(stage, plan, path, text.replace(line, 'hostname="other"')))
    assert remedy.startswith(f"restore {line}")
    stage.does(*edit(stage, plan, path, f"# by hand\n{text}"))


@pytest.mark.remedy("P76")
def test_rejecting_without_a_hash(stage: Stage) -> None:
    plan = stage.draft()
    command = "reject_plan", plan, "--hash"
    remedy = stage.refused("P76", *command, " ")
    shown = stage.follow(remedy, "show_plan").json
    stage.does(*command, shown["content_hash"])


@pytest.mark.remedy("P77")
def test_a_text_that_somebody_else_changed(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    command = edit(stage, plan, path, f"# mine\n{text}")
    *others, _ = edit(stage, plan, path, f"# theirs\n{text}")
    stage.does(*others, seen(plan))
    stage.file("edited", f"# mine\n# theirs\n{text}")
    assert stage.refused("P77", *command) == "review the changes, then edit the current text"
    stage.does(*command[:-1], seen(plan))


@pytest.mark.remedy("C14")
def test_the_log_of_a_node_that_the_job_does_not_have(stage: Stage) -> None:
    stage.begun()
    job = Job.objects.get(action="scale_qingcloud").job_id
    remedy = stage.refused("C14", "get_log", job, "--node", "10.0.0.9")
    assert A21 in stage.follow(remedy, "get_status").out
    [few] = re.findall(r"such as ([^)]+)", remedy)
    for address in few.split(", "):
        stage.does("get_log", job, "--node", address)


@pytest.mark.remedy("C15")
def test_the_log_of_a_phase_that_the_job_does_not_have(stage: Stage) -> None:
    stage.begun()
    job = Job.objects.get(action="scale_qingcloud").job_id
    for phase in (
        stage.refused("C15", "get_log", job, "--phase", "nothing").removeprefix("its phases are ").split(", ")
    ):
        stage.does("get_log", job, "--phase", phase)


@pytest.mark.remedy("J06")
def test_resuming_a_node_that_the_job_does_not_have(stage: Stage) -> None:
    stage.begun()
    job = Job.objects.get(action="scale_qingcloud").job_id
    remedy = stage.refused("J06", "resume_job", job, "--node", "10.0.0.9")
    assert "get_status lists the nodes of a job" in remedy and A21 in stage.does("get_status", job).out
    stage.does("resume_job", job, "--node", A21)


@pytest.mark.remedy("T02")
def test_no_zone_id(stage: Stage) -> None:
    command = "copy_template", "-o", str(stage.folder), "-z"
    assert stage.refused("T02", *command, "PEK 3") == "use lowercase letters, digits and hyphens"
    stage.does(*command, "pek-3")


@pytest.mark.remedy("T03")
def test_a_template_that_is_there_already(stage: Stage) -> None:
    command = "copy_template", "-z", "pek3e", "-o"
    stage.does(*command, str(stage.folder))
    assert "choose another folder with -o" in stage.refused("T03", *command, str(stage.folder))
    other = stage.folder / "other"
    other.mkdir()
    stage.does(*command, str(other))


@pytest.mark.remedy("N35")
def test_erasing_a_machine_in_service(stage: Stage) -> None:
    stage.region.nodes(21)
    command = "erase_data_disks", "-d", "sdb", "--yes", "-i", A21
    assert stage.refused("N35", *command, A11).startswith("omit it")
    stage.does(*command)


@pytest.mark.remedy("N84")
def test_a_pinned_key_that_is_another_one_in_the_file(stage: Stage) -> None:
    stage.region.nodes(21)
    known = stage.file("known_hosts", f"{A21} {host_key(78)}\n")
    command = "establish_ssh", stage.file("list", A21), "--no-password", "--known-hosts", known
    stage.refused("N84", *command)
    stage.does(*command, "--replace-host-key", A21)


@pytest.mark.remedy("N85")
def test_a_node_that_is_not_in_the_known_hosts(stage: Stage) -> None:
    stage.does("add_nodes", "-i", "10.0.0.1", "10.0.0.2")
    known = stage.file("known_hosts", f"10.0.0.1 {host_key(78)}\n")
    command = (
        "establish_ssh",
        stage.file("list", "10.0.0.1\n10.0.0.2\n"),
        "--no-password",
        "--known-hosts",
        known,
    )
    assert stage.refused("N85", *command).endswith("--accept-new")
    stage.does(*command, "--accept-new")


@pytest.mark.remedy("Z21")
def test_retiring_from_two_zones(stage: Stage) -> None:
    newzone.planned_zone(stage.region)
    Plan.objects.filter(zone__zone_id="pek3d").update(status="applied")
    Node.objects.filter(mgmt_address__in=newzone.NEW).update(status=NodeStatus.ACTIVE)
    command = "retire_nodes", "--dry-run", "-i", A11
    assert stage.refused("Z21", *command, newzone.NEW[1]) == "specify nodes of one zone"
    stage.does(*command)

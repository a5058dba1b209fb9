"""What a refusal advises is done as it is printed, from the state in which it is given, and leads past that refusal.

A play sets up the state, types a command, takes the remedy from the refusal, follows it (commands that it names are
taken out of its text, capitals such as ADDRESS filled in), and types the first command again. Which remedies are tried
elsewhere, and which by no test yet, stands in ``tests/installer/remedies.py``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import LazySettings

from jobs.models import Job
from nodes.collection.disks import NOT_HERE
from nodes.models import Disk, Node
from nodes.states import NodeStatus
from tests.factories import host_key, make_job, make_user
from tests.installer.conftest import Result
from tests.installer.remedies import (
    A11,
    A21,
    A22,
    A23,
    ELSEWHERE,
    HYPERS,
    REPOSITORY,
    UNTRIED,
    Stage,
    printed_with_a_remedy,
)
from tests.seen import seen
from tests.zones import newzone
from tests.zones.conftest import Region, region
from zones.models import Plan

__all__ = ["region"]

pytestmark = pytest.mark.django_db(transaction=True)
Play = Callable[[Stage], None]
PLAYS: list[tuple[str, Play]] = []


def tries(code: str) -> Callable[[Play], Play]:
    """The play follows a remedy of this code."""

    def note(play: Play) -> Play:
        PLAYS.append((code, play))
        return play

    return note


@pytest.fixture
def stage(
    run: Callable[..., Result], region: Region, tmp_path: Path, data_dir: Path, settings: LazySettings
) -> Stage:
    return Stage(run, region, tmp_path, settings)


# Nodes


@tries("N01")
def a_list_in_another_encoding(stage: Stage) -> None:
    command = "add_nodes", "-I", stage.file("list", "10.0.0.1  # sch\u00f6n\n".encode("latin-1"))
    assert stage.refused("N01", *command) == "save it as plain text"
    stage.file("list", "10.0.0.1  # sch\u00f6n\n")
    stage.does(*command)


@tries("N02")
def no_address(stage: Stage) -> None:
    remedy = stage.refused("N02", "add_nodes", "-i", "10.0.0")
    assert remedy == "write an address, a range A-B, or a network in CIDR form"
    for form in ("10.0.0.1", "10.0.0.2-10.0.0.3", "10.0.1.0/30"):
        stage.does("add_nodes", "-i", form)


@tries("N03")
def an_empty_list(stage: Stage) -> None:
    command = "add_nodes", "-I", stage.file("list", "# nothing\n")
    assert "one address a line" in stage.refused("N03", *command)
    stage.file("list", "10.0.0.1\n10.0.0.2\n")
    stage.does(*command)


@tries("N04")
def a_node_that_was_not_added(stage: Stage) -> None:
    command = "delete_nodes", "-i", "10.0.0.9"
    stage.follow(stage.refused("N04", *command), "add_nodes", "-i", "10.0.0.9")
    stage.does(*command)


@tries("N05")
def one_of_the_list_is_registered(stage: Stage) -> None:
    remedy = stage.refused("N05", "add_nodes", "-i", A11, "10.0.0.1")
    assert "leave it out" in remedy
    assert A11 in stage.follow(remedy, "describe_nodes", "-i", A11).out
    stage.does("add_nodes", "-i", "10.0.0.1")


@tries("N05")
def another_machine_at_the_address_of_a_retired_one(stage: Stage) -> None:
    stage.does("retire_nodes", "-i", A11, "--reason", "burnt", "--confirm", "pek3cr01n11")
    command = "add_nodes", "-i", A11
    stage.follow(stage.refused("N05", *command), "delete_nodes", "-i", A11, "--confirm", "pek3cr01n11")
    stage.does(*command)


@tries("N07")
def no_login_name(stage: Stage) -> None:
    assert "name of the account" in stage.refused("N07", "add_nodes", "-i", "10.0.0.1", "--user", "a b")
    stage.does("add_nodes", "-i", "10.0.0.1", "--user", "yop")


@tries("N08")
def deleting_what_is_in_service(stage: Stage) -> None:
    command = "delete_nodes", "-i", A11, "--confirm", "pek3cr01n11"
    remedy = stage.refused("N08", *command)
    stage.follow(remedy, "retire_nodes", "-i", A11, "--reason", "burnt", "--confirm", "pek3cr01n11")
    stage.does(*command)


@tries("N08")
def deleting_what_an_approved_plan_installs(stage: Stage) -> None:
    plan = stage.approve(stage.draft({**HYPERS, 23: "hyper-repl", 24: "hyper-repl"}))
    command = "delete_nodes", "-i", A21
    remedy = stage.refused("N08", *command)
    stage.follow(remedy, "leave_out_nodes", "-i", A21, "--hash", seen(plan))
    stage.does(*command)


@tries("N08")
def deleting_all_that_a_failed_job_was_to_install(stage: Stage) -> None:
    plan = stage.begun()
    command = "delete_nodes", "-i", A21, A22
    remedy = stage.refused("N08", *command)
    stage.follow(remedy, "reject_plan", "--hash", seen(plan))
    stage.does(*command)


@tries("N08")
def deleting_what_is_being_collected(stage: Stage) -> None:
    stage.region.nodes(21)
    stage.does("collect_nodes", "-i", A21)
    command = "delete_nodes", "-i", A21
    job = Job.objects.get(action="collect_nodes")
    stage.follow(stage.refused("N08", *command), "cancel_job", JOB=job.job_id)
    stage.does(*command)


@tries("N09")
def deleting_what_a_draft_holds(stage: Stage) -> None:
    plan = stage.draft()
    command = "delete_nodes", "-i", A21
    remedy = stage.refused("N09", *command)
    stage.follow(remedy, "reject_plan", "--hash", seen(plan))
    stage.does(*command)


@tries("N10")
def a_correction_that_says_nothing(stage: Stage) -> None:
    command = "modify_node_attributes", "-i", A11, "-d", "sdb"
    remedy = stage.refused("N10", *command)
    for option, value in (("-t", "nvme"), ("-S", "3200"), ("-s", "0"), ("--clear", "type")):
        assert option in remedy
        stage.does(*command, option, value)


@tries("N16")
def a_disk_that_is_not_there(stage: Stage) -> None:
    remedy = stage.refused("N16", "modify_node_attributes", "-i", A11, "-d", "nvme9n1", "-s", "0")
    assert '"sdb"' in stage.follow(remedy, "describe_nodes", "-i", A11).out
    stage.does("modify_node_attributes", "-i", A11, "-d", "sdb", "-s", "0")


@tries("N21")
def collecting_what_is_in_service(stage: Stage) -> None:
    command = "collect_nodes", "-i", A11
    assert "add --force" in stage.refused("N21", *command)
    stage.does(*command, "--force")


@tries("N80")
def collecting_before_the_key_is_there(stage: Stage) -> None:
    stage.does("add_nodes", "-i", "10.0.0.1")
    command = "collect_nodes", "-i", "10.0.0.1"
    stage.establish(stage.refused("N80", *command), "10.0.0.1")
    stage.does(*command)


def erase(*disks: str) -> tuple[str, ...]:
    return ("erase_data_disks", "-i", A21, "-d", *disks, "--yes")


@tries("N32")
def erasing_before_the_key_is_there(stage: Stage) -> None:
    stage.region.nodes(21, host_key="")
    stage.establish(stage.refused("N32", *erase("sdb")), A21)
    stage.does(*erase("sdb"))


@tries("N36")
def erasing_the_os_disk(stage: Stage) -> None:
    stage.region.nodes(21)
    assert stage.refused("N36", *erase("sda", "sdb")) == "leave it out"
    stage.does(*erase("sdb"))


@tries("N44")
def erasing_what_others_may_use(stage: Stage) -> None:
    stage.region.nodes(21)
    Disk.objects.filter(node__mgmt_address=A21, name="sdb").update(
        observed_status=0, status_reason=f"{NOT_HERE} a storage array"
    )
    assert "correct its use to usable first" in stage.refused("N44", *erase("sdb"))
    stage.does("modify_node_attributes", "-i", A21, "-d", "sdb", "-s", "1")
    stage.does(*erase("sdb"))


# Plans


@tries("P10")
def no_such_plan(stage: Stage) -> None:
    plan = stage.draft()
    assert plan in stage.follow(stage.refused("P10", "show_plan", "pek3c-99"), "show_plan", ZONE="pek3c").out


@tries("P20")
def an_approved_plan_is_in_the_way(stage: Stage) -> None:
    plan = stage.approve(stage.draft())
    command = "config_qingcloud", "-s", stage.scale()
    remedy = stage.refused("P20", *command)
    assert "reject it" in remedy and "add -f" in remedy
    stage.does(*command, "-f")
    stage.approve(str(Plan.objects.get(status="draft").plan_id))
    remedy = stage.refused("P20", *command)
    stage.does("reject_plan", str(Plan.objects.get(status="approved").plan_id), "--hash", seen(plan))
    stage.does(*command)


@tries("P21")
def a_plan_that_cannot_be_taken_back(stage: Stage) -> None:
    plan = stage.begun(A21)
    command = "reject_plan", plan, "--hash", seen(plan)
    remedy = stage.refused("P21", *command)
    assert '"failed"' in stage.follow(remedy, "get_status").out
    stage.follow(remedy, "leave_out_nodes", "--hash", seen(plan), ADDRESS=A22)
    # Without it the plan has ended: all that is left of it is in service.
    stage.approve(plan)
    assert Plan.objects.get(plan_id=plan).status == "applied"


@tries("P40")
def scaling_without_a_plan(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    command = "scale_qingcloud", "-z", "pek3c", "-i", A21, A22
    path = stage.scale()
    stage.follow(stage.refused("P40", *command), "config_qingcloud", **{"scale_settings.pek3c.yaml": path})
    plan = str(Plan.objects.get(status="draft").plan_id)
    remedy = stage.refused("P40", *command)
    assert plan in stage.follow(remedy, "show_plan").out
    stage.follow(remedy, "approve_plan", "--hash", seen(plan))
    stage.does(*command)


@tries("P40")
def node_lists_without_a_plan(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    command = "gen_node_list", "-z", "pek3c"
    stage.follow(
        stage.refused("P40", *command), "config_qingcloud", **{"scale_settings.pek3c.yaml": stage.scale()}
    )
    stage.does(*command)


@tries("P40")
def a_new_zone_whose_draft_was_rejected(stage: Stage) -> None:
    """What scales a zone is no file for one that was never configured: it would be sent back here (R23)."""
    plan = newzone.drafted_zone(stage.region)
    stage.does("reject_plan", plan.plan_id, "--hash", seen(plan.plan_id))
    files = new_zone_files(stage)
    for command in (("scale_qingcloud", "-z", "pek3d", "-i", *newzone.NEW), ("gen_node_list", "-z", "pek3d")):
        stage.follow(stage.refused("P40", *command), "config_qingcloud", **files)
        made = Plan.objects.get(status="draft")
        stage.does("reject_plan", made.plan_id, "--hash", seen(made.plan_id))


@tries("P41")
def a_node_that_is_not_in_the_plan(stage: Stage) -> None:
    stage.approve(stage.draft())
    stage.region.nodes(23)
    command = "scale_qingcloud", "-z", "pek3c", "-i", A21, A22
    assert "leave this one out" in stage.refused("P41", *command, A23)
    stage.does(*command)


@tries("P42")
def a_node_that_is_in_service_already(stage: Stage) -> None:
    stage.begun(A21)
    command = "scale_qingcloud", "-z", "pek3c", "-i"
    remedy = stage.refused("P42", *command, A21, A22)
    assert "leave it out of this call" in remedy and remedy.endswith(f"has left: {A22}")
    stage.does(*command, A22)


@tries("P43")
def a_node_of_the_plan_that_cannot_be_installed(stage: Stage) -> None:
    plan = stage.approve(stage.draft())
    command = "scale_qingcloud", "-z", "pek3c", "-i", A21
    remedy = stage.refused("P43", *command)
    assert "give every node of the plan" in remedy
    stage.follow(remedy, "leave_out_nodes", "--hash", seen(plan))
    stage.approve(plan)
    stage.does(*command)


@tries("P62")
def leaving_out_everybody(stage: Stage) -> None:
    plan = stage.begun()
    remedy = stage.refused("P62", "leave_out_nodes", plan, "-i", A21, A22, "--hash", seen(plan))
    stage.follow(remedy, "reject_plan", "--hash", seen(plan))
    assert Plan.objects.get(plan_id=plan).status == "rejected"


@tries("P61")
def leaving_out_what_is_in_service(stage: Stage) -> None:
    plan = stage.begun(A21, roles={**HYPERS, 23: "hyper-repl"})
    command = "leave_out_nodes", plan, "-i"
    remedy = stage.refused("P61", *command, A21, "--hash", seen(plan))
    for address in (A22, A23):
        stage.does(*command, address, "--hash", seen(plan))
    stage.approve(plan)
    stage.follow(remedy, "retire_nodes", "-i", A21, "--reason", "burnt", "--confirm", "pek3cr01n21")


@tries("P61")
def leaving_out_a_machine_that_carries_management_vms(stage: Stage) -> None:
    """Rejecting such a plan is advised only while it can be rejected (P21 would lead back here)."""
    plan = newzone.planned_zone(stage.region)
    stage.does("scale_qingcloud_zone", "-z", "pek3d", "-i", *newzone.NEW)
    stage.ends(Job.objects.get(action="scale_qingcloud_zone"), "fail")
    ks, *hypers = newzone.NEW
    Node.objects.filter(mgmt_address__in=newzone.NEW).update(status=NodeStatus.SCALE_FAILED)
    command = "leave_out_nodes", plan.plan_id, "-i", ks, "--hash", seen(plan.plan_id)
    assert f"reject_plan {plan.plan_id}" in stage.refused("P61", *command)
    Node.objects.filter(mgmt_address__in=hypers).update(status=NodeStatus.ACTIVE)
    stage.refused("P21", "reject_plan", plan.plan_id, "--hash", seen(plan.plan_id))
    remedy = stage.refused("P61", *command)
    assert "reject" not in remedy
    stage.follow(remedy, "resume_job")


@tries("P61")
def leaving_out_the_machine_of_vms_before_any_is_in_service(stage: Stage) -> None:
    plan = newzone.planned_zone(stage.region)
    remedy = stage.refused(
        "P61", "leave_out_nodes", plan.plan_id, "-i", newzone.NEW[0], "--hash", seen(plan.plan_id)
    )
    stage.follow(remedy, "reject_plan", "--hash", seen(plan.plan_id))


@tries("P75")
def a_plan_that_was_changed(stage: Stage) -> None:
    plan = stage.draft()
    remedy = stage.refused("P75", "approve_plan", plan, "--hash", "0" * 64)
    [now] = re.findall(r"as it is now \(hash ([0-9a-f]{64})\)", remedy)
    stage.does("approve_plan", plan, "--hash", now)


@tries("P80")
def retiring_without_a_word(stage: Stage) -> None:
    command = "retire_nodes", "-i", A11, "--reason", "burnt"
    remedy = stage.refused("P80", *command)
    assert "pek3cr01n11" in remedy and "--confirm" in remedy
    stage.does(*command, "--confirm", "pek3cr01n11")


@tries("P81")
def retiring_without_a_reason(stage: Stage) -> None:
    command = "retire_nodes", "-i", A11, "--confirm", "pek3cr01n11"
    assert stage.refused("P81", *command) == "say why"
    stage.does(*command, "--reason", "burnt")


# Rules


@tries("R16")
def configuring_a_node_that_was_not_collected(stage: Stage) -> None:
    stage.region.nodes(21)
    stage.region.nodes(22, status=NodeStatus.NEW)
    command = "config_qingcloud", "-s", stage.scale()
    stage.follow(stage.refused("R16", *command), "collect_nodes", "-i", A22)
    stage.ends(Job.objects.get(action="collect_nodes"), "succeed")
    Node.objects.filter(mgmt_address=A22).update(status=NodeStatus.AVAILABLE)
    stage.does(*command)


@tries("R16")
def configuring_a_node_without_a_key(stage: Stage) -> None:
    stage.region.nodes(21)
    stage.region.nodes(22, host_key="", host_key_fingerprint="")
    command = "config_qingcloud", "-s", stage.scale()
    stage.establish(stage.refused("R16", *command), A22)
    stage.does(*command)


@tries("R16")
def configuring_a_node_in_service(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    assert stage.refused("R16", "config_qingcloud", "-s", stage.scale({**HYPERS, 11: "hyper-repl"})).endswith(
        "take it out of this file"
    )
    stage.does("config_qingcloud", "-s", stage.scale())


@tries("R17")
def a_disk_that_does_not_fit(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    Disk.objects.filter(node__mgmt_address=A21, is_os=False).update(observed_status=0)
    command = "config_qingcloud", "-s", stage.scale()
    remedy = stage.refused("R17", *command)
    assert "correct type or status of the disks with modify_node_attributes" in remedy
    for disk in ("sdb", "sdc"):
        stage.does("modify_node_attributes", "-i", A21, "-d", disk, "-s", "1")
    stage.does(*command)


def new_zone_files(stage: Stage) -> dict[str, str]:
    """The files of pek3d by name: what a remedy names, a shell finds."""
    made = (newzone.variables_file(), newzone.settings_file())
    return {item.name: stage.file(item.name, item.data) for item in made}


def scale_of_new_zone(stage: Stage) -> tuple[str, str, str]:
    path = stage.file("scale_settings.pek3d.yaml", newzone.settings_file().data)
    return "config_qingcloud", "-s", path


@tries("R16")
def a_new_zone_that_is_scaled_first(stage: Stage) -> None:
    plan = newzone.drafted_zone(stage.region).plan_id
    stage.does("reject_plan", plan, "--hash", seen(plan))
    command = scale_of_new_zone(stage)
    remedy = stage.refused("R16", *command)
    stage.follow(remedy, "config_qingcloud", **new_zone_files(stage))
    stage.follow(remedy, "approve_plan", "--hash", seen(Plan.objects.get(status="draft").plan_id))
    assert "is not known here" not in stage.run(*command).err


@tries("R23")
def configuring_a_zone_again(stage: Stage) -> None:
    newzone.planned_zone(stage.region)
    files = new_zone_files(stage)
    command = "config_qingcloud", "-v", files["variables.pek3d.yaml"], "-s", files["settings.pek3d.yaml"]
    assert stage.refused("R23", *command) == "use -f to configure it again"
    stage.does(*command, "-f")


@tries("Z02")
def a_zone_that_runs_and_was_drafted_as_a_new_one(stage: Stage) -> None:
    """R16 of its scale_settings says that it is adopted first, so it has to be possible."""
    plan = newzone.drafted_zone(stage.region).plan_id
    files = list(new_zone_files(stage).values())
    running = newzone.settings_file(
        vbc=[
            {
                "mgmt_ips": ["172.16.80.32", "172.16.80.33"],
                "ipv4_vbc": "10.20.50.0/24",
                "ipv4_vip": "172.16.80.231|172.16.80.32",
            }
        ]
    )
    stage.file(running.name, running.data)
    command = "adopt_zone", "-v", files[0], "-s", files[1]
    stage.follow(stage.refused("Z02", *command), "reject_plan", "--hash", seen(plan))
    assert "adopt_zone" in stage.refused("R16", *scale_of_new_zone(stage))
    stage.does(*command)
    assert "scale_settings" in stage.refused("Z02", *command)
    assert "is not known here" not in stage.run(*scale_of_new_zone(stage)).err


@tries("D10")
def a_key_with_a_slip_of_the_pen(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    command = "config_qingcloud", "-s", stage.scale()
    text = (stage.folder / "scale_settings.pek3c.yaml").read_text()
    stage.scale(extra="qemu_verzion: 2.11.1.1\n")
    [meant] = re.findall(r"did you mean '?(\w+)'?", stage.refused("D10", *command))
    stage.file("scale_settings.pek3c.yaml", f"{text}{meant}: 2.11.1.1\n")
    assert "D10" not in stage.does(*command).err


@tries("D04")
def a_file_with_tabs(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    command = "config_qingcloud", "-s", stage.scale()
    text = (stage.folder / "scale_settings.pek3c.yaml").read_text()
    stage.file("scale_settings.pek3c.yaml", text.replace("\n  172", "\n\t172"))
    assert stage.refused("D04", *command) == "replace the tab by blanks"
    stage.file("scale_settings.pek3c.yaml", text)
    stage.does(*command)


# Zones


@tries("Z01")
def no_such_zone(stage: Stage) -> None:
    remedy = stage.refused("Z01", "show_plan", "-z", "pek3x")
    assert "zones are: pek3c" in remedy
    stage.does("show_plan", "-z", "pek3c")


@tries("Z06")
def a_plan_that_adds_nodes_given_to_the_verb_of_new_zones(stage: Stage) -> None:
    stage.approve(stage.draft())
    remedy = stage.refused("Z06", "scale_qingcloud_zone", "-z", "pek3c", "-i", A21, A22)
    stage.follow(remedy, "scale_qingcloud", "-i", A21, A22)


@tries("Z07")
def a_plan_of_a_new_zone_given_to_the_verb_that_adds_nodes(stage: Stage) -> None:
    newzone.planned_zone(stage.region)
    remedy = stage.refused("Z07", "scale_qingcloud", "-z", "pek3d", "-i", *newzone.NEW)
    stage.follow(remedy, "scale_qingcloud_zone", "-i", *newzone.NEW, "--dry-run")


@tries("Z20")
def retiring_what_serves_no_zone(stage: Stage) -> None:
    stage.region.nodes(21)
    remedy = stage.refused("Z20", "retire_nodes", "-i", A21, "--dry-run")
    stage.follow(remedy, "delete_nodes", "-i", A21)


@tries("Z20")
def retiring_what_is_not_installed(stage: Stage) -> None:
    plan = stage.begun(A21)
    command = "retire_nodes", "-i", A22, "--dry-run"
    remedy = stage.refused("Z20", *command)
    stage.follow(remedy, "leave_out_nodes", "-i", A22, "--hash", seen(plan))
    assert "delete_nodes" in stage.refused("Z20", *command)


@tries("Z20")
def retiring_what_is_being_installed(stage: Stage) -> None:
    stage.begun()
    Node.objects.filter(mgmt_address=A22).update(status=NodeStatus.RETIRED)
    remedy = stage.refused("Z20", "retire_nodes", "-i", A22, "--dry-run")
    assert "has left already" in remedy


@tries("Z22")
def retiring_beside_an_open_plan(stage: Stage) -> None:
    plan = stage.draft()
    command = "retire_nodes", "-i", A11, "--dry-run"
    stage.follow(stage.refused("Z22", *command), "reject_plan", "--hash", seen(plan))
    stage.does(*command)


# Jobs, groups, files of examples, people


@tries("J01")
def no_such_job(stage: Stage) -> None:
    job = make_job()
    assert job.job_id in stage.follow(stage.refused("J01", "get_status", "j-nothere"), "get_status").out


@tries("J04")
def resuming_what_runs(stage: Stage) -> None:
    stage.region.nodes(21)
    stage.does("collect_nodes", "-i", A21)
    job = Job.objects.get(action="collect_nodes")
    assert "a paused job is resumed" in stage.refused("J04", "resume_job", job.job_id)
    stage.does("pause_job", job.job_id)
    stage.does("resume_job", job.job_id)


@tries("J07")
def resuming_from_a_phase_that_is_none(stage: Stage) -> None:
    stage.begun()
    job = Job.objects.get(action="scale_qingcloud").job_id
    phases = (
        stage.refused("J07", "resume_job", job, "--from-phase", "nothing")
        .removeprefix("phases are ")
        .split(", ")
    )
    assert "install_nodes" in phases
    stage.does("resume_job", job, "--from-phase", phases[0])


@tries("J08")
def pausing_what_has_ended(stage: Stage) -> None:
    stage.begun()
    job = Job.objects.get(action="scale_qingcloud").job_id
    assert stage.refused("J08", "pause_job", job) == "only a queued or a running job is paused"
    stage.does("resume_job", job)
    stage.does("pause_job", job)


@tries("T04")
def no_such_example(stage: Stage) -> None:
    remedy = stage.refused("T04", "copy_template", "--archive", "nothing", "-o", str(stage.folder))
    stage.does(
        "copy_template",
        "--archive",
        remedy.removeprefix("use one of ").split(", ")[0],
        "-o",
        str(stage.folder),
    )


@tries("C08")
def no_plan_is_named(stage: Stage) -> None:
    assert "-z ZONE for its newest plan" in stage.refused("C08", "show_plan")
    stage.does("show_plan", "-z", "pek3c")


@tries("C03")
def no_node_is_named(stage: Stage) -> None:
    assert stage.refused("C03", "delete_nodes") == "name nodes with -i ADDRESS\u2026 or -I FILE"
    stage.region.nodes(21, 22)
    stage.does("delete_nodes", "-i", A21)
    stage.does("delete_nodes", "-I", stage.file("list", A22))


@tries("E01")
def no_such_file_of_a_plan(stage: Stage) -> None:
    plan = stage.draft()
    remedy = stage.refused("E01", "show_plan", plan, "--file", "nothing")
    path = stage.follow(remedy, "show_plan").json["files"][0]["path"]
    stage.does("show_plan", plan, "--file", path)


@tries("G01")
def no_such_group(stage: Stage) -> None:
    remedy = stage.refused("G01", "exec_nodes", "hiper", "uptime")
    [near] = re.findall(r"did you mean (\S+)\?", remedy)
    stage.does("exec_nodes", near, "uptime")


@tries("U12")
def no_such_token(stage: Stage) -> None:
    make_user("olga", "operator")
    stage.does("create_token", "olga")
    remedy = stage.refused("U12", "revoke_token", "t-nothing")
    [row] = stage.follow(remedy, "list_tokens").json
    stage.does("revoke_token", row["token_id"])


# Texts of a plan, and what is looked at


def node_file(stage: Stage) -> tuple[str, str, str]:
    """A draft, and the path and the text of the settings of its first node."""
    plan = stage.draft()
    file = Plan.objects.get(plan_id=plan).files.get(path__startswith="settings/", address=A21)
    return plan, file.path, file.content


def edit(stage: Stage, plan: str, path: str, text: str) -> tuple[str, ...]:
    return "edit_plan_file", plan, path, "-I", stage.file("edited", text), "--hash", seen(plan)


@tries("E03")
def a_line_that_is_no_setting(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    remedy = stage.refused("E03", *edit(stage, plan, path, text + "what is this\n"))
    assert remedy == 'write key="value" lines and # comments'
    stage.does(*edit(stage, plan, path, text + "# what is this\n"))


@tries("E05")
def a_key_that_was_taken_out(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    without = re.sub(r"^role=.*\n", "", text, flags=re.MULTILINE)
    assert without != text
    remedy = stage.refused("E05", *edit(stage, plan, path, without))
    stage.does(*edit(stage, plan, path, f"# by hand\n{without}{remedy.removeprefix('put it back: ')}\n"))


@tries("E06")
def a_key_that_is_fixed(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    [line] = re.findall(r"^hostname=.*$", text, re.MULTILINE)
    remedy = stage.refused("E06", *edit(stage, plan, path, text.replace(line, 'hostname="other"')))
    assert remedy.startswith(f"write {line}")
    stage.does(*edit(stage, plan, path, f"# by hand\n{text}"))


@tries("P76")
def rejecting_without_a_hash(stage: Stage) -> None:
    plan = stage.draft()
    command = "reject_plan", plan, "--hash"
    remedy = stage.refused("P76", *command, " ")
    shown = stage.follow(remedy, "show_plan").json
    stage.does(*command, shown["content_hash"])


@tries("P77")
def a_text_that_somebody_else_changed(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    command = edit(stage, plan, path, f"# mine\n{text}")
    *others, _ = edit(stage, plan, path, f"# theirs\n{text}")
    stage.does(*others, seen(plan))
    stage.file("edited", f"# mine\n# theirs\n{text}")
    assert stage.refused("P77", *command) == "look at what changed, then edit the text as it is now"
    stage.does(*command[:-1], seen(plan))


@tries("C14")
def the_log_of_a_node_that_the_job_does_not_have(stage: Stage) -> None:
    stage.begun()
    job = Job.objects.get(action="scale_qingcloud").job_id
    remedy = stage.refused("C14", "get_log", job, "--node", "10.0.0.9")
    assert A21 in stage.follow(remedy, "get_status").out
    [few] = re.findall(r"such as ([^)]+)", remedy)
    for address in few.split(", "):
        stage.does("get_log", job, "--node", address)


@tries("C15")
def the_log_of_a_phase_that_the_job_does_not_have(stage: Stage) -> None:
    stage.begun()
    job = Job.objects.get(action="scale_qingcloud").job_id
    for phase in (
        stage.refused("C15", "get_log", job, "--phase", "nothing").removeprefix("its phases are ").split(", ")
    ):
        stage.does("get_log", job, "--phase", phase)


@tries("J06")
def resuming_a_node_that_the_job_does_not_have(stage: Stage) -> None:
    stage.begun()
    job = Job.objects.get(action="scale_qingcloud").job_id
    remedy = stage.refused("J06", "resume_job", job, "--node", "10.0.0.9")
    assert "get_status lists its nodes" in remedy and A21 in stage.does("get_status", job).out
    stage.does("resume_job", job, "--node", A21)


@tries("T02")
def no_zone_id(stage: Stage) -> None:
    command = "copy_template", "-o", str(stage.folder), "-z"
    assert stage.refused("T02", *command, "PEK 3") == "use small letters, digits and hyphens"
    stage.does(*command, "pek-3")


@tries("T03")
def a_template_that_is_there_already(stage: Stage) -> None:
    command = "copy_template", "-z", "pek3e", "-o"
    stage.does(*command, str(stage.folder))
    assert "choose another folder with -o" in stage.refused("T03", *command, str(stage.folder))
    other = stage.folder / "other"
    other.mkdir()
    stage.does(*command, str(other))


@tries("N35")
def erasing_a_machine_in_service(stage: Stage) -> None:
    stage.region.nodes(21)
    command = "erase_data_disks", "-d", "sdb", "--yes", "-i", A21
    assert stage.refused("N35", *command, A11).startswith("leave it out")
    stage.does(*command)


@tries("N84")
def a_pinned_key_that_is_another_one_in_the_file(stage: Stage) -> None:
    stage.region.nodes(21)
    known = stage.file("known_hosts", f"{A21} {host_key(78)}\n")
    command = "establish_ssh", stage.file("list", A21), "--no-password", "--known-hosts", known
    stage.refused("N84", *command)
    stage.does(*command, "--replace-host-key", A21)


@tries("N85")
def a_node_that_is_not_in_the_known_hosts(stage: Stage) -> None:
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


@tries("Z21")
def retiring_from_two_zones(stage: Stage) -> None:
    newzone.planned_zone(stage.region)
    Plan.objects.filter(zone__zone_id="pek3d").update(status="applied")
    Node.objects.filter(mgmt_address__in=newzone.NEW).update(status=NodeStatus.ACTIVE)
    command = "retire_nodes", "--dry-run", "-i", A11
    assert stage.refused("Z21", *command, newzone.NEW[1]) == "name nodes of one zone"
    stage.does(*command)


# The list


@pytest.mark.parametrize("play", [pytest.param(play, id=f"{code}-{play.__name__}") for code, play in PLAYS])
def test_the_remedy_leads_past_its_finding(play: Play, stage: Stage) -> None:
    play(stage)


def test_plays_elsewhere_are_there() -> None:
    for node in ELSEWHERE.values():
        path, name = node.split("::")
        assert f"def {name}(" in (REPOSITORY / path).read_text(), node


def test_every_code_with_a_remedy_is_tried_or_listed() -> None:
    """A new code comes with a play; the list of those without one only grows shorter."""
    tried = {code for code, _ in PLAYS} | set(ELSEWHERE)
    assert not tried & UNTRIED, "these are tried now: take them off the list"
    assert printed_with_a_remedy() - tried == UNTRIED
    assert len(UNTRIED) <= 144

"""Remedies about QEMU versions, the changes that set them up, and caches (M01, P78, Q01 to Q03) are followed."""

from __future__ import annotations

import re

import pytest

from common.actor import Actor
from jobs.engine import work_slice
from jobs.models import Job
from operations.models import Change
from operations.qemu.handler import started
from operations.qemu.service import set_qemu_version
from tests.lab.installer.remedies.stage import Stage
from tests.seen import seen
from zones.core.rendering import SERVER_YAML
from zones.models import Plan, ZoneFile

pytestmark = pytest.mark.django_db(transaction=True)

QEMU = "set_qemu_version", "-z", "pek3c"
BOTH = (*QEMU, "--qemu", "2.4.1.2", "--qemu", "2.11.1.1", "--default")
ON_ONE_LINE = "compute_server: {emulator: {2.4.1.2: {bin: /usr/bin}, default: 2.4.1.2}}\n"
AS_A_BLOCK = "compute_server:\n  emulator:\n    2.4.1.2:\n      bin: /usr/bin\n    default: 2.4.1.2\n"


def apply(stage: Stage) -> Job:
    """Approve the newest change, and start its job."""
    change = Change.objects.first()
    assert change is not None
    stage.does(*QEMU, "--approve", change.change_id)
    stage.does(*QEMU, "--apply", "--change", change.change_id)
    return Job.objects.get(action="set_qemu_version", status="queued")


@pytest.mark.remedy("M01")
def test_servers_that_are_none(stage: Stage) -> None:
    command = "clear_zone_cache", "-z", "pek3c", "-S"
    assert stage.refused("M01", *command, "172.16.80.153:x") == "correct it and try again"
    stage.does(*command, "172.16.80.153:11211")


@pytest.mark.remedy("M01")
def test_a_pattern_that_is_not_of_this_site(stage: Stage) -> None:
    command = "clear_zone_cache", "-z", "pek3c", "-S", "172.16.80.153:11211", "-P"
    stage.does(*command, stage.refused("M01", *command, "Pitrix").removeprefix("omit it, or use "))


@pytest.mark.remedy("P78")
def test_what_somebody_else_proposed(stage: Stage) -> None:
    theirs = set_qemu_version(
        zone_id="pek3c", versions=[("2.4.1.2", "")], default="2.4.1.2", actor=Actor("ann", "admin")
    )
    command = (*BOTH, "2.4.1.2")
    remedy = stage.refused("P78", *command)
    assert theirs.change_id in stage.does("list_changes", "-z", "pek3c").out
    [named] = re.findall(r"replace it anyway: (--instead-of \S+)", remedy)
    stage.does(*command, *named.split())


@pytest.mark.remedy("Q01")
def test_versions_that_are_none(stage: Stage) -> None:
    for wrong in (
        (*QEMU, "--qemu", "new", "--default", "new"),
        (*QEMU, "--qemu", "2.4.1.2=usr", "--default", "2.4.1.2"),
        (*QEMU, "--qemu", "2.4.1.2", "--qemu", "2.4.1.2", "--default", "2.4.1.2"),
        (*BOTH, "6.2.0"),
    ):
        assert stage.refused("Q01", *wrong) == "correct it and try again"
    stage.does(*BOTH, "2.4.1.2")


@pytest.mark.remedy("Q01")
def test_a_server_yaml_that_only_a_person_edits(stage: Stage) -> None:
    """Send the change through a plan, which alone writes that file."""
    ZoneFile.objects.update_or_create(
        zone=stage.region.plan.zone, path=SERVER_YAML, defaults={"content": ON_ONE_LINE}
    )
    command = (*BOTH, "2.4.1.2")
    remedy = stage.refused("Q01", *command)
    sources = {item["name"]: stage.file(item["name"], item["text"]) for item in stage.region.plan.sources}
    stage.follow(remedy, "config_qingcloud", **sources)
    plan = str(Plan.objects.get(status="draft").plan_id)
    mended = stage.file("mended", AS_A_BLOCK)
    stage.follow(remedy, "edit_plan_file", "--hash", seen(plan), PLAN=plan, FILE=mended)
    stage.follow(remedy, "approve_plan", "--hash", seen(plan), PLAN=plan)
    assert ZoneFile.objects.get(path=SERVER_YAML).content == AS_A_BLOCK
    stage.does(*command)


@pytest.mark.remedy("Q02")
def test_applying_what_nobody_approved(stage: Stage) -> None:
    remedy = stage.refused("Q02", *QEMU, "--apply")
    stage.follow(remedy, "set_qemu_version", V="2.11.1.1")
    [option] = re.findall(r"then (--approve) CHANGE", remedy)
    stage.does(*QEMU, option, Change.objects.get().change_id)
    stage.does(*QEMU, "--apply")


@pytest.mark.remedy("Q03")
def test_a_server_yaml_that_was_changed_since(stage: Stage) -> None:
    command = (*BOTH, "2.4.1.2")
    stage.does(*command)
    job = apply(stage)
    ZoneFile.objects.update_or_create(
        zone=stage.region.plan.zone, path=SERVER_YAML, defaults={"content": AS_A_BLOCK}
    )
    work_slice.run_slice(job.pk)
    job.refresh_from_db()
    assert job.status == "failed" and job.error.code == "Q03"
    assert job.error.remedy.startswith("make the change again")
    stage.follow(job.error, "set_qemu_version")
    started(apply(stage))
    assert "2.11.1.1" in ZoneFile.objects.get(path=SERVER_YAML).content

"""Remedies about reviewed changes are followed as printed: each leads to a change that is applied."""

from __future__ import annotations

import pytest

from jobs.models import Job
from operations.changes import make_change
from operations.models import Change
from tests.factories import make_node
from tests.lab.installer.remedies.stage import Stage, advised
from zones.models import Zone

pytestmark = pytest.mark.django_db(transaction=True)
QEMU = ("set_qemu_version", "-z", "pek3c")
HAPROXY = ("render_haproxy", "-z", "pek3c")


def proposed(stage: Stage, version: str = "6.2.0") -> str:
    """Propose a change of QEMU versions, unapproved; return its id."""
    stage.does(*QEMU, "--qemu", version, "--default", version)
    return newest()


def newest() -> str:
    return str(Change.objects.latest("pk").change_id)


def applied(stage: Stage, change: str) -> None:
    """Leave the change behind as its job does."""
    stage.does(*QEMU, "--approve", change)
    stage.does(*QEMU, "--apply", "--change", change)
    stage.ends(Job.objects.get(action="set_qemu_version", status="queued"), "succeed")
    row = Change.objects.get(change_id=change)
    Change.objects.filter(pk=row.pk).update(applied_at=row.approved_at)


def listed(stage: Stage, remedy: str) -> list[dict[str, str]]:
    """Return what the remedy says to look at."""
    rows = stage.follow(remedy, "list_changes").json
    assert rows and all(row["diff"] for row in rows)
    # At a terminal, too, what is not written yet is there to be looked at.
    shown = stage.run(*advised(remedy, "list_changes"), tty=True)
    for row in rows:
        assert (row["content_hash"] in shown.err) == (row["state"] != "applied")
    return list(rows)


def again(stage: Stage, remedy: str, version: str) -> str:
    """Propose once more as the remedy says; return the new change."""
    assert remedy.startswith("preview again")
    stage.follow(remedy, "set_qemu_version", V=version)
    return newest()


@pytest.mark.remedy("K01")
def test_no_such_change(stage: Stage) -> None:
    change = proposed(stage)
    remedy = stage.refused("K01", *QEMU, "--approve", "c-nothing1")
    [row] = listed(stage, remedy)
    assert row["change_id"] == change
    stage.does(*QEMU, "--approve", row["change_id"])


@pytest.mark.remedy("K01")
def test_a_change_of_something_else(stage: Stage) -> None:
    file = {"node_id": "", "address": "10.9.9.9", "path": "/x", "base": "a\n", "content": "b\n"}
    other = make_change(Zone.objects.get(), Change.Kind.HAPROXY, [file], stage.region.actor)
    change = proposed(stage)
    stage.does(*QEMU, "--approve", change)
    remedy = stage.refused("K01", *QEMU, "--apply", "--change", other.change_id)
    [named] = [row["change_id"] for row in listed(stage, remedy) if f"a change of {row['kind']}" in remedy]
    stage.does(*QEMU, "--apply", "--change", named)


@pytest.mark.remedy("K02")
def test_approving_twice(stage: Stage) -> None:
    change = proposed(stage)
    stage.does(*QEMU, "--approve", change)
    remedy = stage.refused("K02", *QEMU, "--approve", change)
    assert [row["state"] for row in listed(stage, remedy)] == ["approved"]
    stage.follow(remedy, "set_qemu_version")
    assert Job.objects.filter(action="set_qemu_version").exists()


@pytest.mark.remedy("K02")
def test_approving_what_is_applied(stage: Stage) -> None:
    change = proposed(stage)
    applied(stage, change)
    remedy = stage.refused("K02", *QEMU, "--approve", change)
    stage.does(*QEMU, "--approve", again(stage, remedy, "8.2.0"))


@pytest.mark.remedy("K03")
def test_approving_what_gave_way_to_a_newer_one(stage: Stage) -> None:
    old, new = proposed(stage), proposed(stage, "8.2.0")
    remedy = stage.refused("K03", *QEMU, "--approve", old)
    assert listed(stage, remedy)[0]["change_id"] == new
    stage.follow(remedy, "set_qemu_version")
    # Approved meanwhile: it is applied now.
    remedy = stage.refused("K03", *QEMU, "--approve", old)
    listed(stage, remedy)
    stage.follow(remedy, "set_qemu_version")
    assert Change.objects.get(change_id=new).job_id


@pytest.mark.remedy("K03")
def test_approving_what_gave_way_to_one_that_is_applied(stage: Stage) -> None:
    old = proposed(stage)
    applied(stage, proposed(stage, "8.2.0"))
    remedy = stage.refused("K03", *QEMU, "--approve", old)
    stage.does(*QEMU, "--approve", again(stage, remedy, "6.2.0"))


@pytest.mark.remedy("K04")
def test_applying_what_gave_way_to_a_newer_one(stage: Stage) -> None:
    old = proposed(stage)
    stage.does(*QEMU, "--approve", old)
    proposed(stage, "8.2.0")
    for said in ("approve it", "apply it"):
        remedy = stage.refused("K04", *QEMU, "--apply", "--change", old)
        assert said in remedy and listed(stage, remedy)
        stage.follow(remedy, "set_qemu_version")
    assert Change.objects.get(change_id=newest()).job_id


@pytest.mark.remedy("K04")
def test_applying_what_is_applied(stage: Stage) -> None:
    change = proposed(stage)
    applied(stage, change)
    command = *QEMU, "--apply", "--change"
    more = again(stage, stage.refused("K04", *command, change), "8.2.0")
    stage.does(*QEMU, "--approve", more)
    stage.does(*command, more)


@pytest.mark.remedy("K04")
def test_applying_another_content(stage: Stage) -> None:
    change = proposed(stage)
    stage.does(*QEMU, "--approve", change)
    command = *QEMU, "--apply", "--change", change, "--hash"
    [row] = listed(stage, stage.refused("K04", *command, "0" * 64))
    stage.does(*command, row["content_hash"])


@pytest.mark.remedy("H06")
def test_applying_what_nobody_approved(stage: Stage) -> None:
    make_node(9, mgmt_address="10.9.9.9")
    Zone.objects.update(vms={"proxy": ["10.9.9.9"]})
    file = {"node_id": "", "address": "10.9.9.9", "path": "/x", "base": "a\n", "content": "b\n"}
    make_change(Zone.objects.get(), Change.Kind.HAPROXY, [file], stage.region.actor)
    remedy = stage.refused("H06", *HAPROXY, "--apply")
    listed(stage, remedy)
    stage.follow(remedy, "render_haproxy")
    stage.does(*HAPROXY, "--apply")

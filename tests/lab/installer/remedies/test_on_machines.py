"""Remedies that are followed on machines: simulated ones over real SSH, with the jobs run in this process."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from django.utils import timezone

import lab
from jobs.models import Job
from nodes.models import Disk, ErasePermit, Node
from operations.packages.core import Package
from tests.lab.installer.remedies.stage import Stage

pytestmark = pytest.mark.django_db(transaction=True)
Make = Callable[..., lab.Node]
Work = Callable[[Job], Job]


@pytest.fixture
def done(stage: Stage, work: Work) -> Callable[..., Job]:
    """Type a command, or follow a remedy with it, and let its job end."""

    def run(*words: str, remedy: str = "") -> Job:
        if remedy:
            stage.follow(remedy, *words)
        else:
            stage.does(*words)
        job = work(Job.objects.order_by("pk").last())  # type: ignore[arg-type]
        assert job.status == "succeeded", job.error
        return job

    return run


Done = Callable[..., Job]


@pytest.fixture
def dirty(make_machine: Make, done: Done) -> lab.Node:
    """Make a collected node: sdb with an old file system, sdc with an active LVM volume."""
    made = make_machine("hyper-dirty")
    done("collect_nodes", "-i", made.address)
    return made


def erase(made: lab.Node, *disks: str) -> tuple[str, ...]:
    return ("erase_data_disks", "-i", made.address, "-d", *disks, "--yes")


def disk(made: lab.Node, name: str) -> Disk:
    return Disk.objects.get(node__mgmt_address=made.address, name=name)


@pytest.mark.remedy("N38")
def test_a_disk_in_use(stage: Stage, dirty: lab.Node, done: Done) -> None:
    command = erase(dirty, "sdb", "sdc")
    remedy = stage.refused("N38", *command)
    done("exec_nodes", remedy=remedy)
    done("collect_nodes", remedy=remedy)
    done(*command)
    assert not disk(dirty, "sdc").dirty


@pytest.mark.remedy("N37")
def test_a_disk_that_could_not_be_recognised_again(stage: Stage, make_machine: Make, done: Done) -> None:
    made = make_machine("hyper-dirty")
    path = made.state_folder / "state.json"
    state = json.loads(path.read_text())
    state["disks"][1].update(serial="", wwn="", by_id=[])
    path.write_text(json.dumps(state))
    done("collect_nodes", "-i", made.address)
    assert disk(made, "sdb").dirty
    remedy = stage.refused("N37", *erase(made, "sdb"))
    done("exec_nodes", remedy=remedy)
    done("collect_nodes", remedy=remedy)
    assert not disk(made, "sdb").dirty


@pytest.mark.remedy("N33")
def test_a_job_that_waited_for_longer_than_its_preview_lasts(
    stage: Stage, dirty: lab.Node, work: Work, done: Done
) -> None:
    command = erase(dirty, "sdb")
    stage.does(*command)
    ErasePermit.objects.update(expires_at=timezone.now())
    job = work(Job.objects.get(action="erase_data_disks"))
    assert job.status == "failed" and job.error.code == "N33"
    assert job.error.remedy == "open a new preview, then erase"
    assert "open a new preview, then erase" in stage.refused("N33", "resume_job", job.job_id)
    done(*command)
    assert not disk(dirty, "sdb").dirty


@pytest.mark.remedy("I01")
def test_a_package_that_went_away_before_its_job_began(
    stage: Stage, make_machine: Make, work: Work, done: Done
) -> None:
    made = make_machine("hyper-repl")
    here = Node.objects.get(mgmt_address=made.address)
    place = {"mgmt_address": made.address, "ssh_port": made.port, "host_key": here.host_key}
    here.delete()
    Node.objects.filter(mgmt_address="172.16.80.12").update(**place)
    (made.root / "pitrix/conf").mkdir(parents=True)
    package = Package("site-tools", "1.0", {"/opt/site/tool": "x"}, "tools of this site")
    file = stage.settings.DATA_DIR / "packages" / "site-tools_1.0_all.deb"
    file.parent.mkdir()
    file.write_bytes(package.data)
    stage.does("update_nodes", made.address, "site-tools")
    file.unlink()
    job = work(Job.objects.get(action="update_nodes"))
    assert job.status == "failed"
    [step] = job.steps.all()
    assert step.error.remedy == "put the file back, then resume the job"
    file.write_bytes(package.data)
    done("resume_job", job.job_id)
    assert "site-tools" in made.state()["packages"]


@pytest.mark.remedy("N32")
def test_a_node_that_was_never_collected(stage: Stage, make_machine: Make, done: Done) -> None:
    made = make_machine("hyper-dirty")
    command = erase(made, "sdb")
    assert stage.refused("N32", *command) == "collect it first"
    done("collect_nodes", "-i", made.address)
    done(*command)


@pytest.mark.remedy("N32")
def test_a_node_that_was_collected_while_a_live_system_ran(stage: Stage, dirty: lab.Node, done: Done) -> None:
    Disk.objects.update(is_os=False)
    command = erase(dirty, "sdb")
    assert stage.refused("N32", *command) == "boot the installed system and collect it again"
    done("collect_nodes", "-i", dirty.address)
    assert disk(dirty, "sda").is_os
    done(*command)

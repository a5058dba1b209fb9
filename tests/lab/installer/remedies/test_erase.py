"""Remedies about erasing disks are followed as printed."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from installer.cli.shell_user import shell_actor
from jobs.models import Job
from nodes.models import Disk, ErasePermit, Node
from nodes.services.erase import preview_erase
from nodes.states import NodeStatus
from tests.lab.installer.remedies.faces import refused_by, refused_over_rest, sent
from tests.lab.installer.remedies.stage import A21, A22, Stage

pytestmark = pytest.mark.django_db(transaction=True)
WANTED = {"addresses": [A21], "disks": ["sdb"]}
PREVIEW, ERASE = "nodes/erase/preview/", "nodes/erase/"
WWN = "0x6001405aa0000000"


def erase(*disks: str, at: tuple[str, ...] = (A21,)) -> tuple[str, ...]:
    return ("erase_data_disks", "-i", *at, "-d", *disks, "--yes")


def previewed(client: APIClient, **wanted: Any) -> dict[str, Any]:
    """Preview, and return what the next request takes."""
    return {"permit_id": sent(client, PREVIEW, {**WANTED, **wanted})["permit_id"]}


def looks_anew_and_erases(client: APIClient, **wanted: Any) -> None:
    sent(client, ERASE, previewed(client, **wanted))


@pytest.mark.remedy("N30")
def test_a_way_to_erase_that_is_none(stage: Stage) -> None:
    stage.region.nodes(21)
    remedy = refused_by(
        "N30", lambda: preview_erase(addresses=[A21], disks=["sdb"], actor=shell_actor(), mode="fast")
    )
    for mode in remedy.removeprefix("use ").split(" or "):
        assert preview_erase(addresses=[A21], disks=["sdb"], actor=shell_actor(), mode=mode).mode == mode


@pytest.mark.remedy("N31")
def test_no_disk_is_named(stage: Stage) -> None:
    stage.region.nodes(21)
    remedy = stage.refused("N31", *erase("/dev/"))
    assert remedy == "specify disks, such as nvme0n1"
    Disk.objects.filter(node__mgmt_address=A21, name="sdb").update(name="nvme0n1")
    stage.does(*erase(remedy.rsplit(" ", 1)[1]))


@pytest.mark.remedy("N33")
def test_no_such_preview(stage: Stage, operator: APIClient) -> None:
    stage.region.nodes(21)
    remedy = refused_over_rest("N33", operator, ERASE, {"permit_id": "e-nothing1"})
    assert remedy == "open a new preview, then erase"
    looks_anew_and_erases(operator)


@pytest.mark.remedy("N33")
def test_the_preview_of_somebody_else(stage: Stage, operator: APIClient, approver: APIClient) -> None:
    stage.region.nodes(21)
    remedy = refused_over_rest("N33", approver, ERASE, previewed(operator))
    assert remedy == "open a new preview, then erase"
    looks_anew_and_erases(approver)


@pytest.mark.remedy("N33")
def test_a_preview_that_has_expired(stage: Stage, operator: APIClient) -> None:
    stage.region.nodes(21)
    permit = previewed(operator)
    ErasePermit.objects.update(expires_at=timezone.now())
    remedy = refused_over_rest("N33", operator, ERASE, permit)
    assert remedy == "open a new preview, then erase"
    looks_anew_and_erases(operator)


@pytest.mark.remedy("N33")
def test_a_preview_that_was_used(stage: Stage, operator: APIClient) -> None:
    stage.region.nodes(21)
    permit = previewed(operator)
    sent(operator, ERASE, permit)
    job = Job.objects.get(action="erase_data_disks")
    remedy = refused_over_rest("N33", operator, ERASE, permit)
    assert "wait for that job" in remedy
    assert stage.follow(remedy, "get_status").json["status"] == "queued"
    stage.ends(job, "succeed")
    assert stage.follow(remedy, "get_status").json["status"] == "succeeded"
    looks_anew_and_erases(operator)


def paused(client: APIClient, stage: Stage) -> Job:
    """Start another person's erase, paused before it began."""
    stage.region.nodes(21)
    sent(client, ERASE, previewed(client))
    job = Job.objects.get(action="erase_data_disks")
    sent(client, f"jobs/{job.job_id}/pause/")
    return job


@pytest.mark.remedy("N33")
def test_going_on_with_a_paused_job_whose_preview_has_expired(stage: Stage, operator: APIClient) -> None:
    job = paused(operator, stage)
    ErasePermit.objects.update(expires_at=timezone.now())
    remedy = refused_over_rest("N33", operator, f"jobs/{job.job_id}/resume/")
    stage.follow(remedy, "cancel_job")
    looks_anew_and_erases(operator)


@pytest.mark.remedy("N42")
def test_going_on_with_the_paused_job_of_somebody_else(
    stage: Stage, operator: APIClient, approver: APIClient
) -> None:
    job = paused(operator, stage)
    remedy = refused_over_rest("N42", approver, f"jobs/{job.job_id}/resume/")
    assert "open a preview of your own and erase" in remedy
    stage.follow(remedy, "cancel_job")
    looks_anew_and_erases(approver)


@pytest.mark.remedy("N42")
def test_going_on_with_the_failed_job_of_somebody_else(stage: Stage, operator: APIClient) -> None:
    stage.region.nodes(21)
    sent(operator, ERASE, previewed(operator))
    job = Job.objects.get(action="erase_data_disks")
    stage.ends(job, "fail")
    remedy = stage.refused("N42", "resume_job", job.job_id)
    assert remedy == "open a preview of your own, then erase"
    stage.does(*erase("sdb"))


@pytest.mark.remedy("N34")
def test_a_node_of_the_preview_was_deleted(stage: Stage, operator: APIClient) -> None:
    stage.region.nodes(21, 22)
    permit = previewed(operator, addresses=[A21, A22])
    stage.does("delete_nodes", "-i", A22)
    assert refused_over_rest("N34", operator, ERASE, permit) == "open a new preview without them, then erase"
    looks_anew_and_erases(operator, addresses=[A21])


@pytest.mark.remedy("N39")
@pytest.mark.parametrize(
    "change",
    [
        {"wwn": "0x5000000000000009"},
        {"serial": "S-other"},
        {"model": "another"},
        {"observed_size_bytes": 5},
        {"identity": "serial:S-other"},
    ],
)
def test_another_disk_than_in_the_preview(stage: Stage, operator: APIClient, change: dict[str, Any]) -> None:
    stage.region.nodes(21)
    disks = Disk.objects.filter(node__mgmt_address=A21, name="sdb")
    disks.update(wwn="0x5000000000000001")
    permit = previewed(operator)
    disks.update(**change)
    remedy = refused_over_rest("N39", operator, ERASE, permit)
    assert remedy == "open a new preview, then erase"
    looks_anew_and_erases(operator)


def shared(stage: Stage, **there: Any) -> None:
    """Make the disk sdb of .21 a LUN that .22 sees as its own sdc."""
    stage.region.nodes(21, 22)
    Disk.objects.filter(node__mgmt_address=A21, name="sdb").update(wwn=WWN, serial="")
    Disk.objects.filter(node__mgmt_address=A22, name="sdc").update(wwn=WWN, serial="", **there)


@pytest.mark.remedy("N43")
def test_a_lun_that_is_mounted_elsewhere(stage: Stage) -> None:
    shared(stage, mountpoints=["/srv/old data"])
    remedy = stage.refused("N43", *erase("sdb"))
    assert remedy.startswith("omit the disk, or release it")
    stage.follow(remedy, "exec_nodes")
    job = Job.objects.get(action="exec_nodes")
    assert job.params["command"] == "umount '/srv/old data'" and job.steps.get().address == A22
    stage.ends(job, "succeed")
    stage.follow(remedy, "collect_nodes")
    assert Job.objects.get(action="collect_nodes").steps.get().address == A22
    stage.ends(Job.objects.get(action="collect_nodes"), "succeed")
    Node.objects.filter(mgmt_address=A22).update(status=NodeStatus.AVAILABLE)
    Disk.objects.filter(node__mgmt_address=A22).update(mountpoints=[])  # as it says now
    stage.does(*erase("sdb"))


@pytest.mark.remedy("N43")
def test_a_lun_that_others_use_is_left_out(stage: Stage) -> None:
    shared(stage, is_os=True)
    assert stage.refused("N43", *erase("sdb", "sdc")) == "omit the disk"
    stage.does(*erase("sdc"))


@pytest.mark.remedy("N43")
def test_a_lun_of_a_node_in_service_is_left_out_even_when_it_is_mounted(stage: Stage) -> None:
    shared(stage, mountpoints=["/srv"])
    Node.objects.filter(mgmt_address=A22).update(status=NodeStatus.ACTIVE)
    assert stage.refused("N43", *erase("sdb", "sdc")) == "omit the disk"
    stage.does(*erase("sdc"))


@pytest.mark.remedy("N43")
def test_a_lun_of_a_node_that_is_being_collected(stage: Stage) -> None:
    shared(stage)
    stage.does("collect_nodes", "-i", A22)
    remedy = stage.refused("N43", *erase("sdb", "sdc"))
    assert remedy == "omit the disk, or wait until the job on that node has ended"
    stage.does("cancel_job", Job.objects.get(action="collect_nodes").job_id)
    stage.does(*erase("sdb", "sdc"))


@pytest.mark.remedy("N38")
@pytest.mark.parametrize("planned", [False, True])
def test_a_mounted_disk_of_which_only_a_file_tells(stage: Stage, planned: bool) -> None:
    if planned:
        stage.draft()
    else:
        stage.region.nodes(21)
    Disk.objects.filter(node__mgmt_address=A21, name="sdb").update(mountpoints=["/srv"])
    remedy = stage.refused("N38", *erase("sdb"))
    stage.follow(remedy, "exec_nodes")
    job = Job.objects.get(action="exec_nodes")
    assert job.params["command"] == "umount /srv" and job.steps.get().address == A21
    stage.ends(job, "succeed")
    stage.follow(remedy, "collect_nodes")
    stage.ends(Job.objects.get(action="collect_nodes"), "succeed")
    Node.objects.filter(status=NodeStatus.COLLECTING).update(status=NodeStatus.AVAILABLE)
    Disk.objects.filter(node__mgmt_address=A21).update(mountpoints=[])  # as it says now
    stage.does(*erase("sdb"))


@pytest.mark.remedy("N35")
def test_erasing_while_a_node_is_being_collected(stage: Stage) -> None:
    stage.region.nodes(21)
    stage.does("collect_nodes", "-i", A21)
    assert stage.refused("N35", *erase("sdb")) == "wait until the job on it has ended"
    stage.ends(Job.objects.get(action="collect_nodes"), "succeed")
    Node.objects.filter(mgmt_address=A21).update(status=NodeStatus.AVAILABLE)
    stage.does(*erase("sdb"))


@pytest.mark.remedy("N16")
def test_erasing_a_disk_that_is_not_there(stage: Stage) -> None:
    stage.region.nodes(21)
    remedy = stage.refused("N16", *erase("nvme9n1"))
    [node] = stage.follow(remedy, "describe_nodes", "-i", A21).json["node_set"]
    stage.does(*erase(*(disk["name"] for disk in node["data_disks"])))

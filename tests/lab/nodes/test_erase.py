"""erase_data_disks on simulated nodes: the right disks become clean, everything else is refused."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from common.actor import Actor
from common.errors import Busy, Refused
from common.models import AuditEntry
from jobs.models import Event, Job
from jobs.services.resume import resume_job
from lab import Node as Machine
from nodes.models import Disk, ErasePermit, Node
from nodes.services.collect import collect_nodes
from nodes.services.erase import erase_data_disks, preview_erase
from nodes.states import NodeStatus

pytestmark = pytest.mark.django_db(transaction=True)

Make = Callable[..., Machine]
Work = Callable[[Job], Job]


@pytest.fixture
def dirty(make_machine: Make, work: Work, actor: Actor) -> Machine:
    """Make a collected node: sdb with an old file system, sdc with an active LVM volume."""
    made = make_machine("hyper-dirty")
    assert work(collect_nodes(addresses=[made.address], actor=actor)).status == "succeeded"
    return made


def change(made: Machine, disk: str, **values: Any) -> None:
    """Change a disk of the machine."""
    path = made.state_folder / "state.json"
    state = json.loads(path.read_text())
    next(item for item in state["disks"] if item["name"] == disk).update(values)
    path.write_text(json.dumps(state))


def let_go(made: Machine) -> None:
    """Switch the old volume on sdc off; its signature stays."""
    change(made, "sdc", children=[])


def errors(job: Job) -> str:
    return "\n".join(Event.objects.filter(job=job, level="error").values_list("line", flat=True))


@pytest.mark.parametrize("mode", ["quick", "full"])
def test_a_dirty_disk_is_clean_afterwards(dirty: Machine, work: Work, actor: Actor, mode: str) -> None:
    permit = preview_erase(addresses=[dirty.address], disks=["/dev/sdb"], mode=mode, actor=actor)
    shown = permit.disks[0]
    assert shown["name"] == "sdb" and shown["serial"] and "gpt" in shown["signatures"]
    assert any('sdb1 ext4 "backup" 3.201 TB' in line for line in shown["lost"])
    job = work(erase_data_disks(permit_id=permit.permit_id, actor=actor))
    assert job.status == "succeeded", errors(job)
    disk = Disk.objects.get(node__mgmt_address=dirty.address, name="sdb")
    assert not disk.dirty and disk.signatures == []
    assert Disk.objects.get(node__mgmt_address=dirty.address, name="sdc").dirty
    there = {item["name"]: item for item in dirty.state()["disks"]}
    assert not there["sdb"]["children"] and not there["sdb"]["pttype"]
    assert there["sda"]["children"] and there["sdc"]["fstype"] == "LVM2_member"
    entry = AuditEntry.objects.get(verb="erase_data_disks", subject=disk.node.node_id)
    assert entry.detail["mode"] == mode and entry.detail["disks"][0]["serial"] == shown["serial"]
    if mode == "full":
        assert Event.objects.filter(job=job, line__contains="% discarded").exists()


def test_in_use_and_system_disks_are_refused_in_the_preview(dirty: Machine, actor: Actor) -> None:
    with pytest.raises(Refused) as caught:
        preview_erase(addresses=[dirty.address], disks=["sda", "sdc", "sdx"], actor=actor)
    by_code = {finding.code: finding for finding in caught.value.findings}
    assert "OS disk" in by_code["N36"].detail or "operating system" in by_code["N36"].detail
    assert "vgchange -an olddata" in by_code["N38"].detail
    assert "sdx" in by_code["N16"].detail
    assert not ErasePermit.objects.exists()


def test_a_permit_is_used_once_by_whoever_saw_it(dirty: Machine, work: Work, actor: Actor) -> None:
    permit = preview_erase(addresses=[dirty.address], disks=["sdb"], actor=actor)
    with pytest.raises(Refused, match="opened by ann"):
        erase_data_disks(permit_id=permit.permit_id, actor=Actor("bob", "api"))
    job = erase_data_disks(permit_id=permit.permit_id, actor=actor)
    with pytest.raises(Refused, match=f"already been used by job {job.job_id}"):
        erase_data_disks(permit_id=permit.permit_id, actor=actor)
    with pytest.raises(Refused, match="this preview does not exist"):
        erase_data_disks(permit_id="e-nothing1", actor=actor)
    with pytest.raises(Busy, match=job.job_id):
        preview_erase(addresses=[dirty.address], disks=["sdb"], actor=actor)
    assert work(job).status == "succeeded"


def test_a_permit_expires_also_for_a_job_that_waited_or_failed(
    dirty: Machine, work: Work, actor: Actor
) -> None:
    permit = preview_erase(addresses=[dirty.address], disks=["sdb"], actor=actor)
    ErasePermit.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(Refused, match="expired"):
        erase_data_disks(permit_id=permit.permit_id, actor=actor)
    ErasePermit.objects.update(expires_at=timezone.now() + timedelta(minutes=5))
    job = erase_data_disks(permit_id=permit.permit_id, actor=actor)
    ErasePermit.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert work(job).status == "failed" and "expired" in job.error
    with pytest.raises(Refused, match="expired"):
        resume_job(job_id=job.job_id, actor=actor)
    assert dirty.state()["disks"][1]["children"]


@pytest.mark.parametrize(
    ("disk", "values", "said"),
    [
        (
            "sdb",
            {"serial": "OTHER", "wwn": "0x5000000000000001"},
            "is no longer on this node; sdb is a different disk: its serial is OTHER, it was",
        ),
        ("sdb", {"size": 1_000_204_886_016, "children": []}, "the size of"),
        ("sdb", {"fstype": "zfs_member", "children": []}, "did not show (zfs_member)"),
    ],
)
def test_a_disk_that_changed_since_the_preview_is_left_alone(
    dirty: Machine, work: Work, actor: Actor, disk: str, values: dict[str, Any], said: str
) -> None:
    permit = preview_erase(addresses=[dirty.address], disks=["sdb"], actor=actor)
    change(dirty, disk, **values)
    before = dirty.state()["disks"]
    job = work(erase_data_disks(permit_id=permit.permit_id, actor=actor))
    assert job.status == "failed" and said in errors(job)
    assert dirty.state()["disks"] == before
    assert Node.objects.get(mgmt_address=dirty.address).error


@pytest.mark.remedy("N65")
def test_a_new_preview_shows_what_came_since(dirty: Machine, work: Work, actor: Actor) -> None:
    permit = preview_erase(addresses=[dirty.address], disks=["sdb"], actor=actor)
    change(dirty, "sdb", fstype="zfs_member", children=[])
    job = work(erase_data_disks(permit_id=permit.permit_id, actor=actor))
    error = job.steps.get().error
    assert job.status == "failed" and error.code == Node.objects.get().error.code == "N65"
    assert error.endswith("collect the node and open a new preview")
    assert work(collect_nodes(addresses=[dirty.address], actor=actor)).status == "succeeded"
    permit = preview_erase(addresses=[dirty.address], disks=["sdb"], actor=actor)
    assert work(erase_data_disks(permit_id=permit.permit_id, actor=actor)).status == "succeeded"


def test_mounted_since_the_preview(dirty: Machine, work: Work, actor: Actor) -> None:
    permit = preview_erase(addresses=[dirty.address], disks=["sdb"], actor=actor)
    state = dirty.state()
    state["disks"][1]["children"][0]["mountpoint"] = "/data"
    (dirty.state_folder / "state.json").write_text(json.dumps(state))
    job = work(erase_data_disks(permit_id=permit.permit_id, actor=actor))
    assert job.status == "failed" and "sdb1 is mounted on /data (umount /data)" in errors(job)
    assert dirty.state()["disks"] == state["disks"]


def test_names_that_changed_places_do_not_matter(dirty: Machine, work: Work, actor: Actor) -> None:
    let_go(dirty)
    work(collect_nodes(addresses=[dirty.address], actor=actor))
    permit = preview_erase(addresses=[dirty.address], disks=["sdc"], actor=actor)
    wanted = permit.disks[0]["serial"]
    path = dirty.state_folder / "state.json"
    state = json.loads(path.read_text())
    sdb, sdc = state["disks"][1:3]
    sdb["name"], sdc["name"] = "sdc", "sdb"
    sdb["children"][0]["name"] = "sdc1"
    state["disks"][1:3] = [sdc, sdb]
    path.write_text(json.dumps(state))
    job = work(erase_data_disks(permit_id=permit.permit_id, actor=actor))
    there = {item["serial"]: item for item in dirty.state()["disks"]}
    kept = next(serial for serial, item in there.items() if item["name"] == "sdc")
    if job.status == "succeeded":
        assert there[wanted]["name"] == "sdb" and not there[wanted]["fstype"]
    assert there[kept]["children"], errors(job)


@pytest.mark.parametrize("status", [NodeStatus.ACTIVE, NodeStatus.SCALING])
def test_disks_of_nodes_in_service_are_refused_until_the_last_moment(
    dirty: Machine, work: Work, actor: Actor, status: str
) -> None:
    permit = preview_erase(addresses=[dirty.address], disks=["sdb"], actor=actor)
    Node.objects.update(status=status)
    with pytest.raises(Refused, match=str(status)):
        preview_erase(addresses=[dirty.address], disks=["sdb"], actor=actor)
    with pytest.raises(Refused, match=str(status)):
        erase_data_disks(permit_id=permit.permit_id, actor=actor)
    Node.objects.update(status=NodeStatus.AVAILABLE)
    job = erase_data_disks(permit_id=permit.permit_id, actor=actor)
    Node.objects.update(status=status)
    assert work(job).status == "failed" and str(status) in errors(job)
    assert dirty.state()["disks"][1]["children"]

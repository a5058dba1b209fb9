"""A machine with divided drives, collected over real SSH: namespaces, logical units, zones."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from common.actor import Actor
from jobs.models import Job
from lab import Node as Machine
from nodes.models import Disk, Node
from nodes.services.collect import collect_nodes

pytestmark = pytest.mark.django_db(transaction=True)


def test_pieces_of_drives_are_collected(
    make_machine: Callable[..., Machine], work: Callable[[Job], Job], actor: Actor
) -> None:
    made = make_machine("hyper-pieces")
    job = work(collect_nodes(addresses=[made.address], actor=actor))
    node = Node.objects.get(mgmt_address=made.address)
    assert job.status == "succeeded" and node.warnings == []
    disks = {disk.name: disk for disk in Disk.objects.filter(node=node, is_os=False)}
    assert set(disks) == {"nvme0n1", "nvme0n2", "nvme1n1", "nvme1n2", "sdb", "sdc", "sdd"}
    for one, other in (("nvme0n1", "nvme0n2"), ("nvme1n1", "nvme1n2"), ("sdb", "sdc")):
        assert disks[one].drive == disks[other].drive and disks[one].serial in disks[one].drive
    assert len({disk.drive for disk in disks.values()}) == 4  # sdd is on none that is known
    for name in ("nvme0n1", "nvme0n2"):
        assert disks[name].by_id.endswith(f"{disks[name].serial}_{name[-1]}")
    assert disks["sdb"].by_id != disks["sdc"].by_id
    assert all("/scsi-36000c500" in disks[name].by_id for name in ("sdb", "sdc"))
    smr = disks["sdd"]
    assert (smr.zoned, smr.observed_status) == ("host-managed", 0)
    assert smr.status_reason.startswith("host-managed zones")
    assert [disk.observed_status for name, disk in disks.items() if name != "sdd"] == [1] * 6

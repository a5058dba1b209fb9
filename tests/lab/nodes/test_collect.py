"""Nodes that could not be collected: what is wrong is said, and what helps leads on."""

from __future__ import annotations

from collections.abc import Callable

import pytest

import lab
from common.actor import Actor
from jobs.models import Job
from jobs.services.cancel import cancel_job
from lab import Lab
from lab.faults import CommandFault
from nodes.models import Node
from nodes.services.collect import collect_nodes

pytestmark = pytest.mark.django_db(transaction=True)
Work = Callable[[Job], Job]


@pytest.mark.remedy("N63")
def test_a_tool_that_fails_is_named_with_the_command_to_try(
    make_machine: Callable[..., lab.Node], served: Lab, work: Work, actor: Actor
) -> None:
    made = make_machine()
    served.fault(made.address, commands=[CommandFault("lsblk", exit=1, stderr="lsblk: cannot open /sys")])
    assert work(collect_nodes(addresses=[made.address], actor=actor)).status == "failed"
    error = Node.objects.get().error
    assert error.code == "N63" and "lsblk: cannot open /sys" in error
    assert error.remedy == "log in, check the output of 'lsblk -J -b -O' there, and collect again"
    served.fault(made.address, "clear")
    assert work(collect_nodes(addresses=[made.address], actor=actor)).status == "succeeded"
    assert Node.objects.get().error == ""


@pytest.mark.remedy("N64")
def test_a_node_that_the_job_did_not_reach_is_collected_again(
    make_machine: Callable[..., lab.Node], work: Work, actor: Actor
) -> None:
    made = make_machine()
    job = collect_nodes(addresses=[made.address], actor=actor)
    cancel_job(job_id=job.job_id, actor=actor)
    assert work(job).status == "cancelled"
    node = Node.objects.get()
    assert node.status == "collect_failed" and node.error.code == "N64"
    assert node.error == f"job {job.job_id} ended before this node was collected: collect it again"
    assert work(collect_nodes(addresses=[made.address], actor=actor)).status == "succeeded"

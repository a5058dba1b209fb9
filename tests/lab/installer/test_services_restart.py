"""Restarting services of the global web services, one node after another, on lab nodes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from common.actor import Actor
from common.ssh import keypair
from jobs import registry
from jobs.engine import work_slice
from jobs.models import Job
from jobs.services.resume import resume_job
from jobs.services.submit import submit
from lab import CommandFault, Lab
from nodes.models import Node
from nodes.services.lookups import targets
from operations.supervisor.handler import services_phase
from tests.fixtures.simulated import host_key

pytestmark = pytest.mark.django_db(transaction=True)
ANN = Actor("ann", "command")


@pytest.fixture
def webs(served: Lab, data_dir: Path, settings: LazySettings) -> Iterator[list[Any]]:
    """Three web services, and a job that only restarts them."""
    public = keypair.ensure(settings.INSTALLER_SSH_KEY)
    registry.register(registry.Action("only_services", (services_phase(),)))
    made = []
    for _ in range(3):
        machine = served.add(
            "ks", boot_s=0.1, authorized_keys=[public], programs=["ws_server", "billing_resource"]
        )
        key = " ".join(host_key(machine).split()[:2])
        Node.objects.create(mgmt_address=machine.address, ssh_port=machine.port, host_key=key)
        made.append(machine)
    yield made
    registry._ACTIONS.pop("only_services")


def work(job: Job) -> Job:
    work_slice.run_slice(job.pk)
    job.refresh_from_db()
    return job


def pids(machine: Any) -> tuple[int, ...]:
    programs = machine.state()["programs"]
    return tuple(programs[name]["pid"] for name in ("ws_server", "billing_resource"))


def test_a_service_that_goes_fatal_stops_the_sequence_and_resuming_goes_on(
    webs: list[Any], served: Lab
) -> None:
    before = [pids(machine) for machine in webs]
    fatal = CommandFault(
        "supervisorctl status billing_resource", 3, "billing_resource  FATAL  Exited too quickly"
    )
    served.fault(webs[1].address, commands=[fatal])
    nodes = list(Node.objects.order_by("pk"))
    job = work(
        submit(
            action="only_services",
            targets=[],
            actor=ANN,
            phase_targets={"restart_services": targets(nodes)},
        )
    )
    assert job.status == "failed"
    steps = list(job.steps.order_by("position"))
    assert [step.status for step in steps] == ["succeeded", "failed", "skipped"]
    assert "billing_resource does not stay RUNNING" in steps[1].error and "FATAL" in steps[1].error
    assert pids(webs[0]) != before[0] and pids(webs[2]) == before[2], "the third was left alone"
    done = pids(webs[0])
    served.fault(webs[1].address, "clear")
    job = work(resume_job(job_id=job.job_id, actor=ANN))
    assert job.status == "succeeded", job.error
    assert pids(webs[0]) == done, "the first was not restarted again"
    assert pids(webs[2]) != before[2]

"""The regional steps of scale_qingcloud_zone: each failure stops them at its place, from where they resume."""

from __future__ import annotations

import re
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from pymemcache.client.base import Client

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
from operations.cache.core import ZONE_PATTERN, CacheServer
from operations.cache.service import cache_params
from operations.changes import approve_change
from operations.haproxy import handler
from operations.haproxy.approved_change import take_change, tell_unproven
from operations.haproxy.service import FILE, preview_haproxy
from operations.models import Change
from tests.factories import make_zone
from tests.fixtures.simulated import host_key
from tests.lab.installer.test_haproxy import OTHERS, web_service
from tests.support.memcacheds import memcached, need

pytestmark = pytest.mark.django_db(transaction=True)
ANN = Actor("ann", "command")
OURS = "Pitrix.Zone.Zone.UserZone.yunify.usr-1"
ACTION = "only_regional"
BROKEN = OTHERS + "frontend web\n    no-such-word 1\n"


@dataclass
class Site:
    """Two global web services, two proxies of the new zone."""

    lab: Lab
    webs: list[Any]
    proxies: list[Any]

    @property
    def addresses(self) -> list[str]:
        """Return the addresses of the web services."""
        return [machine.address for machine in self.webs]

    def starts(self, machine: Any, component: str, job: Job) -> int:
        """Return how often a component was started there in a job."""
        path = machine.root / "opt" / "install" / component / f"{job.job_id}.journal"
        return path.read_text().count(" start ") if path.exists() else 0

    def answer(self, number: int) -> str:
        """Return which web service answers behind a proxy."""
        with socket.create_connection((self.proxies[number].address, 7777), timeout=3) as peer:
            return peer.recv(100).decode()


@pytest.fixture
def site(served: Lab, data_dir: Path, settings: LazySettings, monkeypatch: Any) -> Iterator[Site]:
    need("haproxy", "haproxy")
    monkeypatch.setattr(handler, "HEALTH_S", 4)
    public = keypair.ensure(settings.INSTALLER_SSH_KEY)
    programs = ("ws_server", "billing_resource")
    webs, proxies = (
        [served.add("ks", boot_s=0.1, authorized_keys=[public], programs=names) for _ in range(2)]
        for names in (programs, ())
    )
    for machine in (*webs, *proxies):
        key = " ".join(host_key(machine).split()[:2])
        Node.objects.create(mgmt_address=machine.address, ssh_port=machine.port, host_key=key)
    for machine in proxies:
        path = machine.root / FILE.lstrip("/")
        path.parent.mkdir(parents=True)
        path.write_text(OTHERS)
    vms = {"webservice": [machine.address for machine in webs]}
    make_zone("pek3a", is_global=True, vms=vms, variables={"common": {"site_protocol": "http"}})
    make_zone("pek3b", deploy_mode="devops", vms={"proxy": [machine.address for machine in proxies]})
    phases = registry.find("scale_qingcloud_zone").phases[-3:]
    registry.register(registry.Action(ACTION, phases, started=take_change, ended=tell_unproven))
    yield Site(served, webs, proxies)
    registry._ACTIONS.pop(ACTION)
    for machine in (*webs, *proxies):
        served.fault(machine.address, "clear")


def begin(site: Site, servers: list[CacheServer]) -> Job:
    """Submit the steps that follow the nodes' own, in the order of the real job."""
    nodes = {str(node.mgmt_address): node for node in Node.objects.all()}
    return submit(
        action=ACTION,
        targets=[],
        actor=ANN,
        zone_id="pek3b",
        exclusive_scope="region:pek3",
        params=cache_params(servers, re.compile(ZONE_PATTERN.encode())),
        phase_targets={
            "restart_services": targets([nodes[machine.address] for machine in site.webs]),
            "haproxy": targets([nodes[machine.address] for machine in site.proxies]),
        },
    )


def work(job: Job) -> tuple[Job, list[str]]:
    """Work until the job stops; return it with its steps' states in order."""
    job.refresh_from_db()
    if job.status == FAILED:
        resume_job(job_id=job.job_id, actor=ANN)
    work_slice.run_slice(job.pk)
    job.refresh_from_db()
    return job, list(job.steps.order_by("position", "pk").values_list("status", flat=True))


def approve() -> None:
    change = preview_haproxy(zone_id="pek3b", actor=ANN, on_management=True)
    approve_change(change_id=change.change_id, actor=ANN)


def stopped(job: Job) -> str:
    """Return the error of the step that failed."""
    return str(job.steps.get(status="failed").error)


DONE, FAILED, SKIPPED = "succeeded", "failed", "skipped"


def a_memcached_hangs(site: Site, server: CacheServer, held: Client) -> tuple[Job, int]:
    """Run the job with a server that does not answer; return the job and that server's port."""
    held.set(OURS, "1", noreply=False)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        hanging = CacheServer("127.0.0.1", silent.getsockname()[1])
        job, states = work(begin(site, [server, hanging]))
    assert states == [FAILED, SKIPPED, SKIPPED, SKIPPED, SKIPPED]
    assert f"{hanging} (no answer within 5 s)" in stopped(job)
    assert held.get(OURS) is None, "the other one is done"
    assert site.starts(site.webs[0], "restart_services", job) == 0
    return job, hanging.port


def a_service_goes_fatal(site: Site, job: Job) -> None:
    fatal = "billing_resource  FATAL  Exited too quickly"
    fault = CommandFault("supervisorctl status billing_resource", 3, fatal)
    site.lab.fault(site.webs[1].address, commands=[fault])
    job, states = work(job)
    assert states == [DONE, DONE, FAILED, SKIPPED, SKIPPED]
    assert fatal in stopped(job)
    site.lab.fault(site.webs[1].address, "clear")


def nobody_has_approved(site: Site, job: Job) -> None:
    job, states = work(job)
    assert states == [DONE, DONE, DONE, FAILED, SKIPPED]
    assert "no approved change" in stopped(job) and f"resume_job {job.job_id}" in stopped(job)


def haproxy_refuses_the_file(site: Site, job: Job) -> None:
    path = site.proxies[1].root / FILE.lstrip("/")
    path.write_text(BROKEN)
    approve()
    job, states = work(job)
    assert states == [DONE, DONE, DONE, DONE, FAILED]
    assert "haproxy rejects the new file; nothing was changed" in stopped(job)
    assert path.read_text() == BROKEN and site.answer(0) in site.addresses
    path.write_text(OTHERS)
    approve()


def a_proxy_does_not_come_back(site: Site, job: Job) -> None:
    down = CommandFault("service haproxy restart", 1, "Job for haproxy.service failed")
    site.lab.fault(site.proxies[1].address, commands=[down])
    job, states = work(job)
    assert states == [DONE, DONE, DONE, DONE, FAILED]
    assert "haproxy did not restart with the new file" in stopped(job)
    assert (site.proxies[1].root / FILE.lstrip("/")).read_text() == OTHERS
    site.lab.fault(site.proxies[1].address, "clear")


def test_each_fault_stops_them_and_resuming_goes_on_from_there(site: Site) -> None:
    with ExitStack() as stack:
        for address in site.addresses:
            stack.enter_context(web_service(address))
        server = stack.enter_context(memcached())
        held = Client((server.host, server.port))
        stack.callback(held.close)
        job, port = a_memcached_hangs(site, server, held)
        stack.enter_context(memcached(port=port))
        a_service_goes_fatal(site, job)
        # From here on the caches are not touched again.
        held.set(OURS, "later", noreply=False)
        nobody_has_approved(site, job)
        haproxy_refuses_the_file(site, job)
        a_proxy_does_not_come_back(site, job)
        job, states = work(job)
        assert states == [DONE] * 5 and job.status == DONE
        assert {site.answer(0), site.answer(1)} <= set(site.addresses)
        assert held.get(OURS) == b"later"
    assert [site.starts(machine, "restart_services", job) for machine in site.webs] == [1, 2]
    # The first attempt found no approval; the second wrote it, and no later one did.
    assert [site.starts(site.proxies[0], f"haproxy_{number}", job) for number in (1, 2, 3)] == [0, 1, 0]
    assert [change.state for change in Change.objects.order_by("pk")] == ["approved", "applied"]

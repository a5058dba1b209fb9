"""The listeners of a sub-zone's proxies: real haproxy processes in lab nodes, real servers behind them."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from common.actor import Actor
from common.errors import Refused
from common.ssh import keypair
from jobs.engine import work_slice
from jobs.models import Event, Job
from jobs.services.resume import resume_job
from lab import CommandFault, Lab
from nodes.models import Node
from operations.changes import approve_change
from operations.haproxy import handler
from operations.haproxy.service import FILE, apply_haproxy, preview_haproxy
from operations.models import Change
from tests.factories import make_job, make_zone
from tests.fixtures.simulated import host_key
from tests.support.memcacheds import need

pytestmark = pytest.mark.django_db(transaction=True)
ANN = Actor("ann", "admin")
OTHERS = "# ours since 2019\ndefaults\n    mode tcp\n    timeout connect 2s\n    timeout client 30s\n    timeout server 30s\n"
PORTS = (7777, 8565, 8000)


@contextmanager
def web_service(address: str) -> Iterator[None]:
    """Accept connections on the three ports of a global web service, and send its address."""
    with ExitStack() as stack:
        for port in PORTS:
            server = stack.enter_context(socket.create_server((address, port)))
            thread = threading.Thread(target=_serve, args=(server, address), daemon=True)
            thread.start()
            stack.callback(thread.join, 5)
            stack.callback(server.shutdown, socket.SHUT_RDWR)
        yield


def _serve(server: socket.socket, address: str) -> None:
    peers = []
    while True:
        try:
            peer, _ = server.accept()
            peer.sendall(address.encode())
            peers.append(peer)
        except OSError:
            break
    for peer in peers:
        peer.close()


@dataclass
class Proxies:
    """Two proxies of the sub-zone, one web service of the global zone."""

    machines: list[Any]
    web: str
    ran: list[str] = field(default_factory=list)

    def file(self, number: int) -> str:
        return str(self.machines[number].read(FILE.lstrip("/")).decode())

    def answers(self, number: int, port: int = 7777) -> str:
        """Return what comes through the proxy, or an empty string."""
        try:
            with socket.create_connection((self.machines[number].address, port), timeout=3) as peer:
                return peer.recv(100).decode()
        except OSError:
            return ""


@pytest.fixture
def site(served: Lab, data_dir: Path, settings: LazySettings, monkeypatch: Any) -> Iterator[Proxies]:
    need("haproxy", "haproxy")
    monkeypatch.setattr(handler, "HEALTH_S", 4)
    public = keypair.ensure(settings.INSTALLER_SSH_KEY)
    machines = [served.add("ks", boot_s=0.1, authorized_keys=[public]) for _ in range(2)]
    for machine in machines:
        Node.objects.create(
            mgmt_address=machine.address,
            ssh_port=machine.port,
            host_key=" ".join(host_key(machine).split()[:2]),
        )
        path = machine.root / FILE.lstrip("/")
        path.parent.mkdir(parents=True)
        path.write_text(OTHERS)
    web = machines[0].address.rsplit(".", 1)[0] + ".250"
    common = {"common": {"site_protocol": "http"}}
    make_zone("pek3a", is_global=True, vms={"webservice": [web]}, variables=common)
    make_zone("pek3b", deploy_mode="devops", vms={"proxy": [machine.address for machine in machines]})
    yield Proxies(machines, web)
    for machine in machines:
        served.fault(machine.address, "clear")
        # The lab ends all processes of its nodes; here two tests may get the same ports.


@pytest.fixture
def work() -> Callable[[Job], Job]:
    def run(job: Job) -> Job:
        work_slice.run_slice(job.pk)
        job.refresh_from_db()
        return job

    return run


def approved() -> Change:
    change = preview_haproxy(zone_id="pek3b", actor=ANN, on_management=True)
    return approve_change(change_id=change.change_id, actor=ANN)


def test_both_proxies_serve(site: Proxies, work: Callable[[Job], Job]) -> None:
    with pytest.raises(Refused, match="no approved change"):
        apply_haproxy(zone_id="pek3b", actor=ANN)
    approved()
    with web_service(site.web):
        job = work(apply_haproxy(zone_id="pek3b", actor=ANN))
        assert job.status == "succeeded", job.error
        assert [site.answers(number, port) for number in (0, 1) for port in PORTS] == [site.web] * 6
    assert site.file(0).startswith(OTHERS) and f"server apiserver_0 {site.web}:7777 check" in site.file(0)
    assert Change.objects.get().state == "applied"
    backup = site.machines[0].read(f"{FILE.lstrip('/')}.before-{Change.objects.get().change_id}")
    assert backup.decode() == OTHERS
    with pytest.raises(Refused, match="no approved change"):
        apply_haproxy(zone_id="pek3b", actor=ANN)


def test_nothing_behind_it_is_undone_and_resumed(site: Proxies, work: Callable[[Job], Job]) -> None:
    approved()
    job = work(apply_haproxy(zone_id="pek3b", actor=ANN))
    assert job.status == "failed"
    error = job.steps.get(status="failed").error
    assert "has no server that is up" in error and "the old haproxy.cfg has been restored" in error
    assert site.file(0) == site.file(1) == OTHERS, "the second proxy was not begun"
    lines = Event.objects.filter(job=job, level="warning").values_list("line", flat=True)
    dead = f"api-front: server apiserver_0 ({site.web}:7777) does not answer: Connection refused"
    assert dead in list(lines), "who stands behind it is named"
    with web_service(site.web):
        job = work(resume_job(job_id=job.job_id, actor=ANN))
        assert job.status == "succeeded", job.error
        assert site.answers(0) == site.answers(1) == site.web


def test_haproxy_refuses_the_file(site: Proxies, work: Callable[[Job], Job]) -> None:
    broken = OTHERS + "frontend web\n    no-such-word 1\n"
    (site.machines[0].root / FILE.lstrip("/")).write_text(broken)
    approved()
    job = work(apply_haproxy(zone_id="pek3b", actor=ANN))
    assert job.status == "failed" and "haproxy rejects the new file" in job.steps.get(status="failed").error
    assert site.file(0) == broken and site.file(1) == OTHERS
    (site.machines[0].root / FILE.lstrip("/")).write_text(OTHERS)
    refused = Change.objects.get()
    mended = approved()
    with web_service(site.web):
        job = work(resume_job(job_id=job.job_id, actor=ANN))
        assert job.status == "succeeded", job.error
        assert site.answers(0) == site.answers(1) == site.web
    for change, state in ((refused, "approved"), (mended, "applied")):
        change.refresh_from_db()
        assert change.state == state, "only what was written is applied"


def test_a_proxy_that_does_not_come_back(site: Proxies, work: Callable[[Job], Job], served: Lab) -> None:
    approved()
    served.fault(
        site.machines[0].address,
        commands=[CommandFault("service haproxy restart", 1, "Job for haproxy.service failed")],
    )
    job = work(apply_haproxy(zone_id="pek3b", actor=ANN))
    assert job.status == "failed"
    assert "haproxy did not restart with the new file" in job.steps.get(status="failed").error
    assert site.file(0) == site.file(1) == OTHERS
    served.fault(site.machines[0].address, "clear")
    with web_service(site.web):
        job = work(resume_job(job_id=job.job_id, actor=ANN))
        assert job.status == "succeeded", job.error
        assert site.answers(0) == site.answers(1) == site.web


def test_a_file_that_was_changed_since_the_review(site: Proxies, work: Callable[[Job], Job]) -> None:
    approved()
    path = site.machines[0].root / FILE.lstrip("/")
    path.write_text(OTHERS + "# a last word\n")
    job = work(apply_haproxy(zone_id="pek3b", actor=ANN))
    assert "has changed since it was reviewed" in job.steps.get(status="failed").error
    assert site.file(0) == OTHERS + "# a last word\n"


def test_the_command(site: Proxies, run: Any) -> None:
    shown = run("render_haproxy", "-z", "pek3b")
    assert shown.code == 0 and "listen api-front\n    bind 0.0.0.0:7777\n" in shown.out
    assert run("render_haproxy", "-z", "pek3a").code == 2
    assert run("render_haproxy", "-z", "pek3b", "--apply").code == 2
    preview = run("render_haproxy", "-z", "pek3b", "--preview")
    change = Change.objects.get()
    assert preview.code == 0 and change.change_id in preview.err and "+listen ws-front" in preview.out
    assert run("render_haproxy", "-z", "pek3b", "--approve", change.change_id).code == 0
    [listed] = run("list_changes", "-z", "pek3b").json
    assert (listed["change_id"], listed["state"]) == (change.change_id, "approved")
    running = make_job(exclusive_scope="region:pek3")
    assert run("render_haproxy", "-z", "pek3b", "--apply").code == 3
    running.delete()
    done = run("render_haproxy", "-z", "pek3b", "--apply")
    assert done.code == 0 and Job.objects.get(job_id=done.out.strip()).action == "apply_haproxy"


def test_a_proxy_that_cannot_be_read(site: Proxies, served: Lab) -> None:
    (site.machines[0].root / FILE.lstrip("/")).write_bytes(b"# \xff\xfe\n")
    served.fault(site.machines[1].address, "refuse")
    with pytest.raises(Refused) as caught:
        preview_haproxy(zone_id="pek3b", actor=ANN)
    assert [item.code for item in caught.value.findings] == ["H04", "H04"]
    assert "not UTF-8" in caught.value.findings[0].detail
    assert "refuses the connection" in caught.value.findings[1].detail

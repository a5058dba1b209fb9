"""A zone joins a region: as in the demo, and with the worker killed during the region's steps."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from lab import LabError, check
from lab.demo.console import Console
from lab.demo.site import PORT, Machine, free_port
from lab.demo_zone.runbook import ZoneRunbook
from lab.demo_zone.site import JOINING, NEW, PROXIES, WEB, ZoneSite
from tests.support.memcacheds import need

ROOT = Path(__file__).parents[2]
PROGRAMS = ("ws_server", "billing_resource")


@pytest.fixture(autouse=True)
def programs() -> None:
    """Require the programs that run besides the console."""
    need("memcached", "memcached")
    need("haproxy", "haproxy")
    try:
        check.require()
    except LabError as error:
        if os.environ.get("CI"):
            raise
        pytest.skip(str(error))


def test_the_demo_of_two_zones() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "lab.demo_zone", "--once", "--port", "0"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=400,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert "zones: devops1a (3 nodes), devops1b (3 nodes)" in done.stdout
    assert "3000 lists of zones are gone from each, 7000 other entries stay" in done.stdout
    assert done.stdout.count(": 7777, 8565, 8000 lead to web service 127.") == len(PROXIES)
    assert "Zone devops1b is in the region" in done.stdout
    assert "Traceback" not in done.stderr


class KilledRunbook(ZoneRunbook):
    """The same runbook, but the worker dies in the restart of services and again at the first proxy."""

    def scale(self) -> None:
        """Start the job, kill twice, and see it through."""
        joining = str(self.site.ip_list("joining.txt", JOINING))
        self.job_id = self.console.manage("scale_qingcloud_zone", "-z", NEW, "-I", joining).strip()
        for machine, component in ((WEB[0], "restart_services"), (PROXIES[0], "haproxy_1")):
            self._until(partial(self.starts, machine, component), f"{component} does not begin")
            worker = self.console.processes["worker"]
            os.killpg(worker.pid, signal.SIGKILL)
            worker.wait()
            status = self._status()
            assert (status["status"], status["finished_at"]) == ("running", None), "killed too late"
            self.console.start("worker", [sys.executable, "manage.py", "qcluster"])
        self._until(lambda: self._status()["finished_at"], "the job does not end")

    def _status(self) -> Any:
        return self.console.json("get_status", self.job_id)

    def _until(self, condition: Any, what: str) -> None:
        deadline = time.monotonic() + 300
        while not condition():
            log = (self.console.folder / "worker.log").read_text(errors="replace")[-3000:]
            assert time.monotonic() < deadline, f"{what}\n{log}"
            time.sleep(0.05)

    def starts(self, machine: Machine, component: str) -> int:
        """Return how often the job began this component on a machine, by the machine's own journal."""
        path = self._folder(machine) / component / f"{self.job_id}.journal"
        return path.read_text().count(" start ") if path.exists() else 0

    def said(self, machine: Machine, component: str) -> str:
        """Return what the component printed there."""
        return (self._folder(machine) / component / f"{self.job_id}-1.log").read_text()

    def _folder(self, machine: Machine) -> Path:
        return self.site.folder / "lab/nodes" / self.site.address(machine) / "root/opt/install"


@pytest.fixture
def runbook(tmp_path: Path) -> Iterator[KilledRunbook]:
    console = Console(tmp_path, free_port(0))
    console.environment["INSTALLER_LEASE_S"] = "6"
    try:
        yield KilledRunbook(console, ZoneSite(_free_net(), tmp_path), secrets.token_urlsafe(9))
    finally:
        console.stop()


def _free_net() -> int:
    """Return the second number of a loopback network that no demo takes by itself."""
    for net in range(250, 255):
        with socket.socket() as probe:
            if probe.connect_ex((f"127.{net}.0.11", PORT)):
                return net
    raise AssertionError("all five networks are taken")


def test_a_worker_killed_amid_the_regional_steps_costs_nothing(runbook: KilledRunbook) -> None:
    runbook.run()
    for web in WEB:
        assert runbook.starts(web, "restart_services") == 1
        assert [runbook.said(web, "restart_services").count(f"{name}: started") for name in PROGRAMS] == [
            1,
            1,
        ]
    for proxy in PROXIES:
        assert [runbook.starts(proxy, f"haproxy_{attempt}") for attempt in (1, 2)] == [1, 0]
        assert runbook.said(proxy, "haproxy_1").count("haproxy: restart done") == 1

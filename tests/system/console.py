"""The console as processes: its commands, its workers, over a database and a lab of its own."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from lab import Lab
from tests.support.starter import Starter

ROOT = Path(__file__).parents[2]
PASSWORD = "only-for-tests-1"
# Of what a process printed, in the message of a failed test: why it failed is at the end.
_SHOWN = 1500
VARIABLES = """\
common: {region_id: r1, console_id: qingcloud, domain: example.com, cloud_type: private, site_protocol: https}
base:
  zone_id: z1a
  deploy_mode: MODE
  network_mode: sdn
  is_global_zone: 0
  installer_allocate_vbc: 1
  vm_base_network: 10.10.0.0/16
  vm_base_network_start: 10.10.50.0/24
  mgmt_network_gateway: NET.1
  mgmt_network_dns_servers: [NET.1]
advance:
  vip_pools: ['NET.200/24-NET.230/24']
"""


class Console:
    """``run`` a command, ``start_worker``, look into nodes; everything ends with :meth:`close`."""

    def __init__(self, folder: Path, lab: Lab, net: str, database_url: str) -> None:
        self.folder, self.lab, self.net = folder, lab, net
        self.environment = {
            **{key: value for key, value in os.environ.items() if key != "DATABASE_URL"},
            "INSTALLER_DATA_DIR": str(folder / "data"),
            "DJANGO_SETTINGS_MODULE": "installer.settings",
            "INSTALLER_SSH_PASSWORD": PASSWORD,
            "INSTALLER_LEASE_S": "6",
            "INSTALLER_STEADY_S": "1",
            "COLUMNS": "200",
        }
        if database_url:
            self.environment["DATABASE_URL"] = database_url
        self.workers: list[subprocess.Popen[bytes]] = []
        self._starter: Starter | None = None

    def run(
        self, *words: str, expect: int | None = 0, timeout_s: float = 120
    ) -> subprocess.CompletedProcess[str]:
        """Run a management command; ``expect`` is its exit code, None for any."""
        if self._starter is None or self._starter.environment != self.environment:
            self._end_starter()
            self._starter = Starter(self.environment)
        done = self._starter.run(*words, timeout_s=timeout_s)
        assert expect is None or done.returncode == expect, (
            f"{words}: {done.returncode}\n{done.stdout[-_SHOWN:]}\n{done.stderr[-_SHOWN:]}"
        )
        assert "Traceback" not in done.stderr, done.stderr[-_SHOWN:]
        return done

    def json(self, *words: str) -> Any:
        """Return what a command prints with ``--format json``."""
        return json.loads(self.run(*words, "--format", "json").stdout)

    def seen(self, verb: str, plan_id: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Give a verb on a plan as a person does who has just looked at it."""
        looked = self.json("show_plan", plan_id)["content_hash"]
        return self.run(verb, plan_id, "--hash", looked, *words)

    def start_worker(self) -> subprocess.Popen[bytes]:
        """Start a qcluster in a session of its own."""
        with (self.folder / "worker.log").open("ab") as log:
            worker = subprocess.Popen(
                [sys.executable, "manage.py", "qcluster"],
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        self.workers.append(worker)
        return worker

    def kill_worker(self, worker: subprocess.Popen[bytes]) -> None:
        """Send SIGKILL to the qcluster's first process, as the kernel would, and wait until all of it is gone."""
        worker.kill()
        worker.wait()
        self.until(lambda: not self.worker_processes(), "processes of a killed worker live on")

    def worker_processes(self) -> list[int]:
        """Return processes on this host that belong to this console's workers, the oldest first."""
        mark = f"INSTALLER_DATA_DIR={self.environment['INSTALLER_DATA_DIR']}".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if not entry.name.isdigit():
                continue
            try:
                if (
                    mark in (entry / "environ").read_bytes().split(b"\0")
                    and b"qcluster" in (entry / "cmdline").read_bytes()
                ):
                    # Numbers are given out again; when a process began is not (proc_pid_stat(5), field 22).
                    began = int((entry / "stat").read_text().rpartition(")")[2].split()[19])
                    found.append((began, int(entry.name)))
            except OSError:
                continue
        return [number for _, number in sorted(found)]

    def until(self, condition: Callable[[], Any], what: str, timeout_s: float = 180) -> Any:
        """Poll until ``condition`` holds and return its value."""
        deadline = time.monotonic() + timeout_s
        while not (value := condition()):
            assert time.monotonic() < deadline, f"{what}\n{self._log()}"
            time.sleep(0.1)
        return value

    def _log(self) -> str:
        path = self.folder / "worker.log"
        return path.read_text(errors="replace")[-_SHOWN:] if path.exists() else ""

    def ended(self, job_id: str, timeout_s: float = 300) -> dict[str, Any]:
        """Return the status of a job once it has ended."""

        def look() -> Any:
            status = self.json("get_status", job_id)
            return status if status["finished_at"] else None

        found: dict[str, Any] = self.until(look, f"job {job_id} does not end", timeout_s)
        return found

    def address(self, number: int) -> str:
        """Return ``NET.number``."""
        return f"{self.net}.{number}"

    def make_nodes(self, profiles: dict[int, str], programs: Sequence[str] = ()) -> Path:
        """Create, register, reach and collect lab nodes; return the IP_LIST file that names them."""
        for number, profile in profiles.items():
            node = self.lab.add(profile, self.address(number), password=PASSWORD, programs=programs)
            (node.root / "etc" / "hostname").write_text(f"z1ar01n{number:02d}\n")
        path = self.folder / f"ip_list.{min(profiles)}"
        path.write_text("".join(f"{self.address(number)}\n" for number in profiles))
        self.run("add_nodes", "-I", str(path), "--port", str(self.lab.port))
        self.run("establish_ssh", str(path), "--wait")
        self.run("collect_nodes", "-I", str(path), "--wait")
        return path

    def adopt(self, roles: dict[int, str], mode: str = "devops") -> None:
        """Adopt zone z1a, which already runs with these nodes."""
        variables = self.folder / "variables.z1a.yaml"
        variables.write_text(VARIABLES.replace("NET", self.net).replace("MODE", mode))
        hypers = [self.address(number) for number, role in roles.items() if role.startswith("hyper-")]
        vbc = f"{{mgmt_ips: [{', '.join(hypers)}], ipv4_vbc: 10.10.50.0/24, ipv4_vip: {self.net}.200|{hypers[0]}}}"
        settings = self.write_settings("settings", roles, f"vbc:\n  - {vbc}\n")
        self.run("adopt_zone", "-v", str(variables), "-s", str(settings))

    def write_settings(self, stem: str, roles: dict[int, str], extra: str = "") -> Path:
        """Write ``STEM.z1a.yaml``."""
        lines = [
            f"  {self.address(number)}: {{role: {role}, sub_roles: []}}" for number, role in roles.items()
        ]
        path = self.folder / f"{stem}.z1a.yaml"
        path.write_text("zone_id: z1a\nroles:\n" + "\n".join(lines) + "\n" + extra)
        return path

    def configure(self, roles: dict[int, str], extra: str = "") -> str:
        """Make a draft plan; return its id."""
        path = self.write_settings("scale_settings", roles, extra)
        plan_id: str = self.json("config_qingcloud", "-s", str(path))[0]["plan_id"]
        return plan_id

    def close(self) -> None:
        """End the workers."""
        self._end_starter()
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
                try:
                    worker.wait(20)
                except subprocess.TimeoutExpired:
                    worker.kill()
                    worker.wait()

    def _end_starter(self) -> None:
        if self._starter is not None:
            self._starter.close()
            self._starter = None

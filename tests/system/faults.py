"""Workers, nodes and a driver for fault tests, on PostgreSQL: two qclusters over one database."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

from lab import Lab
from tests.system.console import ROOT, Console

# What a script does on a node: one line when it begins, numbered output, one line when it ends.
SCRIPT = """\
mkdir -p /opt/effects
echo begin >>/opt/effects/NAME
n=0
while [ $n -lt LINES ]; do n=$((n + 1)); echo "line $n of NAME"; PAUSE; done
echo end >>/opt/effects/NAME
"""


class Refusal(Exception):
    """What a verb answered when it was refused."""


class FaultConsole(Console):
    """A console whose verbs are done by one long-lived process instead of a command each."""

    def __init__(self, folder: Path, lab: Lab, net: str, database_url: str) -> None:
        super().__init__(folder, lab, net, database_url)
        self.environment |= {
            "DJANGO_SETTINGS_MODULE": "tests.system.toyapp.settings",
            "TOY_DYING": "1",
            "INSTALLER_WORKERS": "1",
        }
        self.key = folder / "data" / "ssh" / "id_ed25519"
        self.host_keys: dict[str, str] = {}
        self._lock = threading.Lock()
        self._driver: subprocess.Popen[str] | None = None

    def add_nodes(self, count: int) -> list[str]:
        """Lab nodes that accept the console's key; their addresses."""
        from common.ssh import keypair

        public = keypair.ensure(self.key)
        addresses = [self.address(number) for number in range(11, 11 + count)]
        for address in addresses:
            made = self.lab.add("hyper-repl", address, authorized_keys=[public])
            self.host_keys[address] = " ".join((made.path / "host_key.pub").read_text().split()[:2])
        return addresses

    def ask(self, verb: str, *args: Any, **keys: Any) -> Any:
        """Return the value of a verb. Raises :class:`Refusal`."""
        with self._lock:
            if self._driver is None:
                self._driver = self.new_driver()
            return _ask(self._driver, verb, args, keys)

    def new_driver(self) -> subprocess.Popen[str]:
        """Start another driver, for verbs at the same moment; close its standard input when done."""
        return subprocess.Popen(
            [sys.executable, "-m", "tests.system.toyapp.driver"],
            cwd=ROOT,
            env=self.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def submit(self, addresses: list[str], one: str, two: str = "", **keys: Any) -> str:
        """Submit a toy job; return its id."""
        keys = {"scripts": {"one": one, "two": two}, **self.login_params(), **keys}
        job_id: str = self.ask("submit", addresses, **keys)
        return job_id

    def login_params(self) -> dict[str, Any]:
        """Return how the toy phases reach the nodes."""
        return {"port": self.lab.port, "key": str(self.key), "host_keys": self.host_keys}

    def ended(self, job_id: str, timeout_s: float = 180) -> dict[str, Any]:
        """Return the status of a job once it has ended."""

        def look() -> Any:
            try:
                status = self.ask("status", job_id)
            except Refusal:
                return None  # the database is away
            return status if status["finished_at"] else None

        found: dict[str, Any] = self.until(look, f"job {job_id} does not end", timeout_s)
        return found

    def ensure_workers(self, count: int = 2) -> None:
        """Provide that many live qclusters, whatever an earlier test did to them."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < count:
            self.start_worker()
        # By process: one that was killed a moment ago is not known to be dead yet.
        ours = {worker.pid for worker in self.workers}
        self.until(lambda: ours <= set(self.ask("workers")), "workers do not come up")

    def stop_workers(self) -> None:
        """Send SIGKILL to all of them."""
        for worker in self.workers:
            worker.kill()
            worker.wait()
        self.workers = []
        self.until(lambda: not self.worker_processes(), "processes of killed workers live on")

    def die_at(self, point: str) -> Path:
        """Kill the next worker that comes to this point of the engine; return the file that is gone then."""
        mark = Path(self.environment["INSTALLER_DATA_DIR"], f"die.{point}")
        mark.write_text("")
        return mark

    def effects(self, address: str, name: str) -> list[str]:
        """Return what a script has done on a node."""
        path = Path(self.lab.node(address).root, "opt", "effects", name)
        return path.read_text().split() if path.exists() else []

    def lines(self, job_id: str, address: str, phase: str) -> list[str]:
        """Return standard output of a phase on a node as the job's log has it."""
        return [row[6] for row in self.ask("log", job_id) if row[1:3] == [address, phase] and row[4] == "out"]

    def processes(self, job_id: str) -> list[str]:
        """Return command lines of what still runs for a job on any node."""
        found = []
        for entry in Path("/proc").iterdir():
            try:
                words = (entry / "cmdline").read_bytes() if entry.name.isdigit() else b""
            except OSError:
                continue
            if job_id.encode() in words and words.split(b"\0")[0].rsplit(b"/")[-1] in (
                b"sh",
                b"sleep",
                b"setsid",
            ):
                found.append(words.replace(b"\0", b" ").decode(errors="replace")[:200])
        return found

    def streamed(self, job_id: str) -> int:
        """Return how many logs of the job are being streamed: feeders on nodes whose reader runs for it."""
        found = 0
        for entry in Path("/proc").glob("[0-9]*"):
            try:
                if not (entry / "cmdline").read_bytes().startswith(b"tail\0-f\0"):
                    continue
                parent = (entry / "stat").read_text().rpartition(")")[2].split()[1]
                found += job_id.encode() in Path("/proc", parent, "cmdline").read_bytes()
            except OSError:
                continue
        return found

    def check_whole(self, job_id: str, addresses: list[str], names: dict[str, tuple[str, int]]) -> None:
        """Check every promise at once; ``names``: by phase the name of its effects and its number of lines."""
        log = self.ask("log", job_id)
        assert [row[0] for row in log] == list(range(1, len(log) + 1)), "the log has a gap"
        for address in addresses:
            for phase, (name, count) in names.items():
                assert self.effects(address, name) == ["begin", "end"], (address, phase)
                wanted = [f"line {number} of {name}" for number in range(1, count + 1)]
                assert [
                    row[6] for row in log if row[1:3] == [address, phase] and row[4] == "out"
                ] == wanted, (address, phase)
        self.until(lambda: not self.processes(job_id), "processes are left on nodes", 10)
        assert all(step["remote"] == {} for step in self.ask("steps", job_id))

    def close(self) -> None:
        """End driver and workers."""
        self._end_starter()
        if self._driver and self._driver.stdin:
            self._driver.stdin.close()
            self._driver.wait(20)
        for worker in self.workers:
            if worker.poll() is None:
                worker.kill()
                worker.wait()


def _ask(driver: subprocess.Popen[str], verb: str, args: Any, keys: Any) -> Any:
    assert driver.stdin and driver.stdout
    driver.stdin.write(json.dumps([verb, args, keys]) + "\n")
    driver.stdin.flush()
    line = driver.stdout.readline()
    assert line, "the driver has died"
    answer = json.loads(line)
    if "error" in answer:
        raise Refusal(answer["error"])
    return answer["value"]


ask = _ask


def script(name: str, lines: int = 10, pause: str = "sleep 0.2") -> str:
    """Write a script whose every effect and line can be counted."""
    return SCRIPT.replace("NAME", name).replace("LINES", str(lines)).replace("PAUSE", pause)

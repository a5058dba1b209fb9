"""The console with one node, the guest, and any script on it as a job."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.system.faults import FaultConsole
from tests.vm.machine import ADDRESS, Machine


class VmConsole(FaultConsole):
    """A console with its commands and its worker, its own data folder and database; its one node is the guest."""

    def __init__(self, folder: Path, machine: Machine, database_url: str) -> None:
        super().__init__(folder, machine, ADDRESS, database_url)
        self.machine = machine
        self.ip_list = folder / "ip_list"
        self.ip_list.write_text(f"{ADDRESS}\n")
        # Real leases: a busy host with an emulated processor beside it is slow, not dead.
        self.environment["INSTALLER_LEASE_S"] = "20"

    def establish(self, user: str, password: str, *words: str, expect: int = 0) -> str:
        """Run establish_ssh as a person calls it; return its output."""
        self.environment["INSTALLER_SSH_PASSWORD"] = password
        port = str(self.machine.port)
        done = self.run("establish_ssh", str(self.ip_list), port, user, "--wait", *words, expect=expect)
        return done.stderr

    def node(self) -> dict[str, Any]:
        """Return the guest as describe_nodes shows it."""
        found: dict[str, Any] = self.json("describe_nodes", "-i", ADDRESS)["node_set"][0]
        return found

    def collect(self) -> dict[str, Any]:
        """Collect; return the guest as it is then."""
        self.run("collect_nodes", "-i", ADDRESS, "--wait", timeout_s=300)
        return self.node()

    def disk(self, serial: str) -> dict[str, Any]:
        """Return one data disk as collected."""
        return next(disk for disk in self.node()["data_disks"] if disk["serial"] == serial)

    def component(self, one: str, two: str = "") -> str:
        """Run scripts detached on the guest as a job, one phase after the other; return its id."""
        scripts = {"one": one, "two": two}
        job_id: str = self.ask(
            "submit", [ADDRESS], scripts=scripts, port=self.machine.port, key=str(self.key)
        )
        return job_id

    def said(self, job_id: str, text: str) -> bool:
        """Return whether a job's log contains it."""
        return any(text in row[6] for row in self.ask("log", job_id))

    def effects(self, address: str, name: str) -> list[str]:
        """Return what a script has done on the guest."""
        return self.machine.agent.run(f"cat /opt/effects/{name} 2>/dev/null || :").split()

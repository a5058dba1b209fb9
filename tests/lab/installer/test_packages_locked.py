"""Packages onto a node that is installing others at the moment."""

from __future__ import annotations

import fcntl

import pytest

from common.ssh import Endpoint
from jobs.context import StepFailed
from jobs.remote import run_component
from operations.copy_files import put_files
from operations.scripts import PACKAGE_FOLDER, component_script
from tests.fixtures.steps import Desk, ForeignProcess, Machine, until
from tests.lab.zones.test_packages_script import OWN

SETTINGS = 'role="vg"\nzone_id="z1"\n'


def script(**values: str) -> str:
    lines = "\n".join(f"{item.name}|{item.version}|{item.file_name}" for item in OWN)
    return component_script(
        "update_nodes", package_folder=PACKAGE_FOLDER, packages=lines, site_files="", **values
    )


def install(desk: Desk, endpoint: Endpoint, fence: int = 1, **values: str) -> None:
    """Install as the phases do."""
    put_files(desk.step(fence=fence), endpoint, [(item.file_name, item.data) for item in OWN])
    run_component(desk.step(fence=fence), endpoint, "update_nodes", script(**values))


def test_a_node_that_installs_something_is_waited_for(
    machine: Machine, desk: Desk, beside: ForeignProcess
) -> None:
    (machine.root / "pitrix/conf").mkdir(parents=True)
    run_component(desk.step(), machine.endpoint, "post", component_script("post", SETTINGS))
    (machine.root / "var/lib/dpkg").mkdir(parents=True, exist_ok=True)
    with (machine.root / "var/lib/dpkg/lock-frontend").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        working = beside(lambda: install(desk, machine.endpoint))
        until(
            lambda: any(") is installing packages here: waiting up to" in line for line in desk.texts("out")),
            "it waits",
        )
        assert working.is_alive()
    working.join(60)
    assert any("pitrix-vg-conf 3.0+aa installed" in line for line in desk.texts("out")), desk.texts("err")


def test_the_reason_of_a_node_that_never_comes_to_an_end(machine: Machine, desk: Desk) -> None:
    (machine.root / "var/lib/dpkg").mkdir(parents=True, exist_ok=True)
    with (machine.root / "var/lib/dpkg/lock-frontend").open("w") as lock:
        fcntl.lockf(lock, fcntl.LOCK_EX)
        with pytest.raises(
            StepFailed, match=r"exit code 75: .* is still installing packages here after 1 s: wait until"
        ):
            install(desk, machine.endpoint, lock_wait_s="1")

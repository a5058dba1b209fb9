"""A node rebooted by a component is away for as long as a server takes to start."""

from __future__ import annotations

from pathlib import Path

import pytest

import lab
from common.ssh import keypair
from jobs.context import StepFailed
from jobs.remote import component, run_component
from lab import Lab
from tests.fixtures.steps import Desk, Machine

REBOOTS = 'echo "boot $INSTALLER_BOOTS"; [ $INSTALLER_BOOTS -ge 1 ] || { ASKS sleep 1; reboot; sleep 60; }'


@pytest.fixture
def slow(served: Lab, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """Make a node that boots for longer than a dropped connection is retried."""
    monkeypatch.setattr(component, "PAUSES_S", (0.1, 0.1))
    key = tmp_path / "id_ed25519"
    node: lab.Node = served.add("hyper-repl", boot_s=3, authorized_keys=[keypair.ensure(key)])
    return Machine(node, key)


def test_it_is_waited_for_longer_than_for_a_connection(slow: Machine, desk: Desk) -> None:
    script = REBOOTS.replace("ASKS", ': >"$INSTALLER_REBOOT";')
    run_component(desk.step(), slow.endpoint, "disk", script)
    assert desk.texts("out") == ["boot 0", "boot 1"]


def test_one_that_did_not_ask_is_not(slow: Machine, desk: Desk) -> None:
    with pytest.raises(StepFailed, match="given up"):
        run_component(desk.step(), slow.endpoint, "disk", REBOOTS.replace("ASKS", ""))

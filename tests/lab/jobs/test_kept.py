"""The components of a step share one login, as long as nothing goes wrong on the connection."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from common import ssh
from common.ssh import Connection, connection
from jobs.context import StepFailed
from jobs.remote import run_component
from tests.fixtures.steps import Desk, Machine


@pytest.fixture
def logins(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Note each login; nothing is kept from or for another test."""
    found: list[str] = []
    login = connection.connect

    def noted(endpoint: ssh.Endpoint, **keys: Any) -> Connection:
        found.append(endpoint.address)
        return login(endpoint, **keys)

    ssh.drop()
    monkeypatch.setattr(connection, "connect", noted)
    yield found
    ssh.drop()


def test_components_one_after_another_log_in_once(machine: Machine, desk: Desk, logins: list[str]) -> None:
    step = desk.step()
    for name in ("os", "network", "disk"):
        run_component(step, machine.endpoint, name, f"echo {name}")
    assert desk.texts("out") == ["os", "network", "disk"]
    assert logins == [machine.endpoint.address] and ssh.has_kept(machine.endpoint)
    ssh.drop()
    assert not ssh.has_kept(machine.endpoint)


def test_after_a_failure_the_next_one_logs_in_again(machine: Machine, desk: Desk, logins: list[str]) -> None:
    with pytest.raises(StepFailed):
        run_component(desk.step(), machine.endpoint, "os", "exit 3")
    assert not ssh.has_kept(machine.endpoint)
    run_component(desk.step(), machine.endpoint, "network", "echo there")
    assert len(logins) == 2


def test_a_connection_that_went_away_unseen_costs_no_attempt(
    machine: Machine, desk: Desk, logins: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run_component(desk.step(), machine.endpoint, "network", "echo cut")
    with monkeypatch.context() as patched:
        with ssh.kept(machine.endpoint) as one:
            patched.setattr(Connection, "is_open", property(lambda self: True))
        one.close()
        run_component(desk.step(), machine.endpoint, "disk", "echo there")
    assert desk.texts("out") == ["cut", "there"] and len(logins) == 2
    assert not [text for text in desk.texts("sys") if "retrying in" in text]


def test_a_reboot_needs_a_new_login(machine: Machine, desk: Desk, logins: list[str]) -> None:
    run_component(desk.step(), machine.endpoint, "os", "echo before")
    run_component(desk.step(), machine.endpoint, "network", 'echo "now"; : >"$INSTALLER_REBOOT"')
    run_component(desk.step(), machine.endpoint, "disk", "echo after")
    assert desk.texts("out") == ["before", "now", "after"]
    assert not [text for text in desk.texts("sys") if "retrying in" in text]

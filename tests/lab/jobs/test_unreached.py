"""A node that was never reached: the error says so, not that time ran out."""

from __future__ import annotations

import socket
import time
from dataclasses import replace

import pytest

from common import ssh
from common.ssh import SshError
from jobs.context import StepFailed
from jobs.remote import run_component
from tests.fixtures.steps import Desk, Machine


def test_the_last_refusal_is_the_error_when_no_time_is_left_to_try_again(
    machine: Machine, desk: Desk
) -> None:
    with socket.socket() as bound:
        # Bound and not listening: no other process can take the port meanwhile.
        bound.bind(("127.0.0.1", 0))
        nobody = replace(machine.endpoint, address="127.0.0.1", port=bound.getsockname()[1])
        step = desk.step()
        step.deadline = time.monotonic() + 3
        with pytest.raises(StepFailed, match=r"refuses the connection.*no time is left for another attempt"):
            run_component(step, nobody, "exec", "true")


@pytest.mark.remedy("S01")
def test_the_right_address_is_reached(machine: Machine) -> None:
    # No route leads there, on any machine.
    nobody = replace(machine.endpoint, address="255.255.255.255")
    with pytest.raises(SshError, match="check the power, the address") as caught:
        ssh.connect(nobody)
    assert caught.value.message.code == "S01"
    ssh.connect(machine.endpoint).close()

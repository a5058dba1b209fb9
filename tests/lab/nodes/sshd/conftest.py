"""establish_ssh and components on real OpenSSH servers, with real sudo and real shells."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from common.actor import Actor
from common.secrets import Secret
from jobs.models import Job
from nodes.models import Node
from nodes.services.establish import establish_ssh
from tests.lab.nodes.sshd.machine import PASSWORD, RealMachine, need

Start = Callable[..., RealMachine]
Establish = Callable[..., Job]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start machines, each of which ends with the test."""
    with ExitStack() as stack:

        def begin(accounts: Mapping[str, str], **more: Any) -> RealMachine:
            need(*(Path(shell).name for shell in accounts.values()))
            folder = tmp_path / f"machine{len(list(tmp_path.iterdir()))}"
            folder.mkdir()
            return stack.enter_context(RealMachine(folder, accounts, **more))

        yield begin


@pytest.fixture
def establish(data_dir: Path, actor: Actor, work: Callable[[Job], Job]) -> Establish:
    """Run the job on a machine as a user, to its end."""

    def run(machine: RealMachine, user: str, *, password: str | None = PASSWORD, **more: Any) -> Job:
        Node.objects.get_or_create(mgmt_address=machine.address, defaults={"ssh_port": machine.port})
        secret = Secret(password) if password else None
        return work(
            establish_ssh(
                addresses=[machine.address],
                actor=actor,
                user=user,
                password=secret,
                port=machine.port,
                **more,
            )
        )

    return run

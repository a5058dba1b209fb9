"""What sshd's configuration forbids is named with the way around it; an sshd with many logins at once is retried."""

from __future__ import annotations

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from common import ssh
from common.secrets import Secret
from common.ssh import Place, SshError, keypair
from common.waiting import working_for
from jobs.context import StepStopped
from nodes.models import Node
from tests.fixtures.steps import Desk
from tests.lab.nodes.sshd.conftest import Establish, Start
from tests.lab.nodes.sshd.machine import PASSWORD, RealMachine

pytestmark = pytest.mark.django_db(transaction=True)


def line_of(settings: object) -> str:
    return keypair.ensure(Path(settings.INSTALLER_SSH_KEY))  # type: ignore[attr-defined]


def crowded(machine: RealMachine) -> list[socket.socket]:
    """Open three connections that hold their place and do not log in."""
    found: list[socket.socket] = []
    while len(found) < 3:
        other = socket.create_connection((machine.address, machine.port))
        # The look whether it is up may still have a place.
        if other.recv(4) == b"SSH-":
            found.append(other)
        else:
            other.close()
    return found


@pytest.mark.remedy("S08")
def test_root_by_key_only_is_named_with_the_line_that_lets_us_in(
    start: Start, establish: Establish, settings: object
) -> None:
    machine = start(
        {"root": "/bin/bash"}, config="PermitRootLogin prohibit-password\nPasswordAuthentication yes\n"
    )
    job = establish(machine, "root")
    error, line = job.steps.get().error, line_of(settings)
    assert job.status == "failed" and "does not accept this password for user root" in error
    assert "PermitRootLogin prohibit-password" in error and "another account that may use sudo" in error
    assert f"add this line to /root/.ssh/authorized_keys there: {line}" in error
    # What it says to do leads in, word for word.
    machine.authorize("root", error.rpartition("there: ")[2])
    assert establish(machine, "root", password=None).status == "succeeded"


@pytest.mark.parametrize(
    "config", ["AllowUsers admin\n", "DenyUsers yop\n", "AllowGroups wheel\n", "DenyGroups yop\n"]
)
def test_an_account_that_sshd_does_not_let_in(start: Start, establish: Establish, config: str) -> None:
    machine = start({"yop": "/bin/bash"}, config=config)
    error = establish(machine, "yop").steps.get().error
    assert "does not accept this password for user yop" in error
    assert "AllowUsers, DenyUsers, AllowGroups, DenyGroups" in error and "~yop/.ssh/authorized_keys" in error


def test_a_server_that_takes_no_password_prints_the_line(
    start: Start, establish: Establish, settings: object
) -> None:
    machine = start(
        {"yop": "/bin/bash"}, config="PasswordAuthentication no\nKbdInteractiveAuthentication no\n"
    )
    error = establish(machine, "yop").steps.get().error
    assert 'does not allow password logins (only "publickey")' in error and line_of(settings) in error


def test_a_key_that_sshd_does_not_take_says_where_to_look(start: Start, establish: Establish) -> None:
    machine = start(
        {"yop": "/bin/bash"}, config="PubkeyAuthentication no\n", rules={"y": "yop ALL=(ALL) ALL\n"}
    )
    error = establish(machine, "yop").steps.get().error
    assert "does not accept the installer's key" in error and "PubkeyAuthentication" in error
    assert Node.objects.get().host_key == ""


def test_too_many_failures_are_told_in_the_servers_words(start: Start, tmp_path: Path) -> None:
    machine = start({"yop": "/bin/bash"}, config="MaxAuthTries 1\n")
    place = Place(machine.address, machine.port, "yop", str(tmp_path / "none"))
    with pytest.raises(SshError) as caught:
        ssh.connect(place.pinned(machine.host_key), password=Secret("canary-wrong"))
    assert 'it said "Too many authentication failures"' in str(caught.value)


@pytest.mark.remedy("S03")
def test_an_sshd_with_many_logins_at_once_is_tried_again(start: Start, tmp_path: Path) -> None:
    """Retry with MaxStartups 3: with three others not logged in, sshd closes every new connection at once."""
    machine = start({"yop": "/bin/bash"}, config="MaxStartups 3:100:3\nLoginGraceTime 60\n")
    key = tmp_path / "key"
    machine.authorize("yop", keypair.ensure(key))
    endpoint = Place(machine.address, machine.port, "yop", str(key)).pinned(machine.host_key)
    crowd = crowded(machine)
    with pytest.raises(SshError, match=r"MaxStartups") as caught:
        ssh.connect(endpoint, patient=False)
    assert caught.value.kind == "protocol"
    with ThreadPoolExecutor(1) as pool:
        coming = pool.submit(ssh.connect, endpoint)
        looked = pool.submit(lambda: ssh.host_key_of(endpoint))
        threading.Timer(1.5, lambda: [other.close() for other in crowd]).start()
        with coming.result(60) as connection:
            assert connection.run(["id", "-un"], as_login=True).stdout == b"yop\n"
        assert looked.result(60) == machine.host_key


def test_a_password_is_given_once_however_often_the_server_is_tried(start: Start, tmp_path: Path) -> None:
    machine = start({"yop": "/bin/bash"}, config="MaxStartups 3:100:3\nLogLevel VERBOSE\n")
    place = Place(machine.address, machine.port, "yop", str(tmp_path / "none"))
    crowd = crowded(machine)
    threading.Timer(1.0, lambda: [other.close() for other in crowd]).start()
    with pytest.raises(SshError, match="does not accept this password"):
        ssh.connect(place.pinned(machine.host_key), password=Secret("canary-wrong"))
    assert machine.read("sshd.log").count("Failed password for yop") == 1
    ssh.connect(place.pinned(machine.host_key), password=Secret(PASSWORD)).close()


def test_trying_again_ends_with_the_step(desk: Desk) -> None:
    context = desk.step()
    with socket.create_server(("127.0.0.1", 0)) as server:

        def close_each() -> None:
            while True:
                try:
                    server.accept()[0].close()
                except OSError:
                    return

        threading.Thread(target=close_each, daemon=True).start()
        threading.Timer(1.0, lambda: context.stop("cancelled", kill=True)).start()
        begun = time.monotonic()
        with working_for(context), pytest.raises(StepStopped, match="cancelled"):
            ssh.host_key_of(Place("127.0.0.1", server.getsockname()[1]))
        assert time.monotonic() - begun < 8
        server.shutdown(socket.SHUT_RDWR)

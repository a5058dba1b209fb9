"""Passing a password to servers that ask for it in different ways."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress

import paramiko
import pytest

from common import ssh
from common.secrets import Secret
from common.ssh import Endpoint, SshError, connection

PASSWORD = "canary-login-7"


class Asking(paramiko.ServerInterface):
    """Accepts the password in the given ways; keeps the answers."""

    def __init__(self, methods: tuple[str, ...], answers: list[tuple[str, str]]) -> None:
        self.methods, self.answers = methods, answers

    def get_allowed_auths(self, username: str) -> str:
        return ",".join(self.methods)

    def check_auth_password(self, username: str, password: str) -> int:
        if "password" not in self.methods:
            return paramiko.AUTH_FAILED
        return self._judge("password", password)

    def check_auth_interactive(self, username: str, submethods: str) -> int | paramiko.InteractiveQuery:
        if "keyboard-interactive" not in self.methods:
            return paramiko.AUTH_FAILED
        return paramiko.InteractiveQuery("Login", "", ("Password: ", False))

    def check_auth_interactive_response(self, responses: list[str]) -> int:
        return self._judge("keyboard-interactive", *responses)

    def _judge(self, method: str, *given: str) -> int:
        self.answers += [(method, answer) for answer in given]
        return paramiko.AUTH_SUCCESSFUL if given == (PASSWORD,) else paramiko.AUTH_FAILED


class Server:
    """A server on a free loopback port; each connection has a thread."""

    def __init__(self, *methods: str) -> None:
        self.methods = methods
        self.answers: list[tuple[str, str]] = []
        self.key = paramiko.ECDSAKey.generate()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.transports: list[paramiko.Transport] = []
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def endpoint(self) -> Endpoint:
        key = f"{self.key.get_name()} {self.key.get_base64()}"
        return Endpoint("127.0.0.1", self.socket.getsockname()[1], "root", host_key=key)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            transport = paramiko.Transport(client)
            transport.add_server_key(self.key)
            self.transports.append(transport)
            try:
                transport.start_server(server=Asking(self.methods, self.answers))
            except (paramiko.SSHException, EOFError, OSError):
                continue  # the client went away again: the next one is served

    def close(self) -> None:
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for transport in self.transports:
            transport.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def start(*methods: str) -> Server:
        made.append(Server(*methods))
        return made[-1]

    yield start
    for server in made:
        server.close()


@pytest.mark.parametrize(
    ("methods", "used"),
    [
        (("publickey", "keyboard-interactive"), "keyboard-interactive"),
        (("publickey", "password"), "password"),
        (("publickey", "password", "keyboard-interactive"), "password"),
    ],
)
def test_every_way_of_asking(serve: Callable[..., Server], methods: tuple[str, ...], used: str) -> None:
    server = serve(*methods)
    with ssh.connect(server.endpoint, password=Secret(PASSWORD)) as connection:
        assert connection.endpoint == server.endpoint
    assert server.answers == [(used, PASSWORD)]
    with pytest.raises(SshError, match="does not accept this password for user root") as caught:
        ssh.connect(server.endpoint, password=Secret("canary-wrong"))
    assert caught.value.kind == "auth" and "canary" not in str(caught.value)


def test_a_server_that_takes_no_password_at_all(serve: Callable[..., Server]) -> None:
    server = serve("publickey")
    with pytest.raises(SshError, match="does not allow password logins") as caught:
        ssh.connect(server.endpoint, password=Secret(PASSWORD))
    assert "set PasswordAuthentication yes" in str(caught.value) and "canary" not in str(caught.value)
    assert server.answers == []


@pytest.mark.remedy("S09")
def test_a_second_step_after_the_password_is_told(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Asking, "check_auth_password", lambda *_: paramiko.AUTH_PARTIALLY_SUCCESSFUL)
    server = serve("password", "publickey")
    with pytest.raises(SshError, match="requires a second step") as caught:
        ssh.connect(server.endpoint, password=Secret(PASSWORD))
    assert caught.value.kind == "auth" and "AuthenticationMethods" in str(caught.value)
    # One step is enough now.
    monkeypatch.undo()
    ssh.connect(server.endpoint, password=Secret(PASSWORD)).close()


@pytest.mark.remedy("S14")
def test_a_login_that_waits_too_long_may_be_tried_again(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    over = threading.Event()
    monkeypatch.setattr(connection, "ANSWER_TIMEOUT_S", 1.0)
    monkeypatch.setattr(Asking, "check_auth_password", lambda *_: over.wait(60) and paramiko.AUTH_FAILED)
    server = serve("password")
    try:
        with pytest.raises(SshError, match="no answer to the login within 1 s: try again") as caught:
            ssh.connect(server.endpoint, password=Secret(PASSWORD))
    finally:
        over.set()
    assert caught.value.kind == "timeout" and caught.value.message.code == "S14"
    monkeypatch.undo()
    ssh.connect(server.endpoint, password=Secret(PASSWORD)).close()


def test_an_expired_password_that_shows_only_when_something_is_to_run(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Detect that OpenSSH with PAM accepts a password or a key, and then reports this instead of running anything."""

    def refuse(self: Asking, channel: paramiko.Channel, command: bytes) -> bool:
        def say() -> None:
            # The end of its input is sent by a client that knows that its command was taken.
            while channel.recv(4096):
                pass
            channel.sendall_stderr(b"You are required to change your password immediately.\n")
            channel.sendall_stderr(b"Password change required but no TTY available.\n")
            channel.send_exit_status(1)
            channel.close()

        threading.Thread(target=say, daemon=True).start()
        return True

    monkeypatch.setattr(Asking, "check_channel_request", lambda *_: paramiko.OPEN_SUCCEEDED)
    monkeypatch.setattr(Asking, "check_channel_exec_request", refuse)
    with ssh.connect(serve("password").endpoint, password=Secret(PASSWORD)) as connection:
        with pytest.raises(SshError, match="has expired and must be changed first") as caught:
            connection.run(["true"])
        assert caught.value.kind == "expired"


class Endless(list[tuple[str, bool]]):
    """As many questions as the protocol can announce, of which one is sent."""

    def __len__(self) -> int:
        return 2**32 - 1


def test_a_server_that_announces_endless_questions(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    query = paramiko.InteractiveQuery("Login", "")
    query.prompts = Endless([("Password: ", False)])
    monkeypatch.setattr(Asking, "check_auth_interactive", lambda *_: query)
    server = serve("keyboard-interactive")
    with pytest.raises(SshError, match="it asks 4294967295 questions at once") as caught:
        ssh.connect(server.endpoint, password=Secret(PASSWORD))
    assert caught.value.kind == "dropped" and server.answers == []

"""Questions of a server before the password. asyncssh takes one service request in a connection, as in RFC 4253."""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import asyncssh
import pytest

from common import ssh
from common.secrets import Secret
from common.ssh import Endpoint, SshError, connection

PASSWORD = "canary-login-7"
Questions = list[tuple[str, bool]]


class Script(asyncssh.SSHServer):
    """Asks one list of questions after the other; the first answer is judged, everything is kept."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.rounds = list(server.rounds)

    def begin_auth(self, username: str) -> bool:
        return True

    def password_auth_supported(self) -> bool:
        return self.server.expired

    def validate_password(self, username: str, password: str) -> bool:
        raise asyncssh.PasswordChangeRequired("set a new one")

    def kbdint_auth_supported(self) -> bool:
        return not self.server.expired

    def get_kbdint_challenge(self, username: str, lang: str, submethods: str) -> Any:
        return self._next()

    def validate_kbdint_response(self, username: str, responses: Any) -> Any:
        self.server.answers += list(responses)
        if responses and responses[0] != PASSWORD:
            return False
        return self._next() if self.rounds else True

    def _next(self) -> tuple[str, str, str, Questions]:
        return ("Log-in", self.server.text, "", self.rounds.pop(0))


class Server:
    """Serves on a free loopback port, on a thread of its own."""

    def __init__(self, *rounds: Questions, text: str = "", expired: bool = False) -> None:
        self.rounds, self.text, self.expired = rounds, text, expired
        self.answers: list[str] = []
        self.key = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
        self.host_key = " ".join(self.key.export_public_key().decode().split()[:2])
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, daemon=True)
        self.thread.start()
        self.listener = asyncio.run_coroutine_threadsafe(self._listen(), self.loop).result(10)

    async def _listen(self) -> asyncssh.SSHAcceptor:
        return await asyncssh.create_server(
            lambda: Script(self),
            "127.0.0.1",
            0,
            server_host_keys=[self.key],
            config=(),
        )

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint("127.0.0.1", self.listener.get_port(), "root", host_key=self.host_key)

    def connect(self, password: str = PASSWORD) -> ssh.Connection:
        return ssh.connect(self.endpoint, password=Secret(password))

    async def _close(self) -> None:
        self.listener.close()
        await self.listener.wait_closed()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    def close(self) -> None:
        asyncio.run_coroutine_threadsafe(self._close(), self.loop).result(10)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., Server]]:
    made: list[Server] = []

    def start(*rounds: Questions, **more: Any) -> Server:
        made.append(Server(*rounds, **more))
        return made[-1]

    yield start
    for server in made:
        server.close()


@pytest.mark.parametrize(
    "prompt",
    [
        "Password: ",
        "(root@new.example.com) Password: ",
        "Password for root@node-12:",
        "密码：",
        "Authorised use only: new hosts are told to the guard\nPassword:",
    ],
)
def test_a_hidden_question_for_the_password_is_answered(serve: Callable[..., Server], prompt: str) -> None:
    server = serve([(prompt, False)])
    with server.connect() as connection:
        assert connection.endpoint == server.endpoint
    assert server.answers == [PASSWORD]
    with pytest.raises(SshError, match="does not accept this password for user root") as caught:
        server.connect("canary-wrong")
    assert caught.value.kind == "auth" and "canary" not in str(caught.value)


def test_a_round_without_a_question_is_only_read(serve: Callable[..., Server]) -> None:
    server = serve([("Password: ", False)], [])
    server.connect().close()
    assert server.answers == [PASSWORD]


@pytest.mark.parametrize(
    ("questions", "told"),
    [
        ([("Password: ", True)], 'asks "Password:" and would display the answer'),
        ([("Verification code: ", False)], 'asks "Verification code:", which does not clearly ask'),
        ([("One-time password (OATH) for `root': ", False)], "which does not clearly ask for the password"),
        ([("Enter PASSCODE: ", False)], "which does not clearly ask for the password"),
        ([("动态口令：", False)], "which does not clearly ask for the password"),
        ([("", False)], 'asks ""'),
        ([("Password: ", False), ("OTP: ", False)], 'asks 2 questions at once, "Password: / OTP:"'),
    ],
)
def test_any_other_question_gets_nothing(
    serve: Callable[..., Server], questions: Questions, told: str
) -> None:
    server = serve(questions)
    with pytest.raises(SshError) as caught:
        server.connect()
    assert told in str(caught.value) and "log in there by hand" in str(caught.value)
    assert caught.value.kind == "auth" and server.answers == []


def test_a_second_question_gets_nothing(serve: Callable[..., Server]) -> None:
    server = serve([("Password: ", False)], [("Password: ", False)])
    with pytest.raises(SshError, match='received the password and then asks "Password:"'):
        server.connect()
    assert server.answers == [PASSWORD]


def test_what_the_server_asks_is_made_safe(serve: Callable[..., Server]) -> None:
    server = serve([(f"\x1b[2Jcode\r\n\x07\u202e {PASSWORD} {'x' * 500}", False)])
    with pytest.raises(SshError) as caught:
        server.connect()
    text = str(caught.value)
    assert text.isprintable() and "canary" not in text and "***" in text and len(text) < 400


@pytest.mark.parametrize(
    ("rounds", "text"),
    [
        ([[("Password: ", False)], [("New password: ", False)]], ""),
        ([[("Password: ", False)], [("(current) UNIX password: ", False)]], ""),
        ([[("Password: ", False)]], "Your password has expired."),
    ],
)
def test_an_expired_password_is_said(
    serve: Callable[..., Server], rounds: list[Questions], text: str
) -> None:
    server = serve(*rounds, text=text)
    with pytest.raises(SshError, match="has expired and must be changed first") as caught:
        server.connect()
    assert "set a new password, then run establish_ssh again" in str(caught.value)
    assert len(server.answers) == len(rounds) - 1


@pytest.mark.remedy("S10")
def test_a_request_to_change_the_password_is_said(serve: Callable[..., Server]) -> None:
    server = serve([("Password: ", False)], expired=True)
    with pytest.raises(SshError, match="has expired and must be changed first") as caught:
        server.connect()
    assert caught.value.kind == "expired" and caught.value.message.code == "S10"
    server.expired = False
    server.connect().close()


def test_the_password_goes_to_the_machine_that_was_seen_first(
    serve: Callable[..., Server], monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = serve([("Password: ", False)]), serve([("Password: ", False)])
    ports = iter([first.endpoint.port, second.endpoint.port])
    monkeypatch.setattr(connection, "_dial", lambda _: socket.create_connection(("127.0.0.1", next(ports))))
    with pytest.raises(SshError, match="presents a different host key") as caught:
        first.connect()
    assert caught.value.kind == "host_key" and first.answers == second.answers == []

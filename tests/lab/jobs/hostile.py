"""A hostile node: an SSH server whose answer to each command a test writes."""

from __future__ import annotations

import re
import shlex
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import paramiko

from common.ssh import Endpoint

# What is sent as the first line of standard input (common/ssh/programs.py).
_MARK = re.compile(rb"@@([0-9a-f]{16})")


class Talk:
    """One command on that node; ``words``: what the console asked for."""

    def __init__(self, channel: paramiko.Channel, nonce: bytes, program: str, ends: bool) -> None:
        self.channel, self.nonce, self.program, self.ends = channel, nonce, program, ends

    @property
    def launches(self) -> bool:
        """Return whether a component is to be started; otherwise its log is to be read."""
        return "What a job left" not in self.program and "setsid" in self.program

    @property
    def follows(self) -> bool:
        """Return whether the log of a component is to be read."""
        return "@tick" in self.program

    def begin(self) -> None:
        """Send the marks before an answer."""
        self.channel.sendall(b"@@" + self.nonce + b"\n")
        self.channel.sendall_stderr(b"@@" + self.nonce + b"\n")

    def say(self, data: bytes) -> None:
        """Send to standard output."""
        self.channel.sendall(data)

    def end(self, code: int = 0) -> None:
        """End like an honest node."""
        if self.ends:
            for send in (self.channel.sendall, self.channel.sendall_stderr):
                send(b"\n@@" + self.nonce + b" %d\n" % code)
        self.channel.send_exit_status(code)
        self.channel.close()

    def endless(self, data: bytes, *, stderr: bool = False, pause_s: float = 0.0) -> None:
        """Send the same again and again, until the connection closes."""
        send = self.channel.sendall_stderr if stderr else self.channel.sendall
        while True:
            send(data)
            if pause_s:
                time.sleep(pause_s)


class _Server(paramiko.ServerInterface):
    def __init__(self, answer: Callable[[Talk], None]) -> None:
        self.answer = answer

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        return paramiko.AUTH_SUCCESSFUL

    def check_channel_request(self, kind: str, chanid: int) -> int:
        return paramiko.OPEN_SUCCEEDED

    def check_channel_exec_request(self, channel: paramiko.Channel, command: bytes) -> bool:
        threading.Thread(target=self._work, args=(channel,), daemon=True).start()
        return True

    def _work(self, channel: paramiko.Channel) -> None:
        with suppress(OSError, EOFError, paramiko.SSHException):
            said = b""
            while data := channel.recv(65536):
                said += data
            found = _MARK.search(said)
            assert found, said[:200]
            program = " ".join(shlex.split(said.partition(b"\n")[0].decode()))
            self.answer(Talk(channel, found[1], program, b'"$code"' in said))


class HostileNode:
    """Listens on a free loopback port; close it."""

    def __init__(self, answer: Callable[[Talk], None], key: Path) -> None:
        self.host_key = paramiko.ECDSAKey.generate()
        self.socket = socket.create_server(("127.0.0.1", 0))
        pinned = f"{self.host_key.get_name()} {self.host_key.get_base64()}"
        port = self.socket.getsockname()[1]
        self.endpoint = Endpoint("127.0.0.1", port, "root", str(key), pinned)
        self._answer = answer
        self._transports: list[paramiko.Transport] = []
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            transport = paramiko.Transport(client)
            transport.add_server_key(self.host_key)
            self._transports.append(transport)
            with suppress(paramiko.SSHException, EOFError, OSError):
                transport.start_server(server=_Server(self._answer))

    def close(self) -> None:
        """End it and all of its connections."""
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        for transport in self._transports:
            transport.close()

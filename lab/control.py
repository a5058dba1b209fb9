"""A node's control socket: through it shims and the command line ask the server for what only it can do."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import socket
from collections.abc import Awaitable
from pathlib import Path
from typing import Any, Protocol

from lab import sudoers
from lab.child import Child
from lab.errors import LabError
from lab.folder import Node
from lab.machine import Machine, Streams

NAME = "ctl.sock"
MESSAGE_LIMIT = 192 * 1024
SUDO = """
cd "$1" 2>/dev/null; shift
command -v "$1" >/dev/null || { echo "sudo: $1: command not found" >&2; exit 1; }
exec "$@"
"""


class Server(Protocol):
    """The server that a control socket belongs to."""

    node: Node
    machine: Machine

    def spawn(self, work: Awaitable[None]) -> None:
        """Run it concurrently."""

    async def reboot(self, off: bool = False) -> None:
        """Restart, or stay off."""

    def follow_faults(self) -> None:
        """Reload the faults."""


class Control:
    """The listening socket. One message is one request, a JSON object; file descriptors may come with it."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.folder = server.node.state_folder
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET | socket.SOCK_NONBLOCK)

    def open(self) -> None:
        """Bind below the node's state folder, whose path may be longer than sun_path allows (unix(7))."""
        (self.folder / NAME).unlink(missing_ok=True)
        fd = os.open(self.folder, os.O_PATH | os.O_DIRECTORY)
        try:
            self._socket.bind(f"/proc/self/fd/{fd}/{NAME}")
        finally:
            os.close(fd)
        (self.folder / NAME).chmod(0o600)
        self._socket.listen(16)
        asyncio.get_running_loop().add_reader(self._socket, self._accept)

    def close(self) -> None:
        """Stop answering."""
        asyncio.get_running_loop().remove_reader(self._socket)
        self._socket.close()
        (self.folder / NAME).unlink(missing_ok=True)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            peer, _ = self._socket.accept()
            peer.setblocking(False)
            self.server.spawn(self._serve(peer))

    async def _serve(self, peer: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        ready = loop.create_future()
        loop.add_reader(peer, ready.set_result, None)
        fds: list[int] = []
        try:
            await ready
            loop.remove_reader(peer)
            data, fds, _, _ = socket.recv_fds(peer, MESSAGE_LIMIT, 3)
            answer = await self._answer(json.loads(data), fds, peer)
            peer.send(json.dumps(answer).encode())
        except (OSError, ValueError, KeyError, TypeError, LabError) as error:
            with contextlib.suppress(OSError):
                peer.send(json.dumps({"error": str(error)}).encode())
        finally:
            loop.remove_reader(peer)
            peer.close()
            for fd in fds:
                os.close(fd)

    async def _answer(self, request: dict[str, Any], fds: list[int], peer: socket.socket) -> dict[str, Any]:
        if request["op"] == "reboot":
            self.server.spawn(self.server.reboot(off=bool(request.get("off"))))
            return {}
        if request["op"] == "faults":
            self.server.follow_faults()
            return {}
        if request["op"] == "sudo":
            return await self._sudo(request, fds, peer)
        raise LabError(f"unknown request {request['op']!r}")

    async def _sudo(self, request: dict[str, Any], fds: list[int], peer: socket.socket) -> dict[str, Any]:
        """Run a command as root for an authorised user; the answer is its exit status, or the reason of a refusal."""
        user = self.server.node.users.get(request["user"])
        granted = sudoers.grant(self.server.node, user) if user else sudoers.Grant(False)
        if user is None or not granted.allowed:
            return {
                "denied": f"{request['user']} is not in the sudoers file.  This incident will be reported."
            }
        if granted.password and not (request["password"] and user.accepts(request["password"])):
            return {"denied": "password"}
        if len(fds) != 3:
            return {"denied": "three streams are needed"}
        argv = ["/bin/sh", "-c", SUDO, "sudo", request["cwd"], *request["command"]]
        child = await self.server.machine.run(argv, request["env"], Streams(*fds))
        loop = asyncio.get_running_loop()
        loop.add_reader(peer, self._left, peer, child)
        return {"exit": await child.wait()}

    @staticmethod
    def _left(peer: socket.socket, child: Child) -> None:
        """End what sudo started, as with a hang-up, when the sudo that waits for the answer is gone."""
        asyncio.get_running_loop().remove_reader(peer)
        child.signal_group(signal.SIGHUP)


def ask(state_folder: Path, request: dict[str, Any], timeout_s: float = 5.0) -> dict[str, Any] | None:
    """Send a request to the server of a node; None when the node is not served."""
    fd = os.open(state_folder, os.O_PATH | os.O_DIRECTORY)
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
            sock.settimeout(timeout_s)
            sock.connect(f"/proc/self/fd/{fd}/{NAME}")
            sock.send(json.dumps(request).encode())
            answer: dict[str, Any] = json.loads(sock.recv(MESSAGE_LIMIT))
            return answer
    except (OSError, ValueError):
        return None
    finally:
        os.close(fd)

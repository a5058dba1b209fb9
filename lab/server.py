"""The SSH side: one listener for each node, one event loop for all."""

from __future__ import annotations

import asyncio
import logging
import socket
import struct
from collections.abc import Awaitable
from pathlib import Path

import asyncssh

from lab import control, faults, keys
from lab.errors import LabError
from lab.folder import Node, User
from lab.logins import Logins
from lab.machine import Machine
from lab.relay import Relay
from lab.session import Session
from lab.sftp import NodeSFTP

log = logging.getLogger("lab")
BACKLOG = 128
LOGIN_TIMEOUT_S = 60
BANNER = "OpenSSH_8.2p1"  # clients of OpenSSH use its extensions, such as eow, only with its own kind
RESET = struct.pack("ii", 1, 0)  # linger of zero seconds: close sends RST, not FIN


class NodeServer:
    """One node on the network: its listener, its connections, its machine and its control socket."""

    def __init__(self, node: Node, shims: Path) -> None:
        self.node = node
        self.machine = Machine(node, shims)
        self.connections: set[asyncssh.SSHServerConnection] = set()
        self._listener: socket.socket | None = None
        self._control: control.Control | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._down = False
        self._made: tuple[int, asyncssh.SSHServerConnectionOptions] | None = None

    async def start(self) -> None:
        """Listen on the node's address, unless a fault says to refuse.

        Raises:
            LabError: the address and port cannot be bound; the text says why.
        """
        self._control = control.Control(self)
        self._control.open()
        self.follow_faults()

    def follow_faults(self) -> None:
        """Open or close the listener according to the faults."""
        refused = faults.load(self.node.state_folder).refuse or self._down
        if refused and self._listener:
            self._close_listener()
        elif not refused and not self._listener:
            self._listener = self._listen()

    def _listen(self) -> socket.socket:
        address = (self.node.address, self.node.port)
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM | socket.SOCK_NONBLOCK)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(address)
            sock.listen(BACKLOG)
        except OSError as error:
            sock.close()
            raise LabError(
                f"cannot listen on {address[0]}:{address[1]} ({error.strerror}); is another lab serving there? "
                "Stop it, or create the nodes with another --first or --port"
            ) from error
        asyncio.get_running_loop().add_reader(sock, self._accept, sock)
        return sock

    def _accept(self, listener: socket.socket) -> None:
        try:
            sock, _ = listener.accept()
        except OSError as error:
            log.warning("%s: cannot accept: %s", self.node.name, error)
            return
        sock.setblocking(False)
        self.spawn(self.serve_connection(sock))

    def _close_listener(self) -> None:
        if self._listener:
            asyncio.get_running_loop().remove_reader(self._listener)
            self._listener.close()
            self._listener = None

    async def serve_connection(self, sock: socket.socket) -> None:
        """Speak SSH on an accepted socket until it ends."""
        current = faults.load(self.node.state_folder)
        if current.refuse:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            sock.close()
            self.follow_faults()
            return
        if current.drop_after_bytes or current.slow_ms:
            sock = Relay.interpose(sock, current.drop_after_bytes, current.slow_ms / 1000, self.spawn)
        try:
            connection = await asyncssh.run_server(sock, options=self._options())
        except (OSError, asyncssh.Error) as error:
            log.info("%s: connection ended early: %s", self.node.name, error)
            return
        self.connections.add(connection)
        try:
            await connection.wait_closed()
        finally:
            self.connections.discard(connection)

    def spawn(self, work: Awaitable[None]) -> None:
        """Run something concurrently, and keep it from being garbage collected."""
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def reboot(self, off: bool = False) -> None:
        """End everything in the node, refuse connections for its boot time, and come back unless ``off``."""
        self._down = True
        self._close_listener()
        for connection in list(self.connections):
            connection.abort()
        await self.machine.stop()
        if off:
            return
        await asyncio.sleep(self.node.boot_s)
        self._down = False
        self.follow_faults()

    async def stop(self) -> None:
        """Close listener, connections and machine."""
        self._close_listener()
        if self._control:
            self._control.close()
        for connection in list(self.connections):
            connection.abort()
        for task in list(self._tasks):
            task.cancel()
        await self.machine.stop()

    def _options(self) -> asyncssh.SSHServerConnectionOptions:
        """Return connection options, rebuilt when the host key on disk changes."""
        changed = keys.stamp(self.node.path)
        if self._made is None or self._made[0] != changed:
            options = asyncssh.SSHServerConnectionOptions(
                server_factory=lambda: Logins(self.node),
                server_host_keys=[keys.load(self.node.path)],
                process_factory=self._serve_process,
                sftp_factory=lambda chan: NodeSFTP(chan, self.node, self._user_of(chan)),
                server_version=BANNER,
                encoding=None,
                line_editor=False,
                allow_scp=False,
                agent_forwarding=False,
                gss_host=None,
                login_timeout=LOGIN_TIMEOUT_S,
                config=(),
            )
            self._made = (changed, options)
        return self._made[1]

    def _user_of(self, channel: asyncssh.SSHServerChannel[bytes]) -> User:
        return self.node.users[channel.get_extra_info("username")]

    async def _serve_process(self, process: asyncssh.SSHServerProcess[bytes]) -> None:
        user = self.node.users[process.get_extra_info("username")]
        await Session(process, self.machine, user).run()

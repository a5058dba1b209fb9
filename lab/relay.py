"""A relay between a client and the SSH server that is slow, or cuts the connection after some bytes."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Awaitable, Callable

CHUNK = 32 * 1024
RESET = struct.pack("ii", 1, 0)


class Relay:
    """Copies both ways between the client's socket and one end of a socket pair."""

    def __init__(self, client: socket.socket, inner: socket.socket, budget: int, delay_s: float) -> None:
        self.client = client
        self.inner = inner
        self.budget = budget  # bytes that may still go to the client; 0 means no limit
        self.delay_s = delay_s

    @classmethod
    def interpose(
        cls, client: socket.socket, budget: int, delay_s: float, spawn: Callable[[Awaitable[None]], None]
    ) -> socket.socket:
        """Return the socket to serve instead of ``client``. ``spawn`` runs the relay."""
        inner, served = socket.socketpair()
        inner.setblocking(False)
        served.setblocking(False)
        spawn(cls(client, inner, budget, delay_s).run())
        return served

    async def run(self) -> None:
        """Copy until either side closes or the budget is spent."""
        tasks = [asyncio.create_task(self._to_client()), asyncio.create_task(self._to_server())]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            self.client.close()
            self.inner.close()

    async def _to_client(self) -> None:
        loop = asyncio.get_running_loop()
        left = self.budget
        with contextlib.suppress(OSError):
            while data := await loop.sock_recv(self.inner, CHUNK):
                await asyncio.sleep(self.delay_s)
                if self.budget and len(data) >= left:
                    await loop.sock_sendall(self.client, data[:left])
                    self.client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                    return
                left -= len(data)
                await loop.sock_sendall(self.client, data)

    async def _to_server(self) -> None:
        loop = asyncio.get_running_loop()
        with contextlib.suppress(OSError):
            while data := await loop.sock_recv(self.client, CHUNK):
                await loop.sock_sendall(self.inner, data)

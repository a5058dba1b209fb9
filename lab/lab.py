"""A lab: a folder of nodes, and the thread or process that serves them."""

from __future__ import annotations

import asyncio
import contextlib
import ipaddress
import os
import random
import resource
import socket
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from lab import control, faults, folder, keys, toolbox
from lab.errors import LabError
from lab.faults import CommandFault, Faults
from lab.folder import Node
from lab.server import NodeServer

T = TypeVar("T")
DEFAULT_PORT = 2222
STOP_TIMEOUT_S = 30.0
DESCRIPTORS = 16384


class Lab:
    """The nodes in one folder.

    As a context manager it serves them from a thread of this process; nodes added meanwhile are served at once.
    ``port`` is the port of all nodes; 0 picks one that is free when the first node is added.
    """

    def __init__(self, path: Path | str, port: int = 0) -> None:
        self.path = Path(path).absolute()
        self.port = port
        self._servers: dict[str, NodeServer] = {}
        self._shims: Path | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    @property
    def nodes(self) -> list[Node]:
        """Return all nodes, by address.

        Raises:
            LabError: a folder among them holds no node.
        """
        found = [folder.load(path) for path in (self.path / "nodes").glob("*") if path.is_dir()]
        return sorted(found, key=lambda node: ipaddress.IPv4Address(node.address))

    def node(self, address: str) -> Node:
        """Look up the node with this address. Raises: LabError when there is none."""
        path = self.path / "nodes" / address
        if "/" in address or not path.is_dir():
            raise LabError(
                f"there is no node {address} in {self.path}; see its folder nodes/ for those there are"
            )
        return folder.load(path)

    def add(
        self,
        profile: str,
        address: str | None = None,
        *,
        port: int | None = None,
        password: str | None = None,
        authorized_keys: Iterable[str] = (),
        users: Mapping[str, Mapping[str, Any]] | None = None,
        password_auth: bool = True,
        boot_s: float = 1.0,
        hostname: str | None = None,
        programs: Iterable[str] = (),
        clock_offset_s: float | None = None,
    ) -> Node:
        """Create a node. Without ``address`` it gets a free loopback address.

        ``clock_offset_s``: its clock is ahead of this host's by that much.

        Raises:
            LabError: unknown profile, or the address is taken.
        """
        nodes = self.path / "nodes"
        nodes.mkdir(parents=True, exist_ok=True, mode=0o700)
        address = address or free_address(self.port)
        port = port or self.port or free_port(address)
        self.port = self.port or port
        node = folder.create(
            nodes / address,
            profile=profile,
            address=address,
            port=port,
            index=len(list(nodes.iterdir())) + 1,
            password=password,
            authorized_keys=authorized_keys,
            users=users,
            password_auth=password_auth,
            boot_s=boot_s,
            hostname=hostname,
            programs=programs,
            clock_offset_s=clock_offset_s,
        )
        keys.generate(node.path)
        if self._thread:
            self._call(lambda: self._serve_node(node))
        return node

    async def start(self) -> None:
        """Serve all nodes from the running event loop. Raises: LabError when an address cannot be bound."""
        allow_descriptors()
        self._shims = await asyncio.to_thread(toolbox.install, self.path)
        for node in self.nodes:
            await self._serve_node(node)

    async def _serve_node(self, node: Node) -> None:
        assert self._shims is not None
        server = NodeServer(node, self._shims)
        await server.start()
        self._servers[node.address] = server

    async def stop(self) -> None:
        """Stop serving and end every process in the nodes."""
        servers, self._servers = list(self._servers.values()), {}
        await asyncio.gather(*(server.stop() for server in servers))

    def __enter__(self) -> Lab:
        started = threading.Event()
        problem: list[BaseException] = []
        self._thread = threading.Thread(target=self._run, args=(started, problem), name="lab", daemon=True)
        self._thread.start()
        started.wait()
        if problem:
            self._thread.join()
            self._thread = None
            raise problem[0]
        return self

    def __exit__(self, *_: object) -> None:
        if self._thread and self._loop:
            self._call(self.stop)
            self._loop.call_soon_threadsafe(self._loop.stop)
            self._thread.join(STOP_TIMEOUT_S)
            self._thread = None

    def _run(self, started: threading.Event, problem: list[BaseException]) -> None:
        self._loop = asyncio.new_event_loop()
        try:
            self._loop.run_until_complete(self.start())
        except BaseException as error:
            problem.append(error)
            self._loop.run_until_complete(self.stop())
            return
        finally:
            started.set()
        self._loop.run_forever()
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    def _call(self, work: Callable[[], Awaitable[T]]) -> T:
        """Run a coroutine in the serving thread and wait for it."""

        async def wrapped() -> T:
            return await work()

        assert self._loop is not None
        return asyncio.run_coroutine_threadsafe(wrapped(), self._loop).result(STOP_TIMEOUT_S)

    def fault(self, address: str, *words: str, commands: Iterable[CommandFault] = ()) -> Faults:
        """Set faults of a node, as ``python -m lab fault`` does; ``commands`` adds command faults.

        Raises:
            LabError: unknown node or fault.
        """
        node = self.node(address)
        plain = [word for word in words if word not in ("reboot", "wrong_host_key")]
        current = faults.change(node.state_folder, plain)
        added = tuple(commands)
        if added:
            current = replace(current, commands=current.commands + added)
            faults.save(node.state_folder, current)
        if "wrong_host_key" in words:
            keys.generate(node.path)
        control.ask(node.state_folder, {"op": "faults"})
        if "reboot" in words and control.ask(node.state_folder, {"op": "reboot"}) is None:
            raise LabError(
                f"node {address} is not being served, so it cannot reboot; run: python -m lab serve"
            )
        return current


def allow_descriptors() -> None:
    """Raise the soft limit of open files: each running node needs a handful, and 1024 is the usual limit."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def free_address(port: int) -> str:
    """Return a loopback address that is free, and different from those of another process at the same time."""
    chosen = random.Random(os.getpid() * 7919 + random.SystemRandom().randrange(1 << 30))
    for _ in range(200):
        address = f"127.{chosen.randrange(20, 250)}.{chosen.randrange(1, 250)}.{chosen.randrange(2, 250)}"
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind((address, port))
            return address
    raise LabError("no free loopback address was found for a node; give one with address=")


def free_port(address: str) -> int:
    """Return a port that is free on this address now."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        port: int = probe.getsockname()[1]
        return port

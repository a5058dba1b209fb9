"""A running node: its namespaces, how a command enters them, and how they end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import subprocess
import sys
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from lab import bootplan, host
from lab.child import Child, children_of
from lab.errors import LabError
from lab.folder import Node, User

PATH = "/run/lab/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
HOLDER = Path(__file__).with_name("holder.py")
FULL_DISK = Path(__file__).with_name("fulldisk.sh")
BECOME = "/run/lab/bin/lab-become"
BOOT_TIMEOUT_S = 30.0
LOGIN = 'cd "$HOME" 2>/dev/null || cd /; exec "$SHELL" "$@"'


@dataclass(frozen=True, slots=True)
class Streams:
    """File descriptors for a command, or the constants of :mod:`subprocess`."""

    stdin: int = subprocess.PIPE
    stdout: int = subprocess.PIPE
    stderr: int = subprocess.PIPE


PIPES = Streams()


class Machine:
    """Namespaces of one node. ``boot_id`` changes with every start, as /proc/sys/kernel/random/boot_id does."""

    def __init__(self, node: Node, shims: Path) -> None:
        self.node = node
        self.shims = shims
        self.boot_id = ""
        self._holder: Child | None = None
        self._init_pid = 0
        self._full = False
        self._lock = asyncio.Lock()

    @property
    def booted(self) -> bool:
        """Tell whether the namespaces exist."""
        return self._holder is not None and self._holder.running

    async def boot(self) -> None:
        """Create the namespaces unless they exist.

        Raises:
            LabError: this host does not allow it; the text includes the message of its kernel or mount.
        """
        async with self._lock:
            if self.booted:
                return
            self._close_holder()
            self.boot_id = str(uuid.uuid4())
            try:
                plan = await asyncio.to_thread(bootplan.prepare, self.node, self.shims, self.boot_id)
            except (OSError, ValueError, KeyError) as error:
                raise LabError(f"node {self.node.name} cannot boot: {error!r} in {self.node.path}") from error
            await self._start_holder(plan)

    async def _start_holder(self, plan: Path) -> None:
        argv = [host.tool("unshare"), "--user", "--map-root-user", "--mount", "--uts", "--pid", "--fork"]
        holder = Child.start([*argv, sys.executable, "-I", "-S", str(HOLDER), str(plan)], env={"PATH": PATH})
        self._holder, self._full = holder, False
        assert holder.popen.stdin and holder.popen.stdout and holder.popen.stderr
        with contextlib.suppress(BrokenPipeError):
            os.write(holder.popen.stdin.fileno(), b"up\n")
        try:
            answer = await asyncio.wait_for(_read_line(holder.popen.stdout.fileno()), BOOT_TIMEOUT_S)
        except TimeoutError:
            answer = b""
        pids = children_of(holder.pid)
        if answer != b"up\n" or not pids:
            await self._end_holder()
            said = holder.popen.stderr.read(4000).decode(errors="replace").strip()
            self._close_holder()
            reason = said.splitlines()[-1] if said else "no answer"
            raise LabError(
                f"node {self.node.name} cannot start its namespaces: {reason}; run: python -m lab check"
            )
        self._init_pid = pids[0]
        holder.popen.stdout.close()  # 200 nodes would keep 400 descriptors open for nothing
        holder.popen.stderr.close()

    def _enter(self, command: Sequence[str]) -> list[str]:
        """Return the argument list that runs ``command`` inside, as root of the node.

        Two steps: the PID namespace, which the outer user namespace owns, can only be entered from inside that one
        (setns(2)).
        """
        assert self._holder is not None
        nsenter = host.tool("nsenter")
        outer = [nsenter, "--target", str(self._holder.pid), "--user", "--preserve-credentials", "--"]
        inner = [nsenter, "--target", str(self._init_pid), "--pid", "--mount", "--uts", "--user"]
        return [*outer, *inner, "--preserve-credentials", "--", *command]

    async def login(
        self,
        command: str | None,
        user: User,
        env: Mapping[str, str],
        streams: Streams = PIPES,
        *,
        terminal: bool = False,
    ) -> Child:
        """Run a shell command (None: a login shell) as sshd would, in its own session and process group.

        Raises:
            LabError: the node cannot be booted.
        """
        shell = "/bin/bash" if os.access("/bin/bash", os.X_OK) else "/bin/sh"
        full = {
            "PATH": PATH,
            "HOME": user.home,
            "USER": user.name,
            "LOGNAME": user.name,
            "SHELL": shell,
            **env,
        }
        become = [BECOME, str(user.uid), user.home] if user.uid else []
        tail = ["-c", command] if command is not None else ["-l"]
        return await self.run(
            [*become, "/bin/sh", "-c", LOGIN, shell, *tail], full, streams, terminal=terminal
        )

    async def run(
        self,
        argv: Sequence[str],
        env: Mapping[str, str],
        streams: Streams = PIPES,
        *,
        terminal: bool = False,
    ) -> Child:
        """Run a program of the node as its root, in its own session. Raises: LabError, as :meth:`boot`."""
        await self.boot()
        session = ["/usr/bin/setsid", "--ctty"] if terminal else ["/usr/bin/setsid"]
        return Child.start(
            self._enter([*session, *argv]),
            env=env,
            stdin=streams.stdin,
            stdout=streams.stdout,
            stderr=streams.stderr,
        )

    async def apply_full_disk(self, full: bool) -> None:
        """Make the node's disk full, or usable again; nothing changes if it already is.

        Raises:
            LabError: the kernel does not let user namespaces mount overlayfs (before Linux 5.11).
        """
        await self.boot()
        if full == self._full:
            return
        script = FULL_DISK.read_text(encoding="utf-8")
        nothing = Streams(subprocess.DEVNULL, subprocess.DEVNULL, subprocess.DEVNULL)
        child = await self.run(
            ["/bin/sh", "-c", script, "sh", "fill" if full else "free"], {"PATH": PATH}, nothing
        )
        if await child.wait():
            raise LabError(
                "the fault full_disk needs overlayfs in user namespaces, which came with Linux 5.11"
            )
        self._full = full

    async def stop(self) -> None:
        """End every process of the node."""
        async with self._lock:
            await self._end_holder()
            self._close_holder()

    async def _end_holder(self) -> None:
        if self._holder is None:
            return
        for pid in children_of(self._holder.pid):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self._holder.kill()
        await self._holder.wait()

    def _close_holder(self) -> None:
        holder, self._holder = self._holder, None
        if holder is None:
            return
        for pipe in (holder.popen.stdin, holder.popen.stdout, holder.popen.stderr):
            if pipe:
                with contextlib.suppress(BrokenPipeError):
                    pipe.close()


async def _read_line(fd: int) -> bytes:
    """Read one line from a pipe, or what came before its end."""
    loop = asyncio.get_running_loop()
    os.set_blocking(fd, False)
    got = b""
    while not got.endswith(b"\n"):
        ready = asyncio.Event()
        loop.add_reader(fd, ready.set)
        try:
            await ready.wait()
        finally:
            loop.remove_reader(fd)
        chunk = os.read(fd, 64)
        if not chunk:
            break
        got += chunk
    return got

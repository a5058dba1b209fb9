"""A child process of the server whose end and pipes asyncio can await, without a thread for each."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

PIPE_LIMIT = 256 * 1024


class Child:
    """A started process. Its output pipes are read through asyncio streams with a bounded buffer."""

    def __init__(self, popen: subprocess.Popen[bytes]) -> None:
        self.popen = popen
        self.pid = popen.pid
        self._exited = asyncio.get_running_loop().create_future()
        self._watch()

    @classmethod
    def start(
        cls,
        argv: Sequence[str],
        *,
        env: Mapping[str, str] | None = None,
        stdin: int = subprocess.PIPE,
        stdout: int = subprocess.PIPE,
        stderr: int = subprocess.PIPE,
    ) -> Child:
        """Start ``argv`` in its own session. Raises: OSError when it cannot be executed."""
        popen = subprocess.Popen(
            [*_heeding_signals(), *argv],
            env=env,
            stdin=stdin,
            stdout=stdout,
            stderr=stderr,
            bufsize=0,
            cwd="/",
            start_new_session=True,
        )
        return cls(popen)

    def _watch(self) -> None:
        loop = asyncio.get_running_loop()
        pidfd = os.pidfd_open(self.pid)

        def ended() -> None:
            loop.remove_reader(pidfd)
            os.close(pidfd)
            if not self._exited.done():
                self._exited.set_result(self.popen.wait())

        loop.add_reader(pidfd, ended)

    @property
    def running(self) -> bool:
        """Tell whether its end has not been seen yet."""
        return not self._exited.done()

    async def wait(self) -> int:
        """Wait for it; returns the exit status, or minus the signal number, as subprocess does."""
        code: int = await asyncio.shield(self._exited)
        return code

    def signal_group(self, number: int) -> None:
        """Send a signal to the process groups of its children (the command inside the node)."""
        for pid in children_of(self.pid):
            try:
                os.killpg(pid, number)
            except (ProcessLookupError, PermissionError):
                _kill(pid, number)

    def kill(self) -> None:
        """Kill it at once."""
        if self.running:
            _kill(self.pid, signal.SIGKILL)


def _heeding_signals() -> list[str]:
    """Return a command prefix that restores signals: a lab under nohup ignores them; its nodes must not."""
    ignored = [
        number.name
        for number in (signal.SIGHUP, signal.SIGINT, signal.SIGQUIT)
        if signal.getsignal(number) == signal.SIG_IGN
    ]
    return ["env", f"--default-signal={','.join(ignored)}"] if ignored else []


def _kill(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def children_of(pid: int) -> list[int]:
    """Return direct children of a process, from /proc (proc(5): the fourth field of stat is the parent)."""
    try:
        text = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii")
        return [int(number) for number in text.split()]
    except OSError:
        return [int(entry.name) for entry in Path("/proc").glob("[0-9]*") if _parent_of(entry) == pid]


def _parent_of(entry: Path) -> int:
    try:
        return int(
            (entry / "stat").read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()[1]
        )
    except (OSError, ValueError, IndexError):
        return 0


async def reader_of(pipe: IO[bytes]) -> tuple[asyncio.StreamReader, asyncio.ReadTransport]:
    """Open a stream on the read end of a pipe, pausing when ``PIPE_LIMIT`` bytes wait; returns its transport, too."""
    reader = asyncio.StreamReader(limit=PIPE_LIMIT)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    return reader, transport


async def writer_of(pipe: IO[bytes]) -> asyncio.StreamWriter:
    """Open a stream on the write end of a pipe, with ``drain``."""
    loop = asyncio.get_running_loop()
    transport, protocol = await loop.connect_write_pipe(asyncio.streams.FlowControlMixin, pipe)
    return asyncio.StreamWriter(transport, protocol, None, loop)

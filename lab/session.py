"""One exec or shell request: a process in the node, its streams pumped both ways, its end reported."""

from __future__ import annotations

import asyncio
import contextlib
import fcntl
import os
import signal
import struct
import termios
from collections.abc import Callable

import asyncssh

from lab import faults
from lab.child import Child, reader_of, writer_of
from lab.errors import LabError
from lab.folder import Node, User
from lab.machine import Machine, Streams

CHUNK = 64 * 1024
Process = asyncssh.SSHServerProcess[bytes]


class Session:
    """Serves one :class:`asyncssh.SSHServerProcess` on one machine."""

    def __init__(self, process: Process, machine: Machine, user: User) -> None:
        self.process = process
        self.machine = machine
        self.node: Node = machine.node
        self.user = user

    async def run(self) -> None:
        """Run the request to its end; never raises."""
        try:
            await self._run()
        except LabError as error:
            self._fail(255, str(error))
        except (OSError, asyncssh.Error) as error:
            self._fail(255, f"lab: {error}")

    async def _run(self) -> None:
        current = faults.load(self.node.state_folder)
        if current.hang:
            await self.process.channel.wait_closed()
            return
        command = self.process.command
        struck = faults.strike(self.node.state_folder, command or "")
        if struck:
            self._fail(struck.exit, struck.stderr)
            return
        await self.machine.apply_full_disk(current.full_disk)
        env = self._environment()
        if self.process.term_type:
            await self._run_terminal(command, {**env, "TERM": self.process.term_type})
        else:
            await self._run_pipes(command, env)

    def _environment(self) -> dict[str, str]:
        """Return what sshd sets, and of the client's variables only what AcceptEnv of Debian accepts."""
        sent = self.process.env.items()
        env = {str(key): str(value) for key, value in sent if key == "LANG" or str(key).startswith("LC_")}
        peer = self.process.get_extra_info("peername") or ("127.0.0.1", 0)
        if isinstance(peer, tuple):
            env["SSH_CONNECTION"] = f"{peer[0]} {peer[1]} {self.node.address} {self.node.port}"
            env["SSH_CLIENT"] = f"{peer[0]} {peer[1]} {self.node.port}"
        return env

    def _fail(self, code: int, text: str) -> None:
        with contextlib.suppress(OSError, asyncssh.Error):
            if text:
                self.process.stderr.write(text.rstrip("\n").encode() + b"\n")
            self.process.exit(code)

    async def _run_pipes(self, command: str | None, env: dict[str, str]) -> None:
        child = await self.machine.login(command, self.user, env)
        popen = child.popen
        assert popen.stdin and popen.stdout and popen.stderr
        stdin = await writer_of(popen.stdin)
        stdout, stdout_pipe = await reader_of(popen.stdout)
        stderr, stderr_pipe = await reader_of(popen.stderr)
        feeding = asyncio.create_task(self._feed(stdin, child))
        main = asyncio.create_task(self._pump(stdout, self.process.stdout))
        outputs = asyncio.create_task(
            _all(main, asyncio.create_task(self._pump(stderr, self.process.stderr)))
        )

        def unwanted() -> None:
            main.cancel()
            stdout_pipe.close()

        self._on_end_of_writing(unwanted)
        try:
            await self._until_done(child, outputs)
        finally:
            feeding.cancel()
            outputs.cancel()
            for pipe in (stdin, stdout_pipe, stderr_pipe):
                pipe.close()

    def _on_end_of_writing(self, call: Callable[[], object]) -> None:
        """Call when the client wants no more output, so that the process gets SIGPIPE as with sshd.

        OpenSSH announces it by the channel request eow@openssh.com (its PROTOCOL, section 2.1), for which asyncssh
        has no event: it looks for a method of this name on the channel.
        """

        def heard(_packet: object) -> bool:
            call()
            return True

        vars(self.process.channel)["_process_eow_at_openssh_dot_com_request"] = heard

    async def _until_done(self, child: Child, outputs: asyncio.Future[None]) -> None:
        """Wait for the end of the process and of its output, or of the client."""
        gone = asyncio.create_task(self.process.channel.wait_closed())
        ended = asyncio.create_task(child.wait())
        try:
            await asyncio.wait({gone, ended}, return_when=asyncio.FIRST_COMPLETED)
            if not ended.done():
                child.signal_group(signal.SIGHUP)
                return
            await asyncio.wait({gone, outputs}, return_when=asyncio.FIRST_COMPLETED)
            if outputs.done():
                self._report(ended.result())
        finally:
            gone.cancel()
            ended.cancel()

    def _report(self, code: int) -> None:
        if code < 0:
            self.process.exit_with_signal(signal.Signals(-code).name.removeprefix("SIG"))
        else:
            self.process.exit(code)

    async def _feed(self, stdin: asyncio.StreamWriter, child: Child) -> None:
        """Pass the client's input to the process, no faster than it reads, and signals to its process group."""
        while True:
            try:
                data = await self.process.stdin.read(CHUNK)
                if not data:
                    break
                stdin.write(data)
                await stdin.drain()
            except asyncssh.SignalReceived as received:
                child.signal_group(_signal_number(received.signal))
            except asyncssh.BreakReceived:
                child.signal_group(signal.SIGINT)
            except asyncssh.TerminalSizeChanged:
                continue
            except (BrokenPipeError, ConnectionResetError, asyncssh.Error):
                break
        stdin.close()

    async def _pump(self, source: asyncio.StreamReader, target: asyncssh.SSHWriter[bytes]) -> None:
        """Pass output of the process to the client, no faster than the client takes it."""
        with contextlib.suppress(OSError, asyncssh.Error, asyncio.CancelledError):
            while data := await source.read(CHUNK):
                target.write(data)
                await target.drain()

    async def _run_terminal(self, command: str | None, env: dict[str, str]) -> None:
        master, slave = os.openpty()
        self._resize(master, self.process.term_size)
        child = await self.machine.login(command, self.user, env, Streams(slave, slave, slave), terminal=True)
        os.close(slave)
        reader, pipe = await reader_of(os.fdopen(os.dup(master), "rb", buffering=0))
        feeding = asyncio.create_task(self._type(master, child))
        try:
            await self._until_done(child, asyncio.create_task(self._pump(reader, self.process.stdout)))
        finally:
            feeding.cancel()
            pipe.close()
            os.close(master)

    async def _type(self, master: int, child: Child) -> None:
        while True:
            try:
                data = await self.process.stdin.read(CHUNK)
            except asyncssh.TerminalSizeChanged as size:
                self._resize(master, (size.width, size.height, 0, 0))
                continue
            except (asyncssh.SignalReceived, asyncssh.BreakReceived):
                child.signal_group(signal.SIGINT)
                continue
            if not data:
                return
            await asyncio.to_thread(os.write, master, data)

    @staticmethod
    def _resize(master: int, size: tuple[int, int, int, int]) -> None:
        width, height = size[0] or 80, size[1] or 24
        fcntl.ioctl(master, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))


async def _all(*tasks: asyncio.Task[None]) -> None:
    """Wait for all of them; when cancelled, cancel them."""
    try:
        await asyncio.wait(tasks)
    finally:
        for task in tasks:
            task.cancel()


def _signal_number(name: str) -> int:
    try:
        return signal.Signals[f"SIG{name}"]
    except KeyError:
        return signal.SIGTERM

"""SSH to a node: one connection, commands from argument lists, every failure a plain sentence.

Client: paramiko. The host key is compared with the pinned one before anything secret is sent.
"""

from __future__ import annotations

import select
import shlex
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from io import BytesIO
from pathlib import Path

import paramiko

from jobs import sshlogin
from jobs.context import stop_if_ended
from jobs.secrets import Secret
from jobs.sshbasics import Completed, Endpoint, SshError, fingerprint, load_key
from jobs.sshbasics import reason as _reason

__all__ = ["Completed", "Connection", "Endpoint", "SshError", "connect", "fingerprint", "load_key"]

CONNECT_TIMEOUT_S = 10.0
# Once connected: an sshd looks its client up in a name server that is not there for up to 20 s, and PAM waits 25 s
# for a session manager that does not answer (sshd_config(5) UseDNS, pam_systemd(8)).
ANSWER_TIMEOUT_S = 30.0
OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024
PIECE_BYTES = 32768
# What a command reads: a large file is named, so that it is never in memory as a whole.
Stdin = bytes | Path


class _Transport(paramiko.Transport):
    """paramiko's wakes up ten times a second to look whether it was closed; once will do, when closing wakes it."""

    _active_check_timeout = 1.0

    def close(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        super().close()


class Connection:
    """An open, authenticated connection; use as a context manager. One thread at a time."""

    def __init__(self, endpoint: Endpoint, transport: paramiko.Transport, host_key: str) -> None:
        self.endpoint = endpoint
        self.host_key = host_key
        self._transport = transport

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End the connection."""
        self._transport.close()

    def run(
        self, argv: Sequence[str], *, stdin: Stdin = b"", timeout_s: float = 60.0, to_the_end: bool = False
    ) -> Completed:
        """Run a command as root and wait for it; ``to_the_end`` also when the step is being ended.

        Raises :class:`SshError`, and ``StepStopped`` when the step that this thread works on is ended.
        """
        return self._complete(self.open_command(argv), stdin, timeout_s, to_the_end)

    def _complete(
        self, channel: paramiko.Channel, stdin: Stdin, timeout_s: float, to_the_end: bool = False
    ) -> Completed:
        out: dict[str, list[bytes]] = {"out": [], "err": []}
        try:
            self.feed(channel, stdin)
            for stream, data in self.read(channel, timeout_s=timeout_s):
                if not stream:
                    if not to_the_end:
                        stop_if_ended()
                    continue
                out[stream].append(data)
                if sum(map(len, out[stream])) > OUTPUT_LIMIT_BYTES:
                    raise SshError(
                        "dropped", f"{self.endpoint}: the command prints more than 16 MiB; it was ended"
                    )
            code = channel.recv_exit_status()
        finally:
            channel.close()
        if code == -1:
            raise SshError("dropped", f"{self.endpoint}: the connection ended in the middle of a command")
        errors = b"".join(out["err"])
        sshlogin.refuse_expired(self.endpoint, code, errors)
        return Completed(code, b"".join(out["out"]), errors)

    def run_as_login(self, argv: Sequence[str], *, stdin: bytes = b"", timeout_s: float = 60.0) -> Completed:
        """:meth:`run` as the login user, without sudo before it."""
        return self._complete(self.open_plain(shlex.join(argv)), stdin, timeout_s)

    def open_command(self, argv: Sequence[str]) -> paramiko.Channel:
        """Start a command without waiting. A user other than root gets ``sudo -n --`` before it."""
        words = list(argv) if self.endpoint.user == "root" else ["sudo", "-n", "--", *argv]
        return self.open_plain(shlex.join(words))

    def open_plain(self, command: str) -> paramiko.Channel:
        """Start a command line as it stands (already quoted), as the login user."""
        try:
            channel = self._transport.open_session(timeout=ANSWER_TIMEOUT_S)
            channel.settimeout(ANSWER_TIMEOUT_S)
            channel.exec_command(command)
        except (paramiko.SSHException, EOFError, OSError) as error:
            raise SshError("dropped", f"{self.endpoint}: the connection is gone ({_reason(error)})") from None
        return channel

    def feed(self, channel: paramiko.Channel, data: Stdin) -> None:
        """Send standard input and its end. What fits into any server's window needs no thread for it."""
        if isinstance(data, bytes) and len(data) <= PIECE_BYTES:
            _feed(channel, data)
        else:
            threading.Thread(target=_feed, args=(channel, data), daemon=True).start()

    def read(
        self, channel: paramiko.Channel, *, timeout_s: float, silence_s: float = float("inf")
    ) -> Iterator[tuple[str, bytes]]:
        """Yield ``("out"|"err", bytes)`` until the command ends, and ``("", b"")`` at least each second.

        Raises :class:`SshError` when the connection drops, the time is over, or nothing came for ``silence_s``.
        """
        deadline = time.monotonic() + timeout_s
        heard = time.monotonic()
        # poll, not select: a worker with many connections has descriptors above 1024.
        poller = select.poll()
        poller.register(channel.fileno(), select.POLLIN)
        while True:
            ended = channel.eof_received or channel.closed
            got = False
            while channel.recv_ready():
                got = True
                yield "out", channel.recv(65536)
            while channel.recv_stderr_ready():
                got = True
                yield "err", channel.recv_stderr(65536)
            if ended and not got:
                if not channel.eof_received and not self._transport.is_active():
                    raise SshError("dropped", f"{self.endpoint}: the connection was dropped")
                break
            if got or ended:
                heard = time.monotonic()
                continue
            if not self._transport.is_active():
                raise SshError("dropped", f"{self.endpoint}: the connection was dropped")
            left_s = deadline - time.monotonic()
            if left_s <= 0:
                raise SshError("timeout", f"{self.endpoint}: no end after {timeout_s:.0f} s")
            if time.monotonic() - heard > silence_s:
                raise SshError("dropped", f"{self.endpoint}: nothing came for {silence_s:.0f} s")
            poller.poll(min(1.0, left_s) * 1000)
            yield "", b""


def _feed(channel: paramiko.Channel, data: Stdin) -> None:
    try:
        channel.settimeout(ANSWER_TIMEOUT_S)
        with data.open("rb") if isinstance(data, Path) else BytesIO(data) as source:
            # In pieces: sendall copies what is left of its argument with each packet.
            while piece := source.read(PIECE_BYTES):
                channel.sendall(piece)
        channel.shutdown_write()
    except (OSError, paramiko.SSHException):
        channel.close()


def connect(endpoint: Endpoint, *, password: Secret | None = None) -> Connection:
    """Open a connection with the installer's key, or with a password once. Raises :class:`SshError`."""
    if password is None:
        return _open(endpoint, sshlogin.with_key)
    try:
        return _open(endpoint, partial(sshlogin.with_password, password=password))
    except sshlogin.AsksInteractively as server:
        return _open(server.endpoint, partial(sshlogin.by_questions, password=password))


def _open(endpoint: Endpoint, login: Callable[[Endpoint, paramiko.Transport], None]) -> Connection:
    transport = _transport(endpoint)
    try:
        host_key = _handshake(endpoint, transport)
        login(replace(endpoint, host_key=host_key), transport)
    except BaseException:
        transport.close()
        raise
    transport.set_keepalive(15)
    return Connection(endpoint, transport, host_key)


def host_key_of(endpoint: Endpoint) -> str:
    """The host key that is shown there, as ``TYPE BASE64``; nothing is sent. Raises :class:`SshError`."""
    transport = _transport(endpoint)
    try:
        return _handshake(endpoint, transport)
    finally:
        transport.close()


def _transport(endpoint: Endpoint) -> paramiko.Transport:
    transport = _Transport(_dial(endpoint))
    transport.daemon = True
    transport.banner_timeout = transport.auth_timeout = transport.handshake_timeout = ANSWER_TIMEOUT_S
    return transport


def _dial(endpoint: Endpoint) -> socket.socket:
    try:
        return socket.create_connection((endpoint.address, endpoint.port), timeout=CONNECT_TIMEOUT_S)
    except ConnectionRefusedError:
        raise SshError(
            "refused", f"{endpoint} refuses the connection: is sshd running there, and is this its port?"
        ) from None
    except OSError as error:
        raise SshError(
            "unreachable",
            f"{endpoint} cannot be reached ({_reason(error)}): is the node on, is its address right, is the cable in?",
        ) from None


def _handshake(endpoint: Endpoint, transport: paramiko.Transport) -> str:
    if endpoint.host_key:
        # Ask for the pinned kind of key first: a server with several would show another one.
        kind = endpoint.host_key.split()[0]
        options = transport.get_security_options()
        wanted = [name for name in options.key_types if _family(name) == _family(kind)]
        options.key_types = wanted + [name for name in options.key_types if name not in wanted]
    try:
        transport.start_client(timeout=ANSWER_TIMEOUT_S)
        key = transport.get_remote_server_key()
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise SshError(
            "protocol",
            f"{endpoint} answers, but not as an SSH server should ({_reason(error)}): try again, look at its sshd",
        ) from None
    shown = f"{key.get_name()} {key.get_base64()}"
    if endpoint.host_key and shown != endpoint.host_key:
        raise SshError(
            "host_key",
            f"{endpoint} shows another host key: pinned {fingerprint(endpoint.host_key)}, now {fingerprint(shown)}. "
            "Reinstalled, or another machine at this address? Compare on the node's console, then "
            f"establish_ssh --replace-host-key {endpoint.address}",
        )
    return shown


def _family(kind: str) -> str:
    return "rsa" if "rsa" in kind else kind

"""One SSH connection to a node, and the commands that run over it.

Client: paramiko. The host key is compared with the pinned one before anything secret is sent.
"""

from __future__ import annotations

import random
import secrets
import select
import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TypeVar

import paramiko
from paramiko.packet import Packetizer

from common.messages import Message, message
from common.secrets import Secret
from common.ssh import login
from common.ssh.programs import AS_LOGIN, AS_ROOT, MAX_NOISE_BYTES, Marked, first_line
from common.ssh.types import Completed, Endpoint, Place, SshError, fingerprint
from common.ssh.types import reason as _reason
from common.waiting import pause, stop_if_ended

T = TypeVar("T")

CONNECT_TIMEOUT_S = 10.0
# Once connected: sshd may wait up to 20 s for a name server that is down, and PAM 25 s for a session
# manager that does not answer (sshd_config(5) UseDNS, pam_systemd(8)).
ANSWER_TIMEOUT_S = 30.0
OUTPUT_LIMIT_BYTES = 16 * 1024 * 1024
PIECE_BYTES = 32768
# Between attempts when a server closes the connection before the login.
PAUSES_S = (0.5, 1.0, 2.0, 4.0, 8.0)
# Read from one output before checking the clock and the other output.
_PIECES = 16
_FAREWELL_BYTES = 300
_MOST_GREETING_BYTES = 64 << 10
# Standard input of a command: a large file is passed by path, so that it is never in memory as a whole.
Stdin = bytes | Path


class _Packets(Packetizer):
    """A packetizer with a limit: paramiko reads lines before a server's version (RFC 4253, section 4.2) without end."""

    _greeting_bytes = 0

    def _read_timeout(self, timeout: float) -> bytes:
        data: bytes = super()._read_timeout(timeout)  # type: ignore[misc]  # the types leave it out
        self._greeting_bytes += len(data)
        if self._greeting_bytes > _MOST_GREETING_BYTES:
            raise paramiko.SSHException("endless data before the SSH version")
        return data


class _Transport(paramiko.Transport):
    """A transport that polls less: paramiko's wakes up ten times a second to see whether it was closed."""

    _active_check_timeout = 1.0

    farewell = ""

    def _parse_disconnect(self, m: paramiko.Message) -> None:
        m.get_int()
        # Why the server ends the connection (RFC 4253, section 11.1): paramiko only logs it.
        self.farewell = m.get_binary()[:_FAREWELL_BYTES].decode("utf-8", "replace")

    def close(self) -> None:
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        super().close()


class Running:
    """A program on a node, from start to end; close it."""

    def __init__(
        self,
        endpoint: Endpoint,
        transport: paramiko.Transport,
        channel: paramiko.Channel,
        nonce: str,
        ends: bool,
    ) -> None:
        self.endpoint = endpoint
        self._transport = transport
        self._channel = channel
        self._marked = {"out": Marked(nonce, ends=ends), "err": Marked(nonce, ends=ends)}
        # Error output before the mark: where sudo says why it starts nothing.
        self._said = b""

    @property
    def ended(self) -> bool:
        """Check whether the node has signalled the end of the output."""
        return bool(self._channel.eof_received)

    @property
    def begun(self) -> bool:
        """Check whether the program was started."""
        return self._marked["out"].begun

    def close(self) -> None:
        """Close our side of the channel; further output of the program then fails."""
        self._channel.close()

    def exit_code(self) -> int:
        """Return how it ended. Raises :class:`SshError` when it was never started, or when that is not known."""
        own = self._marked["out"].code
        if own is not None:
            return own
        code = int(self._channel.recv_exit_status())
        if not self.begun:
            errors = self._said + self._marked["err"].noise
            login.refuse_expired(self.endpoint, code, errors)
            raise login.not_begun(self.endpoint, code, self._marked["out"].noise, errors)
        if code <= 0:
            raise SshError("dropped", message("S15", "within_command", endpoint=self.endpoint))
        return code

    def read(self, *, timeout_s: float, silence_s: float = float("inf")) -> Iterator[tuple[str, bytes]]:
        """Yield ``("out"|"err", bytes)`` until the program ends, and ``("", b"")`` at least each second.

        Output of the login itself is skipped. Raises :class:`SshError` when the connection drops, the time is
        up, or nothing came for ``silence_s``.
        """
        deadline = time.monotonic() + timeout_s
        heard = time.monotonic()
        channel = self._channel
        # poll, not select: a worker with many connections has descriptors above 1024.
        poller = select.poll()
        poller.register(channel.fileno(), select.POLLIN)
        while True:
            ended = channel.eof_received or channel.closed
            got = False
            for stream, ready, take in (
                ("out", channel.recv_ready, channel.recv),
                ("err", channel.recv_stderr_ready, channel.recv_stderr),
            ):
                # However fast data comes: the caller checks the clock in between.
                for _ in range(_PIECES):
                    if not ready():
                        break
                    got = True
                    if data := self._marked[stream].feed(take(65536)):
                        yield stream, data
            self._refuse_noise()
            if ended and not got:
                if not channel.eof_received and not self._transport.is_active():
                    raise SshError("dropped", message("S15", endpoint=self.endpoint))
                break
            if time.monotonic() > deadline:
                raise SshError("timeout", self._no_end(round(timeout_s)))
            if got or ended:
                heard = time.monotonic()
                yield "", b""
                continue
            if not self._transport.is_active():
                raise SshError("dropped", message("S15", endpoint=self.endpoint))
            if time.monotonic() - heard > silence_s:
                silent = message("S15", "silent", endpoint=self.endpoint, silence_s=round(silence_s))
                raise SshError("dropped", silent)
            poller.poll(min(1.0, max(deadline - time.monotonic(), 0.0)) * 1000)
            yield "", b""
        for stream, marked in self._marked.items():
            if data := marked.rest():
                yield stream, data

    def _refuse_noise(self) -> None:
        for marked in self._marked.values():
            if marked.noise_bytes > MAX_NOISE_BYTES:
                raise SshError(
                    "shell",
                    message(
                        "S12",
                        "noise",
                        endpoint=self.endpoint,
                        user=self.endpoint.user,
                        limit_mib=MAX_NOISE_BYTES >> 20,
                        said=login.quoted(marked.noise),
                    ),
                )

    def _no_end(self, timeout_s: int) -> Message:
        noise = self._marked["out"].noise or self._marked["err"].noise
        endpoint, user = self.endpoint, self.endpoint.user
        if self.begun:
            return message("S14", "command", endpoint=endpoint, timeout_s=timeout_s)
        if not noise.strip():
            return message("S14", "not_begun", endpoint=endpoint, timeout_s=timeout_s, user=user)
        said = login.quoted(noise)
        return message("S14", "only_printed", endpoint=endpoint, timeout_s=timeout_s, user=user, said=said)


class Connection:
    """An open, authenticated connection; use as a context manager. One thread at a time."""

    def __init__(self, endpoint: Endpoint, transport: paramiko.Transport) -> None:
        self.endpoint = endpoint
        self._transport = transport

    def __enter__(self) -> Connection:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def is_open(self) -> bool:
        """Check that neither side has closed it, as far as is known here."""
        return bool(self._transport.is_active())

    def close(self) -> None:
        """End the connection."""
        self._transport.close()

    def run(
        self,
        argv: Sequence[str],
        *,
        stdin: Stdin = b"",
        timeout_s: float = 60.0,
        to_the_end: bool = False,
        as_login: bool = False,
    ) -> Completed:
        """Run a command as root and wait for it; ``to_the_end`` also while the step is being stopped.

        ``as_login``: as the login user, without sudo. Raises :class:`SshError`, and ``StepStopped`` when
        the step that this thread works on is stopped.
        """
        out: dict[str, list[bytes]] = {"out": [], "err": []}
        sizes = {"out": 0, "err": 0}
        running = self._start(argv, stdin, as_login=as_login, ends=True)
        try:
            for stream, data in running.read(timeout_s=timeout_s):
                if not stream:
                    if not to_the_end:
                        stop_if_ended()
                    continue
                out[stream].append(data)
                sizes[stream] += len(data)
                if sizes[stream] > OUTPUT_LIMIT_BYTES:
                    limit_mib = OUTPUT_LIMIT_BYTES >> 20
                    raise SshError(
                        "nonsense", message("S13", "much", endpoint=self.endpoint, limit_mib=limit_mib)
                    )
            code = running.exit_code()
        finally:
            running.close()
        return Completed(code, b"".join(out["out"]), b"".join(out["err"]))

    def start(self, argv: Sequence[str]) -> Running:
        """Start a command as root without waiting; its output must itself mark where it ends."""
        return self._start(argv, b"", as_login=False, ends=False)

    def _start(self, argv: Sequence[str], stdin: Stdin, *, as_login: bool, ends: bool) -> Running:
        nonce = secrets.token_hex(8)
        as_root = not as_login and self.endpoint.user != "root"
        try:
            channel = self._transport.open_session(timeout=ANSWER_TIMEOUT_S)
            channel.settimeout(ANSWER_TIMEOUT_S)
            channel.exec_command(AS_ROOT if as_root else AS_LOGIN)
        except (paramiko.SSHException, EOFError, OSError) as error:
            gone = message("S15", "gone", endpoint=self.endpoint, reason=_reason(error))
            raise SshError("dropped", gone) from None
        self._feed(channel, first_line(argv, nonce, ends=ends), stdin)
        return Running(self.endpoint, self._transport, channel, nonce, ends)

    def _feed(self, channel: paramiko.Channel, first: bytes, data: Stdin) -> None:
        """Send standard input and close it. What fits into any server's window needs no thread."""
        if isinstance(data, bytes) and len(first) + len(data) <= PIECE_BYTES:
            _feed(channel, first + data, b"")
        else:
            threading.Thread(target=_feed, args=(channel, first, data), daemon=True).start()


def _feed(channel: paramiko.Channel, first: bytes, data: Stdin) -> None:
    try:
        channel.settimeout(ANSWER_TIMEOUT_S)
        with data.open("rb") if isinstance(data, Path) else BytesIO(data) as source:
            # In pieces: sendall copies the rest of its argument with each packet.
            piece = first
            while piece:
                channel.sendall(piece)
                piece = source.read(PIECE_BYTES)
        channel.shutdown_write()
    except (OSError, paramiko.SSHException):
        channel.close()


def connect(endpoint: Endpoint, *, password: Secret | None = None, patient: bool = True) -> Connection:
    """Open a connection with the installer's key, or with a password once. Raises :class:`SshError`.

    An sshd with many simultaneous logins closes some of them before it speaks (sshd_config(5) MaxStartups): such a
    connection is retried, unless ``patient`` is false because the caller does that. A password is never sent twice.
    """
    if password is None:
        return _again_if_crowded(patient, lambda: _open(endpoint, login.with_key))
    try:
        return _again_if_crowded(
            patient, lambda: _open(endpoint, partial(login.with_password, password=password))
        )
    except login.AsksInteractively:
        return _again_if_crowded(
            patient, lambda: _open(endpoint, partial(login.by_questions, password=password))
        )


def _again_if_crowded(patient: bool, work: Callable[[], T]) -> T:
    pauses = iter(PAUSES_S if patient else ())
    begun = time.monotonic()
    while True:
        try:
            return work()
        except SshError as error:
            pause_s = next(pauses, None) if error.kind == "protocol" else None
            if pause_s is None:
                tries = len(PAUSES_S) + 1
                if error.kind == "protocol" and patient:
                    waited_s = round(time.monotonic() - begun)
                    tried = message("S03", "tried", error=error.message, tries=tries, waited_s=waited_s)
                    raise SshError(error.kind, tried) from None
                raise
            # Spread the retries over time.
            pause(pause_s * random.uniform(0.5, 1.0))  # noqa: S311 -- no security depends on it


def _open(endpoint: Endpoint, prove: Callable[[Endpoint, paramiko.Transport], None]) -> Connection:
    transport = _transport(endpoint)
    try:
        shown = _handshake(endpoint, transport, endpoint.host_key)
        if shown != endpoint.host_key:
            raise SshError(
                "host_key",
                message(
                    "S05",
                    endpoint=endpoint,
                    pinned=fingerprint(endpoint.host_key),
                    shown=fingerprint(shown),
                    address=endpoint.address,
                ),
            )
        prove(endpoint, transport)
    except BaseException:
        transport.close()
        raise
    transport.set_keepalive(15)
    return Connection(endpoint, transport)


def host_key_of(place: Place, *, kinds: Sequence[str] = ()) -> str:
    """Return the host key shown there, as ``TYPE BASE64``; nothing is sent. Raises :class:`SshError`.

    ``kinds``: the preferred key types, for a server that has several.
    """

    def look() -> str:
        transport = _transport(place)
        try:
            return _handshake(place, transport, *kinds)
        finally:
            transport.close()

    return _again_if_crowded(True, look)


def _transport(place: Place) -> _Transport:
    transport = _Transport(_dial(place), packetizer_class=_Packets)
    transport.daemon = True
    transport.banner_timeout = transport.auth_timeout = transport.handshake_timeout = ANSWER_TIMEOUT_S
    return transport


def _dial(endpoint: Place) -> socket.socket:
    try:
        return socket.create_connection((endpoint.address, endpoint.port), timeout=CONNECT_TIMEOUT_S)
    except ConnectionRefusedError:
        raise SshError("refused", message("S02", endpoint=endpoint)) from None
    except OSError as error:
        raise SshError("unreachable", message("S01", endpoint=endpoint, reason=_reason(error))) from None


def _handshake(place: Place, transport: paramiko.Transport, *kinds: str) -> str:
    """Return the key that the server shows; with several, one of the preferred types if it has one."""
    if kinds:
        families = [_family(kind.split()[0]) for kind in kinds]
        options = transport.get_security_options()
        wanted = [name for name in options.key_types if _family(name) in families]
        options.key_types = wanted + [name for name in options.key_types if name not in wanted]
    try:
        transport.start_client(timeout=ANSWER_TIMEOUT_S)
        key = transport.get_remote_server_key()
    except (paramiko.SSHException, EOFError, OSError) as error:
        raise SshError("protocol", message("S03", endpoint=place, reason=_reason(error))) from None
    return f"{key.get_name()} {key.get_base64()}"


def _family(kind: str) -> str:
    return "rsa" if "rsa" in kind else kind

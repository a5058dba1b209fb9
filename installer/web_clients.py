"""A client of the web server: what has arrived of its request, and what it has not taken yet of the answer."""

from __future__ import annotations

import errno
import re
import socket
import struct
import time
from collections.abc import Iterator
from typing import Any

from gunicorn.workers.gthread import TConn

from installer import long_poll
from installer.request_bodies import MAX_BODY_BYTES

# The request line with its headers must arrive within this time, else it is cut off.
HEAD_S = 10.0
# gunicorn accepts no longer head, and answers so.
MAX_HEAD_BYTES = 64 * 1024
# A longer body is refused by its length, before it is collected.
MAX_WHOLE_BYTES = MAX_BODY_BYTES + MAX_HEAD_BYTES
# An answer stays on its thread for this long; then the main loop sends the rest.
PATIENCE_S = 0.2
# A streamed answer (a download, which has a slot in installer.slots) waits when it is this far ahead.
AHEAD_BYTES = 1024 * 1024
# A client that does not take the rest within this time is considered gone.
DRAIN_S = 300.0
# How long a thread waits when the main loop could not detect that a request is incomplete.
READ_S = 10.0
_LENGTH = re.compile(rb"^content-length[ \t]*:[ \t]*(\d{1,18})[ \t]*$", re.I | re.M)
_CHUNKED = re.compile(rb"^transfer-encoding[ \t]*:.*chunked", re.I | re.M)
_EXPECT = re.compile(rb"^expect[ \t]*:[ \t]*100-continue[ \t]*$", re.I | re.M)


class Arriving:
    """Bytes of a request, and whether it is complete. gunicorn parses it and judges what is malformed.

    A malformed or oversized request is handed over as it is, to be refused.
    """

    def __init__(self) -> None:
        self.data = bytearray()
        self.head = -1
        self.expects = False
        # The request is complete: the connection can take another one after it.
        self.whole = False
        self._chunked = False
        self._end = 0

    def add(self, data: bytes) -> bool:
        """Append data; returns true when the request is complete, malformed or too long."""
        seen = len(self.data)
        self.data += data
        if self.head < 0:
            while self.data.startswith(b"\r\n"):
                # Allowed before a request line (RFC 9112, 2.2); gunicorn would wait on its thread for what follows.
                del self.data[:2]
                seen = 0
            found = self.data.find(b"\r\n\r\n", max(0, seen - 3))
            if found < 0:
                return len(self.data) > MAX_HEAD_BYTES
            self._read_head(found + 4)
        if self._chunked:
            return self._chunks_done() or len(self.data) > MAX_WHOLE_BYTES
        self.whole = len(self.data) >= self._end
        return self.whole or self._end - self.head > MAX_BODY_BYTES

    def path(self) -> bytes:
        """Return the path of the request line; empty when there is none."""
        words = bytes(self.data[: self.data.find(b"\r\n")]).split(b" ", 2)
        return words[1].partition(b"?")[0] if len(words) == 3 else b""

    def _read_head(self, end: int) -> None:
        head = bytes(self.data[:end]).replace(b"\r\n", b"\n")
        self.head = self._end = end
        self._chunked = bool(_CHUNKED.search(head))
        lengths = _LENGTH.findall(head)
        if lengths and not self._chunked:
            self._end = end + int(lengths[0])
        self.expects = bool(_EXPECT.search(head))

    def _chunks_done(self) -> bool:
        """Advance from chunk to chunk; ``_end`` is where the next one starts."""
        while True:
            line = self.data.find(b"\r\n", self._end, self._end + MAX_HEAD_BYTES)
            if line < 0:
                return len(self.data) - self._end >= MAX_HEAD_BYTES
            digits = bytes(self.data[self._end : line]).partition(b";")[0].strip()
            if not re.fullmatch(rb"[0-9A-Fa-f]{1,8}", digits):
                return True
            size = int(digits, 16)
            if size == 0:
                # Optional trailers, then an empty line.
                self.whole = self.data.find(b"\r\n\r\n", line) >= 0
                return self.whole
            if line + 2 + size + 2 > len(self.data):
                return False
            self._end = line + 2 + size + 2


class ClientSocket(socket.socket):
    """A client's socket; the main loop sends the rest of an answer that the client does not take at once."""

    outbox = b""
    # Of a request that may wait.
    wait: long_poll.Wait | None = None

    def setblocking(self, flag: bool) -> None:
        """Set a timeout instead of blocking without limit."""
        self.settimeout(READ_S if flag else 0.0)

    def recv(self, *args: Any) -> bytes:
        """Receive data. Raises :class:`OSError` for a client that sends nothing, as for one that has gone."""
        try:
            return super().recv(*args)
        except TimeoutError:
            raise OSError(errno.ECONNRESET, "the client sent no data") from None

    def sendall(self, data: Any, flags: int = 0) -> None:
        """Send, or keep for later. Raises :class:`OSError` for a client that takes nothing."""
        if len(self.outbox) > AHEAD_BYTES:
            self._wait_for_room()
        rest = memoryview(data).cast("B")
        if not self.outbox:
            rest = self._at_once(rest)
        # It is already in memory.
        self.outbox += bytes(rest)

    def reset(self) -> None:
        """Close the connection so that the client gets an error (socket(7), SO_LINGER)."""
        self.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close()

    def _wait_for_room(self) -> None:
        kept, self.outbox = self.outbox, b""
        self.settimeout(DRAIN_S)
        try:
            super().sendall(kept)
        except TimeoutError:
            raise OSError(errno.ECONNRESET, "the client accepts no data") from None
        finally:
            self.setblocking(True)

    def _at_once(self, rest: memoryview) -> memoryview:
        # The thread of those who wait has others to answer.
        give_up = time.monotonic() + (0.001 if self.wait else PATIENCE_S)
        while rest:
            left = give_up - time.monotonic()
            if left <= 0:
                break
            self.settimeout(left)
            try:
                rest = rest[self.send(rest) :]
            except TimeoutError:
                break
        self.setblocking(True)
        return rest


def or_reset(answer: Any, client: ClientSocket) -> Iterator[bytes]:
    """Yield an answer over HTTP/1.0, which ends with the connection: one that breaks off would pass for a whole one."""
    try:
        yield from answer
    except Exception:
        client.reset()
        raise
    finally:
        answer.close()


class Client(TConn):  # type: ignore[misc]
    """A connection: what arrived of its next request, and the deadline of its current state."""

    def __init__(self, cfg: Any, sock: socket.socket, client: Any, server: Any) -> None:
        super().__init__(cfg, ClientSocket(fileno=sock.detach()), client, server)
        # Of a request that may wait: its bytes, and whether its client has sent more while it was aside.
        self.request = b""
        self.read_later = False
        self.next_request()

    def next_request(self, data: bytes = b"") -> bool:
        """Start to wait for a request, of which some bytes may be there already; returns true when it is complete."""
        self.arriving = Arriving()
        self.give_up = time.monotonic() + HEAD_S
        return bool(data) and self.arriving.add(data)

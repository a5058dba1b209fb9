"""The web server's worker: a thread answers requests and never waits for a slow client.

gunicorn's threaded worker reads a request and writes its answer on the thread that answers it: a few clients that send a
byte now and then, or do not read, hold every thread, before anyone has signed in. Here the main loop collects a request
until it is complete, and sends on what a client does not read at once. /healthz and /readyz have their own threads, so
that they answer whatever the others do. What a response itself may wait for is limited by :mod:`installer.slots`.

A request that waits for news of a job (:mod:`installer.long_poll`) has one thread for all of them, which answers it at
once or leaves it to the main loop; when there is news, it is answered again. However many wait, and however busy their
jobs are, that thread uses no more than a part of the processor: who waits is answered later then, and with more.
"""

from __future__ import annotations

import contextlib
import errno
import re
import selectors
import socket
import struct
import time
from collections.abc import Callable, Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn import http, util
from gunicorn.workers.gthread import TConn, ThreadWorker

from installer import long_poll, slots
from installer.request_bodies import MAX_BODY_BYTES

# The request line with its headers, and then the body, must arrive within this time, else it is cut off.
HEAD_S = 10.0
BODY_S = 120.0
# gunicorn accepts no longer head, and answers so.
MAX_HEAD_BYTES = 64 * 1024
# A longer body is refused by its length, before it is collected.
MAX_WHOLE_BYTES = MAX_BODY_BYTES + MAX_HEAD_BYTES
# For all bodies that are still arriving.
MAX_ARRIVING_BYTES = 128 * 1024 * 1024
# An answer stays on its thread for this long; then the main loop sends the rest.
PATIENCE_S = 0.2
# A streamed answer (a download, which has a slot in installer.slots) waits when it is this far ahead.
AHEAD_BYTES = 1024 * 1024
# A client that does not take the rest within this time is considered gone.
DRAIN_S = 300.0
# How long a thread waits when the main loop could not detect that a request is incomplete.
READ_S = 10.0
LINGER_S = 2.0
# Connections waiting in the main loop; beyond that, the one waiting longest makes room for a new one.
MAX_WAITING = 500
_SWEEP_S = 0.5
# The part of a processor that the thread of those who wait uses at most.
WAITING_SHARE = 0.3
_WAITS = re.compile(rb"GET [^ ?]*/events/\?(?:[^ ]*&)?wait=(?!0[& ])")
# What a thread returns instead of whether the connection is kept, when the request was put aside.
_ASIDE = "aside"
_HEALTH = {b"/healthz": "alive", b"/readyz": "ready", b"/metrics": "ready"}
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


class Aside(Exception):
    """The request is put aside: nothing was sent yet."""


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


def _or_reset(answer: Any, client: ClientSocket) -> Iterator[bytes]:
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


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker with these connections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Connections watched by the main loop, oldest first.
        self.waiting: dict[Client, None] = {}
        self.next_sweep = 0.0
        self.health: dict[str, ThreadPoolExecutor] = {}
        # Requests that were put aside.
        self.aside: dict[long_poll.Wait, Client] = {}
        self.rests_until = 0.0

    def init_process(self) -> None:
        """Create the threads in the process that uses them."""
        self.health = {name: ThreadPoolExecutor(1, f"health-{name}") for name in {*_HEALTH.values()}}
        self.waiters = ThreadPoolExecutor(1, "waiters")
        slots.share(self.cfg.threads)
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the application, which may put requests aside."""
        super().load_wsgi()
        # Django is set up only now.
        from installer.job_watcher import Watcher

        self.watcher = Watcher(partial(self.method_queue.defer, self.take_up))
        self.application: Callable[..., Any] = self.app.wsgi()
        self.wsgi = self.call

    def call(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Call the application. Raises :class:`Aside`."""
        client = environ["gunicorn.socket"]
        wait = getattr(client, "wait", None)
        if wait is None:
            answer = self.application(environ, start_response)
            old = environ["SERVER_PROTOCOL"] == "HTTP/1.0" and isinstance(client, ClientSocket)
            return _or_reset(answer, client) if old and getattr(answer, "streaming", False) else answer
        wait.over = wait.over or not self.alive
        environ[long_poll.ENVIRON] = wait
        answer = self.application(environ, start_response)
        if isinstance(answer, long_poll.Later):
            answer.close()
            raise Aside
        return answer

    def handle_request(self, req: Any, conn: Any) -> Any:
        """Answer a request, or put it aside."""
        try:
            return super().handle_request(req, conn)
        except Aside:
            return _ASIDE

    def accept(self, listener: socket.socket) -> None:
        """Accept a connection; it waits in the main loop."""
        if self.cfg.is_ssl:
            # Encrypted data cannot be inspected here: TLS belongs on a proxy in front (docs/operations.md).
            super().accept(listener)
            return
        try:
            client_sock, address = listener.accept()
        except OSError as error:
            if error.errno not in (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK):
                raise
            return
        self.nr_conns += 1
        if len(self.waiting) >= MAX_WAITING:
            self.drop(next(iter(self.waiting)))
        self.look_after(Client(self.cfg, client_sock, address, listener.getsockname()), self.on_request)

    def look_after(self, conn: Client, callback: Callable[[Client], None], *, write: bool = False) -> None:
        """Call ``callback`` when the client sends, or takes, more."""
        conn.sock.setblocking(False)
        self.waiting[conn] = None
        event = selectors.EVENT_WRITE if write else selectors.EVENT_READ
        self.poller.register(conn.sock, event, partial(self._guarded, callback, conn))

    def let_go(self, conn: Client) -> None:
        """Stop watching the connection in the main loop."""
        if self.waiting.pop(conn, self) is None:
            self.poller.unregister(conn.sock)

    def drop(self, conn: Client) -> None:
        """Close the connection as it is."""
        self.let_go(conn)
        self.nr_conns -= 1
        util.close(conn.sock)

    def _guarded(self, callback: Callable[[Client], None], conn: Client, _socket: Any) -> None:
        """Run a callback; a client's error ends only its connection, not the worker."""
        if conn not in self.waiting:
            # Dropped in this very round to make room for another one.
            return
        try:
            callback(conn)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.drop(conn)

    def on_request(self, conn: Client) -> None:
        """Read more of a request."""
        data = conn.sock.recv(MAX_HEAD_BYTES)
        if not data:
            self.drop(conn)
            return
        before = conn.arriving.head
        whole = conn.arriving.add(data)
        if before < 0 <= conn.arriving.head:
            conn.give_up = time.monotonic() + BODY_S
            if conn.arriving.expects and not whole:
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        if whole:
            self.let_go(conn)
            self.answer(conn)
        elif len(conn.arriving.data) > MAX_HEAD_BYTES:
            arriving = sum(len(other.arriving.data) for other in self.waiting)
            if arriving > MAX_ARRIVING_BYTES:
                self.drop(conn)

    def answer(self, conn: Client) -> None:
        """Hand the request to a thread."""
        conn.init()
        path, data = conn.arriving.path(), bytes(conn.arriving.data)
        conn.arriving.data.clear()
        conn.parser.unreader.unread(data)
        if _WAITS.match(data):
            conn.sock.wait, conn.request = long_poll.Wait(), data
            self.submit(conn, self.waiters, self.handle_waiting)
        else:
            pool = self.health[_HEALTH[path]] if path in _HEALTH else self.tpool
            self.submit(conn, pool, self.handle)

    def submit(self, conn: Client, pool: ThreadPoolExecutor, handle: Callable[[Client], Any]) -> None:
        """Let a thread handle the request; the main loop finishes it."""
        future: Future[Any] = pool.submit(handle, conn)
        future.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

    def handle_waiting(self, conn: Client) -> Any:
        """Handle a request that may wait, after a rest that keeps the thread within its share of the processor."""
        if self.alive:
            time.sleep(max(0.0, self.rests_until - time.monotonic()))
        began = time.thread_time()
        try:
            return self.handle(conn)
        finally:
            used = time.thread_time() - began
            self.rests_until = time.monotonic() + used * (1 / WAITING_SHARE - 1)

    def put_aside(self, conn: Client) -> None:
        """Keep the connection until there is news for it, or its client goes."""
        wait = conn.sock.wait
        assert wait is not None
        conn.sock.setblocking(False)
        self.aside[wait] = conn
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_aside, conn))
        if self.alive:
            self.watcher.add(wait)

    def on_aside(self, conn: Client, _socket: Any) -> None:
        """Close the connection of a client that has gone; leave what it sends already for later."""
        if conn.sock.wait not in self.aside:
            # Taken up in this very round.
            return
        try:
            gone = not conn.sock.recv(1, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            gone = True
        self.poller.unregister(conn.sock)
        conn.read_later = True
        if gone:
            del self.aside[conn.sock.wait]
            self.watcher.discard(conn.sock.wait)
            self.gone(conn)

    def gone(self, conn: Client) -> None:
        """Close the connection and count it no longer."""
        long_poll.desk.leave(conn.sock.wait)
        self.nr_conns -= 1
        util.close(conn.sock)

    def take_up(self, waits: Collection[long_poll.Wait]) -> None:
        """Answer requests whose waiting is over."""
        for wait in waits:
            conn = self.aside.pop(wait, None)
            if conn is None:
                # Its client has gone.
                continue
            if not conn.read_later:
                self.poller.unregister(conn.sock)
            conn.read_later = False
            # Read again from its first byte.
            conn.parser = http.get_parser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader.unread(conn.request)
            self.submit(conn, self.waiters, self.handle_waiting)

    def _keepalive_after(self, conn: Any, keepalive: Any) -> Any:
        """Close after a refused body: no thread waits for the rest of it."""
        if keepalive is _ASIDE:
            return _ASIDE
        if isinstance(conn, Client) and not conn.arriving.whole:
            return False
        return bool(super()._keepalive_after(conn, keepalive))

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """Start the next request on a connection that was kept alive."""
        if not isinstance(conn, Client):
            super().on_client_socket_readable(conn, client)
            return
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        conn.next_request()
        self.look_after(conn, self.on_request)

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """Finish an answer that is written or waits in the outbox."""
        if not isinstance(conn, Client):
            super().finish_request(conn, fs)
            return
        if not fs.cancelled() and fs.exception() is None and fs.result() is _ASIDE:
            self.put_aside(conn)
            return
        keep = not fs.cancelled() and fs.exception() is None and bool(fs.result())
        if conn.sock.wait is not None:
            long_poll.desk.leave(conn.sock.wait)
            conn.sock.wait, conn.request = None, b""
        if conn.sock.fileno() < 0:
            self.nr_conns -= 1
        elif conn.sock.outbox:
            conn.give_up = time.monotonic() + DRAIN_S
            self.look_after(conn, partial(self.on_room, keep), write=True)
        else:
            self.answered(conn, keep)

    def on_room(self, keep: bool, conn: Client) -> None:
        """Send more of the answer when the client can take it."""
        sent = conn.sock.send(conn.sock.outbox[: 1024 * 1024])
        conn.sock.outbox = conn.sock.outbox[sent:]
        if not conn.sock.outbox:
            self.let_go(conn)
            self.answered(conn, keep)

    def answered(self, conn: Client, keep: bool) -> None:
        """Wait for the next request, or close the connection."""
        if not keep:
            self.part(conn)
            return
        more = conn.parser.unreader.take_buffered()
        if more and conn.next_request(more):
            self.answer(conn)
        elif more:
            self.look_after(conn, self.on_request)
        else:
            kept: Future[bool] = Future()
            kept.set_result(True)
            super().finish_request(conn, kept)

    def part(self, conn: Client) -> None:
        """Announce the end, and close when the client has read everything (RFC 9112, 9.6)."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            self.nr_conns -= 1
            util.close(conn.sock)
            return
        conn.give_up = time.monotonic() + LINGER_S
        self.look_after(conn, self.on_parting)

    def on_parting(self, conn: Client) -> None:
        """Discard what the client still sends."""
        if not conn.sock.recv(MAX_HEAD_BYTES):
            self.drop(conn)

    def murder_pending(self) -> None:
        """Close connections past their deadline; a stopping worker does not wait for idle ones."""
        super().murder_pending()
        now = time.monotonic()
        if now < self.next_sweep and self.alive:
            return
        self.next_sweep = now + _SWEEP_S
        if not self.alive:
            self.take_up(list(self.aside))
        for conn in list(self.waiting):
            idle = not self.alive and not conn.arriving.data and not conn.sock.outbox
            if conn.give_up <= now or idle:
                with contextlib.suppress(OSError):
                    self.drop(conn)

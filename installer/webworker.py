"""The web server's worker: a thread answers requests and never waits for a slow client.

gunicorn's threaded worker reads a request and writes its answer on the thread that answers it: a few clients that send a
byte now and then, or do not read, hold every thread, before anyone has signed in. Here the main loop collects a request
until it is complete, and sends on what a client does not read at once (:mod:`installer.web_clients`). /healthz and
/readyz have their own threads, so that they answer whatever the others do. What a response itself may wait for is limited
by :mod:`installer.slots`; requests that wait for news of a job are kept by :mod:`installer.waiting_requests`.
"""

from __future__ import annotations

import contextlib
import errno
import selectors
import socket
import sys
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn import util
from gunicorn.workers.gthread import ThreadWorker

from installer import long_poll, slots
from installer.waiting_requests import Aside, WaitingRequests, may_wait
from installer.web_clients import DRAIN_S, MAX_HEAD_BYTES, Client, ClientSocket, or_reset

# The body of a request must arrive within this time, else it is cut off.
BODY_S = 120.0
# For all bodies that are still arriving.
MAX_ARRIVING_BYTES = 128 * 1024 * 1024
LINGER_S = 2.0
# Connections waiting in the main loop; beyond that, the one waiting longest makes room for a new one.
MAX_WAITING = 500
_SWEEP_S = 0.5
# How long a thread that computes keeps the others of its process waiting (Python: 5 ms). /healthz passes the main loop, a
# thread and the main loop again, and waits each time for every thread that computes.
SWITCH_S = 0.001
# What a thread returns instead of whether the connection is kept, when the request was put aside.
_ASIDE = "aside"
_HEALTH = {b"/healthz": "alive", b"/readyz": "ready", b"/metrics": "ready"}


class Worker(ThreadWorker):  # type: ignore[misc]
    """gunicorn's threaded worker with these connections."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # Connections watched by the main loop, oldest first.
        self.waiting: dict[Client, None] = {}
        self.next_sweep = 0.0
        self.health: dict[str, ThreadPoolExecutor] = {}
        self.kept = WaitingRequests(self)

    def init_process(self) -> None:
        """Create the threads in the process that uses them."""
        self.health = {name: ThreadPoolExecutor(1, f"health-{name}") for name in {*_HEALTH.values()}}
        self.kept.start()
        sys.setswitchinterval(SWITCH_S)
        slots.share(self.cfg.threads)
        super().init_process()

    def load_wsgi(self) -> None:
        """Load the application, which may put requests aside."""
        super().load_wsgi()
        # Django is set up only now.
        self.kept.watch()
        self.application: Callable[..., Any] = self.app.wsgi()
        self.wsgi = self.call

    def call(self, environ: dict[str, Any], start_response: Any) -> Any:
        """Call the application. Raises :class:`Aside`."""
        client = environ["gunicorn.socket"]
        wait = getattr(client, "wait", None)
        if wait is None:
            answer = self.application(environ, start_response)
            old = environ["SERVER_PROTOCOL"] == "HTTP/1.0" and isinstance(client, ClientSocket)
            return or_reset(answer, client) if old and getattr(answer, "streaming", False) else answer
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
        if may_wait(data):
            self.kept.answer(conn, data)
        else:
            pool = self.health[_HEALTH[path]] if path in _HEALTH else self.tpool
            self.submit(conn, pool, self.handle)

    def submit(self, conn: Client, pool: ThreadPoolExecutor, handle: Callable[[Client], Any]) -> None:
        """Let a thread handle the request; the main loop finishes it."""
        future: Future[Any] = pool.submit(handle, conn)
        future.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))

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
            self.kept.put_aside(conn)
            return
        keep = not fs.cancelled() and fs.exception() is None and bool(fs.result())
        self.kept.answered(conn)
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
            self.kept.take_up(list(self.kept.aside))
        for conn in list(self.waiting):
            idle = not self.alive and not conn.arriving.data and not conn.sock.outbox
            if conn.give_up <= now or idle:
                with contextlib.suppress(OSError):
                    self.drop(conn)

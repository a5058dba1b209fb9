"""Requests that wait for news of a job: the web server keeps their connections, and answers them anew (ADR 0008).

One thread answers all of them, at once or when there is news. However many wait, and however busy their jobs are, that
thread uses no more than a part of the processor: who waits is answered later then, and with more.
"""

from __future__ import annotations

import re
import selectors
import socket
import time
from collections.abc import Collection
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from gunicorn import http, util

from installer import long_poll
from installer.web_clients import Client

# The part of a processor that the thread of those who wait uses at most.
WAITING_SHARE = 0.3
_WAITS = re.compile(rb"GET [^ ?]*/events/\?(?:[^ ]*&)?wait=(?!0[& ])")


def may_wait(request: bytes) -> bool:
    """Return whether the bytes of a request ask for it."""
    return _WAITS.match(request) is not None


class Aside(Exception):
    """The request is put aside: nothing was sent yet."""


class WaitingRequests:
    """Those of one process of the web server. All but :meth:`handle` runs in the main loop of its ``worker``."""

    def __init__(self, worker: Any) -> None:
        self.worker = worker
        # Requests that were put aside.
        self.aside: dict[long_poll.Wait, Client] = {}
        self.rests_until = 0.0

    def start(self) -> None:
        """Create the thread in the process that uses it."""
        self.thread = ThreadPoolExecutor(1, "waiters")

    def watch(self) -> None:
        """Have jobs watched, now that Django is set up."""
        from installer.job_watcher import Watcher

        self.watcher = Watcher(partial(self.worker.method_queue.defer, self.take_up))

    def answer(self, conn: Client, data: bytes) -> None:
        """Answer a request, whose bytes these are, or put it aside."""
        conn.sock.wait, conn.request = long_poll.Wait(), data
        self.worker.submit(conn, self.thread, self.handle)

    def answered(self, conn: Client) -> None:
        """Let go of a request that was answered."""
        if conn.sock.wait is not None:
            long_poll.desk.leave(conn.sock.wait)
            conn.sock.wait, conn.request = None, b""

    def handle(self, conn: Client) -> Any:
        """Handle a request that may wait, after a rest that keeps the thread within its share of the processor."""
        if self.worker.alive:
            time.sleep(max(0.0, self.rests_until - time.monotonic()))
        began = time.thread_time()
        try:
            return self.worker.handle(conn)
        finally:
            used = time.thread_time() - began
            self.rests_until = time.monotonic() + used * (1 / WAITING_SHARE - 1)

    def put_aside(self, conn: Client) -> None:
        """Keep the connection until there is news for it, or its client goes."""
        wait = conn.sock.wait
        assert wait is not None
        conn.sock.setblocking(False)
        self.aside[wait] = conn
        self.worker.poller.register(conn.sock, selectors.EVENT_READ, partial(self.on_aside, conn))
        if self.worker.alive:
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
        self.worker.poller.unregister(conn.sock)
        conn.read_later = True
        if gone:
            del self.aside[conn.sock.wait]
            self.watcher.discard(conn.sock.wait)
            self.gone(conn)

    def gone(self, conn: Client) -> None:
        """Close the connection and count it no longer."""
        long_poll.desk.leave(conn.sock.wait)
        self.worker.nr_conns -= 1
        util.close(conn.sock)

    def take_up(self, waits: Collection[long_poll.Wait]) -> None:
        """Answer requests whose waiting is over."""
        for wait in waits:
            conn = self.aside.pop(wait, None)
            if conn is None:
                # Its client has gone.
                continue
            if not conn.read_later:
                self.worker.poller.unregister(conn.sock)
            conn.read_later = False
            # Read again from its first byte.
            conn.parser = http.get_parser(self.worker.cfg, conn.sock, conn.client)
            conn.parser.unreader.unread(conn.request)
            self.worker.submit(conn, self.thread, self.handle)

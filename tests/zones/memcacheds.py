"""Real memcached servers on loopback, each on a port of its own."""

from __future__ import annotations

import os
import shutil
import socket
import socketserver
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from zones.core.memcached import CacheServer


def need(tool: str, package: str) -> str:
    """The path of a program. Skips the test without it (in CI it fails)."""
    found = shutil.which(tool) or shutil.which(tool, path="/usr/sbin:/usr/local/sbin")
    if not found:
        if os.environ.get("CI"):
            pytest.fail(f"{tool} is not installed: apt-get install {package}")
        pytest.skip(f"{tool} is not installed: apt-get install {package}")
    return found


@contextmanager
def memcached(*options: str, port: int = 0, host: str = "127.0.0.1") -> Iterator[CacheServer]:
    """A server for one test, on a port of its own unless one is given. Skips where the host has no such address."""
    tool = need("memcached", "memcached")
    if not port:
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            try:
                probe.bind((host, 0))
            except OSError:
                pytest.skip(f"this host has no {host}")
            port = probe.getsockname()[1]
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    argv = [
        tool,
        "-l",
        f"[{host}]" if ":" in host else host,
        "-p",
        str(port),
        "-U",
        "0",
        "-m",
        "256",
        *user,
        *options,
    ]
    process = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_open(host, port)
        yield CacheServer(host, port)
    finally:
        process.kill()
        process.wait()


def _until_open(host: str, port: int) -> None:
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection((host, port), timeout=1).close()
            return
        except OSError:
            assert time.monotonic() < deadline, "memcached does not start"
            time.sleep(0.02)


class OldServer(socketserver.ThreadingTCPServer):
    """What old versions answer (items.c and slabs.c of their sources): ``shows`` keys at most are dumped by cachedump.

    ``crawler``: 1.4.31 to 1.5.1, whose dump has no END; else 1.4.25, which has no dump of the crawler.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, keys: list[str], *, shows: int, crawler: bool) -> None:
        self.keys = dict.fromkeys(key.encode() for key in keys)
        self.shows = shows
        self.crawler = crawler
        super().__init__(("127.0.0.1", 0), _OldAnswers)

    @property
    def server(self) -> CacheServer:
        """Where it listens."""
        return CacheServer("127.0.0.1", self.server_address[1])


class _OldAnswers(socketserver.StreamRequestHandler):
    server: OldServer

    def handle(self) -> None:
        for line in self.rfile:
            words = line.split()
            self.wfile.write(self._answer(words, self.server.keys))

    def _answer(self, words: list[bytes], keys: dict[bytes, None]) -> bytes:
        if words[:2] == [b"lru_crawler", b"metadump"] and self.server.crawler:
            if words[2] != b"all":
                return b"BADCLASS invalid class id\r\n"
            return b"".join(b"key=%s exp=-1 la=1 cas=1 fetch=no\n" % key for key in keys)
        if words == [b"stats", b"items"]:
            return (b"STAT items:1:number %d\r\n" % len(keys) if keys else b"") + b"END\r\n"
        if words[:2] == [b"stats", b"cachedump"]:
            shown = list(keys)[-self.server.shows :] if self.server.shows else []
            return b"".join(b"ITEM %s [3 b; 0 s]\r\n" % key for key in shown) + b"END\r\n"
        if words[:1] == [b"delete"]:
            gone = words[1] in keys
            keys.pop(words[1], None)
            return b"DELETED\r\n" if gone else b"NOT_FOUND\r\n"
        return b"ERROR\r\n"


@contextmanager
def old_memcached(keys: list[str], *, shows: int = 1_000_000, crawler: bool = False) -> Iterator[OldServer]:
    """An imitation of an old version, for one test."""
    with OldServer(keys, shows=shows, crawler=crawler) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()

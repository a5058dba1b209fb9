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

from operations.cache.core import CacheServer


def need(tool: str, package: str) -> str:
    """Return the path of a program. Skips the test without it (in CI it fails)."""
    found = shutil.which(tool) or shutil.which(tool, path="/usr/sbin:/usr/local/sbin")
    if not found:
        if os.environ.get("CI"):
            pytest.fail(f"{tool} is not installed: apt-get install {package}")
        pytest.skip(f"{tool} is not installed: apt-get install {package}")
    return found


@contextmanager
def memcached(*options: str, port: int = 0, host: str = "127.0.0.1") -> Iterator[CacheServer]:
    """Run a server for one test, on a port of its own unless one is given. Skips without that address on the host."""
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
    """An imitation of old versions, compared answer by answer with the real ones.

    Those were built from their sources: 1.4.15, 1.4.25, 1.4.31, 1.4.33, 1.5.1, 1.5.2, 1.5.6, 1.5.8, 1.5.12,
    1.5.22, 1.6.8 (github.com/memcached/memcached):

    =============== =========================================================================================
    up to 1.4.30    ``lru_crawler metadump`` is ``ERROR``; ``stats cachedump CLASS 0`` shows the newest first and stops
                    at 2 MB (1.4.15 and 1.4.25: 28,339 of 200,050 keys; 1.4.33 to 1.6.8: 32,263), those that have
                    expired among them; ``stats items`` counts them, too
    1.4.31 to 1.5.3 without ``-o lru_crawler`` (the default before 1.5.0) ``CLIENT_ERROR lru crawler disabled``; with
                    it ``metadump all`` shows the oldest first, without those that have expired, lines end with LF, and
                    nothing comes behind the last one, also from an empty server (its issue 667; END since 1.5.4)
    1.5.5, 1.5.6    END, but the newest item of each LRU list is left out: 149 of 150 (its issue 362)
    before 1.6.9    ``metadump hash`` is ``BADCLASS invalid class id``; ``md KEY b`` is ``ERROR``, of 1.6.8
                    ``CLIENT_ERROR invalid or duplicate flag``
    while another   1.4.33: ``BUSY currently processing crawler request``; 1.5.6 and 1.6.8 are silent meanwhile
    dump runs
    from 1.4.25 on  ``lru_crawler crawl all``: ``OK`` (1.4.25 with nothing in it ``NOTSTARTED no items to crawl``), and
                    what has expired is no longer counted once ``lru_crawler_running`` of ``stats`` is 0;
                    ``CLIENT_ERROR lru crawler disabled`` without the crawler
    =============== =========================================================================================

    ``shows`` keys at most are dumped by cachedump; ``expired`` are counted beside ``keys``.
    """

    allow_reuse_address = True
    daemon_threads = True

    def __init__(
        self, keys: list[str], *, version: str, crawler: bool, shows: int, expired: list[str]
    ) -> None:
        self.keys = dict.fromkeys(key.encode() for key in keys)
        self.expired = [key.encode() for key in expired]
        self.shows = shows
        self.crawler = crawler
        self.version = tuple(int(part) for part in version.split("."))
        super().__init__(("127.0.0.1", 0), _OldAnswers)

    @property
    def server(self) -> CacheServer:
        """Return where it listens."""
        return CacheServer("127.0.0.1", self.server_address[1])


class _OldAnswers(socketserver.StreamRequestHandler):
    server: OldServer

    def handle(self) -> None:
        for line in self.rfile:
            self.wfile.write(self._answer(line.split()))

    def _answer(self, words: list[bytes]) -> bytes:
        old, keys = self.server, self.server.keys
        if words[0] == b"lru_crawler":
            return self._crawler(words[1:])
        if words == [b"version"]:
            return b"VERSION %s\r\n" % ".".join(map(str, old.version)).encode()
        if words == [b"stats"]:
            return b"STAT lru_crawler_running 0\r\nEND\r\n"
        if words == [b"stats", b"items"]:
            count = len(keys) + len(old.expired)
            return (b"STAT items:1:number %d\r\n" % count if count else b"") + b"END\r\n"
        if words[:2] == [b"stats", b"cachedump"]:
            shown = [*old.expired, *reversed(keys)][: old.shows]
            return b"".join(b"ITEM %s [3 b; 0 s]\r\n" % key for key in shown) + b"END\r\n"
        if words[0] == b"delete":
            gone = words[1] in keys
            keys.pop(words[1], None)
            return b"DELETED\r\n" if gone else b"NOT_FOUND\r\n"
        return b"ERROR\r\n"

    def _crawler(self, words: list[bytes]) -> bytes:
        old = self.server
        if words[0] == b"metadump" and old.version < (1, 4, 31):
            return b"ERROR\r\n"
        if not old.crawler:
            return b"CLIENT_ERROR lru crawler disabled\r\n"
        if words == [b"crawl", b"all"] and old.version < (1, 4, 31) and not (old.keys or old.expired):
            return b"NOTSTARTED no items to crawl\r\n"
        if words == [b"crawl", b"all"]:
            old.expired.clear()
            return b"OK\r\n"
        if words[1] != b"all":
            return b"BADCLASS invalid class id\r\n"
        shown = list(old.keys)[:-1] if old.version in ((1, 5, 5), (1, 5, 6)) else list(old.keys)
        lines = b"".join(b"key=%s exp=-1 la=1 cas=1 fetch=no\n" % key for key in shown)
        return lines + (b"END\r\n" if old.version >= (1, 5, 4) else b"")


@contextmanager
def old_memcached(
    keys: list[str],
    version: str = "1.4.25",
    *,
    crawler: bool = False,
    shows: int = 1_000_000,
    expired: int = 0,
) -> Iterator[OldServer]:
    """Run an imitation of an old version, for one test."""
    gone = [f"expired-{number}" for number in range(expired)]
    with OldServer(keys, version=version, crawler=crawler, shows=shows, expired=gone) as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield made
        made.shutdown()
        thread.join()

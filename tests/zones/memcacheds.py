"""Real memcached servers on loopback, each on a port of its own."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
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

"""Services on the region's machines in this demo: memcached with cached zone lists, and web services."""

from __future__ import annotations

import contextlib
import os
import shutil
import socket
import sys
import threading
from collections.abc import Sequence

from pymemcache.client.base import Client

from lab.demo.console import Console, fail

WEB_PORTS = (7777, 8565, 8000)
CACHE_PORT = 11211
USERS, OTHERS = 3000, 7000
CACHED = "Pitrix.Zone.Zone.UserZone.yunify.usr-{:05d}"


def need_programs() -> str:
    """Return the path of memcached. Ends the demo with a sentence when it or haproxy is not installed."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin"
    missing = [name for name in ("memcached", "haproxy") if not shutil.which(name, path=path)]
    if missing:
        fail(f"this demo needs real {' and '.join(missing)}: sudo apt-get install {' '.join(missing)}")
    return str(shutil.which("memcached", path=path))


def start_memcached(console: Console, address: str) -> None:
    """Start a memcached on ``address`` with zone lists of many users, and other entries."""
    user = ["-u", "nobody"] if os.geteuid() == 0 else []
    argv = [need_programs(), "-l", address, "-p", str(CACHE_PORT), "-U", "0", *user]
    name = f"memcached-{address}"
    console.start(name, argv)
    console.wait(lambda: _open(address, CACHE_PORT), "memcached does not answer", name)
    client = Client((address, CACHE_PORT))
    client.set_many({CACHED.format(number): "devops1a" for number in range(USERS)}, noreply=True)
    client.set_many({f"Pitrix.Session.{number}": "x" for number in range(OTHERS)}, noreply=True)
    client.version()
    client.close()


def cached(address: str) -> tuple[int, int]:
    """Count all entries, and those of a sample of users' zone lists."""
    client = Client((address, CACHE_PORT))
    count = int(client.stats()[b"curr_items"])
    sample = client.get_many([CACHED.format(number) for number in range(0, USERS, 30)])
    client.close()
    return count, len(sample)


def start_web(console: Console, addresses: Sequence[str]) -> None:
    """Start a server on the ports of a global web service."""
    argv = [sys.executable, "-m", "lab.demo_zone.services", *addresses]
    console.start("webservices", argv, ready="ready")


def through(address: str, port: int) -> str:
    """Return the name of the server behind a proxy; empty when there is no answer."""
    try:
        with socket.create_connection((address, port), timeout=5) as peer:
            return peer.recv(100).decode()
    except OSError:
        return ""


def _open(address: str, port: int) -> bool:
    with contextlib.suppress(OSError):
        socket.create_connection((address, port), timeout=1).close()
        return True
    return False


def _serve(server: socket.socket, name: str) -> None:
    while True:
        peer, _ = server.accept()
        threading.Thread(target=_answer, args=(peer, name), daemon=True).start()


def _answer(peer: socket.socket, name: str) -> None:
    with peer, contextlib.suppress(OSError):
        peer.settimeout(30)
        peer.sendall(f"web service {name}".encode())
        peer.recv(1)


def _main() -> None:
    threads = [
        threading.Thread(target=_serve, args=(socket.create_server((address, port)), address), daemon=True)
        for address in sys.argv[1:]
        for port in WEB_PORTS
    ]
    for thread in threads:
        thread.start()
    print("ready", flush=True)
    for thread in threads:
        thread.join()


if __name__ == "__main__":
    _main()

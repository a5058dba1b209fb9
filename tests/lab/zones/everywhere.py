"""Run in a network namespace of its own: a real haproxy with the listeners as they are, on 0.0.0.0 and their own ports.

``python -m tests.lab.zones.everywhere FOLDER`` prints what was seen as JSON. The web service lives in a namespace
behind that one, because it has the same ports.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

PROXY, WEB = "10.99.0.1", "10.99.0.2"
PORTS = (443, 7777, 8565, 8000, 8011)
KEPT = "defaults\n    timeout connect 2s\n    timeout client 30s\n    timeout server 30s\n"
MODES = {
    "http": {"global_protocol": "http", "fusion": False},
    "fused": {"global_protocol": "https", "fusion": True},
}


def web_service() -> None:
    """Answer on every port with its number; begin when its end of the cable is there."""
    _say("here")
    sys.stdin.readline()
    _cable("web0", WEB)
    for port in PORTS:
        server = socket.create_server((WEB, port))
        threading.Thread(target=_serve, args=(server, str(port)), daemon=True).start()
    _say("ready")
    sys.stdin.readline()


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def _serve(server: socket.socket, text: str) -> None:
    peers = []
    while True:
        peer, _ = server.accept()
        peer.sendall(text.encode())
        peers.append(peer)


def _cable(name: str, address: str) -> None:
    for words in (["addr", "add", f"{address}/24", "dev", name], ["link", "set", name, "up"]):
        subprocess.run(["ip", *words], check=True)


def main(folder: Path) -> dict[str, Any]:
    """Return what answers behind each listener, by mode, address and port."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True)
    argv = ["unshare", "-n", sys.executable, "-m", "tests.lab.zones.everywhere", "--web"]
    with subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as web:
        assert web.stdin and web.stdout
        assert web.stdout.readline() == "here\n"
        ends = ["proxy0", "type", "veth", "peer", "name", "web0", "netns", str(web.pid)]
        subprocess.run(["ip", "link", "add", *ends], check=True)
        _cable("proxy0", PROXY)
        print("go", file=web.stdin, flush=True)
        assert web.stdout.readline() == "ready\n"
        found = {name: _one(folder / f"{name}.cfg", mode) for name, mode in MODES.items()}
        print("end", file=web.stdin, flush=True)
    return found


def _one(path: Path, mode: dict[str, Any]) -> dict[str, Any]:
    from operations.haproxy.core import merge_listeners, read_listeners
    from zones.core.rendering import render_haproxy

    path.write_text(merge_listeners(KEPT, render_haproxy([WEB], **mode)))
    listeners = read_listeners(path.read_text())
    tool = os.environ["HAPROXY"]
    checked = subprocess.run([tool, "-c", "-f", str(path)], capture_output=True, text=True)
    process = subprocess.Popen([tool, "-db", "-f", str(path)], stderr=subprocess.DEVNULL)
    try:
        down = _until_up(listeners)
        return {
            "checked": checked.returncode,
            "down": down,
            "everywhere": sorted(set(_bound()) & {listener.port for listener in listeners}),
            "answers": {
                f"{address} {listener.port}": _answer(address, listener.port)
                for address in ("127.0.0.1", PROXY)
                for listener in listeners
            },
        }
    finally:
        process.kill()
        process.wait()


def _until_up(listeners: Any) -> list[str]:
    """Return what the health check of the job reports: nothing, or what is left after ten seconds."""
    from common.ssh import Endpoint
    from operations.haproxy.handler import _why_down
    from tests.factories import host_key

    endpoint = Endpoint(address=PROXY, port=22, user="root", host_key=host_key(1))
    deadline = time.monotonic() + 10
    while True:
        down = [why for listener in listeners if (why := _why_down(endpoint, listener))]
        if not down or time.monotonic() > deadline:
            return down
        time.sleep(0.1)


def _bound() -> list[int]:
    """Return ports that listen on 0.0.0.0, from the kernel's own table (proc_net_tcp in its documentation)."""
    rows = [line.split() for line in Path("/proc/self/net/tcp").read_text().splitlines()[1:]]
    listening = [row[1].split(":") for row in rows if row[3] == "0A"]
    return [int(port, 16) for address, port in listening if address == "00000000"]


def _answer(address: str, port: int) -> str:
    with socket.create_connection((address, port), timeout=5) as peer:
        return peer.recv(100).decode()


if __name__ == "__main__":
    if sys.argv[1] == "--web":
        web_service()
    else:
        from tests import environment  # noqa: F401 # a data folder of this process's own

        os.environ["DJANGO_SETTINGS_MODULE"] = "installer.settings"
        import django

        django.setup()
        _say(json.dumps(main(Path(sys.argv[1]))))

"""With any defaults of a site, our listeners, merged into its file, have servers that are up in a real haproxy."""

from __future__ import annotations

import contextlib
import csv
import socket
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from operations.haproxy.core import merge_listeners
from tests.support.memcacheds import need

TIMES = " timeout connect 2s\n timeout client 9s\n timeout server 9s\n"
WEB = "frontend web\n bind 127.0.0.1:0\n mode http\n"
DEFAULTS = {
    "httpchk": f"defaults\n mode http\n option httplog\n option httpchk\n{TIMES}",
    "httpchk with rules": (
        f"defaults\n mode http\n option httpchk GET /health\n http-check expect status 200\n{TIMES}"
    ),
    "ssl-hello-chk": f"defaults\n option ssl-hello-chk\n{TIMES}",
    "mysql-check": f"defaults\n option mysql-check user haproxy\n{TIMES}",
    "redis-check": f"defaults\n option redis-check\n{TIMES}",
    "smtpchk": f"defaults\n option smtpchk\n{TIMES}",
    "pgsql-check": f"defaults\n option pgsql-check user x\n{TIMES}",
    "ldap-check": f"defaults\n option ldap-check\n{TIMES}",
    "tcp-check with rules": (
        f"defaults\n option tcp-check\n tcp-check send PING\\r\\n\n tcp-check expect string +PONG\n{TIMES}"
    ),
    "check-ssl": f"defaults\n default-server check-ssl verify none inter 1s\n{TIMES}",
    "servers by TLS": f"defaults\n default-server ssl verify none\n{TIMES}",
    "send-proxy": f"defaults\n default-server send-proxy check-send-proxy\n{TIMES}",
    "servers disabled": f"defaults\n default-server disabled\n{TIMES}",
    "sections disabled": f"defaults\n disabled\n{TIMES}",
    "balance and more": f"defaults\n mode http\n balance leastconn\n maxconn 50\n option redispatch\n retries 1\n{TIMES}",
    "checked at another port": f"defaults\n default-server port 1 inter 1s fall 1\n{TIMES}",
    "checked at another address": f"defaults\n default-server addr 127.0.0.9 port 9 inter 1s\n{TIMES}",
    "no weight": f"defaults\n default-server weight 0\n{TIMES}",
    "defaults of defaults": f"defaults a\n mode http\n option httpchk\n{TIMES}\ndefaults b from a\n mode tcp\n",
    "transparent": f"defaults\n option transparent\n{TIMES}",
    "checked by another protocol": f"defaults\n default-server check-proto h2 check-sni x\n{TIMES}",
    "only where others fail": f"defaults\n default-server backup maxconn 1 slowstart 60s\n{TIMES}",
    "settings of others stay": f"defaults\n default-server socks4 127.0.0.1:1\n{TIMES}\ndefaults\n mode tcp\n{TIMES}",
    "no timeouts": "defaults\n mode tcp\n",
    "none": "",
    "the last of several": f"defaults\n mode tcp\n{TIMES}\ndefaults web\n mode http\n option httpchk\n{TIMES}",
    "quoted": f'defaults\n \'option\' "httpchk" # checks\n default-server "check-ssl" verify none\n{TIMES}',
}


@contextmanager
def serving() -> Iterator[tuple[str, int]]:
    """Run a TCP server that identifies itself at once, without HTTP or TLS."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            while True:
                try:
                    peer = listener.accept()[0]
                except OSError:
                    return
                threading.Thread(target=talk, args=(peer,), daemon=True).start()

        def talk(peer: socket.socket) -> None:
            with peer:
                try:
                    peer.sendall(b"here")
                    got = peer.recv(1000)
                    peer.sendall(got and b"bad " + got[:20])
                except OSError:
                    pass

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        try:
            yield listener.getsockname()[:2]
        finally:
            # Closing alone wakes nobody: the thread would go on with whatever gets the number of the socket next.
            listener.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def states(path: Path) -> dict[str, tuple[str, str]]:
    """Return status and last check of each server, from the stats socket (management guide, 9.3)."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.connect(str(path))
        peer.sendall(b"show stat\n")
        text = b"".join(iter(lambda: peer.recv(65536), b"")).decode()
    rows = csv.DictReader(text.removeprefix("# ").splitlines())
    return {
        f"{row['pxname']}/{row['svname']}": (row["status"], row["check_status"])
        for row in rows
        if row["pxname"] == "api-front" and row["svname"] not in ("FRONTEND", "BACKEND")
    }


@pytest.mark.parametrize("name", DEFAULTS)
@pytest.mark.parametrize("ours_is_there", [False, True])
def test_servers_are_up(tmp_path: Path, name: str, ours_is_there: bool) -> None:
    tool = need("haproxy", "haproxy")
    sock = tmp_path / "s"
    with serving() as (host, port):
        bind = free_port()
        ours = (
            f"listen api-front\n    bind 127.0.0.1:{bind}\n    mode tcp\n    balance source\n"
            f"    server apiserver_0 {host}:{port} check\n"
        )
        old = "listen api-front\n bind 127.0.0.1:1\n mode tcp\n" if ours_is_there else ""
        file = tmp_path / "haproxy.cfg"
        text = f"global\n stats socket {sock} level admin\n" + DEFAULTS[name] + old
        file.write_text(merged := merge_listeners(text, ours))
        assert merge_listeners(merged, ours) == merged
        if "httpchk" in name:
            assert '    # instead of "option httpchk' in merged
        with subprocess.Popen([tool, "-db", "-q", "-f", str(file)], stderr=subprocess.PIPE) as running:
            try:
                until = time.monotonic() + 30
                found: dict[str, tuple[str, str]] = {}
                # A star stands before the last result while the next check runs; INI is none yet.
                while not any(
                    check and not check.startswith("*") and check != "INI" for _, check in found.values()
                ):
                    assert time.monotonic() < until, (found, running.poll())
                    time.sleep(0.1)
                    # It is bound, and seen, a moment before it listens.
                    with contextlib.suppress(FileNotFoundError, ConnectionRefusedError):
                        found = states(sock)
                assert found == {"api-front/apiserver_0": ("UP", "L4OK")}
                with socket.create_connection(("127.0.0.1", bind), timeout=10) as peer:
                    assert peer.recv(100) == b"here"
                    peer.sendall(b"x")
                    assert peer.recv(100) == b"bad x", "no PROXY line, no TLS before it"
            finally:
                running.terminate()
                running.wait(20)


@pytest.mark.parametrize(
    "setting", ["socks4 127.0.0.1:1", "send-proxy-v2 proxy-v2-options crc32c", "proto h2", "track web/x"]
)
def test_what_no_word_takes_back_is_named(setting: str) -> None:
    ours = "listen api-front\n    bind 127.0.0.1:7777\n    server apiserver_0 10.0.0.1:80 check\n"
    word = next(word for word in setting.split() if word in ("socks4", "proxy-v2-options", "proto", "track"))
    with pytest.raises(
        ValueError, match=f"'default-server {word}'.*cannot be overridden: move it on the proxy"
    ):
        merge_listeners(f"defaults\n default-server inter 1s {setting}\n{TIMES}", ours)

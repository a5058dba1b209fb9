"""The three listeners by which a sub-zone's proxies reach the global web services."""

from __future__ import annotations

import re
from collections.abc import Sequence

EVERYWHERE = "0.0.0.0"  # noqa: S104 # what the platform's proxies listen on
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?", re.ASCII)


def render_haproxy(
    web_services: Sequence[str], *, global_protocol: str, fusion: bool, bind: str = EVERYWHERE
) -> str:
    """The ``listen`` sections ``api-front``, ``ws-front`` and ``io-front``, each with one server per host.

    ``global_protocol`` is the protocol of the global site (http or https); ``bind`` the address on which the
    proxy listens.

    Raises:
        ValueError: no host, a host that is none, or an unknown protocol.
    """
    if not web_services:
        raise ValueError("the global zone has no web service node; haproxy would have no servers")
    for host in web_services:
        if not _HOST.fullmatch(host):
            raise ValueError(f"{host[:60]!r} is not a hostname or address")
    if not _HOST.fullmatch(bind):
        raise ValueError(f"{bind[:60]!r} is not an address to listen on")
    ports = {"https": 443, "http": 7777}
    if global_protocol not in ports:
        raise ValueError(f"{global_protocol[:20]!r} is neither http nor https")
    io_port = 8011 if fusion else 8000
    listeners = (
        ("api-front", 7777, "source", "apiserver", ports[global_protocol]),
        ("ws-front", 8565, "roundrobin", "ws_server", 8565),
        ("io-front", io_port, "source", "io_server", io_port),
    )
    blocks = []
    for name, own_port, balance, server, port in listeners:
        lines = [f"listen {name}", f"    bind {bind}:{own_port}", "    mode tcp", f"    balance {balance}"]
        lines += [
            f"    server {server}_{index} {host}:{port} check" for index, host in enumerate(web_services)
        ]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join(blocks)

"""haproxy listeners: a sub-zone's proxies forward to the global web services, global proxies to a sub-zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from common.messages import message

EVERYWHERE = "0.0.0.0"  # noqa: S104 # what the platform's proxies listen on
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.:-]{0,251}[A-Za-z0-9])?", re.ASCII)
_ZONE = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)
_GLOBAL_PORTS = {"https": 443, "http": 7777}
# Ports on which proxies and web services already listen, in any mode.
TAKEN_PORTS = frozenset({443, 7777, 8565, 8000, 8011})


class ListenerSpec(NamedTuple):
    """``port`` is that of the proxy, ``server_port`` that of the servers (``server_0``, ``server_1`` and so on)."""

    name: str
    port: int
    balance: str
    server: str
    server_port: int


def zone_listeners(*, global_protocol: str, fusion: bool) -> tuple[ListenerSpec, ...]:
    """Return ``api-front``, ``ws-front`` and ``io-front`` of a sub-zone's proxies.

    ``global_protocol`` is the protocol of the global site (http or https).

    Raises:
        ValueError: an unknown protocol.
    """
    if global_protocol not in _GLOBAL_PORTS:
        raise ValueError(message("H02", "wrong_protocol", protocol=global_protocol[:20]))
    io_port = 8011 if fusion else 8000
    return (
        ListenerSpec("api-front", 7777, "source", "apiserver", _GLOBAL_PORTS[global_protocol]),
        ListenerSpec("ws-front", 8565, "roundrobin", "ws_server", 8565),
        ListenerSpec("io-front", io_port, "source", "io_server", io_port),
    )


def render_haproxy(
    web_services: Sequence[str], *, global_protocol: str, fusion: bool, bind: str = EVERYWHERE
) -> str:
    """Render the ``listen`` sections of a sub-zone's proxies, each with one server per global web service.

    ``bind`` is the address on which the proxy listens.

    Raises:
        ValueError: no host, an invalid host, or an unknown protocol.
    """
    if not web_services:
        raise ValueError(message("H02", "no_web_service"))
    specs = zone_listeners(global_protocol=global_protocol, fusion=fusion)
    return "\n".join(_section(spec, web_services, bind) for spec in specs)


def render_front_gate(
    zone_id: str, front_gates: Sequence[str], *, port: int, server_port: int, bind: str = EVERYWHERE
) -> str:
    """Render the ``listen`` section by which the global proxies forward to the front gate of a sub-zone.

    ``port`` is free on the global proxies and different for each zone; ``server_port`` is that of the front gate.

    Raises:
        ValueError: no front gate, an invalid host or zone, or a port that is taken or invalid.
    """
    if not front_gates:
        raise ValueError(message("L01", "no_proxy", zone=zone_id[:64]))
    if not _ZONE.fullmatch(zone_id):
        raise ValueError(message("L01", "wrong_name", zone=zone_id[:60]))
    for number in (port, server_port):
        if not 1 <= number <= 65535:
            raise ValueError(message("L01", "no_port", port=number))
    if port in TAKEN_PORTS:
        raise ValueError(message("L01", "port_taken", port=port))
    spec = ListenerSpec(f"front-gate-{zone_id}", port, "source", "front_gate", server_port)
    return _section(spec, front_gates, bind)


def _section(spec: ListenerSpec, hosts: Sequence[str], bind: str) -> str:
    for host in hosts:
        if not _HOST.fullmatch(host):
            raise ValueError(message("H02", "no_host", host=host[:60]))
    if not _HOST.fullmatch(bind):
        raise ValueError(message("H02", "no_bind_address", address=bind[:60]))
    lines = [f"listen {spec.name}", f"    bind {bind}:{spec.port}", "    mode tcp"]
    lines.append(f"    balance {spec.balance}")
    lines += [
        f"    server {spec.server}_{index} {host}:{spec.server_port} check"
        for index, host in enumerate(hosts)
    ]
    return "\n".join(lines) + "\n"

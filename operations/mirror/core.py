"""The script that gives a hyper the list of all hypers of its zone. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from operations.scripts import component_script
from zones.core.rendering.sinks import mirror_line


def mirror_script(hypers: Iterable[tuple[str, str]], *, steady_s: int) -> str:
    """Return the script that writes ``/pitrix/conf/hyper_mirror_nodes`` and restarts ``compute_server``.

    The file has a line ``HOSTNAME ADDRESS`` per hyper. A hyper that already has the list is left alone. ``hypers``: host
    names and addresses of the zone's hypers.
    """
    lines = "\n".join(mirror_line(hostname, address) for hostname, address in hypers)
    return component_script("hyper_mirror", mirror_nodes=lines, steady_s=str(steady_s))

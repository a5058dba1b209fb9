"""``server.yaml`` of a zone after a plan: what the zone has now, with the QEMU versions that the plan adds. Pure.

======  ===================================================================
P53     the file in force cannot be edited: it stays as it is
======  ===================================================================
"""

from __future__ import annotations

from dataclasses import dataclass

from common.errors import Finding
from common.messages import message
from zones.core.rendering import SERVER_YAML, emulator_bins
from zones.core.rendering.zone_files import render_server_yaml
from zones.core.rules import Context
from zones.core.server_yaml import edit_emulators, read_emulators


@dataclass(frozen=True, slots=True)
class ServerYaml:
    """The file, empty where the zone has none; and findings about it."""

    text: str
    findings: tuple[Finding, ...] = ()


def server_yaml_after(ctx: Context) -> ServerYaml:
    """Return the file in force with the plan's versions added: comments, order and keys stay, no version is removed."""
    now = ctx.zone.server_yaml if ctx.zone else ""
    try:
        held, default = read_emulators(now)
    except ValueError as error:
        return _as_it_is(now, error)
    bins, default = _emulators(ctx, held, default)
    if not now:
        return ServerYaml(render_server_yaml(bins, default).content if bins else "")
    try:
        return ServerYaml(edit_emulators(now, bins, default) if bins else now)
    except ValueError as error:
        return _as_it_is(now, error)


def _as_it_is(now: str, why: ValueError) -> ServerYaml:
    said = message("P53", "stays", reason=why)
    return ServerYaml(now, (Finding(said, "warning", file=SERVER_YAML),))


def _emulators(ctx: Context, held: dict[str, str], default: str) -> tuple[dict[str, str], str]:
    """Return each QEMU version's folder and the default: from the configuration, else the file, else the zone."""
    zone, wanted = ctx.zone, ctx.settings.qemu_version
    had = zone.qemu_version if zone else ""
    found = sorted(
        {named.node.qemu_version for named in ctx.hypers if named.node and named.node.qemu_version}
    )
    bins = held or (dict(zone.emulators) if zone else {}) or emulator_bins(had, ())
    if not bins:
        bins = emulator_bins("", (wanted, *found))
    for version in (wanted, *found):
        if version and version not in bins:
            bins[version] = f"/opt/qemu-{version}/usr/bin"
    return bins, wanted or default or (had if had in bins else next(iter(bins), ""))

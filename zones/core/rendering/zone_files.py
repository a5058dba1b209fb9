"""Files of the whole zone: ``variables.yaml``, ``server.yaml`` and ``hosts``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import yaml

from zones.core.documents.reader import yaml_kind
from zones.core.rendering.model import RenderedFile, ZoneAfter
from zones.core.rendering.sinks import host_line, yaml_text, yaml_word

SYSTEM_BIN = "/usr/bin"
PLACEMENT = "vms/vms.yaml"
SERVER_YAML = "server/server.yaml"
FUSED_ALIASES = ("zoocassa", "proxy", "dnsmaster", "webservice", "pgpool", "pgserver")


def render_variables(zone: ZoneAfter) -> RenderedFile:
    """Render ``variables/variables.yaml``: the given values, and those that the installer generated."""
    values: dict[str, dict[str, Any]] = zone.variables.as_dict()
    if zone.vms:
        by_role: dict[str, list[str]] = {}
        for vm in zone.vms:
            role = "zoocassa" if vm.role == "ks" else vm.role
            by_role.setdefault(role, []).append(vm.address)
        values.setdefault("advance", {})["mgmt_network_address"] = by_role
    return RenderedFile("variables/variables.yaml", yaml_text(values))


def emulator_bins(system_version: str, versions: tuple[str, ...]) -> dict[str, str]:
    """Return the folder of each QEMU version: the system's for the zone's own, a separate one for each later version."""
    bins = {system_version: SYSTEM_BIN} if system_version else {}
    for version in versions:
        if version and version not in bins:
            bins[version] = f"/opt/qemu-{version}/usr/bin" if bins else SYSTEM_BIN
    return bins


def render_server_yaml(emulators: Mapping[str, str], default: str) -> RenderedFile:
    """Render ``server/server.yaml`` with ``compute_server.emulator``: each version's folder, and the default."""
    lines = ["compute_server:", "  emulator:" if emulators else "  emulator: {}"]
    for version in sorted(emulators, key=_version_key):
        lines += [f"    {_word(version)}:", f"      bin: {_word(emulators[version], always=True)}"]
    if emulators:
        lines.append(f"    default: {_word(default, always=True)}")
    return RenderedFile(SERVER_YAML, "\n".join(lines) + "\n")


def _version_key(version: str) -> tuple[tuple[int, str], ...]:
    return tuple(
        (int(part) if part.isascii() and part.isdigit() else -1, part) for part in version.split(".")
    )


def _word(value: str, *, always: bool = False) -> str:
    word = value.replace(".", "")
    plain = not always and yaml_kind(value) == "str" and word.isascii() and word.isalnum()
    return value if plain else yaml_word(value)


def render_hosts(zone: ZoneAfter) -> RenderedFile:
    """Render ``hosts``: hosts(5) lines of every node, then of every management VM."""
    lines = ["127.0.0.1 localhost", f"# physical nodes of zone {zone.zone_id}"]
    lines += [host_line(node.address, [node.hostname]) for node in zone.sorted_nodes]
    if zone.vms:
        lines.append(f"# management VMs of zone {zone.zone_id}")
    for vm in zone.vms:
        names = [zone.vm_hostname(vm), vm.name]
        if vm.role == "ks":
            names += [f"{role}{vm.name.removeprefix('ks')}" for role in FUSED_ALIASES]
        lines.append(host_line(vm.address, names))
    return RenderedFile("hosts", "\n".join(lines) + "\n")


def render_placement(zone: ZoneAfter) -> RenderedFile:
    """Render ``vms/vms.yaml``: which management VM runs on which node."""
    placed = {
        vm.name: {"role": vm.role, "hostname": zone.vm_hostname(vm), "address": vm.address, "host": vm.host}
        for vm in zone.vms
        if vm.host
    }
    return RenderedFile(PLACEMENT, yaml_text({"vms": placed}))


def read_placement(text: str) -> dict[str, str]:
    """Read the management address of each management VM's host. Raises ``ValueError`` for a file edited beyond reading."""
    try:
        placed = yaml.safe_load(text)["vms"]
        return {str(name): str(vm["host"]) for name, vm in placed.items()}
    except (yaml.YAMLError, KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{PLACEMENT} cannot be read: {error}") from None

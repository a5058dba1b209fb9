"""One node's settings file: ``key="value"`` lines under ``## Section`` headings, readable by a shell."""

from __future__ import annotations

import re
from collections.abc import Iterator

from common.errors import Finding
from common.messages import message
from zones.core.data_disks import used_disks
from zones.core.interface_stack import beneath
from zones.core.nets import netmask
from zones.core.rendering.model import RenderedFile, ZoneAfter
from zones.core.rendering.settings_reader import SettingsError, quoted, read_settings
from zones.core.rendering.sinks import unfit_setting
from zones.core.rendering.vpool import vpool_settings
from zones.core.world import DiskView, NicView, NodeView

Pairs = Iterator[tuple[str, str]]
GIB = 1 << 30
_INTERFACE_KEYS = (
    *("interface", "address", "netmask", "mac_address", "gateway", "vlan_id", "vlan_raw_device"),
    *("bond_interface", "bond_mode", "bond_slaves"),
)
SETTINGS_KEYS = frozenset(
    {
        *("role", "sub_roles", "is_region", "region_id", "zone_id"),
        *("feature_vmnode", "feature_ksnode", "feature_vgnode", "feature_hypernode"),
        *("cpu_arch", "cpu_cores", "memory_size", "os_name", "os_version", "hostname"),
        *(f"mgmt_network_{name}" for name in (*_INTERFACE_KEYS, "dns_servers")),
        *(f"eip_network_{name}" for name in _INTERFACE_KEYS),
        *("vm_base_network", "hyper_vip_address", "vm_network_routing_rule"),
        *("vm_base_network_ipv6", "hyper_vip_address_ipv6", "vm_network_routing_rule_ipv6"),
        *("os_disk", "pitrix_disk", "data_disks", "drbd_disks", "cache_disk", "erase_disks"),
        *("vpool_layout", "vpool_vdevs", "vpool_reason", "pair_hostname", "pair_address"),
    }
)
"""Every key that a settings file may have and that becomes a variable of a component; see also :data:`COUNTED_KEYS`."""
COUNTED_KEYS = re.compile(r"eip_network_[0-9]+", re.ASCII)
"""The segments of a VG, one key each; no component uses them."""


def render_settings(zone: ZoneAfter, node: NodeView) -> RenderedFile:
    """Render ``settings/<hostname>`` of a node that has its role; ``memory_size`` is in GiB."""
    blocks = []
    for title, pairs in _sections(zone, node):
        lines = [f"{key}={quoted(value)}" for key, value in pairs]
        if lines:
            blocks.append("\n".join([f"## {title}", *lines]))
    return RenderedFile(f"settings/{node.hostname}", "\n\n".join(blocks) + "\n", node.node_id)


def unfit_settings(zone: ZoneAfter, node: NodeView) -> Iterator[Finding]:
    """Yield a finding for each value that the node's settings file cannot carry: names of interfaces, disks and the like."""
    for _, pairs in _sections(zone, node):
        for key, value in pairs:
            reason = unfit_setting(key, value, drbd=node.role == "hyper-pair")
            if reason:
                said = message(
                    "D18", "setting", hostname=node.hostname, field=key, value=value[:120], reason=reason
                )
                yield Finding(said, field=key, node=node.address)


def _sections(zone: ZoneAfter, node: NodeView) -> tuple[tuple[str, Pairs], ...]:
    return (
        ("Role", _role(node)),
        ("Region", _region(zone)),
        ("Feature", _feature(node)),
        ("General", _general(node)),
        ("Mgmt Network", _mgmt_network(zone, node)),
        ("Eip Network", _eip_network(zone, node)),
        ("VM Network", _vm_network(zone, node)),
        ("Disk", _disk(zone, node)),
        ("Pair", _pair(zone, node)),
    )


def _role(node: NodeView) -> Pairs:
    yield "role", node.role or ""
    yield "sub_roles", ",".join(node.sub_roles)


def _region(zone: ZoneAfter) -> Pairs:
    yield "is_region", "1" if zone.region_id and zone.region_id != zone.zone_id else "0"
    yield "region_id", zone.region_id
    yield "zone_id", zone.zone_id


def _feature(node: NodeView) -> Pairs:
    flags = {
        "vmnode": False,
        "ksnode": node.role == "ks",
        "vgnode": node.role == "vg",
        "hypernode": node.is_hyper,
    }
    for name, on in flags.items():
        yield f"feature_{name}", "on" if on else "off"


def _general(node: NodeView) -> Pairs:
    yield "cpu_arch", node.cpu_arch
    yield "cpu_cores", str(node.cpu_cores)
    yield "memory_size", str((node.memory_bytes + GIB // 2) // GIB)
    yield "os_name", node.os_name
    yield "os_version", node.os_version
    yield "hostname", node.hostname


def _interface(node: NodeView, prefix: str, nic: NicView | None, address: str) -> Pairs:
    """Return interface, address, mask, MAC, and the bond and VLAN that it is or lies on, also through a bridge."""
    yield f"{prefix}_interface", nic.name if nic else ""
    yield f"{prefix}_address", address
    has_mask = nic is not None and nic.prefix is not None and "." in address
    yield f"{prefix}_netmask", netmask(nic.prefix) if has_mask and nic and nic.prefix is not None else ""
    yield f"{prefix}_mac_address", nic.mac if nic else ""
    if nic is None:
        return
    stack = (nic, *beneath(node, nic))
    vlan = next((item for item in stack if item.type == "vlan"), None)
    if vlan is not None:
        yield f"{prefix}_vlan_id", "" if vlan.vlan_id is None else str(vlan.vlan_id)
        yield f"{prefix}_vlan_raw_device", vlan.raw_device
    bond = next((item for item in stack if item.type == "bond"), None)
    if bond is not None:
        yield f"{prefix}_bond_interface", bond.name
        yield f"{prefix}_bond_mode", bond.bond_mode
        yield f"{prefix}_bond_slaves", " ".join(bond.slaves)


def _mgmt_network(zone: ZoneAfter, node: NodeView) -> Pairs:
    yield from _interface(node, "mgmt_network", node.mgmt_nic, node.address)
    yield "mgmt_network_gateway", zone.variables.text("base", "mgmt_network_gateway")
    yield "mgmt_network_dns_servers", " ".join(zone.variables.texts("base", "mgmt_network_dns_servers"))


def _eip_network(zone: ZoneAfter, node: NodeView) -> Pairs:
    if node.role != "vg":
        return
    nic = node.nic(node.default_interface)
    yield from _interface(node, "eip_network", nic, nic.address if nic else "")
    yield "eip_network_gateway", node.default_gateway
    for index, eip in enumerate(zone.eips_of.get(node.address, ())):
        parts = (eip.network, eip.gateway, eip.ha_group)
        yield f"eip_network_{index}", "|".join(part for part in parts if part)


def _vm_network(zone: ZoneAfter, node: NodeView) -> Pairs:
    vbc = zone.vbc_of.get(node.address)
    if vbc is None or not node.is_hyper:
        return
    families = (
        ("", vbc.ipv4_network, vbc.ipv4_vip, vbc.ipv4_master),
        ("_ipv6", vbc.ipv6_network, vbc.ipv6_vip, vbc.ipv6_master),
    )
    for suffix, network, vip, master in families:
        if not network:
            continue
        yield f"vm_base_network{suffix}", network
        if master == node.address:
            yield f"hyper_vip_address{suffix}", vip
        yield f"vm_network_routing_rule{suffix}", f"{network} via {vip}"


def _disk(zone: ZoneAfter, node: NodeView) -> Pairs:
    yield "os_disk", node.os_disk.reference if node.os_disk else ""
    disks = used_disks(node.role or "", node)
    references = tuple(disk.reference for disk in disks)
    if node.role == "ks" and references:
        yield "pitrix_disk", references[0]
    if node.role == "hyper-repl" and references:
        yield "data_disks", " ".join(references)
        yield from vpool_settings(node, zone.vpool.get(node.address))
    if node.role == "hyper-pair" and references:
        yield from _drbd_disks(disks)
    if zone.erase.get(node.address):
        yield "erase_disks", " ".join(zone.erase[node.address])


def _drbd_disks(disks: tuple[DiskView, ...]) -> Pairs:
    """Return the disks of DRBD: an SSD beside an HDD is its cache; what DRBD mirrors are the HDDs."""
    yield "data_disks", " ".join(disk.reference for disk in disks)
    yield "drbd_disks", " ".join(disk.reference for disk in disks if not disk.is_ssd)
    cache = " ".join(disk.reference for disk in disks if disk.is_ssd)
    if cache:
        yield "cache_disk", cache


def _pair(zone: ZoneAfter, node: NodeView) -> Pairs:
    peer = zone.node_by_address.get(zone.pairs.get(node.address, ""))
    if peer is not None:
        yield "pair_hostname", peer.hostname
        yield "pair_address", peer.address


def check_settings(settings: str) -> None:
    """Raise :class:`SettingsError` for what a node would refuse."""
    for key in read_settings(settings):
        if key not in SETTINGS_KEYS and not COUNTED_KEYS.fullmatch(key):
            lines = enumerate(settings.split("\n"), start=1)
            number = next(at for at, line in lines if line.lstrip(" \t").startswith(f"{key}="))
            raise SettingsError(number, message("D17", "unknown_key", key=key[:60]))

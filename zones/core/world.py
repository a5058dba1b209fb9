"""What the console knows when it checks a configuration: every zone and node, as frozen values.

Services fill it from the database; nothing here reads anything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, Literal

from common.wording import _
from zones.core.nets import Network, Owner, Use, network_of, parse_address, parse_network

SSD_TYPES = frozenset({"ssd", "nvme"})
HYPER_ROLES = ("hyper-pair", "hyper-repl", "hyper-sanc")
# Modes in which each hyper keeps a list of all hypers of its zone.
MIRROR_MODES = frozenset({"fusion", "devops"})
BY_ID = "/dev/disk/by-id/"


@dataclass(frozen=True, slots=True)
class DiskView:
    """One whole disk with its effective (corrected) values; ``status`` 1 usable, 0 must not be used.

    ``holds``: partition tables, file systems and the like that the last collection found on it. ``measured_bytes``
    is the size that the disk itself reports where a person corrected it: that is for planning, not for identification.
    ``drive``: the physical drive, the same text for all disks of a node that are pieces of it; empty where it is not
    known. ``zoned``: ``host-managed``, ``host-aware`` or empty. ``doubt``: why its link in /dev/disk/by-id may lead to
    another disk one day; empty where nothing speaks against it.
    ``users``: who uses it now; ``releases``: the commands that release it.
    """

    name: str
    type: str
    size_bytes: int
    by_id: str = ""
    wwn: str = ""
    serial: str = ""
    model: str = ""
    status: int = 1
    rotational: bool | None = None
    holds: tuple[str, ...] = ()
    measured_bytes: int | None = None
    drive: str = ""
    zoned: str = ""
    doubt: str = ""
    users: tuple[str, ...] = ()
    releases: tuple[str, ...] = ()

    @property
    def is_ssd(self) -> bool:
        """Return whether the role rules count it as an SSD (NVMe counts)."""
        return self.type in SSD_TYPES

    @property
    def stable(self) -> bool:
        """Return whether anything but the kernel's name, which a reboot may change, identifies it."""
        return bool(self.by_id or self.wwn or self.serial)

    @property
    def reference(self) -> str:
        """Return how a settings file names it: by-id path, else WWN or serial, else the device name."""
        if self.by_id:
            return BY_ID + self.by_id.removeprefix(BY_ID)
        if self.wwn:
            prefix = "nvme-" if self.wwn.startswith(("eui.", "nvme.", "uuid.")) else "wwn-"
            return BY_ID + prefix + self.wwn
        return f"serial:{self.serial}" if self.serial else f"/dev/{self.name}"

    def is_called(self, name: str) -> bool:
        """Return whether a person means it: ``sdb``, ``/dev/sdb``, its link, or that link's name."""
        return name.removeprefix("/dev/") in (self.name, self.reference.removeprefix("/dev/")) or (
            bool(self.by_id) and name == self.by_id.removeprefix(BY_ID)
        )

    @property
    def identity(self) -> str:
        """Return what must not change between approval and formatting."""
        size_bytes = self.size_bytes if self.measured_bytes is None else self.measured_bytes
        parts = (self.reference, self.wwn, self.serial, str(size_bytes))
        return "|".join(part.replace("|", "_") for part in parts)


def identity_text(identity: str) -> str:
    """Return :attr:`DiskView.identity` for a person: ``/dev/disk/by-id/… (WWN …, serial …, 480.1 GB)``."""
    reference, wwn, serial, size = [*identity.split("|"), "", "", ""][:4]
    size_text = f"{int(size) / 10**9:.1f} GB" if size.isdecimal() else ""
    # Two different sizes must not read the same.
    size_text += f" = {size} bytes" if size_text else ""
    about = [f"WWN {wwn}" if wwn else "", f"serial {serial}" if serial else "", size_text]
    return f"{reference} ({', '.join(filter(None, about))})" if any(about) else reference


@dataclass(frozen=True, slots=True)
class NicView:
    """One network interface; ``type`` physical, bond, vlan or bridge. ``addresses``: all of it, each with its mask."""

    name: str
    mac: str = ""
    type: str = "physical"
    address: str = ""
    prefix: int | None = None
    gateway: str = ""
    bond_mode: str = ""
    slaves: tuple[str, ...] = ()
    vlan_id: int | None = None
    raw_device: str = ""
    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PoolView:
    """The ``vpool`` of a node in service as its settings file has it; ``disks`` by what the file calls them.

    ``made_here``: the installation made it. The layout of a zone that was adopted is what its files said.
    """

    layout: str
    reason: str
    disks: tuple[str, ...]
    made_here: bool = True


@dataclass(frozen=True)
class KnownNode:
    """What every rule may ask of any machine: identity, state, its place in a zone if it has one, and its addresses.

    ``nics``: at least the interfaces that have an address or a gateway, and the management interface.
    """

    node_id: str
    address: str
    hostname: str
    status: str
    zone_id: str | None = None
    role: str | None = None
    sub_roles: tuple[str, ...] = ()
    nics: tuple[NicView, ...] = ()
    mgmt_interface: str = ""
    default_gateway: str = ""

    @property
    def is_hyper(self) -> bool:
        """Return whether its role in the zone is a hypervisor's."""
        return self.role in HYPER_ROLES

    def nic(self, name: str) -> NicView | None:
        """Return the interface called ``name``."""
        return next((nic for nic in self.nics if nic.name == name), None)

    @cached_property
    def mgmt_nic(self) -> NicView | None:
        """Return the interface that has the management address."""
        named = self.nic(self.mgmt_interface) if self.mgmt_interface else None
        return named or next((nic for nic in self.nics if nic.address == self.address), None)

    @cached_property
    def mgmt_reach(self) -> Network | None:
        """Return the management network; the address alone where its mask is unknown or does not give a network."""
        try:
            return self.mgmt_network or parse_network(
                self.address + ("/128" if ":" in self.address else "/32")
            )
        except ValueError:
            return None

    @cached_property
    def mgmt_network(self) -> Network | None:
        """Return the network of the management address, when its mask was collected."""
        nic = self.mgmt_nic
        try:
            address = parse_address(self.address)
        except ValueError:
            return None
        host_only = 31 if address.version == 4 else 127  # such a mask names the host, not its network
        if nic is None or nic.prefix is None or not 0 <= nic.prefix < host_only:
            return None
        return network_of(address, nic.prefix)


@dataclass(frozen=True)
class NodeView(KnownNode):
    """One machine as it is planned or rendered: all its interfaces, its effective hardware and its clock."""

    cpu_arch: str = "x86_64"
    cpu_cores: int = 0
    memory_bytes: int = 0
    os_name: str = ""
    os_version: str = ""
    host_key_fingerprint: str = ""
    qemu_version: str = ""
    os_disk: DiskView | None = None
    data_disks: tuple[DiskView, ...] = ()
    default_interface: str = ""
    # How wrong its clock was when it was measured, and the words for it; empty where it was right or never measured.
    clock_wrong: Literal["", "warning", "error"] = ""
    clock_words: str = ""
    pool: PoolView | None = None

    @property
    def usable_disks(self) -> tuple[DiskView, ...]:
        """Return data disks whose status is 1, in the order of collection."""
        return tuple(disk for disk in self.data_disks if disk.status == 1)


def whole(node: KnownNode) -> NodeView:
    """Return a node that is planned or rendered. Raises TypeError where only its addresses were loaded."""
    if not isinstance(node, NodeView):
        raise TypeError(f"{node.address} was loaded without its hardware")
    return node


@dataclass(frozen=True, slots=True)
class VbcView:
    """A base network carried by ``members`` (management addresses) behind one VIP held by a Master."""

    members: tuple[str, ...]
    ipv4_network: str = ""
    ipv4_vip: str = ""
    ipv4_master: str = ""
    ipv6_network: str = ""
    ipv6_vip: str = ""
    ipv6_master: str = ""

    @property
    def networks(self) -> tuple[str, ...]:
        """Return the networks it carries, IPv4 first; empty ones left out."""
        return tuple(text for text in (self.ipv4_network, self.ipv6_network) if text)

    @property
    def vips(self) -> tuple[str, ...]:
        """Return its VIPs, IPv4 first; empty ones left out."""
        return tuple(text for text in (self.ipv4_vip, self.ipv6_vip) if text)


@dataclass(frozen=True, slots=True)
class EipView:
    """One public segment that the VG with management address ``vg_address`` carries."""

    vg_address: str
    network: str
    gateway: str
    ha_group: str = ""


@dataclass(frozen=True)
class ZoneView:
    """A zone as it is now. ``variables`` has the shape of the YAML file; ``vms`` maps role to addresses.

    ``server_yaml`` is that file as it is in force, with what was edited in it; ``emulators`` maps each QEMU
    version that was set up to its folder, for where the file does not say so.
    """

    zone_id: str
    region_id: str
    deploy_mode: str
    network_mode: str
    is_global: bool = False
    variables: Mapping[str, Any] = field(default_factory=dict)
    qemu_version: str = ""
    has_active_nodes: bool = False
    configured: bool = True
    nodes: tuple[KnownNode, ...] = ()
    vbcs: tuple[VbcView, ...] = ()
    eips: tuple[EipView, ...] = ()
    vms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    emulators: Mapping[str, str] = field(default_factory=dict)
    server_yaml: str = ""

    @cached_property
    def hypers(self) -> tuple[KnownNode, ...]:
        """Return its hypervisors."""
        return tuple(node for node in self.nodes if node.is_hyper)


@dataclass(frozen=True)
class World:
    """Every zone, and every known node whether it belongs to one or not.

    Nodes that a file may name are a :class:`NodeView`; of the others it is enough to know what could be in their way.
    """

    zones: tuple[ZoneView, ...] = ()
    nodes: tuple[KnownNode, ...] = ()

    @cached_property
    def zone_by_id(self) -> dict[str, ZoneView]:
        """Return zones by their id."""
        return {zone.zone_id: zone for zone in self.zones}

    @cached_property
    def node_by_address(self) -> dict[str, KnownNode]:
        """Return nodes by management address; a retired node gives way to a later one with the same address."""
        ordered = sorted(self.nodes, key=lambda node: node.status != "retired")
        return {node.address: node for node in ordered}

    def with_nodes(self, known: Mapping[str, NodeView]) -> World:
        """Return the world with these nodes, by node id, in place of what it has of them."""
        if not known:
            return self
        zones = (
            replace(zone, nodes=tuple(known.get(node.node_id, node) for node in zone.nodes))
            for zone in self.zones
        )
        return World(tuple(zones), tuple(known.get(node.node_id, node) for node in self.nodes))

    @cached_property
    def used_addresses(self) -> dict[str, Owner]:
        """Return every address known anywhere, with its owner (``node pek3br01n01``)."""
        used: dict[str, Owner] = {}
        for zone in self.zones:
            for role, addresses in zone.vms.items():
                used.update(dict.fromkeys(addresses, vm_owner(zone.zone_id, role)))
            vip_of_zone = vip_owner(zone.zone_id)
            for vbc in zone.vbcs:
                used.update(dict.fromkeys(vbc.vips, vip_of_zone))
        for node in self.nodes:
            name = {"node": node.hostname or node.node_id}
            owner = Owner(_("node {node}"), name)
            gateway = Owner(_("the gateway of node {node}"), name)
            used.update((nic.address, owner) for nic in node.nics if nic.address)
            used.update((text.partition("/")[0], owner) for nic in node.nics for text in nic.addresses)
            used.update((nic.gateway, gateway) for nic in node.nics if nic.gateway)
            if node.default_gateway:
                used[node.default_gateway] = gateway
            used[node.address] = owner
        return used

    @cached_property
    def mgmt_networks(self) -> tuple[Use, ...]:
        """Return the management networks of the nodes that belong to a zone, each once."""
        found: dict[Network, Use] = {}
        for zone in self.zones:
            for node in zone.nodes:
                network = node.mgmt_reach
                if network is not None and network not in found:
                    found[network] = Use(
                        network.span,
                        Owner(
                            _("the management network {network} of zone {zone}"),
                            {"network": network.text, "zone": zone.zone_id},
                        ),
                    )
        return tuple(found.values())

    def vbc_networks(self) -> Iterator[tuple[str, Use]]:
        """Yield zone id and use of every VBC network."""
        for zone in self.zones:
            for vbc in zone.vbcs:
                for text in vbc.networks:
                    use = _use(text, _("the VBC {network} of zone {zone}"), zone.zone_id)
                    if use is not None:
                        yield zone.zone_id, use

    def eip_networks(self) -> Iterator[tuple[str, Use]]:
        """Yield zone id and use of every EIP segment, each once per zone."""
        for zone in self.zones:
            for text in sorted({eip.network for eip in zone.eips}):
                use = _use(text, _("the EIP network {network} of zone {zone}"), zone.zone_id)
                if use is not None:
                    yield zone.zone_id, use


def vm_owner(zone_id: str, role: str) -> Owner:
    """Return the owner of the address of a management VM."""
    return Owner(_("the {role} VM of zone {zone}"), {"role": role, "zone": zone_id})


def vip_owner(zone_id: str) -> Owner:
    """Return the owner of the VIP of a VBC."""
    return Owner(_("the VIP of a VBC of zone {zone}"), {"zone": zone_id})


def _use(text: str, owner: str, zone_id: str) -> Use | None:
    """Return a stored network as a use; None for a row of an older release that is not a network."""
    try:
        return Use(parse_network(text).span, Owner(owner, {"network": text, "zone": zone_id}))
    except ValueError:
        return None


_DIGITS = re.compile(r"(\d+)")


def hostname_key(hostname: str) -> tuple[tuple[int, str], ...]:
    """Return the sort key of "hostname order": numbers inside names count as numbers, so n9 comes before n10."""
    return tuple(
        (int(part[:18]), part) if part.isascii() and part.isdigit() else (-1, part)
        for part in _DIGITS.split(hostname)
    )

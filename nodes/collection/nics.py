"""Network interfaces that can carry traffic of the platform: ports, bonds, VLANs and bridges."""

from __future__ import annotations

import re
from collections.abc import Mapping

from nodes.collection.network import Network
from nodes.facts import NicFacts
from nodes.parsers.link import Address, Link
from nodes.parsers.sysfs_net import SysNet

# Kinds of `ip -d link` that become a row; hardware has no kind at all.
_TYPES = {
    "": "physical",
    "ipoib": "physical",
    "dsa": "physical",  # a port of a switch inside the machine
    "bond": "bond",
    "team": "bond",
    "vlan": "vlan",
    "bridge": "bridge",
}
# Bridges that container and VM software makes for itself: only their names distinguish them from others.
_PRIVATE_BRIDGE = re.compile(
    r"docker.*|br-[0-9a-f]{12}|virbr.*|lxcbr.*|lxdbr.*|cni.*|cbr[0-9]+|podman.*|nerdctl.*|flannel.*|kube.*|ovs-system|weave"
    r"|fwbr.*|vmk.*"
)
# Names of virtual interfaces, where neither ip nor the kernel's folders show what an interface is.
_PRIVATE = re.compile(
    rf"(?:{_PRIVATE_BRIDGE.pattern})|vmnet[0-9]*|veth.*|fwpr.*|fwln.*|tap.*|tun.*|vnet[0-9]+|macvtap.*|vxlan.*|cali.*|wg.*"
    r"|ppp.*|sit[0-9]+|dummy.*|ifb[0-9]+|nlmon.*|gre.*|erspan.*|ip6.*|teql.*|bonding_masters"
)
_MODEM = re.compile(r"wwan[0-9]+(?:[._].*)?|ww[psxu][0-9a-z]+")
_MODEM_DRIVERS = frozenset(
    ("qmi_wwan", "cdc_mbim", "huawei_cdc_ncm", "sierra_net", "hso", "iosm", "mtk_t7xx", "mhi_net", "ipheth")
)
_MAC = re.compile(r"[0-9a-f]{2}(?::[0-9a-f]{2}){5,19}")
# Names of ports in Linux' switchdev: uplinks are p0, p1, …
_REPRESENTOR = re.compile(r"(?:c[0-9]+)?pf[0-9]+[vs]f[0-9]+")
_BMC_NAMES = re.compile(r"idrac|usb[0-9]+|.*bmc.*|ilo.*", re.IGNORECASE)
_BMC_DRIVERS = ("cdc_ether", "cdc_eem", "cdc_ncm", "cdc_subset", "rndis_host")


def find_nics(network: Network, mgmt_address: str) -> tuple[NicFacts, ...]:
    """Return the interfaces, in the kernel's order."""
    found = []
    for link in network.links:
        needed = _carries(link, mgmt_address) or any(route.interface == link.name for route in network.routes)
        kind = nic_type(network, link)
        if _is_private(network, link, kind) and not needed:
            kind = ""
        if not kind and needed and link.media != "loopback":
            kind = "physical"
        if kind and (needed or not _is_bmc(link, network.kernel.get(link.name))):
            found.append(_nic(network, link, kind, mgmt_address))
    return tuple(found)


def nic_type(network: Network, link: Link) -> str:
    """Return ``physical``, ``bond``, ``vlan`` or ``bridge``; empty for an interface that the platform does not use."""
    known = network.kernel.get(link.name)
    if link.media not in ("ether", "infiniband"):
        return ""
    # An ip without -d names no kinds: the kernel's own folders do.
    if (known and known.bond_mode) or link.name in network.bonds:
        return "bond"
    if (known and known.bridge) or link.kind == "openvswitch":
        return "bridge"
    if link.name in network.vlans:
        return "vlan"
    kind = _TYPES.get(link.kind, "")
    if kind == "physical" and (_MODEM.fullmatch(link.name) or (known and _is_no_port(known))):
        return ""
    return kind


def _is_private(network: Network, link: Link, kind: str) -> bool:
    """Check whether software made the interface for itself. A person may call a port or a VLAN anything."""
    known = network.kernel.get(link.name)
    if kind == "bridge":
        return bool(_PRIVATE_BRIDGE.fullmatch(link.name))
    # An interface with a device is hardware; bonds and VLANs are made by people.
    told = kind in ("bond", "vlan") or bool(known and known.path)
    return not told and bool(_PRIVATE.fullmatch(link.name))


def _is_slice(known: SysNet) -> bool:
    """Check for a virtual function, or its representor in the switch of its port: the port itself is listed."""
    return bool(known.virtual_function_of or _REPRESENTOR.fullmatch(known.port_name))


def _is_no_port(known: SysNet) -> bool:
    return not known.path or _is_slice(known) or _is_radio(known)


def _is_radio(known: SysNet) -> bool:
    """Check for a wireless interface or a modem."""
    named = known.wireless or known.devtype in ("wlan", "wwan", "wimax") or known.driver in _MODEM_DRIVERS
    return named or "/wwan/" in f"{known.path}/"


def _is_bmc(link: Link, known: SysNet | None) -> bool:
    """Check for the USB port through which a management controller talks to its own machine."""
    on_usb = bool(known and "/usb" in f"{known.path}/")
    link_local = bool(link.addresses) and all(item.address.startswith("169.254.") for item in link.addresses)
    if (known and known.driver in _BMC_DRIVERS) or (on_usb and link_local):
        return True
    return bool(_BMC_NAMES.fullmatch(link.name)) and (on_usb or link_local or link.name.lower() == "idrac")


def _carries(link: Link, address: str) -> bool:
    return any(item.address == address for item in link.addresses)


def _nic(network: Network, link: Link, kind: str, mgmt_address: str) -> NicFacts:
    known = network.kernel.get(link.name, SysNet(link.name))
    addresses = _ordered(link.addresses, mgmt_address)
    vlan = network.vlans.get(link.name)
    bond = network.bonds.get(link.name)
    return NicFacts(
        name=link.name,
        mac=_mac(network, link, known, kind),
        type=kind,
        address=addresses[0].address if addresses else "",
        prefix=addresses[0].prefix if addresses else None,
        gateway=next((route.gateway for route in network.routes if route.interface == link.name), ""),
        mtu=link.mtu or known.mtu,
        speed_mbps=known.speed_mbps,
        link=known.carrier if known.carrier is not None else link.lower_up,
        bond_mode=(link.bond_mode or known.bond_mode or (bond.mode if bond else ""))
        if kind == "bond"
        else "",
        slaves=_slaves(network.links, link, known, kind),
        vlan_id=(link.vlan_id if link.vlan_id is not None else vlan.vlan_id if vlan else None)
        if kind == "vlan"
        else None,
        raw_device=(link.lower or (vlan.raw_device if vlan else "")) if kind == "vlan" else "",
        addresses=tuple(f"{item.address}/{item.prefix}" for item in addresses),
    )


def _ordered(addresses: tuple[Address, ...], mgmt_address: str) -> list[Address]:
    """Sort the management address first, then IPv4, then IPv6; link-local IPv6 is left out."""
    worth = [item for item in addresses if not item.address.startswith("fe80:")]
    return sorted(worth, key=lambda item: (item.address != mgmt_address, ":" in item.address))


def _mac(network: Network, link: Link, known: SysNet, kind: str) -> str:
    """Return the burnt-in address of a port (a bond gives all its slaves one), the current address of the rest."""
    if kind != "physical":
        return link.mac or known.mac
    told = (network.permanent_macs.get(link.name, ""), link.permanent_mac, known.permanent_mac)
    return next((mac for mac in told if _is_burnt_in(mac)), "") or link.mac or known.mac


def _is_burnt_in(mac: str) -> bool:
    """Check for a real address: drivers without a permanent one report zeros or ones, and ethtool ``not set``."""
    return bool(_MAC.fullmatch(mac)) and set(mac) - set(":0") != set() and set(mac) - set(":f") != set()


def _slaves(links: tuple[Link, ...], link: Link, known: SysNet, kind: str) -> tuple[str, ...]:
    if kind not in ("bond", "bridge"):
        return ()
    told: Mapping[str, None] = dict.fromkeys(
        (*known.slaves, *(item.name for item in links if item.master == link.name))
    )
    return tuple(told)

"""Sections of links and ports (``nodes/collection/network.sh``)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lab.outputs.tree import Tree
from lab.shims import iptext

_LONG_MODES = {
    "balance-rr": "load balancing (round-robin)", "active-backup": "fault-tolerance (active-backup)",
    "balance-xor": "load balancing (xor)", "broadcast": "fault-tolerance (broadcast)",
    "802.3ad": "IEEE 802.3ad Dynamic link aggregation", "balance-tlb": "transmit load balancing",
    "balance-alb": "adaptive load balancing",
}  # fmt: skip


def sections(state: dict[str, Any], files: Tree, *, as_json: bool, kinds: bool) -> dict[str, str]:
    """Return the sections; ``as_json``: from an ip that answers in JSON only, ``kinds``: it knows ``-d``."""
    links = iptext.links(state)
    if as_json:
        found = {"ip-json": iptext.links_text(links, True, "", ["j", "d"])}
    else:
        found = {
            "ip-link": iptext.links_text(links, False, "", ["o", "d"] if kinds else ["o"]),
            "ip-addr": iptext.links_text(links, True, "", ["o"]),
        }
    found["ip-route"] = iptext.routes_text(iptext.routes(state, False, []), False)
    found["ip-route6"] = iptext.routes_text(iptext.routes(state, True, ["default"]), False)
    found["sysfs-net"] = "".join(f"{line}\n" for line in _attributes(state, files))
    found["bonding"] = "".join(_bonding(state["nics"]))
    found["vlan"] = "".join(_vlans(state["nics"]))
    return {name: text for name, text in found.items() if text or name.startswith("ip-route")}


def _attributes(state: dict[str, Any], files: Tree) -> Iterator[str]:
    burnt_in = {nic["name"]: nic.get("mac") for nic in state["nics"]}
    for name in files.names("class/net"):
        home = f"class/net/{name}"
        yield f"@{name}"
        yield from files.keyed({key: f"{home}/{key}" for key in ("address", "carrier", "speed", "mtu")})
        device = files.real(f"{home}/device")
        if device:
            yield f"path=/sys/{device}"
        if driver := files.real(f"{home}/device/driver"):
            yield f"driver={driver.rpartition('/')[2]}"
        yield from _kind(files, home)
        yield from files.keyed({"bond_mode": f"{home}/bonding/mode", "bond_slaves": f"{home}/bonding/slaves"})
        if device and burnt_in.get(name):
            yield f"permanent={burnt_in[name]}"


def _kind(files: Tree, home: str) -> Iterator[str]:
    """Yield what kind of interface it is, as far as the kernel's folders show."""
    text = files.lines(f"{home}/uevent")
    yield from (f"devtype={line.removeprefix('DEVTYPE=')}" for line in text if line.startswith("DEVTYPE="))
    for key in ("wireless", "bridge"):
        if files.real(f"{home}/{key}"):
            yield f"{key}=1"
    for key, folder in (("physfn", "device/physfn/net"), ("bridge_ports", "brif")):
        if names := files.names(f"{home}/{folder}"):
            yield f"{key}={' '.join(names)}"
    yield from files.keyed({"port_name": f"{home}/phys_port_name"})


def _bonding(nics: list[dict[str, Any]]) -> Iterator[str]:
    """Yield the files of /proc/net/bonding."""
    macs = {nic["name"]: nic.get("mac") for nic in nics}
    for nic in nics:
        if nic["type"] == "bond" and nic.get("mode"):
            yield f"@{nic['name']}\nEthernet Channel Bonding Driver: v3.7.1\n\n"
            yield f"Bonding Mode: {_LONG_MODES[nic['mode']]}\nMII Status: up\n"
            for slave in nic.get("slaves", []):
                yield f"\nSlave Interface: {slave}\nMII Status: up\nPermanent HW addr: {macs[slave]}\n"


def _vlans(nics: list[dict[str, Any]]) -> Iterator[str]:
    """Yield /proc/net/vlan/config."""
    tagged = [nic for nic in nics if nic["type"] == "vlan" and nic.get("id") is not None]
    if tagged:
        yield "VLAN Dev name    | VLAN ID\nName-Type: VLAN_NAME_TYPE_RAW_PLUS_VID_NO_PAD\n"
    for nic in tagged:
        yield f"{nic['name']:<15}| {nic['id']}  | {nic.get('link_to', '')}\n"

"""Output of ip(8) for links, addresses and routes. Formats: ip/ipaddress.c, iplink_bond.c, iplink_vlan.c of iproute2."""

from __future__ import annotations

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

# Kinds of interfaces with a device behind them: ip(8) tells a kind of the last two.
HARDWARE = ("physical", "ipoib", "dsa")
LOOPBACK = {
    "ifindex": 1, "ifname": "lo", "flags": ["LOOPBACK", "UP", "LOWER_UP"], "mtu": 65536, "qdisc": "noqueue",
    "operstate": "UNKNOWN", "linkmode": "DEFAULT", "group": "default", "txqlen": 1000, "link_type": "loopback",
    "address": "00:00:00:00:00:00", "broadcast": "00:00:00:00:00:00",
    "addr_info": [
        {"family": "inet", "local": "127.0.0.1", "prefixlen": 8, "scope": "host", "label": "lo"},
        {"family": "inet6", "local": "::1", "prefixlen": 128, "scope": "host"},
    ],
}  # fmt: skip


def links(state: dict[str, Any]) -> list[dict[str, Any]]:
    """Return all links in the shape of ``ip -j -d addr``."""
    nics = state["nics"]
    return [LOOPBACK, *(_link(nic, index, nics) for index, nic in enumerate(nics, 2))]


def _link(nic: dict[str, Any], index: int, nics: list[dict[str, Any]]) -> dict[str, Any]:
    up, carrier = nic.get("admin_up", True), nic.get("link", True)
    master = nic.get("master")
    owner = next((item for item in nics if item["name"] == master), None)
    bonded = owner is not None and owner["type"] == "bond"
    media = nic.get("media", "ether")
    flags = ["NO-CARRIER"] if up and not carrier else []
    flags += ["POINTOPOINT", "NOARP"] if media == "none" else ["BROADCAST", "MULTICAST"]
    flags += ["MASTER"] if nic["type"] == "bond" else []
    flags += (["SLAVE"] if bonded else []) + (["UP"] if up else []) + (["LOWER_UP"] if up and carrier else [])
    link: dict[str, Any] = {"ifindex": index, "ifname": nic["name"]}
    if nic.get("raw"):
        link["link"] = nic["raw"]
    link |= {
        "flags": flags,
        "mtu": nic.get("mtu", 1500),
        "qdisc": "mq" if nic["type"] == "physical" else "noqueue",
    }
    if master:
        link["master"] = master
    link |= {
        "operstate": "UP" if up and carrier else "DOWN",
        "linkmode": "DEFAULT",
        "group": "default",
        "txqlen": 1000,
        "link_type": media,
        "address": current_mac(nic, nics),
        "broadcast": ":".join(["ff"] * (current_mac(nic, nics).count(":") + 1)),
        "promiscuity": 0,
        "min_mtu": 68,
        "max_mtu": 9702 if nic["type"] == "physical" else 65535,
    }
    if link["address"] != nic.get("mac") and not bonded:
        link["permaddr"] = nic.get("mac")
    info = _info(nic, bonded)
    if info:
        link["linkinfo"] = info
    link["addr_info"] = _addresses(nic, up and carrier and not master)
    return link


def current_mac(nic: dict[str, Any], nics: list[dict[str, Any]]) -> str:
    """Return the address in use: its own (``address``), that of the bond that the port is in, or the burnt-in one."""
    owner = next((item for item in nics if item["name"] == nic.get("master") and item["type"] == "bond"), nic)
    return nic.get("address") or owner.get("mac") or ""


def _info(nic: dict[str, Any], bonded: bool) -> dict[str, Any]:
    if nic["type"] == "bond":
        data = {
            "mode": nic["mode"],
            "miimon": 100,
            "updelay": 0,
            "downdelay": 0,
            "xmit_hash_policy": "layer3+4",
        }
        return {"info_kind": "bond", "info_data": data}
    if nic["type"] == "vlan":
        number = {} if nic.get("id") is None else {"id": nic["id"]}
        return {
            "info_kind": "vlan",
            "info_data": {"protocol": "802.1Q", **number, "flags": ["REORDER_HDR"]},
        }
    if nic["type"] not in ("physical", "bridge", "other"):
        return {"info_kind": nic["type"], "info_data": {}}
    if nic["type"] == "bridge":
        return {"info_kind": "bridge", "info_data": {"forward_delay": 1500, "stp_state": 0}}
    if bonded:
        slave = {
            "state": "ACTIVE",
            "mii_status": "UP" if nic.get("link", True) else "DOWN",
            "link_failure_count": 0,
        }
        return {
            "info_slave_kind": "bond",
            "info_slave_data": {**slave, "perm_hwaddr": nic["mac"], "queue_id": 0},
        }
    return {}


def _addresses(nic: dict[str, Any], linklocal: bool) -> list[dict[str, Any]]:
    found = []
    for text in nic.get("addresses", []):
        local, _, tail = text.partition("/")
        prefix, _, scope = tail.partition(" ")
        entry = {
            "family": "inet6" if ":" in local else "inet",
            "local": local,
            "prefixlen": int(prefix or 32),
        }
        if ":" not in local and int(prefix or 32) < 31:
            entry["broadcast"] = _broadcast(local, int(prefix))
        found.append({**entry, "scope": scope or "global", "label": nic["name"]})
    if linklocal and found and nic.get("mac") and nic["mac"].count(":") == 5:
        found.append({"family": "inet6", "local": _link_local(nic["mac"]), "prefixlen": 64, "scope": "link"})
    return found


def _number(address: str) -> int:
    value = 0
    for part in address.split("."):
        value = value << 8 | int(part)
    return value


def _dotted(value: int) -> str:
    return ".".join(str(value >> shift & 0xFF) for shift in (24, 16, 8, 0))


def _broadcast(address: str, prefix: int) -> str:
    return _dotted(_number(address) | (1 << (32 - prefix)) - 1)


def _link_local(mac: str) -> str:
    octets = [int(part, 16) for part in mac.split(":")]
    octets = [octets[0] ^ 2, octets[1], octets[2], 0xFF, 0xFE, *octets[3:]]
    return "fe80::" + ":".join(f"{octets[i] << 8 | octets[i + 1]:x}" for i in range(0, 8, 2))


def routes(state: dict[str, Any], six: bool, words: list[str]) -> list[dict[str, Any]]:
    """Return routes of the state with those that follow from the addresses; ``default`` in ``words`` selects."""
    found = [
        {
            "dst": route["dst"],
            "gateway": route.get("via"),
            "dev": route.get("dev"),
            "protocol": "static",
            "metric": route.get("metric"),
            "flags": [],
        }
        for route in state["routes"]
        if (":" in str(route.get("via"))) == six
    ]
    for nic in state["nics"] if not six else ():
        for text in nic.get("addresses", []):
            local, _, tail = text.partition("/")
            prefix = tail.partition(" ")[0]
            if ":" in local or not nic.get("link", True):
                continue
            network = _dotted(_number(local) & ~((1 << (32 - int(prefix))) - 1) & 0xFFFFFFFF)
            found.append(
                {"dst": f"{network}/{prefix}", "dev": nic["name"], "protocol": "kernel", "scope": "link",
                 "prefsrc": local, "flags": []}
            )  # fmt: skip
    if "default" in words:
        found = [route for route in found if route["dst"] == "default"]
    elif words and "/" in words[0]:
        found = [route for route in found if route["dst"] == words[0]]
    return found


def routes_text(found: list[dict[str, Any]], as_json: bool) -> str:
    """Render ``ip route`` as text or JSON."""
    if as_json:
        told = [{key: value for key, value in route.items() if value is not None} for route in found]
        return json.dumps(told) + "\n"
    lines = []
    for route in found:
        text = route["dst"]
        for key, word in (
            ("gateway", "via"),
            ("dev", "dev"),
            ("protocol", "proto"),
            ("scope", "scope"),
            ("prefsrc", "src"),
            ("metric", "metric"),
        ):
            text += f" {word} {route[key]}" if route.get(key) else ""
        lines.append(f"{text} \n")
    return "".join(lines)


def links_text(found: list[dict[str, Any]], addresses: bool, family: str, options: list[str]) -> str:
    """Render ``ip link`` or ``ip addr``, in the form that the options request."""
    detailed = "d" in options or "details" in options
    shown = []
    for link in found:
        kept = [item for item in link["addr_info"] if not family or item["family"] == family]
        if family and addresses and not kept:
            continue
        shown.append({**link, "addr_info": kept})
    if "j" in options or "json" in options:
        return json.dumps([_trimmed(link, addresses, detailed) for link in shown]) + "\n"
    if "br" in options or "brief" in options:
        return "".join(_brief(link, addresses) for link in shown)
    oneline = "o" in options or "oneline" in options
    return "".join(_text(link, addresses, detailed, oneline) for link in shown)


def _trimmed(link: dict[str, Any], addresses: bool, detailed: bool) -> dict[str, Any]:
    hidden = set() if detailed else {"linkinfo", "promiscuity", "min_mtu", "max_mtu"}
    hidden |= {"linkmode"} if addresses else {"addr_info"}
    return {key: value for key, value in link.items() if key not in hidden}


def _brief(link: dict[str, Any], addresses: bool) -> str:
    tail = " ".join(f"{item['local']}/{item['prefixlen']}" for item in link["addr_info"])
    return f"{_shown_name(link):<16} {link['operstate']:<14} {tail if addresses else link['address']} \n"


def _shown_name(link: dict[str, Any]) -> str:
    return f"{link['ifname']}@{link['link']}" if link.get("link") else str(link["ifname"])


def _text(link: dict[str, Any], addresses: bool, detailed: bool, oneline: bool) -> str:
    if addresses and oneline:
        tail = r"\       valid_lft forever preferred_lft forever"
        head = f"{link['ifindex']}: {link['ifname']}    "
        return "".join(f"{head}{_address(item)}{tail}\n" for item in link["addr_info"])
    master = f" master {link['master']}" if link.get("master") else ""
    mode = "" if addresses else f" mode {link['linkmode']}"
    burnt_in = f" permaddr {link['permaddr']}" if link.get("permaddr") else ""
    hardware = f" {link['address']} brd {link['broadcast']}{burnt_in}" if link["address"] else " "
    lines = [
        f"{link['ifindex']}: {_shown_name(link)}: <{','.join(link['flags'])}> mtu {link['mtu']} qdisc {link['qdisc']}"
        f"{master} state {link['operstate']}{mode} group default qlen {link['txqlen']}",
        f"    link/{link['link_type']}{hardware}"
        + (" promiscuity 0 minmtu 68 maxmtu 9702 " if detailed else ""),
    ]
    if detailed and "linkinfo" in link:
        lines.append(f"    {_details(link['linkinfo'])} addrgenmode eui64 numtxqueues 1 numrxqueues 1 ")
    if addresses:
        for item in link["addr_info"]:
            lines += [f"    {_address(item)}", "       valid_lft forever preferred_lft forever"]
    return ("\\" if oneline else "\n").join(lines) + "\n"


def _address(item: dict[str, Any]) -> str:
    broadcast = f" brd {item['broadcast']}" if item.get("broadcast") else ""
    label = f" {item['label']}" if item.get("label") else " "
    return f"{item['family']} {item['local']}/{item['prefixlen']}{broadcast} scope {item['scope']}{label}"


def _details(info: dict[str, Any]) -> str:
    if "info_slave_data" in info:
        data, text = info["info_slave_data"], "bond_slave"
    else:
        data, text = info["info_data"], info["info_kind"]
    for key, value in data.items():
        if key == "flags":
            text += f" <{','.join(value)}>"
        else:
            text += f" {key} {value}"
    return text

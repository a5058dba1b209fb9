"""The changes that ip(8) makes to links, addresses and routes of the state."""

from __future__ import annotations

from . import devices, node

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def change(kind: str, verb: str, words: list[str], options: list[str]) -> int:
    """Apply one change; Refused carries ip's own message."""
    with node.Change() as state:
        if kind == "address" and verb in ("add", "replace", "del", "delete", "flush"):
            _address(state, verb, words)
        elif kind == "link" and verb == "set":
            _link(state, words)
        elif kind == "route" and verb in ("add", "replace", "append", "del", "delete"):
            _route(state, verb, words)
        else:
            raise devices.Refused(f'Command "{verb}" is unknown, try "ip {kind} help".')
    return 0


def _value(words: list[str], key: str) -> str:
    return words[words.index(key) + 1] if key in words and words.index(key) + 1 < len(words) else ""


def _nic(state: dict[str, Any], name: str) -> dict[str, Any]:
    for nic in state["nics"]:
        if nic["name"] == name:
            found: dict[str, Any] = nic
            return found
    raise devices.Refused(f'Cannot find device "{name}"')


def _address(state: dict[str, Any], verb: str, words: list[str]) -> None:
    nic = _nic(state, _value(words, "dev") or (words[-1] if words else ""))
    held: list[str] = nic.setdefault("addresses", [])
    if verb == "flush":
        held.clear()
        return
    wanted = words[0] if "/" in words[0] else f"{words[0]}/32"
    if verb in ("add", "replace"):
        if wanted in held and verb == "add":
            raise devices.Refused("RTNETLINK answers: File exists")
        if wanted not in held:
            held.append(wanted)
    elif wanted in held:
        held.remove(wanted)
    else:
        raise devices.Refused("RTNETLINK answers: Cannot assign requested address")


def _link(state: dict[str, Any], words: list[str]) -> None:
    rest = [word for word in words if word != "dev"]
    nic = _nic(state, rest[0] if rest else "")
    if "up" in rest or "down" in rest:
        nic["admin_up"] = "up" in rest
    if "mtu" in rest:
        nic["mtu"] = int(_value(rest, "mtu"))


def _route(state: dict[str, Any], verb: str, words: list[str]) -> None:
    if not words:
        raise devices.Refused('"ip route add" needs a destination')
    route = {"dst": words[0], "via": _value(words, "via"), "dev": _value(words, "dev")}
    if not route["dev"] and state["nics"]:
        with_address = [nic["name"] for nic in state["nics"] if nic.get("addresses")]
        route["dev"] = with_address[0] if with_address else state["nics"][0]["name"]
    same = [item for item in state["routes"] if item["dst"] == route["dst"]]
    if verb in ("del", "delete"):
        if not same:
            raise devices.Refused("RTNETLINK answers: No such process")
        state["routes"].remove(same[0])
        return
    if same and verb == "add":
        raise devices.Refused("RTNETLINK answers: File exists")
    if verb == "replace":
        state["routes"] = [item for item in state["routes"] if item["dst"] != route["dst"]]
    state["routes"].append(route)

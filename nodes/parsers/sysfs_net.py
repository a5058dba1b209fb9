"""What the collection script reads below ``/sys/class/net`` (kernel: Documentation/ABI/testing/sysfs-class-net)."""

from __future__ import annotations

from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError
from nodes.parsers.sysfs_block import flag, key_values
from nodes.parsers.text import blocks, count, whole_number

_MAX_SPEED_MBPS = 10_000_000  # above it is the kernel's -1 read as unsigned


@dataclass(frozen=True, slots=True)
class SysNet:
    """One interface as the kernel shows it; ``path`` is the real path of its device, empty for virtual ones."""

    name: str
    mac: str = ""
    permanent_mac: str = ""
    carrier: bool | None = None
    speed_mbps: int | None = None
    mtu: int | None = None
    path: str = ""
    driver: str = ""
    wireless: bool = False
    devtype: str = ""
    virtual_function_of: str = ""
    port_name: str = ""
    bridge: bool = False
    bond_mode: str = ""
    slaves: tuple[str, ...] = ()


def parse(text: str) -> dict[str, SysNet]:
    """Parse interfaces by name. Raises: ParseError when none is listed (``lo`` is always there)."""
    found = {}
    for name, body in blocks(text):
        values = key_values(body, "sysfs-net")
        speed = whole_number(values.get("speed", ""))
        found[name] = SysNet(
            name=name,
            devtype=values.get("devtype", ""),
            mac=values.get("address", "").lower(),
            permanent_mac=values.get("permanent", "").lower(),
            carrier=flag(values.get("carrier", "")),
            speed_mbps=speed if speed and speed <= _MAX_SPEED_MBPS else None,
            mtu=count(values.get("mtu", "")),
            path=values.get("path", ""),
            driver=values.get("driver", ""),
            wireless=values.get("wireless") == "1",
            virtual_function_of=values.get("physfn", ""),
            port_name=values.get("port_name", ""),
            bridge=values.get("bridge") == "1",
            bond_mode=values.get("bond_mode", "").split(" ")[0],
            slaves=tuple((values.get("bond_slaves", "") or values.get("bridge_ports", "")).split()),
        )
    if not found:
        raise ParseError("sysfs-net", _("names no network interface"), text)
    return found

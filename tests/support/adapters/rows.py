"""What the adapters share: lsblk rows, sysfs blocks and mount lines written from other tools' recordings."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any


def lsblk(rows: Iterable[Mapping[str, Any]]) -> str:
    """Write a flat ``lsblk -J``: a row per parent, as lsblk repeats shared children."""
    repeated = []
    for row in rows:
        parents = row.get("parents") or [None]
        plain = {key: value for key, value in row.items() if key != "parents"}
        repeated.extend({**plain, "pkname": parent} for parent in parents)
    return json.dumps({"blockdevices": repeated})


def keyed(devices: Mapping[str, Mapping[str, Any]]) -> str:
    """Write ``@name`` blocks of ``key=value`` lines, as the collection script prints them."""
    lines = []
    for name, values in devices.items():
        lines.append(f"@{name}")
        lines.extend(f"{key}={value}" for key, value in values.items() if value not in (None, ""))
    return "\n".join(lines) + "\n"


def by_id(links: Mapping[str, str]) -> str:
    """Write ``ls -l /dev/disk/by-id`` of link names and kernel names."""
    head = "lrwxrwxrwx 1 root root  9 Jan  1 00:00"
    return "total 0\n" + "".join(f"{head} {link} -> ../../{kname}\n" for link, kname in links.items())


def links_and_addresses(nics: Mapping[str, Mapping[str, Any]]) -> tuple[str, str]:
    """Write ``ip -o -d link`` and ``ip -o addr`` of interfaces with ``mac``, ``kind`` and ``addresses``."""
    links, addresses = [], ["1: lo    inet 127.0.0.1/8 scope host lo"]
    for number, (name, nic) in enumerate(nics.items(), start=2):
        media = "loopback" if name == "lo" else "ether"
        kind = f"\\    {nic['kind']} " if nic.get("kind") else ""
        links.append(
            f"{number}: {name}: <BROADCAST,UP> mtu 1500 qdisc mq\\    link/{media} "
            f"{nic.get('mac') or '52:54:00:00:00:01'} brd ff:ff:ff:ff:ff:ff{kind}"
        )
        for address in nic.get("addresses", ()):
            family = "inet6" if ":" in address else "inet"
            addresses.append(f"{number}: {name}    {family} {address} scope global {name}")
    return "\n".join(links) + "\n", "\n".join(addresses) + "\n"

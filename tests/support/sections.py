"""Sections of an ordinary server, to be varied one tool at a time."""

from __future__ import annotations

from collections.abc import Mapping

from nodes.collection.assemble import assemble
from nodes.collection.frames import Section
from nodes.facts import NodeFacts

ORDINARY = {
    "uname": "Linux 4.4.0-210-generic x86_64\n",
    "hostname": "pek3ar01n01\n",
    "os-release": 'ID=ubuntu\nVERSION_ID="16.04"\nPRETTY_NAME="Ubuntu 16.04.7 LTS"\n',
    "lscpu": (
        "Architecture: x86_64\nCPU(s): 32\nThread(s) per core: 2\nCore(s) per socket: 8\nSocket(s): 2\n"
        "Model name: Example CPU 2.4 GHz\n"
    ),
    "meminfo": "MemTotal:       131900000 kB\n",
    "dmidecode": (
        "Handle 0x0100, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: Example Inc.\n"
        "\tProduct Name: Server 2\n\tSerial Number: EX0001\n"
    ),
    "ip-link": (
        "1: lo: <LOOPBACK,UP,LOWER_UP> mtu 65536 qdisc noqueue\\    link/loopback 00:00:00:00:00:00 brd 00:00:00:00:00:00\n"
        "2: eth0: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500 qdisc mq state UP\\    link/ether 52:54:00:00:00:01 brd "
        "ff:ff:ff:ff:ff:ff\n"
    ),
    "ip-addr": "1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0    inet 172.16.80.11/24 scope global eth0\n",
    "ip-route": "default via 172.16.80.1 dev eth0\n",
    "sysfs-net": "@lo\naddress=00:00:00:00:00:00\n@eth0\naddress=52:54:00:00:00:01\npath=/sys/devices/pci0000:00/1\n",
    "lsblk-json": (
        '{"blockdevices":[{"name":"sda","kname":"sda","type":"disk","size":480103981056,"rota":false,"tran":"sata",'
        '"children":[{"name":"sda1","kname":"sda1","type":"part","size":480000000000,"fstype":"ext4",'
        '"mountpoint":"/"}]}]}'
    ),
}


def sections(changed: Mapping[str, str | Section | None]) -> dict[str, Section]:
    """Return the ordinary sections with some replaced (text or a section) or taken away (``None``)."""
    found: dict[str, Section] = {}
    for name, answer in {**ORDINARY, **changed}.items():
        if isinstance(answer, Section):
            found[name] = answer
        elif answer is not None:
            found[name] = Section(name, "ok", 0, answer)
    return found


def facts(mgmt_address: str = "172.16.80.11", **changed: str | Section | None) -> NodeFacts:
    """Return facts of the ordinary server; keywords name sections, ``_`` for ``-``; any lsblk replaces the JSON."""
    named = {name.replace("_", "-"): answer for name, answer in changed.items()}
    if "lsblk-pairs" in named or "lsblk-tree" in named:
        named.setdefault("lsblk-json", None)
    return assemble(sections(named), mgmt_address)

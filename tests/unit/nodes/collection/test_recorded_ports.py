"""The output of ip on recorded machines, as network interfaces of the platform."""

from __future__ import annotations

import pytest

from tests.support.adapters import rows
from tests.support.sections import facts, recorded
from tests.unit.nodes.collection.recordings import nics

PORTS = {f"e{number}": "physical" for number in range(1, 8)}


@pytest.mark.parametrize(
    ("case", "others"),
    [
        ("infix-bridge-mdb", {"br0": "bridge"}),
        ("infix-containers-netns", {"br0": "bridge", "br1": "bridge", "e3.8": "vlan", "e4.8": "vlan"}),
    ],
)
def test_ports_bridges_and_tags_but_no_pipes_to_containers(case, others):
    text = recorded(case, "ip_-s_-d_-j_link_show.json")
    found = facts(ip_json=text, ip_link=None, ip_addr=None, sysfs_net=None)
    assert nics(found) == {**PORTS, **others}
    for nic in found.networks:
        if nic.type == "vlan":
            assert (nic.vlan_id, nic.raw_device) == (8, nic.name.removesuffix(".8"))


@pytest.mark.parametrize(
    ("case", "addresses"),
    [
        ("infix-bridge-mdb", {"br0": "10.0.0.1"}),
        (
            "infix-containers-netns",
            {"br0": "169.254.1.1", "e6": "10.1.1.101", "e3.8": "10.1.1.1", "e4.8": "10.1.1.1"},
        ),
    ],
)
def test_addresses_of_the_same_machines(case, addresses):
    found = facts(ip_json=recorded(case, "ip_-j_addr_show.json"), ip_link=None, ip_addr=None, sysfs_net=None)
    assert {nic.name: nic.address for nic in found.networks if nic.address} == addresses


@pytest.mark.parametrize(
    ("case", "name", "ports"),
    [
        ("facter-misc", "ip_link_show.txt", {"ens160": "physical"}),
        (
            "facter-misc",
            "ip_link_show_all.txt",
            {
                "ens160": "physical",
                "ib0": "physical",
                "eth2": "physical",
                "eth3": "physical",
                "bond0": "bond",
            },
        ),
        (
            "insights-ip-link",
            "ip-s-link.txt",
            {"enp0s3": "physical", "enp0s8": "physical", "enp0s9": "physical", "tm0": "bond"},
        ),
        ("insights-ip-link", "ip-s-link-all.txt", {"enp0s25": "physical", "wlp3s0": "physical"}),
    ],
)
def test_links_as_ip_tells_them(case, name, ports):
    """Recognise a team by its kind; without ``-d``, only /proc/net/bonding shows that bond0 is a bond."""
    bonds = "@bond0\n" + recorded("facter-misc", "bond_interface_data.txt") if "bond0" in ports else None
    found = facts(ip_link=recorded(case, name), sysfs_net=None, bonding=bonds)
    assert nics(found) == ports


def test_slaves_of_a_bond_keep_their_own_addresses():
    bonds = "@bond0\n" + recorded("facter-misc", "bond_interface_data.txt")
    found = facts(ip_link=recorded("facter-misc", "ip_link_show_all.txt"), sysfs_net=None, bonding=bonds)
    told = {nic.name: nic for nic in found.networks}
    assert (told["bond0"].bond_mode, told["bond0"].slaves) == ("802.3ad", ("eth2", "eth3"))
    assert (told["eth2"].mac, told["eth3"].mac) == ("08:00:27:29:dc:a5", "08:00:27:d5:44:7e")
    assert told["ib0"].link is False


def kernel(**links: dict[str, str]) -> str:
    """Return what sysfs reports of links where ip alone reports nothing."""
    return rows.keyed({"lo": {"address": "00:00:00:00:00:00"}, **links})


PCI = {"path": "/sys/devices/pci0000:00/0000:00:01.0"}


@pytest.mark.parametrize(
    ("case", "name", "known", "ports"),
    [
        (
            "glpi-ip-odd",
            "ip_addr-el8.txt",
            {f"eth{number}": PCI for number in range(4)} | {"macvlan0": {}, "docker0": {"bridge": "1"}},
            {"eth0": "10.10.220.100/32", "eth1": "", "eth2": "", "eth3": ""},
        ),
        (
            "glpi-ip-odd",
            "ip_addr-5.txt",
            {
                "wlan0": {**PCI, "wireless": "1"},
                "eth0": PCI,
                "bond0": {"bond_mode": "balance-rr 0"},
                "br0": {"bridge": "1"},
            },
            {"eth0": "192.168.1.11/24", "bond0": "", "br0": ""},
        ),
        (
            "insights-ip-link",
            "ip-addr-truncated-msg.txt",
            {"eth7": PCI, "tunl0": {}, "tunl1": {}, "bond1.57": {}, "ip.tun2": {}},
            {"eth7": "", "bond1.57": "10.192.4.171/27"},
        ),
        ("glpi-ip-addr", "ip_addr-3.txt", {"eth0": PCI, "sit0": {}}, {"eth0": "10.40.1.16/24"}),
        ("cloudinit-ip-json", "sample-ipaddrshow-output-down.txt", {"eth0": PCI}, {"eth0": ""}),
    ],
)
def test_ip_addr_and_the_kernel_together(case, name, known, ports):
    """Leave out the wireless alias, taps, macvlan and docker0, which carry nothing of the platform."""
    text = recorded(case, name)
    tags = "VLAN Dev name    | VLAN ID\nName-Type: VLAN_NAME_TYPE_RAW_PLUS_VID\nbond1.57 | 57 | bond1\n"
    vlan = tags if "bond1.57" in ports else None
    found = facts(ip_link=text, ip_addr=text, sysfs_net=kernel(**known), vlan=vlan, ip_route=None)
    assert {nic.name: nic.addresses[0] if nic.addresses else "" for nic in found.networks} == ports
    kinds = {"bond0": "bond", "br0": "bridge", "bond1.57": "vlan"}
    assert nics(found) == {name: kinds.get(name, "physical") for name in ports}


def test_bridges_of_openvswitch_and_tunnels_that_are_none():
    known = dict.fromkeys(("eth0", "eth1", "eth0_1", "eth0_2"), PCI)
    names = (
        "ovs-system",
        "vxlan_sys_4789",
        "br-tun",
        "br-int",
        "gre0",
        "gretap0",
        "gre1",
        "geneve0",
        "geneve1",
    )
    found = facts(
        ip_link=recorded("insights-ip-link", "ip-s-link-all-3.txt"),
        sysfs_net=kernel(**known, **{name: {} for name in names}),
    )
    assert nics(found) == {**dict.fromkeys(known, "physical"), "br-tun": "bridge", "br-int": "bridge"}

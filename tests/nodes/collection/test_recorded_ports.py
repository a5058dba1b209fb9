"""What ip printed on recorded machines, as network interfaces of the platform."""

from __future__ import annotations

import pytest

from tests.nodes.collection.recordings import nics
from tests.nodes.sections import facts, recorded

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
    """A team tells its kind; without ``-d`` only /proc/net/bonding tells that bond0 is a bond."""
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

"""Recorded outputs of real machines, one tool at a time."""

from __future__ import annotations

import json

import pytest

from nodes.facts import Product
from nodes.parsers import (
    blkid,
    bonding,
    dmidecode,
    ip_json,
    ip_text,
    mdstat,
    meminfo,
    os_release,
    proc_swaps,
)
from nodes.parsers.link import Route
from tests.support.sections import recorded


def vmware(serial: str) -> tuple[str, str, str]:
    return "VMware, Inc.", "VMware Virtual Platform", f"VMware-{serial}"


@pytest.mark.parametrize(
    ("case", "name", "product"),
    [
        ("glpi-dmidecode-dell", "dell-r620.dmidecode.txt", ("Dell Inc.", "PowerEdge R620", "3FHW8Z1")),
        ("glpi-dmidecode-dell", "dell-r640.dmidecode.txt", ("Dell Inc.", "PowerEdge R640", "2RJF153")),
        ("netbox-agent-dmidecode-odd", "unknown.txt", ("Online Labs", "SR", "42")),
        (
            "netbox-agent-dmidecode-odd",
            "QCT_X10E-9N.txt",
            ("Quanta Cloud Technology Inc.", "QuantaMicro X10E-9N", "QTFCQ57140285"),
        ),
        ("netbox-agent-hp-dl380p-gen8", "dmidecode.txt", ("HP", "ProLiant DL380p Gen8", "4242")),
        (
            "netbox-agent-sm-ssg-6028r",
            "dmidecode.txt",
            ("Supermicro", "SSG-6028R-OSD072P", "S212101X7A18218"),
        ),
        ("netbox-agent-dell-poweredge-m630", "dmidecode.txt", ("Dell Inc.", "PowerEdge M630", "4242")),
        (
            "checkbox-lenovo-systemx-dmidecode",
            "dmidecode.txt",
            ("LENOVO", "System x3550 M5: -[5463AC1]-", "06EEEAR"),
        ),
        (
            "insights-dmidecode-odd",
            "dmidecode_aws.txt",
            ("Xen", "HVM domU", "ec2f58af-2dad-c57e-88c0-a81cb6084290"),
        ),
        ("glpi-dmidecode-dell", "dell-r630.dmidecode.txt", ("Dell Inc.", "PowerEdge R630", "2WF88P2")),
        ("glpi-dmidecode-dell", "dell-r720.dmidecode.txt", ("Dell Inc.", "PowerEdge R720xd", "7PPDY12")),
        ("netbox-agent-dmidecode-odd", "Dell_DSS7500.txt", ("Dell Inc.", "DSS7500", "4242-SERVICE_TAG")),
        (
            "netbox-agent-dmidecode-odd",
            "HP_ProLiant_m710x.txt",
            ("HP", "ProLiant m710x Server Cartridge", "CN66480BLA"),
        ),
        (
            "netbox-agent-dmidecode-odd",
            "SYS-5039MS-H12TRF-OS012.txt",
            ("Supermicro", "SYS-5039MS-H12TRF-OS012", "E235735X6B01665"),
        ),
        (
            "insights-dmidecode-odd",
            "dmidecode_kvm.txt",
            ("Red Hat", "RHEV Hypervisor", "34353737-3035-4E43-3734-353130425732"),
        ),
        (
            "insights-dmidecode-odd",
            "dmidecode_v.txt",
            vmware("42 10 e9 13 1e 11 e2 21-13 c5 c8 1f 11 42 7c cb"),
        ),
        ("facter-misc", "dmi_decode_vmware.txt", vmware("42 1a ee 9a 8e 13 ee e5-fc ec 82 3d cd 74 76 94")),
        ("jc-ubuntu-18.04", "dmidecode.txt", vmware("56 4d 0d 1a cc cf 45 fa-43 81 ac 1f 3b 99 45 17")),
    ],
)
def test_products(case, name, product):
    assert dmidecode.parse(recorded(case, name)) == Product(*product)


@pytest.mark.parametrize(
    ("name", "identity"),
    [
        ("ubuntu_16.04", ("ubuntu", "16.04")),
        ("ubuntu_18.04", ("ubuntu", "18.04")),
        ("debian_10", ("debian", "10")),
        ("debian_stretch_sid", ("debian", "")),
        ("kylin_linux_advanced_server_v10", ("kylin", "V10")),
        ("uos_20", ("uos", "20")),
        ("centos_stream_8", ("centos", "8")),
        ("rockylinux_8_3", ("rocky", "8.3")),
        ("almalinux_8_3_beta", ("almalinux", "8.3")),
        ("opensuse_leap_15.1", ("opensuse-leap", "15.1")),
        ("fedora_31", ("fedora", "31")),
        ("arch_linux_na", ("arch", "")),
    ],
)
def test_twelve_distributions(name, identity):
    recording = json.loads(recorded("ansible-os-release", f"{name}.json"))
    found = os_release.parse(recording["input"]["/etc/os-release"])
    assert (found.id, found.version_id) == identity


@pytest.mark.parametrize(
    ("case", "name", "identity"),
    [
        ("facter-misc", "os_release.txt", ("ubuntu", "18.04")),
        ("facter-misc", "os_release_debian.txt", ("debian", "10")),
        ("infix-system", "os-release", ("infix", "v25.11.0-135-g44d2af57-dirty")),
    ],
)
def test_distributions_without_an_id_and_with_an_odd_version(case, name, identity):
    found = os_release.parse(recorded(case, name))
    assert (found.id, found.version_id) == identity


@pytest.mark.parametrize(
    ("case", "name", "size_bytes"),
    [
        ("facter-misc", "meminfo.txt", 4133560320),
        ("facter-misc", "meminfo_missing_available.txt", 4133560320),
        ("node-exporter-proc", "meminfo", 3831959552),
        ("infix-system", "meminfo", 363597824),
        ("facter-misc", "meminfo2.txt", 4134510592),
        ("jc-linux-proc", "meminfo", 4093206528),
    ],
)
def test_memory(case, name, size_bytes):
    assert meminfo.parse(recorded(case, name)) == size_bytes


def test_many_states_of_md_arrays():
    arrays = {array.name: array for array in mdstat.parse(recorded("node-exporter-proc", "mdstat"))}
    assert len(arrays) == 17
    assert arrays["md3"].level == "raid6"
    assert arrays["md127"].members == ("sdi2", "sdj2")
    assert not arrays["md4"].active
    assert arrays["md219"].members == ("sdb", "sdc", "sda")
    assert arrays["md219"].level == ""
    assert arrays["md11"].level == "raid1"
    assert arrays["md00"].members == ("xvdb",)


def test_slaves_of_a_bond_and_their_own_addresses():
    text = "@bond0\n" + recorded("facter-misc", "bond_interface_data.txt")
    (bond,) = bonding.parse(text)
    assert bond.mode == "802.3ad"
    assert dict(bond.slaves) == {"eth2": "08:00:27:29:dc:a5", "eth3": "08:00:27:d5:44:7e"}


@pytest.mark.parametrize(
    ("case", "name", "addresses"),
    [
        (
            "glpi-ip-addr",
            "ip_addr-1.txt",
            {"eth0": "192.168.0.10/24", "tun0": "192.168.41.6/32", "tap0": "172.28.218.101/24"},
        ),
        ("glpi-ip-addr", "ip_addr-2.txt", {"eth0": "11.11.11.11/25"}),
        ("glpi-ip-addr", "ip_addr-3.txt", {"eth0": "10.40.1.16/24"}),
        ("glpi-ip-addr", "ip_addr-4.txt", {"ib0": "10.89.96.11/20"}),
        ("glpi-ip-odd", "ip_addr-5.txt", {"wlan0": "128.93.189.62/22", "eth0": "192.168.1.11/24"}),
        (
            "glpi-ip-odd",
            "ip_addr-el8.txt",
            {"eth0": "10.10.220.100/32", "macvlan0": "10.10.220.101/24", "docker0": "172.17.0.1/16"},
        ),
        (
            "insights-ip-link",
            "ip-addr-truncated-msg.txt",
            {"bond1.57": "10.192.4.171/27", "ip.tun2": "192.168.112.5/32"},
        ),
    ],
)
def test_first_addresses(case, name, addresses):
    found = ip_text.parse_addresses(recorded(case, name))
    first = {link: f"{rows[0].address}/{rows[0].prefix}" for link, rows in found.items()}
    assert addresses.items() <= first.items()


def test_a_bond_that_is_down_and_a_slave_of_another():
    odd = {link.name: link for link in ip_text.parse_links(recorded("glpi-ip-odd", "ip_addr-5.txt"))}
    assert odd["bond0"].lower_up is False
    cut = {
        link.name: link
        for link in ip_text.parse_links(recorded("insights-ip-link", "ip-addr-truncated-msg.txt"))
    }
    assert (cut["eth7"].master, cut["bond1.57"].lower) == ("bond1", "bond1")


def test_kinds_and_permanent_addresses_of_links():
    links = {
        link.name: link for link in ip_text.parse_links(recorded("insights-ip-link", "ip-s-link-all-3.txt"))
    }
    assert links["eth0_2"].permanent_mac == "00:90:fa:8d:36:22"
    assert (links["eth0_2"].mac, links["eth0_2"].master) == ("00:90:fa:8d:36:1e", "bond0")
    assert [links[name].kind for name in ("ovs-system", "vxlan_sys_4789", "gretap0")] == [
        "openvswitch",
        "vxlan",
        "gretap",
    ]


def test_default_routes_in_the_order_of_their_metric():
    assert ip_text.parse_routes(recorded("cloudinit-ip-json", "sample-iproute-output-v4.txt")) == (
        Route("192.168.2.1", "enp0s25", 100),
        Route("192.168.2.1", "wlp3s0", 150),
    )
    for name in ("default-gateway-1.txt", "default-gateway-2.txt"):
        assert ip_text.parse_routes(recorded("glpi-ip-addr", name))[0].gateway == "192.168.1.254"
    six = ip_text.parse_routes(recorded("cloudinit-ip-json", "sample-iproute-output-v6.txt"))
    assert six[0].interface == "enp0s25"


def test_text_and_json_of_ip_say_the_same():
    for suffix in ("", "-down"):
        text = recorded("cloudinit-ip-json", f"sample-ipaddrshow-output{suffix}.txt")
        own = f"sample-ipaddrshow-json{suffix}.json"
        links = {link.name: link for link in ip_json.parse(recorded("cloudinit-ip-json", own))}
        assert {
            name: link.addresses for name, link in links.items() if link.addresses
        } == ip_text.parse_addresses(text)
        told = {link.name: (link.mac, link.mtu, link.lower_up) for link in ip_text.parse_links(text)}
        assert {name: (link.mac, link.mtu, link.lower_up) for name, link in links.items()} == told


def test_bridge_ports_in_json():
    links = {
        link.name: link for link in ip_json.parse(recorded("infix-bridge-mdb", "ip_-s_-d_-j_link_show.json"))
    }
    assert links["br0"].kind == "bridge"
    assert {name for name, link in links.items() if link.master == "br0"} >= {"e2", "e3", "e4"}


def test_links_of_other_namespaces_are_read_too():
    names = {link.name for link in ip_json.parse(recorded("infix-containers-netns", "ip_-j_addr_show.json"))}
    assert {"lo", "e1", "e2"} <= names


def test_default_format_of_blkid():
    found = blkid.parse(recorded("jc-ubuntu-18.04", "blkid.txt"))
    assert (found["sda2"].type, found["sr1"].pttype) == ("ext4", "dos")
    assert blkid.parse(recorded("jc-centos-7.7", "blkid.txt"))["sda2"].type == "LVM2_member"
    found = blkid.parse(recorded("facter-misc", "blkid_output.txt"))
    assert (found["sda1"].type, found["sda1"].label) == ("ext3", "/boot")
    assert found["VolGroup00-LogVol01"].type == "swap"


def test_a_swap_file():
    (area,) = proc_swaps.parse(recorded("jc-linux-proc", "swaps"))
    assert (area.kind, area.size_bytes) == ("file", 4092588032)

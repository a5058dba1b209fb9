"""Recorded outputs of real machines, one tool at a time."""

from __future__ import annotations

import json

import pytest

from nodes.facts import Product
from nodes.parsers import (
    blkid,
    bonding,
    cpuinfo,
    dmidecode,
    ip_json,
    ip_text,
    lscpu,
    mdstat,
    meminfo,
    os_release,
    proc_mounts,
    proc_swaps,
)
from nodes.parsers.errors import ParseError
from nodes.parsers.link import Route
from tests.nodes.sections import recorded


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
    ],
)
def test_products(case, name, product):
    assert dmidecode.parse(recorded(case, name)) == Product(*product)


def test_a_dump_without_the_system_block_is_refused():
    with pytest.raises(ParseError, match="System Information"):
        dmidecode.parse(recorded("insights-dmidecode-odd", "dmidecode_oddities.txt"))


@pytest.mark.parametrize(
    ("case", "name", "counts"),
    [
        ("hwbench-lscpu-nvme-numa", "cpu_info-v2321.txt", (1, 64, 128)),
        ("hwbench-lscpu-nvme-numa", "cpu_info-cpustorage.txt", (2, 36, 72)),
        ("ohai-lscpu-x86", "lscpu-x86-host.txt", (2, 12, 24)),
        ("ohai-lscpu-x86", "lscpu-x86-host-rhel9.txt", (2, 12, 12)),
        ("ohai-lscpu-x86", "lscpu-x86-host-vuln.txt", (1, 2, 4)),
        ("ohai-lscpu-x86", "lscpu-x86-guest-kvm.txt", (4, 4, 4)),
        ("ohai-lscpu-x86", "lscpu-x86-guest-xen.txt", (1, 1, 4)),
        ("redhat-cip-lshw-lscpu", "lscpu-7302.txt", (1, 16, 32)),
        ("ipa-lshw-cpu", "lscpu.txt", (1, 8, 8)),
        ("ipa-lshw-cpu", "lscpu-no-flags.txt", (1, 6, 12)),
    ],
)
def test_lscpu_counts(case, name, counts):
    found = lscpu.parse(recorded(case, name))
    assert (found.sockets, found.cores, found.threads) == counts
    assert found.arch == "x86_64"
    assert "  " not in found.model


@pytest.mark.parametrize(
    ("case", "name", "model", "counts"),
    [
        (
            "ansible-cpuinfo-x86",
            "x86_64-2cpu-cpuinfo",
            "Intel(R) Xeon(R) CPU E5-2680 v2 @ 2.80GHz",
            (2, 2, 2),
        ),
        ("ansible-cpuinfo-x86", "x86_64-4cpu-cpuinfo", "Dual-Core AMD Opteron(tm) Processor 2216", (2, 4, 4)),
        (
            "ansible-cpuinfo-x86",
            "x86_64-8cpu-cpuinfo",
            "Intel(R) Core(TM) i7-4800MQ CPU @ 2.70GHz",
            (1, 4, 8),
        ),
        ("ansible-cpuinfo-power-s390", "s390x-z13-2cpu-cpuinfo", "IBM/S390", (0, 0, 2)),
        ("ansible-cpuinfo-power-s390", "s390x-z14-64cpu-cpuinfo", "IBM/S390", (3, 32, 64)),
        (
            "ansible-cpuinfo-power-s390",
            "ppc64le-power8-24cpu-cpuinfo",
            "POWER8 (architected), altivec supported",
            (0, 0, 24),
        ),
        ("ansible-cpuinfo-power-s390", "sparc-t5-debian-ldom-24vcpu", "UltraSparc T5 (Niagara5)", (0, 0, 24)),
        ("facter-misc", "cpuinfo_wo_physical_id.txt", "Intel(R) Xeon(R) CPU E5-2697 v4 @ 2.30GHz", (0, 0, 4)),
        ("insights-dmidecode-odd", "cpuinfo-arm.txt", "ARMv7 Processor rev 5 (v7l)", (0, 0, 4)),
        (
            "lxd-cpuinfo-x86",
            "cpuinfo_amd64_intel_core_i7_1370p.txt",
            "13th Gen Intel(R) Core(TM) i7-1370P",
            (1, 14, 20),
        ),
    ],
)
def test_cpuinfo_of_every_architecture(case, name, model, counts):
    found = cpuinfo.parse(recorded(case, name))
    assert (found.model, (found.sockets, found.cores, found.threads)) == (model, counts)


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
    ("case", "name", "size_bytes"),
    [
        ("facter-misc", "meminfo.txt", 4133560320),
        ("facter-misc", "meminfo_missing_available.txt", 4133560320),
        ("node-exporter-proc", "meminfo", 3831959552),
        ("infix-system", "meminfo", 363597824),
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
    assert (
        ip_text.parse_routes(recorded("glpi-ip-addr", "default-gateway-2.txt"))[0].gateway == "192.168.1.254"
    )
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


def test_a_swap_file():
    (area,) = proc_swaps.parse(recorded("jc-linux-proc", "swaps"))
    assert (area.kind, area.size_bytes) == ("file", 4092588032)


def test_a_mount_command_is_no_mounts_file():
    with pytest.raises(ParseError):
        proc_mounts.parse(recorded("jc-ubuntu-18.04", "mount.txt"))

"""What a machine must report, what it may leave out, and the messages for both."""

from __future__ import annotations

import pytest

from nodes.collection.errors import CollectionError
from nodes.collection.frames import Section
from nodes.parsers.errors import ParseError
from tests.support.sections import facts

MISSING = {"status": "missing", "exit_code": 127}


def gone(name: str) -> Section:
    return Section(name, "missing", 127)


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("uname", "log in and run the tool"),
        ("hostname", "hostnamectl"),
        ("meminfo", "mount /proc"),
        ("os-release", "restore /etc/os-release"),
        ("lsblk-json", "install util-linux"),
        ("ip-link", "install iproute2"),
        ("ip-addr", "install iproute2"),
    ],
)
def test_what_is_needed_names_the_tool_and_the_remedy(name, remedy):
    with pytest.raises(CollectionError, match=remedy) as caught:
        facts(**{name.replace("-", "_"): gone(name)})
    assert caught.value.section == name
    assert "not found on the machine" in str(caught.value)


def test_a_timeout_of_a_needed_tool_says_so_and_which_command_to_try():
    with pytest.raises(
        CollectionError, match="no answer within 10 s: log in, check the output of 'lsblk -J -b -O'"
    ):
        facts(lsblk_json=Section("lsblk-json", "failed", 124))


def test_rubbish_of_a_needed_tool_shows_what_was_seen():
    with pytest.raises(ParseError, match="lsblk: is not JSON") as caught:
        facts(lsblk_json="Segmentation fault (core dumped)")
    assert caught.value.excerpt == "Segmentation fault (core dumped)"


def test_cpuinfo_stands_in_for_lscpu():
    found = facts(lscpu=gone("lscpu"), cpuinfo="processor : 0\nmodel name : Tiny\n\nprocessor : 1\n")
    assert (found.cpu.model, found.cpu.sockets, found.cpu.cores, found.cpu.threads) == ("Tiny", 1, 2, 2)
    assert "CPU counts come from /proc/cpuinfo" in found.warnings[0]


def test_no_cpu_at_all_is_an_error():
    with pytest.raises(CollectionError, match="mount /proc"):
        facts(lscpu=gone("lscpu"))


@pytest.mark.parametrize(
    "name", ["mdstat", "by-id", "sysfs-block", "blkid", "wipefs", "zpool", "qemu", "bonding", "vlan", "pvs"]
)
def test_tools_that_many_machines_lack_are_no_news(name):
    assert facts(**{name.replace("-", "_"): gone(name)}).warnings == ()


@pytest.mark.parametrize(
    "name",
    [
        "mdstat",
        "by-id",
        "sysfs-block",
        "blkid",
        "wipefs",
        "qemu",
        "bonding",
        "vlan",
        "ip-route",
        "sysfs-net",
        "pvs",
    ],
)
def test_optional_tools_that_print_rubbish_are_a_warning(name):
    found = facts(**{name.replace("-", "_"): "@?\n<html>\n"})
    assert found.os_disk is not None
    assert found.warnings or name == "wipefs"


def test_no_interface_with_the_management_address_is_a_warning():
    found = facts(mgmt_address="10.9.9.9")
    assert found.mgmt_interface == ""
    assert "10.9.9.9" in found.warnings[0]
    assert "eth0 has the default route" in found.warnings[0]


def test_a_broken_off_stream_is_told_and_what_was_cut_is_not_taken_for_missing():
    star = Section("*", "truncated")
    found = facts(**{"*": star})
    assert "was cut off" in found.warnings[-1]
    with pytest.raises(CollectionError, match="cut off"):
        facts(**{"*": star, "ip_addr": None})


def test_a_container_without_hardware_ports_still_shows_its_management_interface():
    found = facts(sysfs_net="@eth0\naddress=52:54:00:00:00:01\n@lo\ncarrier=1\n")
    assert [(nic.name, nic.type) for nic in found.networks] == [("eth0", "physical")]


def test_json_of_ip_stands_in_for_its_text():
    text = (
        '[{"ifname":"lo","link_type":"loopback","addr_info":[]},'
        '{"ifname":"eth0","link_type":"ether","address":"52:54:00:00:00:01","mtu":1500,"flags":["UP","LOWER_UP"],'
        '"addr_info":[{"family":"inet","local":"172.16.80.11","prefixlen":24,"scope":"global"}]}]'
    )
    found = facts(ip_link=Section("ip-link", "failed", 1), ip_json=text)
    assert found.mgmt_interface == "eth0"


def test_old_lsblk_jsons_escapes_are_mended():
    text = (
        '{"blockdevices":[{"name":"a\\x20b","kname":"dm-0","type":"lvm","size":"9","mountpoint":"/x\\x5cy"},'
        '{"name":"sda","type":"disk","size":"9"}]}'
    )
    found = facts(lsblk_json=text)
    assert [disk.name for disk in found.data_disks] == ["sda"]


def test_the_management_address_may_be_spelt_otherwise():
    found = facts(
        mgmt_address="2001:DB8:0::7",
        ip_addr="1: lo    inet 127.0.0.1/8 scope host lo\n2: eth0    inet6 2001:db8::7/64 scope global\n",
    )
    assert (found.mgmt_interface, found.networks[0].address) == ("eth0", "2001:db8::7")

"""Ports of the machine are judged by kind and device; a name decides only where these are missing."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from nodes.collection import build_command
from nodes.parsers import lscpu
from nodes.parsers.errors import ParseError
from tests.support.sections import ORDINARY, facts

PCI = "path=/sys/devices/pci0000:00/0000:00:1f.6"
USB = "path=/sys/devices/pci0000:00/0000:00:14.0/usb1/1-6/1-6:1.12"


def seen(name: str, kind: str = "", kernel: str = "", *, lower: str = "", addresses: str = "") -> str:
    """Return the type under which an interface is listed beside eth0, or an empty string."""
    head = f"3: {name}{f'@{lower}' if lower else ''}: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1500"
    parts = [head, "link/ether 52:54:00:00:00:09 brd ff:ff:ff:ff:ff:ff", *([kind] if kind else [])]
    link = "\\    ".join(parts) + "\n"
    found = facts(
        ip_link=ORDINARY["ip-link"] + link,
        ip_addr=ORDINARY["ip-addr"]
        + (f"3: {name}    inet {addresses} scope global {name}\n" if addresses else ""),
        sysfs_net=ORDINARY["sysfs-net"] + f"@{name}\naddress=52:54:00:00:00:09\n{kernel}\n",
    )
    return next((nic.type for nic in found.networks if nic.name == name), "")


@pytest.mark.parametrize("name", ["veth0.100", "vethlan", "tapestry.7", "docker.12", "ppp.5", "wg100.20"])
def test_a_vlan_is_a_vlan_whatever_people_call_it(name: str) -> None:
    vlan = "vlan protocol 802.1Q id 100 <REORDER_HDR>"
    assert seen(name, vlan, "devtype=vlan", lower="veth0") == "vlan"


@pytest.mark.parametrize("name", ["veth0", "tap1", "dummy", "ip6net", "greta", "vmnet0", "docker0"])
def test_a_port_with_a_device_is_a_port_whatever_people_call_it(name: str) -> None:
    assert seen(name, "", PCI) == "physical"


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("fwbr100i0", "bridge forward_delay 0"),
        ("fwpr100p0", "veth"),
        ("fwln100i0", "veth"),
        ("veth1a2b3c", "veth"),
        ("cali0123", "veth"),
        ("vnet7", "tun type tap"),
        ("tap100i0", "tun type tap"),
        ("lan9", "dummy"),
        ("lan8", "ifb"),
        ("lan7", "gretap remote any"),
        ("lan6", "sit ip6ip"),
        ("flannel.1", "vxlan id 1"),
        ("nerdctl0", "bridge forward_delay 1500"),
        ("virbr0", "bridge forward_delay 200"),
        ("lan5", "macvlan mode bridge"),
        ("lan4", "wwan"),
    ],
)
def test_what_software_made_for_itself_is_no_port(name: str, kind: str) -> None:
    assert seen(name, kind) == ""


@pytest.mark.parametrize(
    "name", ["fwbr100i0", "fwpr100p0", "fwln100i0", "vnet3", "veth9", "nlmon0", "ifb0", "sit0"]
)
def test_where_neither_ip_nor_the_kernel_says_what_it_is_the_name_tells(name: str) -> None:
    found = facts(
        ip_link=f"{ORDINARY['ip-link']}3: {name}: <UP> mtu 1500\\    link/ether 02:00:00:00:00:07\n",
        sysfs_net=None,
    )
    assert [nic.name for nic in found.networks] == ["eth0"]


@pytest.mark.parametrize(
    ("name", "kernel"),
    [
        ("wwan0", USB),
        ("wwan0", f"{USB}\ndriver=qmi_wwan"),
        ("wwp0s20f0u6", USB),
        ("lan0", f"{USB}\ndevtype=wwan"),
        ("lan0", f"{USB}\ndriver=cdc_mbim"),
        ("lan0", f"{PCI}/wwan/wwan0"),
        ("lan0", f"{PCI}\ndevtype=wlan"),
    ],
)
def test_a_modem_is_no_port_but_the_way_to_the_machine_is_listed(name: str, kernel: str) -> None:
    assert seen(name, "", kernel) == ""
    assert seen(name, "", kernel, addresses="172.16.90.1/24") == ""
    found = facts(
        "172.16.90.1",
        ip_link=f"{ORDINARY['ip-link']}3: {name}: <UP> mtu 1500\\    link/ether 02:00:00:00:00:07\n",
        ip_addr=f"{ORDINARY['ip-addr']}3: {name}    inet 172.16.90.1/24 scope global {name}\n",
        sysfs_net=f"{ORDINARY['sysfs-net']}@{name}\n{kernel}\n",
    )
    assert found.mgmt_interface == name


def test_a_bridge_that_people_made_and_a_port_of_an_inner_switch_are_listed() -> None:
    assert seen("vmbr0", "bridge forward_delay 0") == "bridge"
    assert seen("lan1", "dsa conduit eth0", f"{PCI}\ndevtype=dsa") == "physical"


def test_the_script_tells_what_the_driver_says_an_interface_is(tmp_path: Path) -> None:
    """Run the script's function that reads the driver's type, on a tree of the test's own."""
    file = tmp_path / "uevent"
    file.write_text("DEVTYPE=wwan\nINTERFACE=wwan0\nIFINDEX=4\n")
    script = build_command("0123456789abcdef")[1].decode()
    start = script.index("device_type() {")
    function = script[start : script.index("\n}\n", start) + 3]
    for name in (file, tmp_path / "missing"):
        done = subprocess.run(
            ["sh", "-c", f"{function}\ndevice_type '{name}'"],
            capture_output=True,
            text=True,
            check=True,
            timeout=10,
        )
        assert done.stdout == ("devtype=wwan\n" if name is file else "")


def rows(cpus: list[tuple[int, int]]) -> str:
    """Write ``lscpu -p`` of CPUs given as (core, socket)."""
    lines = [f"{number},{core},{socket},0,,0,0,0,0" for number, (core, socket) in enumerate(cpus)]
    return (
        "# The following is the parsable format\n# CPU,Core,Socket,Node,,L1d,L1i,L2,L3\n"
        + "\n".join(lines)
        + "\n"
    )


HYBRID = [(core, 0) for core in range(8) for _ in range(2)] + [(core, 0) for core in range(8, 16)]


def lscpu_text(threads: int, per_core: int, per_socket: int) -> str:
    return (
        f"Architecture: x86_64\nCPU(s): {threads}\nThread(s) per core: {per_core}\nCore(s) per socket: {per_socket}\n"
        "Socket(s): 1\nModel name: 12th Gen Intel(R) Core(TM) i9-12900\n"
    )


@pytest.mark.parametrize(("per_core", "per_socket"), [(2, 12), (1, 24), (2, 16)])
def test_cores_of_a_processor_with_fast_and_slow_cores(per_core: int, per_socket: int) -> None:
    """Count 8 cores of two threads and 8 of one: old lscpu divides, and is wrong in one way or another."""
    found = facts(lscpu=lscpu_text(24, per_core, per_socket), lscpu_rows=rows(HYBRID)).cpu
    assert (found.sockets, found.cores, found.threads) == (1, 16, 24)


def test_cores_of_such_a_processor_where_lscpu_has_no_rows() -> None:
    cpuinfo = "".join(
        f"processor\t: {number}\nphysical id\t: 0\ncore id\t\t: {core}\ncpu cores\t: 16\n\n"
        for number, (core, _) in enumerate(HYBRID)
    )
    found = facts(lscpu=lscpu_text(24, 2, 12), cpuinfo=cpuinfo, lscpu_rows=None).cpu
    assert (found.cores, found.threads) == (16, 24)


def test_core_numbers_that_repeat_on_two_dies_of_a_socket_are_not_trusted() -> None:
    cpuinfo = "".join(
        f"processor\t: {number}\nphysical id\t: 0\ncore id\t\t: {number % 4}\ncpu cores\t: 8\n\n"
        for number in range(8)
    )
    assert facts(lscpu=lscpu_text(8, 1, 8), cpuinfo=cpuinfo, lscpu_rows=None).cpu.cores == 8


def test_cores_of_an_arm_processor_of_two_types() -> None:
    text = (
        "Architecture: aarch64\nCPU(s): 6\nVendor ID: ARM\n  Model name: Cortex-A53\n    Thread(s) per core: 1\n"
        "    Core(s) per cluster: 4\n    Socket(s): -\n    Cluster(s): 1\n  Model name: Cortex-A72\n"
        "    Thread(s) per core: 1\n    Core(s) per cluster: 2\n    Socket(s): -\n    Cluster(s): 1\n"
    )
    assert facts(lscpu=text, lscpu_rows=None).cpu.cores == 6
    assert facts(lscpu=text, lscpu_rows="".join(f"{cpu},{cpu},-,,,\n" for cpu in range(6))).cpu.cores == 6


def test_an_ordinary_server_has_its_cores_and_rubbish_takes_nothing_away() -> None:
    cpus = [(socket * 8 + core, socket) for socket in range(2) for core in range(8) for _ in range(2)]
    assert facts(lscpu_rows=rows(cpus)).cpu.cores == 16
    for text in ("x,y,z\n", "", "# only a comment\n", "99999999,0,0\n"):
        with pytest.raises(ParseError):
            lscpu.parse_rows(text)
        assert facts(lscpu_rows=text).cpu.cores == 16
    assert lscpu.parse_rows("0,,\n1,,\n") == (2, 0)

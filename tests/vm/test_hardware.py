"""collect_nodes on hardware whose every number is known, because qemu was given it."""

from __future__ import annotations

import time
from typing import Any

import pytest

from tests.vm.console import VmConsole
from tests.vm.drives import CDROM, DATA_DISKS, OS_DISKS, STICK, Drive
from tests.vm.machine import CARDS, HOSTNAME, MEMORY_MIB, PRODUCT, Machine

# A round trip, on an emulated processor.
WITHIN_S = 60


@pytest.fixture(scope="module")
def shown(trusted: VmConsole) -> dict[str, Any]:
    """Return the node as shown after its first collection."""
    began = time.monotonic()
    found = trusted.collect()
    took_s = time.monotonic() - began
    assert took_s < WITHIN_S, f"collecting took {took_s:.0f} s"
    return found


def test_the_machine(shown: dict[str, Any], machine: Machine) -> None:
    assert shown["status"] == "available" and shown["error"] == ""
    assert shown["hostname"] == HOSTNAME and shown["product"] == PRODUCT
    assert (shown["cpu"]["arch"], shown["cpu"]["threads"]) == ("x86_64", 2)
    # What the kernel and the initrd take for themselves is missing.
    assert 0.85 * (MEMORY_MIB << 20) < shown["memory_bytes"] <= MEMORY_MIB << 20
    assert shown["os"]["name"] == "debian" and shown["qemu_version"] == ""
    # Behind the address translation of qemu's network no card has the address that the console knows.
    assert [warning.split(",")[0] for warning in shown["warnings"]] == [
        "No network interface carries 127.0.0.1"
    ]
    assert shown["os"]["kernel"] == machine.agent.run("uname -r").strip()


def test_the_os_disks_are_both_legs_of_the_mirror(shown: dict[str, Any], machine: Machine) -> None:
    os_disk = shown["os_disk"]
    serials = {drive.serial: drive for drive in OS_DISKS}
    assert (
        os_disk["wwn"] == serials[os_disk["serial"]].wwn and os_disk["size_bytes"] == OS_DISKS[0].size_bytes
    )
    assert len(os_disk["legs"]) == 2 and os_disk["name"] in os_disk["legs"]
    size = "blockdev --getsize64 /dev/mapper/"
    assert (os_disk["root_part"], os_disk["swap_part"]) == ("system-root", "system-swap")
    assert os_disk["root_size_bytes"] == int(machine.agent.run(f"{size}system-root"))
    assert os_disk["swap_size_bytes"] == int(machine.agent.run(f"{size}system-swap"))
    assert (
        os_disk["rest_part"] in {f"{leg}2" for leg in os_disk["legs"]} and os_disk["rest_size_bytes"] > 10**9
    )
    assert not {disk["serial"] for disk in shown["data_disks"]} & set(serials)


@pytest.mark.parametrize("drive", DATA_DISKS, ids=lambda drive: drive.name)
def test_a_data_disk(shown: dict[str, Any], machine: Machine, drive: Drive) -> None:
    disk = next(disk for disk in shown["data_disks"] if disk["size_bytes"] == drive.size_bytes)
    assert disk["serial"] == drive.serial
    if drive.name == "nvme":
        assert disk["wwn"] == machine.agent.run("cat /sys/class/block/nvme0n1/wwid").strip()
    else:
        assert disk["wwn"] == drive.wwn
    assert (disk["transport"], disk["type"]) == (drive.transport, drive.type)
    assert (disk["status"], disk["status_reason"], disk["dirty"]) == (1, "", False)
    sector = machine.agent.run(f"blockdev --getss /dev/{disk['name']}")
    assert int(sector) == drive.sector_bytes
    if drive.serial:
        assert machine.agent.run(f"readlink -f {disk['by_id']}").strip() == f"/dev/{disk['name']}"


def test_stick_and_cdrom_are_no_data_disks(shown: dict[str, Any]) -> None:
    found = {disk["serial"]: disk for disk in shown["data_disks"]}
    assert CDROM.serial not in found
    stick = found[STICK.serial]
    assert (stick["status"], stick["status_reason"], stick["removable"]) == (0, "on USB", True)
    assert len(found) == len(DATA_DISKS) + 1


def test_the_cards(shown: dict[str, Any], machine: Machine) -> None:
    cards = {nic["mac"]: nic for nic in shown["networks"]}
    assert set(cards) == set(CARDS.values())
    mgmt, spare = cards[CARDS["mgmt"]], cards[CARDS["spare"]]
    assert mgmt["type"] == spare["type"] == "physical"
    told = machine.agent.run(f"ip -o -4 addr show dev {mgmt['name']}").split()[3]
    assert f"{mgmt['address']}/{mgmt['prefix']}" == told
    assert shown["default_interface"] == mgmt["name"]
    assert shown["default_gateway"] == machine.agent.run("ip route show default").split()[2]
    assert not spare["address"] and mgmt["link"] and mgmt["mtu"] == 1500

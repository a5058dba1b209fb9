"""Machines from the inventories of other tools: disks, OS disk and ports."""

from __future__ import annotations

import json
import re

import pytest

from nodes.facts import NodeFacts
from tests.support.adapters import controllers, lshw, lxd, ohai, rows, smartctl
from tests.support.sections import facts, recorded
from tests.unit.nodes.collection.recordings import disk, every, nics, sizes, unused


def of_drives(*drives: smartctl.Row) -> NodeFacts:
    return facts(lsblk_json=rows.lsblk(drives))


@pytest.mark.parametrize(
    ("case", "name", "device", "kind", "size_bytes", "model"),
    [
        ("scrutiny-smartctl-json", "smart-ata.json", "sdb", "sata", 14000519643136, "WDC WD140EDFZ-11A0VA0"),
        ("scrutiny-smartctl-json", "smart-ata2.json", "sda", "ssd", 128035676160, "X SSD 850 PRO 128GB"),
        (
            "scrutiny-smartctl-json",
            "smart-nvme.json",
            "testfoobarpass",
            "nvme",
            1024209543168,
            "INTEL SSDPEKNW010T8",
        ),
        ("scrutiny-smartctl-json", "smart-nvme2.json", "nvme0n1", "nvme", 480103981056, "Force MP510"),
        ("scrutiny-smartctl-json", "smart-scsi.json", "sdg", "sata", 4000787030016, "ST4000NM0043"),
        ("scrutiny-smartctl-json", "smart-scsi2.json", "sdb", "sata", 1200243695616, "ST1200MM0088"),
        (
            "scrutiny-smartctl-json",
            "smartctl_info_nvme.json",
            "nvme4n1",
            "nvme",
            3840755982336,
            "KCD61LUL3T84",
        ),
        (
            "smartctl-exporter-json",
            "HGST_HUS724020ALE640_28.json",
            "sdb",
            "sata",
            2000398934016,
            "HGST HUS724020ALE640",
        ),
        (
            "smartctl-exporter-json",
            "HITACHI_H109060SESUN600G_10.json",
            "sdb",
            "sas",
            600127266816,
            "H109060SESUN600G",
        ),
        ("smartctl-exporter-json", "HP_73.4G_MAS3735NC_25.json", "sdc", "sata", 73407865856, "MAS3735NC"),
        (
            "smartctl-exporter-json",
            "INTEL_SSDPE2KX080T8_1.json",
            "nvme0n1",
            "nvme",
            8001563222016,
            "INTEL SSDPE2KX080T8",
        ),
        (
            "smartctl-exporter-json",
            "SAMSUNG_MZ7WD240HAFV-00003_21.json",
            "sda",
            "ssd",
            240057409536,
            "SAMSUNG MZ7WD240HAFV-00003",
        ),
        (
            "smartctl-exporter-json",
            "WDC_WD20EFRX-68EUZN0_17.json",
            "sdb",
            "sata",
            2000398934016,
            "WDC WD20EFRX-68EUZN0",
        ),
        (
            "node-debug-dashboard-k8s-node",
            "smartctl-ata.json",
            "sda",
            "ssd",
            240057409536,
            "PNY CS900 240GB SSD",
        ),
        ("node-debug-dashboard-k8s-node", "smartctl-qemu.json", "sda", "ssd", 34359738368, "QEMU HARDDISK"),
        (
            "node-debug-dashboard-k8s-node",
            "smartctl-no-support.json",
            "sdc",
            "ssd",
            21474836480,
            "VIRTUAL-DISK",
        ),
    ],
)
def test_drives_by_smartctl(case, name, device, kind, size_bytes, model):
    (found,) = every(of_drives(smartctl.from_json(recorded(case, name))))
    assert (found.name, found.type, found.size_bytes, found.model) == (device, kind, size_bytes, model)
    assert found.suggested_status == 1
    assert found.rotational_guess == (model == "QEMU HARDDISK")


@pytest.mark.parametrize(
    ("name", "kind", "size_bytes", "serial"),
    [
        ("smartctl_ata.txt", "sata", 3000592982016, "W1F09S26"),
        ("smartctl_nvme.txt", "nvme", 256060514304, "CYBERDYNE_T1000"),
        ("smartctl_scsi.txt", "sas", 300000000000, "6XP2FK730000M233QACC"),
    ],
)
def test_drives_by_smartctls_text(name, kind, size_bytes, serial):
    (found,) = every(of_drives(smartctl.from_text("sda", recorded("redhat-cip-lshw-lscpu", name))))
    assert (found.type, found.size_bytes, found.serial) == (kind, size_bytes, serial)


def test_a_scan_of_drives_finds_what_lsblk_lists():
    scan = json.loads(recorded("scrutiny-smartctl-json", "smartctl_scan_simple.json"))
    names = [device["name"].removeprefix("/dev/") for device in scan["devices"]]
    found = of_drives(*({"name": name, "type": "disk", "size": 10**12} for name in reversed(names)))
    assert [item.name for item in every(found)] == names == [f"sd{letter}" for letter in "abcdefg"]
    scan = json.loads(recorded("scrutiny-smartctl-json", "smartctl_scan_nvme.json"))
    assert [device["name"] for device in scan["devices"]] == ["/dev/nvme0"]


@pytest.mark.parametrize(
    ("name", "usable", "kind", "model", "ports"),
    [
        ("lshw.xml", {"sda": 500277790720}, "ssd", "APPLE SSD SM512E", []),
        ("lshw2.xml", {"sda": 128035676160}, "sata", "TOSHIBA THNSNC12", ["eth0"]),
        ("lshw3.xml", {"sda": 250059350016}, "sata", "Maxtor 6V250F0", []),
    ],
)
def test_trees_of_lshw(name, usable, kind, model, ports):
    """Leave out readers without a card, optical drives, radios, taps and a modem."""
    found = facts(**lshw.sections(lshw.from_xml(recorded("redhat-cip-lshw-lscpu", name))))
    assert (sizes(found), unused(found)) == (usable, [])
    assert (disk(found, "sda").type, disk(found, "sda").model) == (kind, model)
    assert disk(found, "sda").rotational_guess
    assert nics(found) == dict.fromkeys(ports, "physical")


@pytest.mark.parametrize(("name", "ports"), [("lshw-v1.json", []), ("lshw-v2.json", ["eth0"])])
def test_ports_of_both_layouts_of_lshws_json(name, ports):
    found = facts(**lshw.sections(lshw.from_json(recorded("ipa-lshw-cpu", name))))
    assert nics(found) == dict.fromkeys(ports, "physical")


def test_resources_of_a_laptop():
    resources = json.loads(recorded("maas-lxd-resources-laptop", "lxd-resources.json"))
    networks = json.loads(recorded("maas-lxd-resources-laptop", "lxd-networks.json"))
    found = facts(**lxd.disks(resources), **lxd.network(networks, resources))
    assert (sizes(found), unused(found)) == ({"sda": 512110190592}, ["sdb"])
    assert disk(found, "sda").type == "ssd"
    assert (disk(found, "sdb").size_bytes, disk(found, "sdb").status_reason) == (6001175126016, "removable")
    assert {nic.name: (nic.address, nic.link) for nic in found.networks} == {
        "eth0": ("192.168.0.3", True),
        "eth1": ("172.17.42.1", False),
        "eth2": ("172.17.12.1", False),
    }
    assert [nic.speed_mbps for nic in found.networks] == [1000, None, None]


def test_virtual_functions_without_a_port_of_their_own_card_are_the_ports():
    resources = json.loads(recorded("maas-lp2067998-thunderx-vf", "lxd-resources-network.json"))
    networks = json.loads(recorded("maas-lp2067998-thunderx-vf", "lxd-networks.json"))
    found = facts(**lxd.network(networks, resources))
    assert nics(found) == {f"enP2p1s0v{number}": "physical" for number in range(5)}
    assert [nic.address for nic in found.networks[:3]] == ["10.245.136.38", "10.245.136.40", ""]


def test_namespaces_of_nvme():
    found = facts(**controllers.nvme_namespaces(recorded("hwbench-lscpu-nvme-numa", "nvme-v116.txt")))
    assert sizes(found) == {"nvme0n1": 480036519936, "nvme1n1": 6401252745216, "nvme2n1": 6401252745216}
    assert {item.type for item in every(found)} == {"nvme"}
    assert not any(item.rotational_guess for item in every(found))
    assert disk(found, "nvme0n1").model == "Dell BOSS-N1"
    assert "PS1030" in disk(found, "nvme1n1").model


def test_a_blade_with_two_volumes():
    found = facts(**controllers.cardiff(recorded("cardiff-hp-bl460c-gen8", "hw.txt")))
    assert sizes(found) == {"sda": 299 * 10**9, "sdb": 299 * 10**9}
    assert all(item.rotational_guess and item.model == "LOGICAL VOLUME" for item in every(found))
    assert {nic.name: nic.addresses for nic in found.networks} == {"eth0": ("10.29.99.30/24",), "eth1": ()}
    assert (found.product.name, found.product.serial) == ("ProLiant BL460c Gen8 (641016-B21)", "CZ3404YWNN")


@pytest.mark.parametrize(
    ("volumes", "drives", "counts"),
    [
        ("set1_ShowSummary.txt", "set1_PDlist.txt", (1, 2)),
        ("set6_LDinfo.txt", "set6_PDlist.txt", (3, 14)),
        ("set7_LDinfo.txt", "set7_PDlist.txt", (14, 14)),  # every drive a volume of its own
    ],
)
def test_volumes_are_not_drives(volumes, drives, counts):
    found = facts(**controllers.megaraid_volumes(recorded("glpi-megacli", volumes)))
    told = controllers.megaraid_drives(recorded("glpi-megacli", drives))
    assert (len(every(found)), len(told)) == counts
    assert all(item.rotational_guess for item in every(found))
    assert sum(item.size_bytes for item in every(found)) <= sum(told)


def test_a_laptop_full_of_containers():
    text = recorded("ansible-ohai-facter", "ohai.json")
    other = recorded("ansible-ohai-facter", "facter.json")
    found = facts(**ohai.sections(text))
    assert found.os_disk is not None
    assert (found.os_disk.root_part, found.os_disk.swap_part) == (
        "fedora_host--186-root",
        "fedora_host--186-swap",
    )
    assert (found.os_disk.legs, found.data_disks) == (("sda",), ())
    size = re.search(r'"blockdevice_sda_size": ([0-9]+)', other)
    assert size is not None
    assert (found.os_disk.disk.size_bytes, found.os_disk.disk.type) == (int(size[1]), "ssd")
    # A radio is listed only because the default route is on it.
    assert nics(found) == {"em1": "physical", "wlp4s0": "physical"}
    assert (found.default_interface, found.default_gateway) == ("wlp4s0", "192.168.1.1")
    assert f'"macaddress_em1": "{found.networks[0].mac}"' in other

"""Remedies of the rules about VBCs (R06, R07) are followed as printed."""

from __future__ import annotations

import re

import pytest

from nodes.models import Node
from tests.lab.installer.remedies.files import KS, VARIABLES, Files, hypers
from zones.models import Plan

pytestmark = pytest.mark.django_db

VBC = (
    "vbc:\n"
    "  - {mgmt_ips: [172.16.80.21, 172.16.80.22], ipv4_vbc: 10.30.60.0/24, ipv4_vip: 172.16.80.245|172.16.80.21}\n"
)
MORE = "  - {mgmt_ips: [172.16.80.23, 172.16.80.24], ipv4_vbc: 10.30.61.0/24, ipv4_vip: 172.16.80.246|172.16.80.23}\n"
OTHER = "vbc:\n" + MORE.replace("10.30", "10.40")


@pytest.mark.remedy("R06")
@pytest.mark.parametrize(
    ("broken", "says", "remedy"),
    [
        (("[172.16.80.21, 172.16.80.22]", "[]"), "has no hyper", "fill in mgmt_ips"),
        ((".21, 172.16.80.22]", ".21, 172.16.80.22, 172.16.80.22]"), "twice", "remove one"),
        ((".21, 172.16.80.22]", ".21, 172.16.80.29]"), "is not a hyper", "correct the address or its role"),
        (("|172.16.80.21}", "|172.16.80.23}"), "not one of mgmt_ips", "choose one of mgmt_ips as Master"),
        ((" ipv4_vbc: 10.30.60.0/24,", ""), "has no ipv4_vbc", "fill in a network inside vm_base_network"),
        ((", ipv4_vip: 172.16.80.245|172.16.80.21", ""), "ipv4_vip is not", "write VIP|Master"),
        (("10.30.60.0/24", "10.30.60.0/31"), "too small", "choose a larger network"),
        (("10.30.60.0/24", "10.99.0.0/24"), "not inside", "choose a network inside 10.30.0.0/16"),
        (
            ("10.30.60.0/24", "10.30.50.0/24"),
            "overlaps the VBC",
            "choose a network that is not used elsewhere",
        ),
        (("172.16.80.245", "172.16.80.11"), "in use by", "choose a free address"),
        (("172.16.80.245", "172.16.80.1"), "in use by", "choose a free address"),
        (("172.16.80.245", "172.16.81.5"), "not a host address", "choose a free address of that network"),
        ((".21, 172.16.80.22]", ".21]"), "is in 0 VBCs", "list it in exactly one VBC"),
    ],
)
def test_a_vbc_given_by_hand(files: Files, broken: tuple[str, str], says: str, remedy: str) -> None:
    """Name the one thing that is wrong; once corrected, everything passes."""
    right, wrong = broken
    files.scale("pek3m", hypers(21, 22), VBC.replace(right, wrong))
    assert files.refused("R06", says) == remedy
    files.texts = {name: text.partition("vbc:")[0] + VBC for name, text in files.texts.items()}
    files.passes()


@pytest.mark.remedy("R06")
def test_an_ipv6_vip_without_its_network(files: Files) -> None:
    files.scale("pek3m", hypers(21, 22), VBC.replace("}", ", ipv6_vip: 'fd00:80::9|172.16.80.21'}"))
    assert files.refused("R06") == "fill in the network"
    files.write("ipv6_vip:", "ipv6_vbc: 'fd00:30::/64', ipv6_vip:")
    files.passes()


@pytest.mark.remedy("R06")
def test_a_vip_inside_a_vbc(files: Files) -> None:
    """Detect it by the VBC itself where the mask of the management network is unknown."""
    Node.objects.get(mgmt_address="172.16.80.21").interfaces.update(prefix=None)
    files.scale("pek3m", hypers(21, 22), VBC.replace("172.16.80.245", "10.30.60.9"))
    assert files.refused("R06") == "choose a free address of the management network"
    files.write("10.30.60.9", "172.16.80.245")
    files.passes()


@pytest.mark.remedy("R06")
@pytest.mark.parametrize(
    ("broken", "says", "remedy"),
    [
        (("172.16.80.246", "172.16.80.245"), "is used by two VBCs", "give each VBC its own VIP"),
        (("10.30.61.0/24", "10.30.60.128/25"), "overlaps 10.30.60.0/24", "make the VBC networks disjoint"),
        (
            (".23, 172.16.80.24]", ".23, 172.16.80.24, 172.16.80.22]"),
            "in 2 VBCs",
            "list it in exactly one VBC",
        ),
    ],
)
def test_two_vbcs(files: Files, broken: tuple[str, str], says: str, remedy: str) -> None:
    right, wrong = broken
    files.scale("pek3m", hypers(21, 22, 23, 24), VBC + MORE.replace(right, wrong))
    assert files.refused("R06", says) == remedy
    files.scale("pek3m", hypers(21, 22, 23, 24), VBC + MORE)
    files.passes()


@pytest.mark.remedy("R06")
def test_a_hyper_that_carries_a_vbc_already(files: Files) -> None:
    """Advise to take the hyper out of the file: taken out of vbc alone, the next advice would put it back."""
    running = (
        "  - {mgmt_ips: [172.16.80.15], ipv4_vbc: 10.30.70.0/24, ipv4_vip: 172.16.80.247|172.16.80.15}\n"
    )
    for more in (running, ""):
        files.scale("pek3m", hypers(21, 22, 15, 16), VBC + more)
        assert files.refused("R06", "172.16.80.15").endswith("remove it from this file")
    files.scale("pek3m", hypers(21, 22), VBC)
    files.passes()


@pytest.mark.remedy("R06")
def test_another_vbc_than_is_in_service(files: Files) -> None:
    plan = Plan.objects.get(zone__zone_id="pek3m", status="applied")
    files.texts = {item["name"]: item["text"] for item in plan.sources}
    [item] = re.findall(r"\{mgmt_ips.*\}", files.texts["settings.pek3m.yaml"])
    files.write(item, item.replace("10.30.50.0", "10.30.51.0"))
    remedy = files.refused("R06", "carries the VBC", "-f")
    [written] = re.findall(r"\{.*\}", remedy)
    files.write(item.replace("10.30.50.0", "10.30.51.0"), written)
    files.passes("-f")


@pytest.mark.remedy("R07")
def test_vbcs_in_a_vlan_zone(files: Files) -> None:
    vlan = VARIABLES.replace("network_mode: sdn", "network_mode: vlan").replace(
        "  vm_base_network: 10.40.0.0/16\n", ""
    )
    files.new(variables=vlan)
    [(key, value)] = re.findall(r"^set (\w+) to (\d)$", files.refused("R07"))
    files.set(key, value)
    files.passes()
    files.scale("pek3v", hypers(21, 22), VBC)
    [section] = re.findall(r"^remove the (\w+) section$", files.refused("R07"))
    files.take_out(section)
    files.passes()


@pytest.mark.remedy("R07")
def test_a_zone_that_runs_without_its_vbcs(files: Files) -> None:
    files.new(hypers(21, 22))
    name, settings = list(files.texts.items())[1]
    words = files.command()
    command = ("adopt_zone", *words[1:])
    remedy = files.says("R07", "already runs", files.run(*command), "error")
    [item] = re.findall(r"\{.*\}", remedy)
    item = (
        item.replace("…", "172.16.80.22")
        .replace("NETWORK", "10.40.50.0/24")
        .replace("VIP|MASTER", "172.16.80.241|172.16.80.21")
    )
    files.texts[name] = f"{settings}vbc:\n  - {item}\n"
    files.command()
    files.does(*command)


@pytest.mark.remedy("R07")
def test_vbcs_given_where_they_are_allocated(files: Files) -> None:
    """Advise to remove the section; the file that adds nodes does not say who allocates the VBCs."""
    files.example("R07")
    assert files.refused("R07") == "remove the vbc section"
    files.take_out("vbc")
    files.passes()
    files.new(KS + hypers(23, 24), OTHER)
    section, key, value = re.findall(
        r"^remove the (\w+) section, or set (\w+) to (\d)$", files.refused("R07")
    )[0]
    broken = dict(files.texts)
    files.set(key, value)
    files.passes()
    files.texts = broken
    files.take_out(section)
    files.passes()


@pytest.mark.remedy("R07")
def test_no_vbcs_where_they_are_to_be_given(files: Files) -> None:
    files.scale("pek3m", hypers(21, 22))
    assert files.refused("R07") == "fill in the vbc section"
    files.scale("pek3m", hypers(21, 22), VBC)
    files.passes()
    files.new(KS + hypers(23, 24), variables=VARIABLES.replace("vbc: 1", "vbc: 0"))
    [(key, value)] = re.findall(r"^fill in the vbc section, or set (\w+) to (\d)$", files.refused("R07"))
    broken = dict(files.texts)
    files.set(key, value)
    files.passes()
    files.texts = {**broken, "settings.pek3n.yaml": broken["settings.pek3n.yaml"] + OTHER}
    files.passes()

"""Remedies of the rules about roles and their number (R01, R02, R03, R12, R13, R14) are followed as printed."""

from __future__ import annotations

import re

import pytest

from nodes.models import Disk, Node
from tests.lab.installer.remedies.files import KS, VARIABLES, Files, hypers, with_hdds
from tests.lab.installer.remedies.stage import A11, A21, A22, Stage
from tests.seen import seen
from zones.models import Plan, Zone

pytestmark = pytest.mark.django_db

FUSION = VARIABLES.replace("deploy_mode: devops", "deploy_mode: fusion")
STANDARD = VARIABLES.replace("deploy_mode: devops", "deploy_mode: standard")
FOUR_KS = "".join(KS.replace(".31", f".{number}") for number in (31, 32, 33, 34))


def listed(remedy: str) -> list[str]:
    """Return the words that a remedy allows."""
    return re.split(", ?", re.split(r"sub-roles |one of |: ", remedy)[-1])


@pytest.mark.remedy("R01")
def test_management_vms_in_a_scaling(files: Files) -> None:
    files.scale("pek3a", hypers(21, 22), "vms:\n  proxy: [172.16.80.21]\n")
    [section] = re.findall(r"^remove the (\w+) section$", files.refused("R01"))
    files.take_out(section)
    files.passes()


@pytest.mark.remedy("R01")
def test_a_ks_node_with_what_only_a_new_zone_gets(files: Files) -> None:
    files.scale("pek3a", KS.replace("[seed]", "[pgpool, vbr]"))
    allowed = listed(files.refused("R01"))
    assert "vbr" in allowed and "pgpool" not in allowed
    files.write("[pgpool, vbr]", "[vbr]")
    files.passes()
    # Nothing may be left of what it had: that is reported as well, and not the same again.
    files.example("R01")
    assert listed(files.refused("R01")) == allowed
    files.write("[pgpool]", "[]")
    first, *_ = listed(files.refused("R01", "has no sub-role"))
    files.write("[]", f"[{first}]")
    files.passes()


@pytest.mark.remedy("R01")
def test_a_hyper_with_a_sub_role_of_others(files: Files) -> None:
    files.scale("pek3a", hypers(21, 22).replace("[hyper]", "[hyper, seed]"))
    assert listed(files.refused("R01")) == ["hyper"]
    files.write("[hyper, seed]", "[hyper]")
    files.passes()


@pytest.mark.remedy("R02")
def test_one_hyper_for_a_zone_that_grows_in_pairs(files: Files) -> None:
    files.example("R02")
    assert files.refused("R02") == "add one hyper"
    files.scale("pek3a", hypers(21, 22))
    files.passes()
    files.scale("pek3a", hypers(21, 22, 23))
    assert files.refused("R02") == "add or remove one hyper"
    files.scale("pek3a", hypers(21, 22))
    files.passes()
    files.scale("pek3a", hypers(21, 22, 23, 24))
    files.passes()


@pytest.mark.remedy("R02")
def test_hyper_pair_nodes_and_others_that_are_odd_both(files: Files) -> None:
    """Advise one of each kind: one of a single kind would make the sum odd and lead back here."""
    with_hdds(23, 24, 25, 26)
    files.scale("pek3a", hypers(21) + hypers(23, role="hyper-pair"))
    assert "add one of each kind" in files.refused("R02", "cannot be paired")
    files.scale("pek3a", hypers(21, 22) + hypers(23, 24, role="hyper-pair"))
    files.passes()
    files.scale("pek3a", hypers(21) + hypers(23, 24, 25, role="hyper-pair"))
    assert "or remove one of each kind" in files.refused("R02", "cannot be paired")
    files.scale("pek3a", hypers(23, 24, role="hyper-pair"))
    files.passes()


@pytest.mark.remedy("R02")
def test_pairs_that_are_none(files: Files) -> None:
    with_hdds(23, 24, 25, 26)
    four = hypers(23, 24, 25, 26, role="hyper-pair")
    files.scale("pek3a", four, "pairs: [[172.16.80.23, 172.16.80.24], [172.16.80.25]]\n")
    assert files.refused("R02", "not two different nodes") == "write two management addresses"
    files.write("[172.16.80.25]]", "[172.16.80.25, 172.16.80.21]]")
    assert files.refused("R02", "not a hyper-pair node") == "correct the address or its role"
    assert files.refused("R02", "172.16.80.26") == "put it into exactly one pair"
    files.write("172.16.80.21]", "172.16.80.26]")
    files.passes()
    files.write(
        "[172.16.80.25, 172.16.80.26]]", "[172.16.80.25, 172.16.80.26], [172.16.80.23, 172.16.80.25]]"
    )
    assert files.refused("R02", "is in 2 pairs") == "put it into exactly one pair"
    files.write(", [172.16.80.23, 172.16.80.25]", "")
    files.passes()


@pytest.mark.remedy("R02")
def test_a_zone_that_begins_with_an_odd_number(files: Files) -> None:
    files.new(KS + hypers(21), variables=STANDARD)
    assert files.warned("R02") == "no action is needed; later it grows in pairs"
    plan = Plan.objects.get(status="draft")
    files.does("approve_plan", plan.plan_id, "--hash", plan.content_hash)
    applied(plan.plan_id)
    files.scale("pek3n", hypers(22, 23))
    files.passes(without="R02")


@pytest.mark.remedy("R03")
def test_odd_numbers_in_a_test_cloud(files: Files) -> None:
    files.example("R03")
    assert "for redundancy, add one hyper" in files.warned("R03")
    files.scale("pek3d", hypers(21, 22))
    files.passes(without="R03")
    with_hdds(23, 24)
    files.scale("pek3d", hypers(21) + hypers(23, role="hyper-pair"))
    assert "hyper-pair" in files.warned("R03", "has no DRBD peer")
    files.scale("pek3d", hypers(21) + hypers(23, 24, role="hyper-pair"))
    assert "no DRBD peer" not in files.passes().err


@pytest.mark.remedy("R12")
def test_a_role_on_machines_and_on_vms(files: Files) -> None:
    files.example("R12")
    assert files.refused("R12") == "remove pgpool from vms or from the sub-roles"
    broken = dict(files.texts)
    files.write("[seed, pgpool]", "[seed]")
    files.passes()
    files.texts = broken
    files.take_out("vms")
    files.passes()


@pytest.mark.remedy("R12")
def test_a_role_on_machines_and_at_addresses_of_vms(files: Files) -> None:
    given = "  mgmt_network_address: {pgpool: ['172.16.80.101']}\n"
    files.new(KS.replace("[seed]", "[seed, pgpool]") + hypers(21, 22), variables=VARIABLES + given)
    assert files.refused("R12") == "remove pgpool from mgmt_network_address or from the sub-roles"
    broken = dict(files.texts)
    files.write("[seed, pgpool]", "[seed]")
    files.passes()
    files.texts = broken
    files.write(given, "")
    files.passes()


@pytest.mark.remedy("R12")
def test_a_role_on_machines_that_the_zone_has_on_vms(files: Files) -> None:
    files.new()
    files.passes()
    plan = Plan.objects.get(status="draft")
    files.does("approve_plan", plan.plan_id, "--hash", plan.content_hash)
    applied(plan.plan_id)
    Zone.objects.filter(zone_id="pek3n").update(vms={"pgpool": ["172.16.80.241"]})
    files.write("[seed]", "[seed, pgpool]")
    assert files.refused("R12", "", "-f") == "remove pgpool from the sub-roles"
    files.write("[seed, pgpool]", "[seed]")
    files.passes("-f")


@pytest.mark.remedy("R13")
def test_two_data_bases_on_one_machine(files: Files) -> None:
    files.example("R13")
    assert files.warned("R13") == "put them on different nodes"
    files.write("[seed, pgpool, pgserver]", "[seed, pgpool]")
    files.write(
        "172.16.80.32: {role: ks, sub_roles: [seed]", "172.16.80.32: {role: ks, sub_roles: [seed, pgserver]"
    )
    files.passes(without="R13")


@pytest.mark.remedy("R14")
def test_a_ks_node_of_a_fusion_zone(files: Files) -> None:
    files.new(KS + hypers(21, 22, 23), variables=FUSION)
    assert files.refused("R14", "has no KS nodes") == "place seed, snapshot or vbr as a sub-role of a hyper"
    files.new(hypers(21, 22, 23).replace("[hyper]", "[hyper, seed]", 1), variables=FUSION)
    files.passes()


@pytest.mark.remedy("R14")
def test_a_sub_role_that_no_hyper_has(files: Files) -> None:
    files.example("R14")
    allowed = listed(files.refused("R14"))
    assert "pgpool" not in allowed
    files.write("[pgpool]", f"[{', '.join(allowed)}]")
    files.passes()


@pytest.mark.remedy("R14")
def test_vms_of_another_kind_of_zone(files: Files) -> None:
    for variables, roles, vms in (
        (FUSION, hypers(21, 22, 23), "proxy: [172.16.80.21]"),
        (VARIABLES, KS + hypers(21, 22), "ks: [172.16.80.31]"),
    ):
        files.new(roles, f"vms:\n  {vms}\n", variables=variables)
        [gone] = re.findall(r"^remove vms\.(\w+)$", files.refused("R14"))
        assert vms.startswith(gone)
        files.write(f"vms:\n  {vms}\n", "")
        files.passes()


@pytest.mark.remedy("R14")
def test_hosts_of_the_vms_of_a_fusion_zone(files: Files) -> None:
    files.new(hypers(21, 22, 23), "vms: {ks: [172.16.80.21, 172.16.80.22]}\n", variables=FUSION)
    assert files.refused("R14", "lists 2 hosts").startswith("list three hosts")
    files.write("172.16.80.22]", "172.16.80.22, 172.16.80.24]")
    assert files.refused("R14", "172.16.80.24") == "choose a hyper of this file"
    files.write("172.16.80.24]", "172.16.80.22]")
    files.passes()


@pytest.mark.remedy("R14")
def test_a_vm_on_what_is_no_ks_node(files: Files) -> None:
    files.new(KS + hypers(21, 22), "vms: {proxy: [172.16.80.21]}\n")
    assert files.refused("R14") == "choose a KS node of this file"
    files.write("proxy: [172.16.80.21]", "proxy: [172.16.80.31]")
    files.passes()


@pytest.mark.remedy("R02")
@pytest.mark.parametrize("region", ["standard"], indirect=True)
def test_an_odd_number_is_left_of_a_plan(stage: Stage) -> None:
    roles = dict.fromkeys((21, 22, 23, 24), "hyper-repl")
    plan_id = stage.draft(roles)
    stage.does("leave_out_nodes", plan_id, "-i", "172.16.80.24", "--hash", seen(plan_id))
    [told] = [item for item in Plan.objects.get(plan_id=plan_id).findings if item.code == "R02"]
    assert (
        told.remedy
        == "no action is possible: the zone runs with an odd number of hypers, and scaling adds hypers in pairs"
    )
    stage.approve(plan_id)
    applied(plan_id)
    takes_pairs(stage)


@pytest.mark.remedy("R02")
@pytest.mark.parametrize("region", ["standard"], indirect=True)
def test_an_odd_number_remains_in_service(stage: Stage) -> None:
    retired = stage.does("retire_nodes", "-i", A11, "--reason", "burnt", "--confirm", "pek3cr01n11")
    assert (
        "-> no action is possible: the zone runs with an odd number of hypers, and scaling adds hypers in pairs"
        in retired.err
    )
    takes_pairs(stage)


def applied(plan_id: str) -> None:
    """Bring all nodes of the plan into service."""
    Node.objects.filter(role__plan__plan_id=plan_id).update(status="active")
    Plan.objects.filter(plan_id=plan_id).update(status="applied")


def takes_pairs(stage: Stage) -> None:
    """Refuse a single hyper for the zone, which is odd now; accept two."""
    stage.region.nodes(25, 26)
    stage.refused("R02", "config_qingcloud", "-s", stage.scale({25: "hyper-repl"}))
    stage.does("config_qingcloud", "-s", stage.scale({25: "hyper-repl", 26: "hyper-repl"}))


@pytest.mark.remedy("R02")
@pytest.mark.parametrize("region", ["standard"], indirect=True)
def test_a_hyper_pair_node_is_left_without_its_peer(stage: Stage) -> None:
    """Advise to retire the other node as well: no peer can be added for it alone."""
    stage.region.nodes(21, 22)
    with_hdds(21, 22)
    Disk.objects.filter(name="sdc").delete()
    pair = {21: "hyper-pair", 22: "hyper-pair"}
    stage.does("config_qingcloud", "-s", stage.scale(pair))
    applied(stage.approve(Plan.objects.get(status="draft").plan_id))
    retired = stage.does("retire_nodes", "-i", A21, "--reason", "burnt", "--confirm", "pek3cr01n21")
    remedy = re.findall(r"R02 warning: .* -> (.*)", retired.err)[0]
    stage.follow(
        remedy, "retire_nodes", "-i", A22, "--reason", "its peer is gone", "--confirm", "pek3cr01n22"
    )
    stage.does("delete_nodes", "-i", A21, A22, "--confirm", "pek3cr01n21", "pek3cr01n22")
    stage.region.nodes(21, 22)
    with_hdds(21, 22)
    Disk.objects.filter(name="sdc").delete()
    assert "add both again as a pair" in remedy
    stage.does("config_qingcloud", "-s", stage.scale(pair))

"""Remedies of the rules about pools and given addresses (R09, R10) are followed as printed."""

from __future__ import annotations

import pytest

from tests.lab.installer.remedies.files import VARIABLES, Files, example_of, given, hypers, in_service

pytestmark = pytest.mark.django_db

FUSION = VARIABLES.replace("deploy_mode: devops", "deploy_mode: fusion")


@pytest.mark.remedy("R09")
def test_a_pool_without_its_form(files: Files) -> None:
    files.example("R09")
    form = example_of(files.refused("R09"))
    files.write("172.16.80.240-172.16.80.250/24", form)
    files.passes()


@pytest.mark.remedy("R09")
def test_a_pool_with_the_ends_of_its_network(files: Files) -> None:
    files.new(variables=VARIABLES.replace("172.16.80.250", "172.16.80.255"))
    assert files.refused("R09") == "exclude the first and last address"
    files.write("172.16.80.255", "172.16.80.254")
    files.passes()


@pytest.mark.remedy("R09")
def test_pools_that_overlap(files: Files) -> None:
    other = "  mgmt_network_pools: ['172.16.80.100/24-172.16.80.245/24']\n"
    files.new(variables=VARIABLES + other)
    assert files.refused("R09") == "make the pools disjoint"
    files.write("172.16.80.245", "172.16.80.140")
    files.passes()


@pytest.mark.remedy("R10")
def test_an_address_of_a_role_in_fusion(files: Files) -> None:
    files.example("R10")
    assert files.refused("R10") == "remove proxy"
    files.write("  mgmt_network_address: {proxy: ['172.16.80.101']}\n", "")
    files.passes()


@pytest.mark.remedy("R10")
def test_an_address_for_two(files: Files) -> None:
    files.new(variables=given(proxy="172.16.80.101, 172.16.80.101"))
    assert files.refused("R10") == "use a different address for each VM"
    files.write("172.16.80.101, 172.16.80.101", "172.16.80.101, 172.16.80.102")
    files.passes()


@pytest.mark.remedy("R10")
def test_an_address_that_somebody_has(files: Files) -> None:
    files.new(variables=given(proxy="172.16.80.11"))
    assert files.refused("R10") == "choose a free address"
    files.write("172.16.80.11]", "172.16.80.101]")
    files.passes()


@pytest.mark.remedy("R10")
def test_another_number_of_addresses_than_of_vms(files: Files) -> None:
    files.new(more="vms: {proxy: [172.16.80.31, 172.16.80.31]}\n", variables=given(proxy="172.16.80.101"))
    assert files.refused("R10") == "list one address for each VM"
    files.write("172.16.80.101]", "172.16.80.101, 172.16.80.102]")
    files.passes()


@pytest.mark.remedy("R10")
def test_more_addresses_than_a_fusion_zone_has_vms(files: Files) -> None:
    four = ", ".join(f"172.16.80.{number}" for number in (101, 102, 103, 104))
    files.new(hypers(21, 22, 23), variables=given(FUSION, zoocassa=four))
    assert files.refused("R10") == "list three addresses"
    files.write(", 172.16.80.104", "")
    files.passes()


@pytest.mark.remedy("R10")
def test_other_addresses_than_the_vms_have(files: Files) -> None:
    files.new(variables=given(proxy="172.16.80.101"), more="vms: {proxy: [172.16.80.31]}\n")
    files.passes()
    in_service()
    files.write("172.16.80.101", "172.16.80.102")
    remedy = files.warned("R10", "its VMs keep 172.16.80.101", "-f")
    assert remedy == "write the current addresses of the VMs"
    files.write("172.16.80.102", "172.16.80.101")
    files.passes("-f", without="R10")


@pytest.mark.remedy("R10")
def test_given_addresses_beside_a_pool(files: Files) -> None:
    pool = "  mgmt_network_pools: ['172.16.80.100/24-172.16.80.140/24']\n"
    files.new(variables=given(VARIABLES + pool, proxy="172.16.80.151"))
    assert files.warned("R10", level="info") == "no action is needed"

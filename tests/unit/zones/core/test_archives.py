"""The seven example zones: each makes a plan, and every rendered file is the golden one."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.unit.zones.core import archives
from zones.core.rendering.settings_reader import read_settings

SIZES = {
    "devops/devops1a": {"ks": 1, "vg": 1, "hyper-repl": 6},
    "devops/devops1b": {"ks": 3, "vg": 1, "hyper-repl": 6},
    "fusion/devops1a": {"hyper-repl": 3},
    "fusion/devops1b": {"vg": 2, "hyper-repl": 3},
    "fusion/devops1c": {"hyper-repl": 3},
    "standard/devops1a": {"ks": 3, "vg": 2, "hyper-pair": 20},
    "standard/devops1b": {"ks": 10, "hyper-repl": 25},
}


def test_these_are_all_examples() -> None:
    found = {str(path.relative_to(archives.FOLDER)) for path in archives.FOLDER.glob("*/*")}
    assert found == set(archives.NAMES) == set(SIZES)


@pytest.mark.parametrize("name", archives.NAMES)
def test_every_file_is_the_golden_one(name: str) -> None:
    plan = archives.plan(name)
    assert plan.ok, plan.findings
    again = "look at the difference, then: python -m tests.unit.zones.core.archives"
    assert archives.golden_text(plan) == archives.golden_path(name).read_text(), again


@pytest.mark.parametrize("name", archives.NAMES)
def test_an_example_is_what_its_name_promises(name: str) -> None:
    plan = archives.plan(name)
    assert Counter(role.role for role in plan.roles) == SIZES[name]
    assert sum(len(vbc.members) for vbc in plan.vbcs) == sum(
        role.role.startswith("hyper") for role in plan.roles
    )
    settings = {
        item.path: read_settings(item.content) for item in plan.files if item.path.startswith("settings/")
    }
    masters = [values for values in settings.values() if "hyper_vip_address" in values]
    assert len(settings) == len(plan.roles) and len(masters) == len(plan.vbcs)
    assert archives.plan(name).content_hash == plan.content_hash


def test_given_pools_hosts_and_networks_are_used() -> None:
    pools = archives.plan("devops/devops1b")
    assert {vm.address for vm in pools.vms} == {f"172.16.80.{100 + n}" for n in range(len(pools.vms))}
    hosts = archives.plan("fusion/devops1c")
    assert [(vm.name, vm.host) for vm in hosts.vms] == [
        ("ks0", "172.16.80.23"),
        ("ks1", "172.16.80.21"),
        ("ks2", "172.16.80.22"),
    ]
    manual = archives.plan("standard/devops1a")
    assert [vbc.ipv4_vip for vbc in manual.vbcs] == [f"172.16.80.{201 + n}" for n in range(10)]
    physical = archives.plan("standard/devops1b")
    assert {vm.role for vm in physical.vms} == {"proxy", "dnsmaster", "webservice"}
    lists = {item.path: item.content.split() for item in physical.files if item.path.startswith("nodes/")}
    assert [len(lists[f"nodes/{name}"]) for name in ("pgpool", "pgserver", "zoocassa", "hyper")] == [
        2,
        2,
        3,
        25,
    ]

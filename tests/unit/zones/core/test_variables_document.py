"""Loading variables: typed fields, defaults, and the message for each wrong value."""

from __future__ import annotations

import pytest
import yaml

from tests.unit.zones.core.builders import VARIABLES
from zones.core.documents import load_variables, variables_from_mapping


def dump(**changes: object) -> bytes:
    return yaml.safe_dump({**VARIABLES, **changes}, sort_keys=False).encode()


def variable_codes(data: bytes) -> list[tuple[str, str]]:
    _, findings = load_variables("variables.devops1a.yaml", data)
    return [(item.code, item.field) for item in findings]


def test_variables_are_typed_and_defaults_stand_for_what_is_left_out() -> None:
    document, findings = load_variables("variables.devops1a.yaml", dump())
    assert findings == [] and document is not None
    assert (document.zone_id, document.region_id) == ("devops1a", "devops1")
    assert (document.deploy_mode, document.network_mode) == ("devops", "sdn")
    assert document.flag("base", "installer_allocate_vbc") and not document.flag("base", "is_global_zone")
    assert document.integer("advance", "vxnet_ipv6_prefixlen") == 120
    assert document.texts("advance", "vip_pools") == ("127.1.0.200/24-127.1.0.230/24",)
    assert document.text("advance", "vip_pools") == "" and document.texts("base", "zone_id") == ()
    assert document.line("base", "zone_id") is not None


def test_stored_variables_read_back_as_they_were() -> None:
    changes = {"boss": {"deploy_boss": 1, "boss_domain": "no", "boss_ports": ["80", "x"], "boss_size": 3}}
    document, findings = load_variables("variables.devops1a.yaml", dump(**changes))
    assert findings == [] and document is not None
    again, problems = variables_from_mapping(document.as_dict())
    assert problems == [] and again is not None
    assert again.values == document.values
    assert again.name == "" and again.line("base") is None


def test_stored_variables_that_were_damaged_are_a_finding_without_a_line() -> None:
    document, findings = variables_from_mapping({"base": {"zone_id": object()}})
    assert document is None and findings[0].code == "D09"
    document, findings = variables_from_mapping({"base": {"zone_id": "z1", "deploy_mode": "nonsense"}})
    assert document is None
    assert {item.line for item in findings} == {None}
    assert {item.file for item in findings} == {""}


@pytest.mark.parametrize(
    ("section", "change", "expected"),
    [
        ("base", {"zone_id": ""}, ("D11", "base.zone_id")),
        ("base", {"deploy_mode": None}, ("D11", "base.deploy_mode")),
        ("base", {"deploy_mode": "standart"}, ("D15", "base.deploy_mode")),
        ("base", {"network_mode": "vxlan"}, ("D15", "base.network_mode")),
        ("base", {"installer_allocate_vbc": True}, ("D12", "base.installer_allocate_vbc")),
        ("base", {"installer_allocate_vbc": 2}, ("D15", "base.installer_allocate_vbc")),
        ("base", {"installer_allocate_vbc": "yes please"}, ("D09", "base.installer_allocate_vbc")),
        ("base", {"vm_base_network": ""}, ("D11", "base.vm_base_network")),
        ("base", {"vm_base_network": "10.10.0.0"}, ("D14", "base.vm_base_network")),
        ("base", {"vm_base_network": "fd00::/64"}, ("D14", "base.vm_base_network")),
        ("base", {"vm_base_network_ipv6": "10.0.0.0/8"}, ("D14", "base.vm_base_network_ipv6")),
        ("base", {"mgmt_network_gateway": "127.1.0.01"}, ("D13", "base.mgmt_network_gateway")),
        ("base", {"mgmt_network_dns_servers": "127.1.0.1"}, ("D09", "base.mgmt_network_dns_servers")),
        ("base", {"installer_alocate_vbc": 1}, ("D10", "base.installer_alocate_vbc")),
        ("advance", {"mgmt_network_address": {"proksy": []}}, ("D10", "advance.mgmt_network_address.proksy")),
        (
            "advance",
            {"mgmt_network_address": {"proxy": ["1.2.3"]}},
            ("D13", "advance.mgmt_network_address.proxy.0"),
        ),
        ("common", {"cloud_type": "hybrid"}, ("D15", "common.cloud_type")),
        ("common", {"domain": 5}, ("D12", "common.domain")),
    ],
)
def test_each_wrong_field_is_one_finding(
    section: str, change: dict[str, object], expected: tuple[str, str]
) -> None:
    assert variable_codes(dump(**{section: VARIABLES[section] | change})) == [expected]


def test_a_vlan_zone_needs_no_base_network() -> None:
    base = {key: value for key, value in VARIABLES["base"].items() if not key.startswith("vm_base")}
    base |= {"network_mode": "vlan", "installer_allocate_vbc": 0}
    assert variable_codes(dump(base=base)) == []


def test_an_unknown_section_and_a_section_that_is_none_are_findings() -> None:
    assert ("D10", "basis") in variable_codes(dump(basis={}))
    assert ("D09", "base") in variable_codes(dump(base=["a"]))
    assert ("D09", "bm.nested") in variable_codes(dump(bm={"nested": {"a": 1}}))

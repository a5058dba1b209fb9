"""R08, R09, R10, R11, R22: a variables file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from common.errors import Finding
from tests.unit.zones.core.builders import (
    VARIABLES,
    ask,
    codes,
    demo_zone,
    documents,
    ks,
    node,
    settings_of,
    world,
    zone_view,
)
from zones.core.world import NodeView, ZoneView


def create(
    kind: str = "zone", zones: tuple[ZoneView, ...] = (), vms: Any = None, roles: Any = None, **sections: Any
) -> list[Finding]:
    """Return findings of a zone whose sections are changed as given."""
    control = ks(1)
    chosen: dict[NodeView, str] = roles or {control: "ks/seed"}
    content = settings_of(chosen, **({"vms": vms} if vms else {}))
    variables: dict[str, Any] = {**VARIABLES}
    for section, fields in sections.items():
        variables[section] = {**VARIABLES.get(section, {}), **fields}
    return ask(documents(kind, content, variables), world(*chosen, zones=zones))


def test_a_plain_new_zone_passes() -> None:
    assert create() == []


def test_r08_public_is_refused() -> None:
    findings = create(common={"cloud_type": "public"})
    assert codes(findings) == ["R08"]
    assert findings[0].file == "variables.devops1a.yaml" and findings[0].line
    assert codes(create(common={"cloud_type": "private"})) == []


@pytest.mark.parametrize(
    ("pools", "words"),
    [
        (["127.1.0.100-127.1.0.140"], "no mask"),
        (["127.1.0.100/24-127.1.1.140/24"], "two networks"),
        (["127.1.0.140/24-127.1.0.100/24"], "start is after"),
        (["127.1.0.100/24-127.1.0.200/24"], "overlaps"),
        (["127.1.0.10/24-127.1.0.20/24", "127.1.0.20/24-127.1.0.30/24"], "overlaps"),
        (["127.1.0.0/24-127.1.0.9/24"], "network or broadcast address"),
        (["127.1.0.250/24-127.1.0.255/24"], "network or broadcast address"),
        (["2001:db8::/64-2001:db8::9/64"], "subnet-router address"),
    ],
)
def test_r09_pools_carry_masks_and_are_disjoint(pools: list[str], words: str) -> None:
    findings = [item for item in create(advance={"mgmt_network_pools": pools}) if item.level == "error"]
    assert codes(findings) == ["R09"]
    assert words in findings[0].detail and findings[0].line


def test_r09_small_networks_have_no_reserved_addresses() -> None:
    for pool in ("127.1.0.6/31-127.1.0.7/31", "127.1.0.9/32-127.1.0.9/32", "2001:db8::/127-2001:db8::1/127"):
        assert create(advance={"mgmt_network_pools": [pool]}) == []


def test_r09_touching_pools_pass() -> None:
    pools = ["127.1.0.10/24-127.1.0.19/24", "127.1.0.20/24-127.1.0.199/24"]
    assert codes(create(advance={"mgmt_network_pools": pools})) == []


def test_r10_given_addresses_beat_the_pools_and_that_is_said() -> None:
    given = {"mgmt_network_address": {"proxy": ["127.1.0.101"]}}
    assert create(advance=given) == []
    findings = create(advance={**given, "mgmt_network_pools": ["127.1.0.100/24-127.1.0.140/24"]})
    assert codes(findings) == [] and codes(findings, "info") == ["R10"]


@pytest.mark.parametrize(
    ("addresses", "vms", "words"),
    [
        ({"proxy": ["127.1.0.101", "127.1.0.101"]}, None, "twice"),
        ({"proxy": ["127.1.0.101"], "webservice": ["127.1.0.101"]}, None, "twice"),
        ({"proxy": ["127.1.0.11"]}, None, "in use by node"),
        ({"proxy": ["127.1.0.101"]}, {"proxy": ["127.1.0.11", "127.1.0.11"]}, "only 1 address"),
        ({"proxy": ["127.1.0.101", "127.1.0.102"]}, {"proxy": ["127.1.0.11"]}, "but lists 2 addresses"),
    ],
)
def test_r10_given_addresses_are_free_and_enough(addresses: Any, vms: Any, words: str) -> None:
    findings = create(vms=vms, advance={"mgmt_network_address": addresses})
    assert set(codes(findings)) == {"R10"}
    assert words in findings[0].detail


def test_r10_fusion_takes_zoocassa_only() -> None:
    hypers = dict.fromkeys((node(2), node(3)), "hyper-repl")
    fusion = {"deploy_mode": "fusion"}
    good = {"mgmt_network_address": {"zoocassa": ["127.1.0.101", "127.1.0.102", "127.1.0.103"]}}
    assert codes(create(roles=hypers, base=fusion, advance=good)) == []
    four = {"mgmt_network_address": {"zoocassa": [f"127.1.0.{number}" for number in range(101, 105)]}}
    assert codes(create(roles=hypers, base=fusion, advance=four)) == ["R10"]
    bad = {"mgmt_network_address": {"proxy": ["127.1.0.101"]}}
    assert codes(create(roles=hypers, base=fusion, advance=bad)) == ["R10"]


def test_r11_a_zone_of_a_known_region_is_not_global() -> None:
    sibling = replace(demo_zone(), zone_id="devops1b", nodes=(), vbcs=())
    base = {"is_global_zone": 1}
    assert codes(create(zones=(sibling,), base=base)) == ["R11"]
    assert codes(create(zones=(sibling,))) == []
    first = create(base=base)
    assert codes(first) == [] and codes(first, "warning") == ["R11"]
    assert create(kind="adopt", base=base) == [], "the zone that is adopted may be the global one"


def test_r22_a_deployed_component_has_its_fields() -> None:
    findings = create(boss={"deploy_boss": 1})
    assert codes(findings) == ["R22"] and "boss.boss_domain" in findings[0].detail
    assert codes(create(boss={"deploy_boss": 1, "boss_domain": "", "boss_mail": ""})) == ["R22", "R22"]
    assert codes(create(boss={"deploy_boss": 1, "boss_domain": "boss.example.com"})) == []
    assert codes(create(boss={"deploy_boss": 0, "boss_domain": ""})) == []
    assert codes(create(neonsan={"deploy_neonsan": 1})) == ["R22", "R22"]


def test_stored_variables_are_not_judged_again_when_scaling() -> None:
    old = {**VARIABLES, "advance": {"vip_pools": ["127.1.0.200/24-127.1.0.230/24"] * 2}}
    zone = zone_view(demo_zone().nodes, old)
    hypers = [node(20), node(21)]
    content = settings_of(dict.fromkeys(hypers, "hyper-repl"))
    assert codes(ask(documents("scale", content), world(*hypers, zones=(zone,)))) == []

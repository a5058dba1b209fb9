"""The section ``vpool`` of a settings file: what it may contain, its effect on a plan, and what stays unchanged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from common.errors import Finding
from tests.unit.zones.core.builders import (
    active,
    codes,
    demo_zone,
    documents,
    ks,
    node,
    settings_of,
    ssds,
    with_base,
    world,
)
from tests.unit.zones.core.golden_plans import content, values
from zones.core.documents import load_settings
from zones.core.documents.settings import VPOOL_LAYOUTS
from zones.core.edits import check_edit
from zones.core.plan import PlanResult, make_plan, roles_json
from zones.core.plan_input import Documents, Options
from zones.core.rendering import advise_vpool
from zones.core.world import NodeView, PoolView

FILE = "scale_settings.devops1a.yaml"
OTHER = node(20)


def planned(item: NodeView, vpool: dict[str, dict[str, str]] | None = None) -> PlanResult:
    """Return the plan of this node and an ordinary one; ``vpool`` is that section of the file."""
    asked = settings_of(dict.fromkeys((OTHER, item), "hyper-repl"), vpool=vpool or {})
    return make_plan(documents("scale", asked), world(OTHER, item, zones=(demo_zone(),)))


def chosen(item: NodeView, layout: str, reason: str = "") -> PlanResult:
    return planned(item, {item.address: {"layout": layout, "reason": reason}})


def allowed(layout: str, count: int) -> bool:
    return {"stripe": True, "mirror": count % 2 == 0, "raidz": count >= 3}[layout]


def edited(item: NodeView, layout: str, reason: str = "") -> list[Finding]:
    """Return what is said of the same choice, made in the review."""
    rendered = content(planned(item), f"settings/{item.hostname}")
    before = values(planned(item), item)
    text = rendered.replace(f'vpool_layout="{before["vpool_layout"]}"', f'vpool_layout="{layout}"')
    text = text.replace(f'vpool_reason="{before["vpool_reason"]}"', f'vpool_reason="{reason}"')
    return check_edit(f"settings/{item.hostname}", text, rendered, zone_id="devops1a", deploy_mode="devops")


@pytest.mark.parametrize("reason", ["", "scratch space only"])
@pytest.mark.parametrize("count", range(1, 13))
@pytest.mark.parametrize("layout", VPOOL_LAYOUTS)
def test_every_layout_over_every_number_of_disks(layout: str, count: int, reason: str) -> None:
    item = node(21, disks=count)
    plan = chosen(item, layout, reason)
    wrong = (
        "P02"
        if not allowed(layout, count)
        else "P01"
        if layout == "stripe" and count > 1 and not reason
        else ""
    )
    assert codes(plan.findings) == ([wrong] if wrong else [])
    if not wrong:
        found, advice = values(plan, item), advise_vpool(count)
        assert found["vpool_layout"] == layout
        assert found["vpool_reason"] == (
            reason
            or (
                advice.reason
                if layout == advice.layout
                else f"chosen without a reason; {advice.layout} is advised"
            )
        )
        disks = found["data_disks"].split()
        groups = {"stripe": 0, "mirror": count // 2, "raidz": 1}[layout]
        words = found["vpool_vdevs"].split()
        assert words.count(layout) == groups and [word for word in words if word != layout] == disks
        return
    [finding] = plan.findings
    assert (finding.file, finding.field, finding.node) == (FILE, f"vpool.{item.address}.layout", item.address)
    assert finding.line is not None and not plan.files
    [same] = edited(item, layout, reason)
    assert same.code == "E07" and same.detail == finding.detail
    if wrong == "P02":
        assert same.remedy == finding.remedy
        for other in finding.remedy.removeprefix("choose one of: ").split(", "):
            assert codes(chosen(item, other, "tried").findings) == []


def test_the_finding_stands_where_the_layout_is_written() -> None:
    text = f"""\
zone_id: devops1a
roles:
  {OTHER.address}: {{role: hyper-repl}}
  127.1.0.31: {{role: hyper-repl}}
vpool:
  {OTHER.address}: {{layout: mirror}}
  127.1.0.31:
    reason: ''
    layout: stripe
"""
    read, findings = load_settings(FILE, text.encode(), "scale")
    assert read is not None and findings == []
    plan = make_plan(Documents("scale", read), world(OTHER, node(21), zones=(demo_zone(),)))
    assert [(item.code, item.line) for item in plan.findings] == [("P01", 9)]


def test_without_an_entry_the_advice_counts() -> None:
    plan = planned(node(21, disks=5), {OTHER.address: {"layout": "stripe", "reason": "scratch"}})
    assert values(plan, OTHER)["vpool_reason"] == "scratch"
    advice = advise_vpool(5)
    found = values(plan, node(21))
    assert (found["vpool_layout"], found["vpool_reason"]) == (advice.layout, advice.reason)
    kept = {address: given.get("vpool") for address, given in roles_json(plan.roles).items()}
    assert kept == {OTHER.address: {"layout": "stripe", "reason": "scratch"}, node(21).address: None}


def test_what_has_no_pool_is_named() -> None:
    control = ks(22)
    roles = {OTHER: "hyper-repl", control: "ks/seed"}
    vpool = {address: {"layout": "mirror"} for address in ("127.1.0.99", control.address, OTHER.address)}
    plan = make_plan(
        documents("scale", settings_of(roles, vpool=vpool)), world(OTHER, control, zones=(demo_zone(),))
    )
    stranger, other_role = (item for item in plan.findings if item.code == "P03")
    assert "127.1.0.99 is not a node of this file" in stranger.detail
    assert (stranger.field, stranger.file) == ("vpool.127.1.0.99", FILE)
    assert "is ks: only hyper-repl nodes have a vpool" in other_role.detail
    assert stranger.line is not None and other_role.line == stranger.line + 2


def test_a_node_without_an_ssd_is_left_to_r17() -> None:
    assert codes(chosen(node(21, disks=0), "mirror").findings) == ["R17"]


@given(st.sampled_from(VPOOL_LAYOUTS), st.integers(1, 9), st.text(max_size=30))
def test_any_reason_is_refused_or_shown_as_it_is_written(layout: str, count: int, reason: str) -> None:
    item = node(21, disks=count)
    section = {item.address: {"layout": layout, "reason": reason}}
    asked = settings_of(dict.fromkeys((OTHER, item), "hyper-repl"), vpool=section)
    read, findings = load_settings(FILE, yaml.safe_dump(asked).encode(), "scale")
    if read is None:
        assert {item.field for item in findings} <= {f"vpool.{item.address}.reason", ""}
        return
    plan = make_plan(Documents("scale", read), world(OTHER, item, zones=(demo_zone(),)))
    if plan.ok and reason.strip():
        assert values(plan, item)["vpool_reason"] == reason.strip()


def again(item: NodeView, vpool: dict[str, Any] | None = None) -> PlanResult:
    """Configure the zone once more that has this node in service."""
    zone = replace(demo_zone(), nodes=(item,), vbcs=())
    asked = settings_of({item: "hyper-repl"}, vpool=vpool or {})
    return make_plan(documents("zone", asked, with_base()), world(zones=(zone,)), Options(force=True))


def serving(layout: str, count: int, reason: str = "as it was", **more: Any) -> NodeView:
    item = active(node(21, disks=count), "hyper-repl", "hyper")
    return replace(
        item, pool=PoolView(layout, reason, tuple(disk.reference for disk in item.data_disks)), **more
    )


@pytest.mark.parametrize(("layout", "count"), [("stripe", 2), ("raidz", 4), ("stripe", 5)])
def test_a_pool_in_service_keeps_its_layout(layout: str, count: int) -> None:
    item = serving(layout, count)
    found = values(again(item), item)
    assert (found["vpool_layout"], found["vpool_reason"]) == (layout, "as it was")
    same = again(item, {item.address: {"layout": layout, "reason": "said again"}})
    assert values(same, item)["vpool_reason"] == "said again"


def test_a_pool_in_service_is_not_configured_away() -> None:
    item = serving("raidz", 4)
    plan = again(item, {item.address: {"layout": "mirror"}})
    [finding] = [item for item in plan.findings if item.level == "error"]
    assert finding.code == "R23" and finding.field == f"vpool.{item.address}.layout" and finding.line
    assert "is raidz in service, but mirror in this file" in finding.detail
    assert finding.remedy.startswith("write layout: raidz, or remove the node from vpool")


def test_a_zone_that_was_adopted_may_say_what_its_pools_are() -> None:
    item = serving("mirror", 4)
    assert item.pool is not None
    told = replace(item, pool=replace(item.pool, made_here=False))
    assert values(again(told, {item.address: {"layout": "raidz"}}), told)["vpool_layout"] == "raidz"


def test_the_file_of_a_running_zone_says_what_its_pools_are() -> None:
    item = node(21, disks=4)
    vbc = {
        "mgmt_ips": [item.address],
        "ipv4_vbc": "10.10.50.0/24",
        "ipv4_vip": f"127.1.0.200|{item.address}",
    }
    asked = settings_of({item: "hyper-repl"}, vbc=[vbc], vpool={item.address: {"layout": "raidz"}})
    plan = make_plan(documents("adopt", asked, with_base()), world(item))
    assert values(plan, item)["vpool_layout"] == "raidz"


def test_other_disks_are_laid_out_as_advised() -> None:
    item = serving("stripe", 2, data_disks=ssds(4))
    found = values(again(item), item)
    assert found["vpool_layout"] == "mirror" and found["vpool_reason"] == advise_vpool(4).reason

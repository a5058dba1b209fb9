"""Any well-formed request against any world is a plan or findings, and a plan keeps its promises."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import yaml
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.unit.zones.core.builders import VARIABLES, active, disk, ks, node, ssds, vg, zone_view
from zones.core.diff import diff_plan
from zones.core.documents import load_settings, load_variables
from zones.core.plan import make_plan
from zones.core.plan_input import Documents, Options
from zones.core.plans import world_after
from zones.core.world import EipView, NodeView, VbcView, World

ADDRESSES = [f"127.1.0.{10 + number}" for number in range(20, 28)]
address = st.sampled_from([*ADDRESSES, "127.1.0.99", "127.1.0.12"])
ROLE_NAMES = st.sampled_from(["hyper-pair", "hyper-repl", "hyper-sanc", "vg", "ks"])
SUBS = st.lists(
    st.sampled_from(["seed", "vbr", "pgpool", "pgserver", "zoocassa", "hyper", "vgateway"]), max_size=2
)
NETWORK = st.sampled_from(
    ["10.10.60.0/24", "10.10.61.0/25", "10.10.50.0/24", "10.9.0.0/24", "203.0.113.0/24", ""]
)
VIP = st.tuples(st.sampled_from(["127.1.0.205", "127.1.0.200", "127.1.0.12"]), address).map("|".join)
VBCS = st.lists(
    st.fixed_dictionaries(
        {
            "mgmt_ips": st.lists(address, max_size=3),
            "ipv4_vbc": NETWORK,
            "ipv4_vip": st.one_of(st.just(""), VIP),
        }
    ),
    max_size=3,
)
EIP_TEXTS = st.lists(
    st.sampled_from(["203.0.113.0/24|.1", "192.0.2.0/24|.1|HA0", "10.10.0.0/24|.1", "x"]), max_size=2
)
VPOOLS = st.dictionaries(
    address,
    st.fixed_dictionaries(
        {"layout": st.sampled_from(["stripe", "mirror", "raidz"])}, optional={"reason": st.text(max_size=8)}
    ),
    max_size=3,
)
SETTINGS = st.fixed_dictionaries(
    {
        "zone_id": st.sampled_from(["devops1a", "devops1b"]),
        "roles": st.dictionaries(
            address, st.fixed_dictionaries({"role": ROLE_NAMES, "sub_roles": SUBS}), min_size=1, max_size=6
        ),
    },
    optional={
        "pairs": st.lists(st.lists(address, max_size=3), max_size=3),
        "eips": st.dictionaries(address, EIP_TEXTS, max_size=2),
        "vbc": VBCS,
        "vms": st.dictionaries(
            st.sampled_from(["proxy", "ks", "zoocassa"]), st.lists(address, max_size=3), max_size=2
        ),
        "qemu_version": st.sampled_from(["", "2.11.1.1"]),
        "vpool": VPOOLS,
    },
)
BASES = st.sampled_from(
    [
        {},
        {"vm_base_network_start": ""},
        {"vm_base_network_ipv6": "fd00::/48"},
        {"vm_base_network_ipv6": "fd00::/120"},
        {"vm_base_network": "127.1.0.0/20", "vm_base_network_start": "127.1.0.0/24"},
        {"vm_base_network": "10.10.50.0/24"},
        {"vm_base_network_start": "10.99.0.0/24"},
        {"network_mode": "vlan", "installer_allocate_vbc": 0},
        {"network_mode": "vlan"},
        {"installer_allocate_vbc": 0},
    ]
)
MODES = st.sampled_from(["standard", "fusion", "devops", "devops"])
POOLS = st.sampled_from(
    [
        [],
        ["127.1.0.200/24-127.1.0.230/24"],
        ["127.1.0.200/24-127.1.0.201/24", "fd77::1/64-fd77::9/64"],
        ["127.1.0.150/24-127.1.0.160/24", "fd77::1/64-fd77::9/64"],
        ["bad", "1-2"],
    ]
)


def machine(number: int, role: str, ssd_count: int) -> NodeView:
    """Make a node whose hardware fits the role."""
    if role == "vg":
        return vg(number)
    if role == "ks":
        return ks(number)
    hdd = (disk("sdx", "sata"),)
    return node(number, data_disks=hdd if role == "hyper-pair" else ssds(ssd_count))


@st.composite
def sound(draw: st.DrawFn) -> tuple[dict[str, Any], list[NodeView]]:
    """Draw a request that fits its machines, with the machines; the rules may still refuse it."""
    found, roles, eips = [], {}, {}
    for number in range(20, 20 + draw(st.integers(1, 8))):
        role = draw(st.sampled_from(["hyper-repl", "hyper-repl", "hyper-pair", "hyper-sanc", "vg", "ks"]))
        item = machine(number, role, draw(st.integers(1, 5)))
        found.append(item)
        roles[item.address] = {"role": role, "sub_roles": ["seed"] if role == "ks" else []}
        if role == "vg":
            eips[item.address] = ["198.18.0.0/24|.1", f"198.18.{number}.0/24|.1|HA0"]
    pools = [item for item in found if roles[item.address]["role"] == "hyper-repl"]
    vpool = {item.address: draw(layout_for(item)) for item in pools if draw(st.booleans())}
    return {"roles": roles, "eips": eips, "vpool": vpool}, found


def layout_for(item: NodeView) -> st.SearchStrategy[dict[str, str]]:
    """Draw a layout that fits the disks."""
    count = len(item.data_disks)
    fit = ["stripe", *["mirror"] * (count % 2 == 0), *["raidz"] * (count >= 3)]
    return st.sampled_from(fit).map(lambda layout: {"layout": layout, "reason": "test data"})


@st.composite
def broken(draw: st.DrawFn) -> tuple[dict[str, Any], list[NodeView]]:
    """Draw any request over machines of any kind and state."""
    found = []
    for number in range(20, 28):
        role = draw(st.sampled_from(["hyper-repl", "hyper-pair", "vg", "ks"]))
        status = draw(st.sampled_from(["available", "available", "new", "active", "configured"]))
        item = replace(machine(number, role, draw(st.integers(0, 5))), status=status)
        found.append(replace(item, nics=(), mgmt_interface="") if draw(st.integers(0, 9)) == 0 else item)
    return draw(SETTINGS), found


def as_yaml(content: dict[str, Any]) -> bytes:
    return yaml.safe_dump(content, sort_keys=False).encode()


def surroundings(values: dict[str, Any], fresh: list[NodeView]) -> World:
    """Return zone devops1a with one hyper in service, and the machines."""
    member = active(node(2), "hyper-repl", "hyper")
    own = zone_view(
        (member,),
        values | {"base": values["base"] | {"zone_id": "devops1a"}},
        vbcs=(VbcView((member.address,), "10.10.50.0/24", "127.1.0.200", member.address),),
        eips=(EipView("127.1.0.14", "203.0.113.0/24", "203.0.113.1"),),
    )
    return World((own,), (member, *fresh))


@examples(250, suppress_health_check=[HealthCheck.too_slow])
@given(
    kind=st.sampled_from(["scale", "zone", "adopt"]),
    wanted=st.one_of(sound(), sound(), broken()),
    base=BASES,
    mode=MODES,
    vips=POOLS,
    force=st.booleans(),
)
def test_a_request_is_a_plan_or_findings(
    kind: str,
    wanted: tuple[dict[str, Any], list[NodeView]],
    base: dict[str, Any],
    mode: str,
    vips: list[str],
    force: bool,
) -> None:
    content, fresh = wanted
    zone_id = content.get("zone_id") or ("devops1a" if kind == "scale" else "devops1b")
    content = {"zone_id": zone_id, **content}
    stem = "scale_settings" if kind == "scale" else "settings"
    read, findings = load_settings(f"{stem}.{zone_id}.yaml", as_yaml(content), kind)
    values = VARIABLES | {
        "base": VARIABLES["base"] | base | {"zone_id": zone_id, "deploy_mode": mode},
        "advance": {"vip_pools": vips},
    }
    variables, more = load_variables(f"variables.{zone_id}.yaml", as_yaml(values))
    if read is None or variables is None:
        assert findings or more
        return
    given_variables = None if kind == "scale" else variables
    docs = Documents(kind, read, given_variables, tuple(findings + (more if given_variables else [])))
    known = surroundings(values, fresh)
    options = Options(force=force)
    plan = make_plan(docs, known, options)
    again = make_plan(docs, known, options)
    assert plan == again and plan.content_hash == again.content_hash
    assert plan.ok == bool(plan.files)
    for item in plan.findings:
        assert item.detail and item.remedy
    if not plan.ok:
        return
    assert {role.address for role in plan.roles} == set(read.roles)
    assert len({item.path for item in plan.files}) == len(plan.files)
    networks = [vbc.ipv4_network for vbc in plan.vbcs if vbc.ipv4_network]
    assert len(set(networks)) == len(networks)
    assert not diff_plan({}, plan.files, partial=kind == "scale").empty
    after = world_after(known, plan)
    assert set(read.roles) <= {item.address for item in after.zone_by_id[zone_id].nodes}

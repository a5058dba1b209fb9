"""Plans whose files are compared with the golden ones."""

from __future__ import annotations

from pathlib import Path

from tests.unit.zones.core.builders import (
    demo_scale,
    demo_zone,
    disk,
    documents,
    node,
    settings_of,
    with_base,
    world,
)
from zones.core.plan import PlanResult, make_plan
from zones.core.rendering.settings_reader import read_settings
from zones.core.world import NicView, NodeView, VbcView

GOLDEN = Path(__file__).parent / "golden"
DUAL = VbcView(
    ("127.1.0.12",), "10.10.50.0/23", "127.1.0.200", "127.1.0.12", "fd00:10::/64", "fd77::10", "127.1.0.12"
)


def content(plan: PlanResult, path: str) -> str:
    assert plan.ok, plan.findings
    return next(item.content for item in plan.files if item.path == path)


def values(plan: PlanResult, item: NodeView) -> dict[str, str]:
    return read_settings(content(plan, f"settings/{item.hostname}"))


def golden(name: str) -> str:
    return (GOLDEN / name).read_text()


def pair_plan() -> PlanResult:
    """Plan two mirrored hypers with a bonded, tagged management network, in a standard zone."""
    nodes = []
    for number, disks in (
        (20, (disk("sdc", "sata", 4000), disk("sdb", "ssd", 960))),
        (21, (disk("sdb", "sas"),)),
    ):
        nics = (
            NicView("eth0", "52:54:00:00:01:01"),
            NicView("eth1", "52:54:00:00:01:02"),
            NicView("bond0", "52:54:00:00:01:01", "bond", bond_mode="802.3ad", slaves=("eth0", "eth1")),
            NicView(
                "bond0.80",
                "52:54:00:00:01:01",
                "vlan",
                f"127.1.0.{number + 10}",
                24,
                vlan_id=80,
                raw_device="bond0",
            ),
        )
        nodes.append(node(number, data_disks=disks, nics=nics, mgmt_interface="bond0.80"))
    roles = dict.fromkeys(nodes, "hyper-pair/hyper")
    return make_plan(
        documents("scale", settings_of(roles)), world(*nodes, zones=(demo_zone(deploy_mode="standard"),))
    )


def fusion_plan() -> PlanResult:
    """Plan a new fusion zone with IPv6, an SSD pool of five, and another QEMU than its region."""
    hypers = [
        node(2, zone="devops1b", disks=5),
        node(3, zone="devops1b", disks=4),
        node(4, zone="devops1b", disks=1),
    ]
    base = {
        "zone_id": "devops1b",
        "deploy_mode": "fusion",
        "vm_base_network_start": "10.10.80.0/24",
        "vm_base_network_ipv6": "fd00:10::/48",
    }
    pools = ["127.1.0.200/24-127.1.0.230/24", "fd77::10/64-fd77::20/64"]
    variables = with_base(**base) | {
        "advance": {"vip_pools": pools, "mgmt_network_pools": ["127.1.0.100/24-127.1.0.140/24"]}
    }
    roles = {
        hypers[0]: "hyper-repl/hyper,seed,vbr",
        hypers[1]: "hyper-repl/hyper",
        hypers[2]: "hyper-repl/hyper",
    }
    text = settings_of(roles, qemu_version="2.11.1.1") | {"zone_id": "devops1b"}
    return make_plan(documents("zone", text, variables), world(*hypers, zones=(demo_zone(),)))


PLANS = {"demo": demo_scale, "pair": pair_plan, "fusion": fusion_plan}
FILES = [
    ("demo", "settings/devops1ar01n04", "vg.settings"),
    ("demo", "settings/devops1ar01n05", "hyper-repl-master.settings"),
    ("demo", "settings/devops1ar01n06", "hyper-repl.settings"),
    ("demo", "hosts", "demo.hosts"),
    ("demo", "variables/variables.yaml", "demo.variables.yaml"),
    ("pair", "settings/devops1ar01n20", "hyper-pair-cached.settings"),
    ("pair", "settings/devops1ar01n21", "hyper-pair.settings"),
    ("fusion", "settings/devops1br01n02", "fusion-hyper.settings"),
    ("fusion", "hosts", "fusion.hosts"),
    ("fusion", "variables/variables.yaml", "fusion.variables.yaml"),
    ("fusion", "server/server.yaml", "fusion.server.yaml"),
    ("fusion", "routes/frr", "fusion.frr"),
]

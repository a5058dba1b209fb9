"""Files of the whole zone: routes, haproxy, server.yaml, node lists."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
import yaml

from tests.unit.zones.core.builders import (
    active,
    demo_scale,
    demo_zone,
    documents,
    node,
    settings_of,
    vg,
    world,
    zone_view,
)
from tests.unit.zones.core.golden_plans import DUAL, content, fusion_plan, golden
from zones.core.plan import make_plan
from zones.core.rendering import (
    SYNTAXES,
    emulator_bins,
    render_haproxy,
    render_routes,
    render_server_yaml,
)
from zones.core.world import VbcView

ROUTES = {
    "iproute2": "ip route add 10.10.50.0/23 via 127.1.0.200\nip -6 route add fd00:10::/64 via fd77::10\n",
    "cisco": "ip route 10.10.50.0 255.255.254.0 127.1.0.200\nipv6 route fd00:10::/64 fd77::10\n",
    "h3c": "ip route-static 10.10.50.0 255.255.254.0 127.1.0.200\nipv6 route-static fd00:10:: 64 fd77::10\n",
    "frr": "ip route 10.10.50.0/23 127.1.0.200\nipv6 route fd00:10::/64 fd77::10\n",
}


@pytest.mark.parametrize("syntax", list(ROUTES))
def test_routes_in_each_syntax(syntax: str) -> None:
    assert render_routes([DUAL], syntax) == ROUTES[syntax]
    assert render_routes([], syntax) == ""


def test_routes_as_json_and_unknown_syntaxes() -> None:
    found = json.loads(render_routes([DUAL, VbcView((), "10.10.9.0/24", "127.1.0.9")], "json"))
    assert [item["network"] for item in found] == ["10.10.9.0/24", "10.10.50.0/23", "fd00:10::/64"]
    assert found[2] == {"network": "fd00:10::/64", "via": "fd77::10", "family": "ipv6"}
    assert json.loads(render_routes([], "json")) == []
    with pytest.raises(ValueError, match=", ".join(SYNTAXES)):
        render_routes([DUAL], "junos")


def test_haproxy_follows_the_global_site_and_the_mode() -> None:
    plain = render_haproxy(["10.0.0.1"], global_protocol="http", fusion=False)
    assert "server apiserver_0 10.0.0.1:7777 check" in plain
    assert "bind 0.0.0.0:8000" in plain and "server io_server_0 10.0.0.1:8000 check" in plain
    assert plain.count("mode tcp") == 3 and plain.count("balance source") == 2
    webs = ("global-webservice0", "global-webservice1")
    assert render_haproxy(webs, global_protocol="https", fusion=True) == golden("fusion.haproxy.cfg")


@pytest.mark.parametrize("hosts", [[], ["a b"], ["x\n    server evil 1.2.3.4:1"], ["-a"]])
def test_haproxy_refuses_what_is_no_host(hosts: list[str]) -> None:
    with pytest.raises(ValueError, match=r"."):
        render_haproxy(hosts, global_protocol="https", fusion=False)
    with pytest.raises(ValueError, match="neither http nor https"):
        render_haproxy(["a"], global_protocol="ftp", fusion=False)


def test_server_yaml_lists_each_version_with_its_folder() -> None:
    bins = emulator_bins("2.4.1.2", ("2.11.1.1", "2.4.1.2", ""))
    found = yaml.safe_load(render_server_yaml(bins, "2.11.1.1").content)
    assert found == {
        "compute_server": {
            "emulator": {
                "2.4.1.2": {"bin": "/usr/bin"},
                "2.11.1.1": {"bin": "/opt/qemu-2.11.1.1/usr/bin"},
                "default": "2.11.1.1",
            }
        }
    }
    short = yaml.safe_load(render_server_yaml({"2.11": "/usr/bin"}, "2.11").content)
    assert list(short["compute_server"]["emulator"]) == ["2.11", "default"]
    assert yaml.safe_load(render_server_yaml({}, "").content) == {"compute_server": {"emulator": {}}}


def test_node_lists_hold_the_whole_zone_afterwards() -> None:
    plan = demo_scale()
    lists = {item.path[6:]: item.content.split() for item in plan.files if item.path.startswith("nodes/")}
    everybody = [f"devops1ar01n{number:02d}" for number in range(1, 11)]
    assert lists["all"] == lists["phy"] == everybody
    assert lists["ks"] == lists["devops1a-ks"] == lists["seed"] == everybody[:1]
    assert lists["vg"] == lists["vgateway"] == [everybody[3]]
    assert lists["hyper"] == lists["hyper-repl"] == lists["devops1a-hyper-repl"]
    assert all(lists[name] == [name] for name in everybody)


def test_node_lists_of_vms_and_of_an_empty_group() -> None:
    plan = fusion_plan()
    lists = {item.path[6:]: item.content.split() for item in plan.files if item.path.startswith("nodes/")}
    assert lists["vm-ks"] == ["devops1b-ks0", "devops1b-ks1", "devops1b-ks2"]
    assert set(lists["all"]) - set(lists["phy"]) == set(lists["vm-ks"])
    assert lists["vg"] == [] and lists["ks"] == []


def test_a_retired_node_is_in_no_list() -> None:
    gone = replace(active(node(9), "hyper-repl"), status="retired")
    zone = zone_view((*demo_zone().nodes, gone), vbcs=demo_zone().vbcs)
    gateway = vg(20)
    text = settings_of({gateway: "vg"}, eips={gateway.address: ["203.0.113.0/24|.1"]})
    plan = make_plan(documents("scale", text), world(gateway, zones=(zone,)))
    assert gone.hostname not in content(plan, "nodes/all") + content(plan, "hosts")

"""Remedies about a zone that joins its region's global zone are followed as printed."""

from __future__ import annotations

import re

import pytest
import yaml

from common.actor import Actor
from operations.region.service import tick_checklist
from tests.fixtures.region import VARIABLES, settings_text
from tests.lab.installer.remedies.stage import Stage
from tests.support import newzone
from zones.models import Plan, Zone

pytestmark = pytest.mark.django_db(transaction=True)
VBC = "vbc:\n  - {mgmt_ips: [172.16.80.13, 172.16.80.14], ipv4_vbc: 10.30.50.0/24, ipv4_vip: 172.16.80.160|172.16.80.13}\n"


def global_files(stage: Stage, mode: str = "devops", **vms: list[str]) -> dict[str, str]:
    """Return the files of pek3a, the global zone of the region, by name; ``vms`` by role."""
    variables = yaml.safe_load(VARIABLES.replace(b"MODE", mode.encode()))
    variables["base"] |= {"zone_id": "pek3a", "is_global_zone": 1}
    variables["base"] |= {"vm_base_network": "10.30.0.0/16", "vm_base_network_start": "10.30.50.0/24"}
    variables["advance"] = {"vip_pools": ["172.16.80.160/24-172.16.80.170/24"], "mgmt_network_address": vms}
    settings = settings_text({13: "hyper-repl", 14: "hyper-repl"}, VBC).replace(b"pek3c", b"pek3a")
    return {
        "variables.pek3a.yaml": stage.file("variables.pek3a.yaml", yaml.safe_dump(variables)),
        "settings.pek3a.yaml": stage.file("settings.pek3a.yaml", settings),
    }


def adopt_global(stage: Stage, mode: str = "devops", **vms: list[str]) -> None:
    stage.region.nodes(13, 14)
    files = global_files(stage, mode, **vms)
    stage.does("adopt_zone", "-v", files["variables.pek3a.yaml"], "-s", files["settings.pek3a.yaml"])


def configure(stage: Stage, remedy: str, zone_id: str, files: dict[str, str]) -> None:
    """Configure the zone again as the remedy says, and approve the plan."""
    stage.follow(remedy, "config_qingcloud", **files)
    assert remedy.endswith("then approve_plan")
    plan = stage.approve(str(Plan.objects.get(zone__zone_id=zone_id, status="draft").plan_id))
    assert Plan.objects.get(plan_id=plan).status == "applied"


def zone_files(stage: Stage, **vms: list[str]) -> dict[str, str]:
    """Return the files with which pek3c was adopted, and management VMs."""
    variables = yaml.safe_load(VARIABLES.replace(b"MODE", b"devops"))
    variables["advance"]["mgmt_network_address"] = vms
    roles = {11: "hyper-repl", 12: "hyper-repl"}
    return {
        "variables.pek3c.yaml": stage.file("variables.pek3c.yaml", yaml.safe_dump(variables)),
        "settings.pek3c.yaml": stage.file("settings.pek3c.yaml", settings_text(roles)),
    }


@pytest.mark.remedy("G03")
def test_a_region_whose_global_zone_is_not_known(stage: Stage) -> None:
    command = "render_haproxy", "-z", "pek3c"
    remedy = stage.refused("G03", *command)
    assert "adopt_zone with its variables (is_global_zone: 1) and settings" in remedy
    adopt_global(stage, webservice=["172.16.80.151"])
    assert "172.16.80.151" in stage.does(*command).out


@pytest.mark.remedy("H01")
def test_the_global_zone_does_not_join_itself(stage: Stage) -> None:
    adopt_global(stage, webservice=["172.16.80.151"], proxy=["172.16.80.152"])
    for command in (("render_haproxy", "-z"), ("zone_checklist", "-z")):
        assert stage.refused("H01", *command, "pek3a") == "specify a zone that was added to its region"
        stage.does(*command, "pek3c")


@pytest.mark.remedy("H02")
def test_a_global_zone_that_was_adopted_without_its_web_services(stage: Stage) -> None:
    adopt_global(stage)
    command = "render_haproxy", "-z", "pek3c"
    remedy = stage.refused("H02", *command)
    assert remedy.startswith("specify webservice in mgmt_network_address of variables.pek3a.yaml")
    configure(stage, remedy, "pek3a", global_files(stage, webservice=["172.16.80.151"]))
    assert "172.16.80.151" in stage.does(*command).out
    assert Zone.objects.get(zone_id="pek3a").is_global


@pytest.mark.remedy("H02")
def test_web_services_of_a_fused_global_zone(stage: Stage) -> None:
    adopt_global(stage, "fusion")
    command = "render_haproxy", "-z", "pek3c"
    remedy = stage.refused("H02", *command)
    assert remedy.startswith(
        "specify zoocassa (the fused VMs) in mgmt_network_address of variables.pek3a.yaml"
    )
    fused = [f"172.16.80.{number}" for number in (151, 152, 153)]
    configure(stage, remedy, "pek3a", global_files(stage, "fusion", zoocassa=fused))
    shown = stage.does(*command).out
    assert all(f"{address}:" in shown for address in fused)


@pytest.mark.remedy("H02", "L05")
@pytest.mark.parametrize(("code", "verb"), [("H02", "render_haproxy"), ("L05", "zone_checklist")])
def test_a_site_protocol_that_is_none(stage: Stage, code: str, verb: str) -> None:
    vms = {"webservice": ["172.16.80.151"]}
    adopt_global(stage, **vms)
    variables = Zone.objects.get(zone_id="pek3a").variables
    variables["common"]["site_protocol"] = "gopher"
    Zone.objects.filter(zone_id="pek3a").update(variables=variables)
    remedy = stage.refused(code, verb, "-z", "pek3c")
    assert remedy.startswith("set site_protocol to http or https in variables.pek3a.yaml")
    configure(stage, remedy, "pek3a", global_files(stage, **vms))
    stage.does(verb, "-z", "pek3c")


@pytest.mark.remedy("H03", "L01")
def test_a_zone_that_was_adopted_without_its_proxies(stage: Stage) -> None:
    adopt_global(stage, webservice=["172.16.80.151"])
    gate = "render_front_gate", "-z", "pek3c", "--port", "9801"
    preview = "render_haproxy", "-z", "pek3c", "--preview"
    remedies = [stage.refused("H03", *preview), stage.refused("L01", *gate)]
    assert "listen api-front" in stage.follow(remedies[0], "render_haproxy").out
    for remedy in remedies:
        assert "specify proxy in mgmt_network_address of variables.pek3c.yaml" in remedy
    configure(stage, remedies[1], "pek3c", zone_files(stage, proxy=["172.16.80.155"]))
    assert "172.16.80.155:9801" in stage.does(*gate).out
    # The way on is what a machine needs that the console does not know yet.
    assert "add_nodes --ip 172.16.80.155" in stage.refused("G02", *preview)


@pytest.mark.remedy("L01")
def test_a_port_that_is_taken(stage: Stage) -> None:
    newzone.planned_zone(stage.region)
    command = "render_front_gate", "-z", "pek3d", "--port"
    assert stage.refused("L01", *command, "443") == "use another port"
    stage.does(*command, "9801")


CHECKLIST = ("zone_checklist", "-z", "pek3d")


@pytest.fixture
def joining(stage: Stage) -> Stage:
    """Join zone pek3d, which is planned, to the region of pek3c."""
    newzone.planned_zone(stage.region)
    return stage


@pytest.mark.remedy("L02")
def test_an_item_that_is_not_on_the_list(joining: Stage) -> None:
    command = *CHECKLIST, "--tick"
    remedy = joining.refused("L02", *command, "service")
    items = [row["item"] for row in joining.follow(remedy, "zone_checklist").json]
    assert "services" in items
    joining.does(*command, "services")


@pytest.mark.remedy("L03")
def test_an_item_that_is_ticked_already(joining: Stage) -> None:
    command = *CHECKLIST, "--tick", "services"
    joining.does(*command)
    remedy = joining.refused("L03", *command)
    assert remedy == "no action is needed; if the work is not done, untick the item first"
    joining.does(*CHECKLIST, "--untick", "services")
    joining.does(*command)


@pytest.mark.remedy("L04")
def test_an_item_that_is_not_ticked(joining: Stage) -> None:
    joining.does(*CHECKLIST, "--tick", "services")
    command = *CHECKLIST, "--untick"
    remedy = joining.refused("L04", *command, "service")
    ticked = [row["item"] for row in joining.follow(remedy, "zone_checklist").json if row["ticked_by"]]
    joining.does(*command, *ticked)


@pytest.mark.remedy("L06")
def test_the_tick_of_somebody_else(joining: Stage) -> None:
    tick_checklist(zone_id="pek3d", item="services", actor=Actor("ann", "admin"), comment="both run")
    command = *CHECKLIST, "--untick", "services"
    remedy = joining.refused("L06", *command)
    [named] = re.findall(r"(--ticked-at \S+)", remedy)
    joining.does(*command, *named.split())

"""What is left to do after retiring machines or adopting a zone is done as printed."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from jobs.models import Job
from nodes.models import Node
from tests.db.installer.test_admin_pages import signed_in
from tests.fixtures.callers import Result
from tests.lab.installer.remedies.faces import refused_over_rest, sent
from tests.lab.installer.remedies.stage import A11, A22, Stage
from tests.support import demo
from zones.models import Role, VbcAssignment, Zone, ZoneFile

pytestmark = pytest.mark.django_db(transaction=True)
A12 = "172.16.80.12"


def retire(stage: Stage, *addresses: str) -> Result:
    names = " ".join(Node.objects.filter(mgmt_address__in=addresses).values_list("hostname", flat=True))
    return stage.does("retire_nodes", "-i", *addresses, "--reason", "burnt", "--confirm", names)


def left(result: Result, detail: str) -> str:
    """Return what is left to do by hand about this, as printed."""
    [remedy] = re.findall(rf"^Z23 .*{detail}.* -> (.*)$", result.err, re.MULTILINE)
    return str(remedy)


def patched(text: str, diff: str) -> str:
    """Apply a unified diff to the text, as patch(1) does; every line must fit."""
    lines, out, at = text.splitlines(), [], 0
    for line in diff.splitlines():
        if line.startswith(("---", "+++")):
            continue
        if line.startswith("@@"):
            start = int(line.split()[1].split(",")[0].removeprefix("-")) - 1
            out += lines[at:start]
            at = start
        elif line.startswith("+"):
            out.append(line[1:])
        else:
            assert lines[at] == line[1:], (at, line)
            out += [] if line.startswith("-") else [line[1:]]
            at += 1
    return "\n".join([*out, *lines[at:]]) + "\n"


@pytest.mark.remedy("Z23")
def test_the_settings_of_the_next_master(stage: Stage) -> None:
    file = ZoneFile.objects.get(path="settings/pek3cr01n12")
    there = file.content
    vip = VbcAssignment.objects.get().ipv4_vip
    assert "hyper_vip_address=" not in there
    result = retire(stage, A11)
    assert left(result, "becomes Master") == "it must hold the VIP from now on"
    remedy = left(result, "the settings of pek3cr01n12 must change")
    assert (
        remedy == "add the lines below to /pitrix/conf/settings there and restart the programs that read them"
    )
    now = patched(there, result.err[result.err.index("--- ") :].rpartition("\nretired from")[0])
    file.refresh_from_db()
    assert now == file.content and f'hyper_vip_address="{vip}"' in now


@pytest.mark.remedy("Z23")
def test_the_settings_of_the_next_master_that_somebody_edited(stage: Stage) -> None:
    file = ZoneFile.objects.get(path="settings/pek3cr01n12")
    file.content = re.sub(
        r"^vm_network_routing_rule=.*$", 'vm_network_routing_rule="mine"', file.content, flags=re.M
    )
    file.save()
    result = retire(stage, A11)
    remedy = left(result, "its file was edited at the lines that change")
    assert remedy == "add the lines below to /pitrix/conf/settings there by hand, next to the edit"
    added = re.findall(r"^\+(\w+=.*)$", result.err, re.MULTILINE)
    assert any(line.startswith("hyper_vip_address=") for line in added)
    file.refresh_from_db()
    assert 'vm_network_routing_rule="mine"' in file.content


@pytest.mark.remedy("Z23")
def test_the_mirror_list_and_the_address_of_the_machine(stage: Stage) -> None:
    result = retire(stage, A11)
    stage.follow(left(result, "mirror list"), "update_hyper_mirror")
    job = Job.objects.get(action="update_hyper_mirror")
    assert [step.address for step in job.steps.all() if step.address] == [A12]
    stage.ends(job, "succeed")
    stage.follow(
        left(result, "not run anything on a retired machine"),
        "delete_nodes",
        "-i",
        A11,
        "--confirm",
        "pek3cr01n11",
    )
    stage.does("add_nodes", "-i", A11)


@pytest.mark.remedy("Z23")
def test_the_return_route_of_a_network_that_nobody_carries(stage: Stage) -> None:
    gateway = set(stage.does("dump_vbc_route", "-z", "pek3c").out.splitlines())
    remedy = left(retire(stage, A11, A12), "no node carries")
    command = remedy.removeprefix("remove its return route from the gateway: ")
    [there] = [line for line in gateway if line.split()[3:] == command.split()[3:]]
    gateway.remove(there)
    assert gateway == set(stage.does("dump_vbc_route", "-z", "pek3c").out.splitlines())


@pytest.mark.remedy("Z23")
def test_a_role_that_no_node_has_any_more(stage: Stage) -> None:
    Role.objects.filter(node__mgmt_address=A12).update(role="ks")
    remedy = left(retire(stage, A12), "no ks node remains")
    assert remedy == "add another one with the next scaling"
    [node] = stage.region.nodes(22)
    node.disks.filter(name="sdc").delete()
    text = f"zone_id: pek3c\nroles: {{{A22}: {{role: ks, sub_roles: [seed]}}}}\n"
    [made] = stage.does("config_qingcloud", "-s", stage.file("scale_settings.pek3c.yaml", text)).json
    stage.approve(made["plan_id"])
    assert Role.objects.get(node__mgmt_address=A22).role == "ks"


def files(**settings: Any) -> dict[str, Any]:
    texts = demo.texts()
    return {"variables": texts["variables"], "settings": texts["settings"], **settings}


@pytest.mark.remedy("Z40")
def test_a_zone_that_would_be_recorded_in_another_way_by_now(data_dir: Any, operator: APIClient) -> None:
    demo.nodes()
    seen = sent(operator, "zones/adopt/", {**files(), "check": True})["content_hash"]
    Node.objects.filter(mgmt_address="127.1.0.12").update(hostname="devops1ar02n12")
    remedy = refused_over_rest("Z40", operator, "zones/adopt/", {**files(), "content_hash": seen})
    assert remedy == "open the preview again"
    shown = sent(operator, "zones/adopt/", {**files(), "check": True})
    assert "devops1ar02n12" in str(shown["roles"])
    sent(operator, "zones/adopt/", {**files(), "content_hash": shown["content_hash"]})
    assert Zone.objects.get().zone_id == demo.ZONE


@pytest.mark.remedy("Z40")
def test_the_page_of_a_zone_that_would_be_recorded_in_another_way_by_now(
    data_dir: Any, client: Client
) -> None:
    demo.nodes()
    signed_in(client, "operator")
    page = reverse("admin:zones_zone_configure")
    texts = files()
    form = {"adopt": "1"} | {
        f"{kind}_{part}": texts[kind][part] for kind in texts for part in ("name", "text")
    }
    seen = client.post(page, form).context["preview"]["content_hash"]
    Node.objects.filter(mgmt_address="127.1.0.12").update(hostname="devops1ar02n12")
    stale = client.post(page, {**form, "content_hash": seen})
    assert "Z40" in stale.content.decode() and "open the preview again" in stale.content.decode()
    shown = client.post(page, form)
    assert "devops1ar02n12" in shown.content.decode()
    client.post(page, {**form, "content_hash": shown.context["preview"]["content_hash"]})
    assert Zone.objects.get().zone_id == demo.ZONE

"""Scale-outs: begun, filled, handed over and closed, through services, commands and REST; and loaded from the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from common.actor import Actor
from common.errors import NotFound, Outdated, Refused
from common.messages import message
from common.models import AuditEntry
from jobs.models import Job, Step
from nodes.models import Disk, Node
from nodes.states import NodeStatus
from operations.models import ScaleOut
from operations.scale_out.service import (
    add_to_scale_out,
    begin_scale_out,
    change_scale_out,
    close_scale_out,
    confirm_routes,
    describe_scale_out,
    list_scale_outs,
    note_scale_out,
    remove_from_scale_out,
)
from tests import factories
from zones.models import Plan

pytestmark = pytest.mark.django_db
ANN, BOB = Actor("ann", "admin"), Actor("bob", "admin")
URL = "/api/v1/zones/pek3c/scale-outs"


@pytest.fixture
def begun() -> ScaleOut:
    factories.make_zone()
    return begin_scale_out(zone_id="pek3c", actor=ANN)


def codes(refusal: Any) -> list[str]:
    return [finding.code for finding in refusal.value.findings]


def shown(scale_out: ScaleOut) -> dict[str, Any]:
    found = describe_scale_out(scale_out_id=scale_out.scale_out_id)
    return {stage["name"]: stage for stage in found["stages"]} | {"next": found["next"]}


def test_addresses_become_nodes_and_known_nodes_are_taken(begun: ScaleOut) -> None:
    known = factories.make_node(7)
    added = add_to_scale_out(
        scale_out_id=begun.scale_out_id, addresses=["172.16.80.7-172.16.80.9"], actor=ANN, port=2222
    )
    assert sorted(str(node.mgmt_address) for node in added) == ["172.16.80.7", "172.16.80.8", "172.16.80.9"]
    assert Node.objects.get(mgmt_address="172.16.80.8").ssh_port == 2222
    assert Node.objects.get(pk=known.pk).ssh_port == 22 and begun.nodes.count() == 3
    again = add_to_scale_out(scale_out_id=begun.scale_out_id, addresses=["172.16.80.7"], actor=ANN)
    assert again == [] and begun.nodes.count() == 3
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["begin_scale_out", "add_nodes", "add_to_scale_out"]


def test_a_zone_has_one_open_scale_out(begun: ScaleOut) -> None:
    with pytest.raises(Refused) as refusal:
        begin_scale_out(zone_id="pek3c", actor=BOB, addresses=["172.16.80.7"])
    assert codes(refusal) == ["B01"] and "begun by ann" in str(refusal.value.message)
    assert not Node.objects.exists()
    close_scale_out(scale_out_id=begun.scale_out_id, actor=BOB)
    assert begin_scale_out(zone_id="pek3c", actor=BOB).pk != begun.pk
    assert [row["status"] for row in list_scale_outs(zone_id="pek3c")] == ["open", "closed"]


def test_what_is_refused_leaves_nothing_behind() -> None:
    with pytest.raises(Refused) as refusal:
        begin_scale_out(zone_id="PEK 3c", actor=ANN)
    assert codes(refusal) == ["B07"]
    with pytest.raises(Refused):
        begin_scale_out(zone_id="pek3c", actor=ANN, addresses=["172.16.80.7", "172.16.80.300"])
    assert not ScaleOut.objects.exists() and not Node.objects.exists()


def test_only_nodes_that_can_join_are_taken(begun: ScaleOut) -> None:
    zone = factories.make_zone("pek3d")
    other = begin_scale_out(zone_id="pek3d", actor=BOB, addresses=["172.16.80.11"])
    factories.make_node(12, status=NodeStatus.ACTIVE)
    factories.make_node(13, status=NodeStatus.RETIRED)
    factories.make_role(factories.make_node(14, status=NodeStatus.CONFIGURED), zone)
    factories.make_node(15)
    with pytest.raises(Refused) as refusal:
        add_to_scale_out(scale_out_id=begun.scale_out_id, addresses=["172.16.80.11-172.16.80.16"], actor=ANN)
    said = {finding.node: finding.message.says for finding in refusal.value.findings}
    assert said == {
        "172.16.80.11": "other_scale_out",
        "172.16.80.12": "status",
        "172.16.80.13": "status",
        "172.16.80.14": "other_zone",
    }
    assert begun.nodes.count() == 0 and not Node.objects.filter(mgmt_address="172.16.80.16").exists()
    close_scale_out(scale_out_id=other.scale_out_id, actor=BOB)
    add_to_scale_out(scale_out_id=begun.scale_out_id, addresses=["172.16.80.11"], actor=ANN)


def test_nodes_are_taken_out_and_stay_registered(begun: ScaleOut) -> None:
    named = {"scale_out_id": begun.scale_out_id, "actor": ANN}
    add_to_scale_out(addresses=["172.16.80.7", "172.16.80.8"], **named)
    with pytest.raises(Refused) as refusal:
        remove_from_scale_out(addresses=["172.16.80.7", "172.16.80.9"], **named)
    assert codes(refusal) == ["B03"] and begun.nodes.count() == 2
    assert remove_from_scale_out(addresses=["172.16.80.7"], **named) == 1
    assert begun.nodes.count() == 1 and Node.objects.count() == 2


def test_the_note_of_another_person_is_not_overwritten_unseen(begun: ScaleOut) -> None:
    named = {"scale_out_id": begun.scale_out_id}
    note_scale_out(note="rack 2 waits for power", actor=ANN, made_from="", **named)
    with pytest.raises(Outdated) as refusal:
        note_scale_out(note="all fine", actor=BOB, made_from="", **named)
    assert codes(refusal) == ["B06"] and "+rack 2 waits for power" in refusal.value.difference.texts[0][1]
    note_scale_out(note="power is there", actor=BOB, made_from="rack 2 waits for power", **named)
    begun.refresh_from_db()
    assert (begun.note, begun.note_by) == ("power is there", "bob")


def test_a_closed_one_stays_as_it_was(begun: ScaleOut) -> None:
    close_scale_out(scale_out_id=begun.scale_out_id, actor=BOB)
    for change in ({"add": ["172.16.80.7"]}, {"note": "x"}, {"routes_done": True}, {"close": True}):
        with pytest.raises(Refused) as refusal:
            change_scale_out(scale_out_id=begun.scale_out_id, actor=ANN, **change)
        assert codes(refusal) == ["B04"]
    assert shown(begun)["next"] is None


def test_several_changes_are_made_together_or_not_at_all(begun: ScaleOut) -> None:
    with pytest.raises(Refused):
        change_scale_out(
            scale_out_id=begun.scale_out_id, actor=ANN, add=["172.16.80.7"], remove=["172.16.80.9"]
        )
    assert begun.nodes.count() == 0
    change_scale_out(
        scale_out_id=begun.scale_out_id, actor=ANN, add=["172.16.80.7"], note="go on", routes_done=True
    )
    confirm_routes(scale_out_id=begun.scale_out_id, actor=BOB)
    begun.refresh_from_db()
    assert (begun.nodes.count(), begun.note, begun.routes_confirmed_by) == (1, "go on", "ann")


def test_a_node_that_is_deleted_leaves(begun: ScaleOut) -> None:
    add_to_scale_out(scale_out_id=begun.scale_out_id, addresses=["172.16.80.7"], actor=ANN)
    Node.objects.all().delete()
    assert begun.nodes.count() == 0 and shown(begun)["nodes"]["state"] == "open"


def test_the_stages_come_from_the_database(begun: ScaleOut) -> None:
    named = {"scale_out_id": begun.scale_out_id, "actor": ANN}
    nodes = [factories.make_node(number) for number in (7, 8)]
    add_to_scale_out(addresses=["172.16.80.7", "172.16.80.8", "172.16.80.9"], **named)
    refused = message("S08", "account", error="refused", user="root", public_line="ssh-ed25519 AAAA")
    Node.objects.filter(mgmt_address="172.16.80.9").update(error=refused)
    Disk.objects.filter(node=nodes[0], name="sdb").update(rotational_guess=True, dirty=True)
    Disk.objects.filter(node=nodes[1], name="sdb").update(dirty=True)
    factories.correct(nodes[1].disks.get(name="sdc"), "type", "sata", against="nvme")
    found = shown(begun)
    assert found["ssh"]["notes"][0]["code"] == "S08" and found["next"]["name"] == "retry_ssh"
    assert [note["detail"] for note in found["hardware"]["notes"]] == [
        "1 node waits for SSH. You can go on with the others.",
        "1 disk contradicts the correction of a person",
        "The type of 1 disk is a guess",
        "2 disks hold data",
    ]
    # A corrected type is no guess any more, and what is not to be used need not be empty.
    factories.correct(nodes[0].disks.get(name="sdb"), "type", "ssd")
    factories.correct(nodes[1].disks.get(name="sdb"), "status", 0)
    nodes[1].disks.get(name="sdc").corrections.all().delete()
    assert [note["detail"] for note in shown(begun)["hardware"]["notes"]][1:] == ["1 disk holds data"]
    remove_from_scale_out(addresses=["172.16.80.9"], **named)
    assert shown(begun)["next"]["name"] == "configure"
    plan = factories.make_sound_plan(Plan.objects.model.zone.field.related_model.objects.get(), nodes)
    assert shown(begun)["next"] == {
        "name": "review",
        "label": f"Review plan {plan.plan_id}",
        "subject": plan.plan_id,
        "nodes": [],
    }
    Plan.objects.filter(pk=plan.pk).update(status="approved", decided_by="bob")
    Node.objects.filter(pk__in=[node.pk for node in nodes]).update(status=NodeStatus.CONFIGURED)
    assert shown(begun)["next"]["name"] == "scale"
    Node.objects.filter(pk=nodes[0].pk).update(host_key_fingerprint="SHA256:other")
    assert shown(begun)["review"]["state"] == "failed"
    Node.objects.filter(pk=nodes[0].pk).update(host_key_fingerprint=nodes[0].host_key_fingerprint)
    job = factories.make_job(nodes, status="failed")
    Plan.objects.filter(pk=plan.pk).update(job_id=job.job_id)
    found = shown(begun)
    assert found["next"] == {**found["next"], "name": "resume", "subject": job.job_id}
    assert found["run"]["notes"][0]["nodes"] == ["172.16.80.8"]
    Job.objects.filter(pk=job.pk).update(status="succeeded")
    Plan.objects.filter(pk=plan.pk).update(status="applied")
    Node.objects.filter(pk__in=[node.pk for node in nodes]).update(status=NodeStatus.ACTIVE)
    assert shown(begun)["next"]["name"] == "confirm_routes" and shown(begun)["routes"]["total"] == 1
    confirm_routes(**named)
    assert shown(begun)["next"]["name"] == "close"


def test_an_old_plan_with_the_same_address_does_not_count(begun: ScaleOut) -> None:
    gone = factories.make_node(7)
    zone = Plan.zone.field.related_model.objects.get()
    plan = factories.make_plan(zone, [gone], status="applied")
    plan.vbcs.all().delete()
    gone.delete()
    factories.make_node(7)
    add_to_scale_out(scale_out_id=begun.scale_out_id, addresses=["172.16.80.7"], actor=ANN)
    assert shown(begun)["next"]["name"] == "configure"
    other = factories.make_plan(zone, [factories.make_node(8)])
    assert shown(begun)["next"]["subject"] == other.plan_id


def test_a_job_on_the_nodes_and_one_that_holds_the_region(begun: ScaleOut) -> None:
    nodes = [factories.make_node(7, status=NodeStatus.NEW)]
    add_to_scale_out(scale_out_id=begun.scale_out_id, addresses=["172.16.80.7"], actor=ANN)
    job = factories.make_job(nodes, action="collect_nodes", zone_id="")
    assert shown(begun)["hardware"]["state"] == "running" and shown(begun)["next"]["subject"] == job.job_id
    Job.objects.filter(pk=job.pk).update(status="succeeded")
    Step.objects.all().delete()
    Node.objects.update(status=NodeStatus.CONFIGURED)
    zone = Plan.zone.field.related_model.objects.get()
    plan = factories.make_sound_plan(zone, nodes)
    Plan.objects.filter(pk=plan.pk).update(status="approved")
    holder = factories.make_job([], action="update_nodes", exclusive_scope=zone.exclusive_scope)
    run = shown(begun)["run"]
    assert run["state"] == "waiting" and run["action"]["subject"] == holder.job_id


def test_a_zone_that_joins_its_region_has_the_regional_stages() -> None:
    vms = {"proxy": ["10.0.0.1"], "webservice": ["10.0.0.5"], "zoocassa": ["10.0.0.7"]}
    factories.make_zone("pek3a", is_global=True, deploy_mode="standard", vms=vms)
    scale_out = begin_scale_out(zone_id="pek3d", actor=ANN, kind="zone", addresses=["172.16.80.7"])
    assert "region" not in shown(scale_out)
    factories.make_zone("pek3d", deploy_mode="standard", vms={"proxy": ["10.0.1.1"]})
    found = shown(scale_out)
    assert found["haproxy"]["state"] == "waiting" and found["region"]["total"] > 3


def test_a_thousand_nodes_cost_as_many_queries_as_three(begun: ScaleOut) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as seen:
            describe_scale_out(scale_out_id=begun.scale_out_id)
        return len(seen)

    named = {"scale_out_id": begun.scale_out_id, "actor": ANN}
    few = [factories.make_node(number) for number in range(1, 4)]
    add_to_scale_out(addresses=[str(node.mgmt_address) for node in few], **named)
    Disk.objects.filter(name="sdb").update(dirty=True)
    zone = Plan.zone.field.related_model.objects.get()
    factories.make_plan(zone, few)
    before = cost()
    many = [factories.make_node(number) for number in range(4, 40)]
    add_to_scale_out(addresses=[str(node.mgmt_address) for node in many], **named)
    for node in many:
        factories.correct(node.disks.get(name="sdb"), "type", "sata")
    Disk.objects.filter(name="sdb").update(dirty=True)
    assert cost() == before <= 12


def test_the_commands(run: Any) -> None:
    factories.make_zone()
    begun = run("begin_scale_out", "-z", "pek3c", "-i", "172.16.80.7-172.16.80.9", "--note", "rack 2 is dark")
    assert begun.code == 0
    scale_out_id = begun.out.strip()
    listed = run("describe_scale_out", "-z", "pek3c", "--format", "csv")
    assert f"{scale_out_id},pek3c,nodes,open,3," in listed.out
    whole = run("describe_scale_out", scale_out_id, "--format", "json").json
    assert whole["next"]["name"] == "establish_ssh" and len(whole["nodes"]) == 3
    table = run("describe_scale_out", scale_out_id, "--format", "table")
    assert "Establish SSH on 3 nodes" in table.out and "rack 2 is dark" in table.err
    changed = run("change_scale_out", scale_out_id, "--remove", "172.16.80.9", "--note", "it is lit")
    assert changed.code == 0 and "Next: Establish SSH on 2 nodes" in changed.err
    assert ScaleOut.objects.get().note == "it is lit"
    assert "stage: SSH" in run("describe_scale_out", scale_out_id, "--format", "yaml").out.replace(
        "title", "stage"
    )
    assert run("change_scale_out", scale_out_id, "--routes-done", "--close").code == 0
    assert run("change_scale_out", scale_out_id, "--close").code == 2
    assert "B05" in run("describe_scale_out", "s-nothere0").err
    assert "B05" in run("describe_scale_out", scale_out_id, "-z", "pek3d").err


def test_over_rest(operator: APIClient, viewer: APIClient) -> None:
    factories.make_zone()
    answer = operator.post(f"{URL}/begin/", {"addresses": ["172.16.80.7"], "note": "go"}, format="json")
    assert answer.status_code == 201
    one = f"{URL}/{answer.json()['scale_out_id']}/"
    assert viewer.get(f"{URL}/").json()[0]["node_count"] == 1
    whole = viewer.get(one).json()
    assert [stage["name"] for stage in whole["stages"]][:3] == ["nodes", "ssh", "hardware"]
    assert whole["next"]["label"] == "Establish SSH on 1 node"
    assert viewer.post(f"{one}change/", {"close": True}, format="json").status_code == 403
    stale = operator.post(f"{one}change/", {"note": "x", "made_from": "other"}, format="json")
    assert stale.status_code == 409 and stale.json()["findings"][0]["code"] == "B06"
    assert operator.post(f"{one}change/", {}, format="json").json()["findings"][0]["code"] == "B08"
    done = operator.post(f"{one}change/", {"add": ["172.16.80.8"], "close": True}, format="json")
    assert done.json()["status"] == "closed" and done.json()["node_count"] == 2
    assert viewer.get(one.replace("pek3c", "pek3d")).status_code == 404
    assert viewer.get("/api/v1/zones/nowhere/scale-outs/").status_code == 404
    with pytest.raises(NotFound):
        describe_scale_out(scale_out_id="s-nothere0")

"""Configuring, deciding, scaling and watching from the browser."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from jobs.models import Job
from nodes.models import Node
from nodes.states import NodeStatus
from tests import factories
from tests.seen import seen
from zones.models import Plan, Zone

pytestmark = pytest.mark.django_db

CONFIGURE = reverse("admin:zones_zone_configure")


def signed_in(client: Client, group: str) -> Client:
    client.force_login(factories.make_user(group=group))
    return client


def change(plan: Plan) -> str:
    return reverse("admin:zones_plan_change", args=[plan.plan_id])


def decide(client: Client, plan: Plan, decision: str, comment: str = "") -> str:
    url = reverse("admin:zones_plan_decide", args=[plan.plan_id])
    form = {"decision": decision, "comment": comment, "content_hash": seen(plan.plan_id)}
    answer = client.post(url, form, follow=True)
    return answer.content.decode()


def test_findings_stand_beside_their_lines_and_nothing_typed_is_lost(client: Client) -> None:
    signed_in(client, "operator")
    factories.make_zone()
    text = "zone_id: pek3c\r\nroles:\r\n  172.16.80.99: {role: nonsense}\r\n# <keep me>\r\n"
    answer = client.post(
        f"{CONFIGURE}?zone=pek3c",
        {
            "settings_name": "scale_settings.pek3c.yaml",
            "settings_text": text,
            "variables_text": "",
            "check": "1",
        },
    )
    page = answer.content.decode()
    lines = answer.context["files"][0].lines
    assert [row["number"] for row in lines if row["findings"]] == [3]
    assert "# &lt;keep me&gt;" in page
    assert answer.context["files"][0].text == text.replace("\r\n", "\n")
    assert not Plan.objects.exists()


def test_a_good_file_becomes_a_draft(client: Client) -> None:
    signed_in(client, "operator")
    zone = factories.make_zone(
        variables={
            "common": {"region_id": "pek3", "cloud_type": "private"},
            "base": {
                "zone_id": "pek3c",
                "deploy_mode": "fusion",
                "network_mode": "sdn",
                "installer_allocate_vbc": 1,
                "vm_base_network": "10.10.0.0/16",
                "vm_base_network_start": "10.10.50.0/24",
                "mgmt_network_gateway": "172.16.80.1",
                "mgmt_network_dns_servers": ["172.16.80.1"],
            },
            "advance": {"vip_pools": ["172.16.80.200/24-172.16.80.230/24"]},
        }
    )
    factories.make_role(factories.make_node(3, status=NodeStatus.ACTIVE), zone)
    factories.make_node(7)
    suggested = client.get(f"{CONFIGURE}?zone=pek3c").context["files"][0].text
    assert "172.16.80.7: {role: hyper-repl" in suggested
    text = "zone_id: pek3c\nroles:\n  172.16.80.7: {role: hyper-repl, sub_roles: [hyper]}\n"
    upload = SimpleUploadedFile("scale_settings.pek3c.yaml", text.encode())
    checked = client.post(CONFIGURE, {"settings_file": upload, "check": "1"})
    assert [item for item in checked.context["findings"] if item.level == "error"] == []
    assert "a plan can be created from these files" in checked.content.decode()
    assert not Plan.objects.exists()
    answer = client.post(
        CONFIGURE, {"settings_name": "scale_settings.pek3c.yaml", "settings_text": text, "variables_text": ""}
    )
    plan = Plan.objects.get()
    assert answer.headers["Location"] == change(plan)
    assert (plan.zone, plan.created_by, plan.status) == (zone, "olga", "draft")
    assert client.get(change(plan)).status_code == 200


def test_a_huge_file_is_refused_in_words(client: Client) -> None:
    signed_in(client, "operator")
    upload = SimpleUploadedFile("scale_settings.pek3c.yaml", b"#" * (2 * 1024 * 1024 + 1))
    assert "Larger than 2 MiB" in client.post(CONFIGURE, {"settings_file": upload}).content.decode()


def test_an_approver_decides_once(client: Client) -> None:
    signed_in(client, "approver")
    plan = factories.make_sound_plan(factories.make_zone(), [factories.make_node(7), factories.make_node(8)])
    assert f"Plan {plan.plan_id} approved" in decide(client, plan, "approve", "looked at the disks")
    plan.refresh_from_db()
    assert (plan.status, plan.decided_by, plan.comment) == ("approved", "olga", "looked at the disks")
    assert "P75" in decide(client, plan, "approve")
    assert f"Plan {plan.plan_id} rejected" in decide(client, plan, "reject", "wrong rack")
    assert set(Node.objects.values_list("status", flat=True)) == {NodeStatus.AVAILABLE}


@pytest.mark.parametrize("group", ["viewer", "operator"])
def test_deciding_needs_its_permission(client: Client, group: str) -> None:
    signed_in(client, group)
    plan = factories.make_sound_plan(factories.make_zone(), [factories.make_node(7)])
    url = reverse("admin:zones_plan_decide", args=[plan.plan_id])
    assert client.post(url, {"decision": "approve"}).status_code == 403
    plan.refresh_from_db()
    assert plan.status == "draft"
    assert "approve-dialog" not in client.get(change(plan)).content.decode()


def test_a_changed_disk_makes_the_plan_void_on_its_page(client: Client) -> None:
    signed_in(client, "approver")
    node = factories.make_node(7)
    plan = factories.make_sound_plan(factories.make_zone(), [node])
    decide(client, plan, "approve")
    assert "approval is void" not in client.get(change(plan)).content.decode()
    node.disks.filter(name="sdb").update(serial="another", identity="another")
    page = client.get(change(plan)).content.decode()
    assert "approval is void" in page
    assert "P31" in page


def test_an_approved_plan_is_rehearsed_and_scaled(client: Client) -> None:
    signed_in(client, "approver")
    zone, node = factories.make_zone(), factories.make_node(7)
    plan = factories.make_sound_plan(zone, [node])
    url = reverse("admin:zones_zone_scale", args=[zone.zone_id])
    assert client.get(url).status_code == 302
    decide(client, plan, "approve")
    form = client.get(url)
    assert form.context["chosen"] == {"172.16.80.7"}
    dry = client.post(url, {"address": "172.16.80.7", "dry": "1"})
    assert dry.status_code == 200
    assert not Job.objects.filter(action="scale_qingcloud").exists()
    refused = client.post(url, {"canary": "1"}).content.decode()
    assert "N03" in refused or "P43" in refused
    begun = client.post(url, {"address": "172.16.80.7", "canary": "1", "max_failures": "0"})
    job = Job.objects.get(action="scale_qingcloud")
    assert begun.headers["Location"] == reverse("admin:jobs_job_change", args=[job.job_id])
    assert (job.zone_id, job.created_by, job.params["max_failures"]) == ("pek3c", "olga", 0)
    assert Node.objects.get().status == NodeStatus.SCALING


@pytest.mark.parametrize("syntax", ["iproute2", "cisco", "h3c", "frr", "json", "nonsense"])
def test_return_routes_in_every_syntax(client: Client, syntax: str) -> None:
    signed_in(client, "viewer")
    zone = factories.make_zone()
    nodes = [factories.make_node(number, status=NodeStatus.ACTIVE) for number in (7, 8)]
    for node in nodes:
        factories.make_role(node, zone)
    factories.make_vbc(zone, nodes)
    page = client.get(reverse("admin:zones_zone_change", args=["pek3c"]), {"syntax": syntax})
    assert page.status_code == 200
    assert "10.10.50.0" in page.context["routes"]


def test_a_viewer_neither_configures_nor_scales(client: Client) -> None:
    signed_in(client, "viewer")
    factories.make_zone()
    assert client.get(CONFIGURE).status_code == 403
    assert client.post(CONFIGURE).status_code == 403
    assert client.post(reverse("admin:zones_zone_scale", args=["pek3c"])).status_code == 403
    assert Zone.objects.count() == 1


def test_cancel_and_resume_from_the_page(client: Client) -> None:
    signed_in(client, "operator")
    factories.make_zone()
    nodes = [factories.make_node(number, status=NodeStatus.SCALING) for number in (1, 2)]
    job = factories.make_job(nodes)
    client.post(reverse("admin:jobs_job_cancel", args=[job.job_id]), {"now": "1"})
    job.refresh_from_db()
    assert (job.status, job.cancel_now, job.cancelled_by) == ("cancelling", True, "olga")
    failed = factories.make_job(nodes, status="failed")
    client.post(
        reverse("admin:jobs_job_resume", args=[failed.job_id]), {"address": "172.16.80.2", "from_phase": ""}
    )
    failed.refresh_from_db()
    assert failed.status == "queued"
    states = dict(failed.steps.filter(phase="install_nodes").values_list("address", "status"))
    assert states == {"172.16.80.1": "succeeded", "172.16.80.2": "pending"}
    again = client.post(reverse("admin:jobs_job_resume", args=[failed.job_id]), follow=True)
    assert "J04" in again.content.decode()


def test_a_job_is_paused_and_goes_on_from_its_page(client: Client) -> None:
    signed_in(client, "operator")
    job = factories.make_job([factories.make_node(1)])
    client.get(reverse("admin:jobs_job_pause", args=[job.job_id]))
    job.refresh_from_db()
    assert job.paused_by == "", "a link changes nothing"
    client.post(reverse("admin:jobs_job_pause", args=[job.job_id]))
    job.refresh_from_db()
    assert (job.paused_by, job.status) == ("olga", "running")
    assert "paused" in client.get(reverse("admin:jobs_job_changelist")).content.decode()
    client.post(reverse("admin:jobs_job_resume", args=[job.job_id]))
    job.refresh_from_db()
    assert job.paused_by == ""
    ended = factories.make_job(status="succeeded")
    answer = client.post(reverse("admin:jobs_job_pause", args=[ended.job_id]), follow=True)
    assert "J08" in answer.content.decode()


def test_a_viewer_neither_cancels_nor_pauses_nor_resumes(client: Client) -> None:
    signed_in(client, "viewer")
    job = factories.make_job([factories.make_node(1)])
    for verb in ("cancel", "pause", "resume"):
        assert client.post(reverse(f"admin:jobs_job_{verb}", args=[job.job_id])).status_code == 403
    job.refresh_from_db()
    assert job.status == "running"


def test_the_full_log_is_plain_text_of_one_node_if_wanted(client: Client) -> None:
    signed_in(client, "viewer")
    job = factories.make_job([factories.make_node(1)])
    factories.add_events(job, [f"line {number}" for number in range(1500)])
    factories.add_events(job, ["<b>of the node</b>"], node="172.16.80.1")
    url = reverse("admin:jobs_job_log", args=[job.job_id])
    answer = client.get(url)
    lines = b"".join(answer.streaming_content).decode().splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 1501
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    only = b"".join(client.get(url, {"node": "172.16.80.1"}).streaming_content).decode()  # type: ignore[attr-defined]
    assert only.endswith("172.16.80.1 install_nodes/network <b>of the node</b>\n")

    def found(**query: str) -> list[str]:
        whole = b"".join(client.get(url, query).streaming_content)  # type: ignore[attr-defined]
        return whole.decode().splitlines()

    assert len(found(q="LINE 149")) == 11 and len(found(q="LINE 149", level="error")) == 0
    times = {"since": "2026-03-04T01:02:03.500Z", "until": "2026-03-04T09:02:04+08:00"}
    assert [line.rpartition(" ")[2] for line in found(**times)] == ["1", "2"]
    for wrong in ({"since": "yesterday"}, {"until": "2026-99-01"}, {"since": "0001-01-01T00:00:00+14:00"}):
        assert client.get(url, wrong).status_code == 400


def test_the_page_of_a_job_begins_with_its_state(client: Client) -> None:
    signed_in(client, "viewer")
    nodes = [factories.make_node(number) for number in (1, 2)]
    job = factories.make_job(nodes, status="failed", error="</script><script>alert(1)</script>")
    page = client.get(reverse("admin:jobs_job_change", args=[job.job_id]))
    start = (
        page.content.decode()
        .split('<script id="job-start" type="application/json">')[1]
        .split("</script>")[0]
    )
    state = json.loads(start)
    assert state["status"]["status"] == "failed"
    assert state["names"] == {node.node_id: node.hostname for node in nodes}
    assert state["events_url"] == f"/api/v1/jobs/{job.job_id}/events/"


@pytest.mark.parametrize(
    ("page", "word", "other"),
    [
        ("zones_vbcassignment_changelist", "172.16.80.200", "10.10.51.0/24"),
        ("zones_eippool_changelist", "198.51.100", "nothing"),
    ],
)
def test_whose_is_this_address_and_where_is_it_changed(
    client: Client, page: str, word: str, other: str
) -> None:
    signed_in(client, "viewer")
    zone, bare = factories.make_zone(), factories.make_zone("pek3d", region_id="pek3")
    first, second = factories.make_node(1), factories.make_node(2)
    factories.make_vbc(zone, [first], 50)
    factories.make_vbc(bare, [second], 51)
    factories.make_eip(zone, first)
    plan = factories.make_plan(zone)
    shown = client.get(reverse(f"admin:{page}"), {"q": word}).content.decode()
    assert word in shown and other not in shown and first.hostname in shown
    assert reverse("admin:zones_zone_change", args=["pek3c"]) in shown
    assert reverse("admin:zones_plan_edit", args=[plan.plan_id]) in shown
    if "vbc" in page:
        shown = client.get(reverse(f"admin:{page}"), {"q": second.hostname}).content.decode()
        assert f"{CONFIGURE}?zone=pek3d" in shown


def test_an_example_fills_the_configuration_of_a_new_zone(client: Client) -> None:
    signed_in(client, "operator")
    page = client.get(reverse("admin:zones_zone_examples")).content.decode()
    assert "standard/devops1b" in page and f"{CONFIGURE}?example=fusion%2Fdevops1c" in page
    files = client.get(CONFIGURE, {"example": "fusion/devops1c"}).context["files"]
    assert [item.name for item in files] == ["settings.devops1c.yaml", "variables.devops1c.yaml"]
    assert all("zone_id: devops1c" in item.text for item in files)
    answer = client.get(CONFIGURE, {"example": "../../etc"})
    assert "T04" in answer.content.decode() and not answer.context["files"][0].text


def test_a_viewer_reads_the_examples_and_starts_nothing(client: Client) -> None:
    signed_in(client, "viewer")
    page = client.get(reverse("admin:zones_zone_examples")).content.decode()
    assert "fusion/devops1a" in page and "Use as a template" not in page


def test_of_a_large_zone_what_is_not_in_service_and_what_joined_last(client: Client) -> None:
    signed_in(client, "viewer")
    zone = factories.make_zone()
    nodes = [factories.make_node(number, status=NodeStatus.ACTIVE) for number in range(1, 41)]
    factories.make_node(41, status=NodeStatus.ACTIVE)
    for node in nodes[:37]:
        factories.make_role(node, zone)
    for node in nodes[37:]:
        factories.make_role(node, zone, "ks")
    Node.objects.filter(pk=nodes[4].pk).update(status=NodeStatus.SCALE_FAILED)
    page = client.get(reverse("admin:zones_zone_change", args=["pek3c"]))
    hypers, ks = page.context["roles"]
    assert (hypers["role"], hypers["count"], hypers["more"]) == ("hyper-repl", 37, 13)
    names = [member.node.hostname for member in hypers["members"]]
    assert names == ["pek3cr01n05", *(f"pek3cr01n{number}" for number in range(37, 14, -1))]
    assert [member.node.hostname for member in ks["members"]] == [f"pek3cr01n{n}" for n in (38, 39, 40)]
    text = page.content.decode()
    assert "36 active" in text and "1 scale failed" in text and "13 of them not listed here" in text
    assert client.get(hypers["url"]).context["cl"].result_count == 37


def test_routes_of_many_networks_load_when_they_are_opened(client: Client) -> None:
    signed_in(client, "viewer")
    zone = factories.make_zone()
    nodes = [factories.make_node(number, status=NodeStatus.ACTIVE) for number in range(1, 53)]
    for number, node in enumerate(nodes):
        factories.make_role(node, zone)
        factories.make_vbc(zone, [node], number=number)
    page = client.get(reverse("admin:zones_zone_change", args=["pek3c"]), {"syntax": "h3c"})
    text = page.content.decode()
    assert page.context["routes"] == "" and "10.10.51.0/24" in text and "10.10.1.0/24" not in text
    assert "2 of them not listed here" in text and page.context["routes_url"] in text
    lines = client.get(page.context["routes_url"]).content.decode().splitlines()
    assert len(lines) == 52 and all(line.startswith("ip route-static 10.10.") for line in lines)


def test_plans_of_a_zone_say_how_many_nodes_they_add(client: Client) -> None:
    signed_in(client, "viewer")
    zone = factories.make_zone()
    factories.make_plan(zone, [factories.make_node(number) for number in (1, 2, 3)])
    page = client.get(reverse("admin:zones_zone_change", args=["pek3c"]))
    assert [plan.nodes for plan, _ in page.context["plans"]] == [
        3
    ] and "3 nodes, olga" in page.content.decode()

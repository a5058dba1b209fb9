"""Adding a zone to a region from the browser: scaling, caches, proxies, the global side."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pymemcache.client.base import Client as Memcached

from common.actor import Actor
from jobs.models import Job, Step
from jobs.states import JobStatus, StepStatus
from operations.cache.core import ZONE_PATTERN
from operations.changes import approve_change, make_change
from operations.models import Change, ChecklistTick
from operations.region.service import tick_checklist
from tests import factories
from tests.fixtures.region import Region
from tests.support.memcacheds import memcached
from tests.support.newzone import NEW, drafted_zone, planned_zone
from zones.models import Zone

pytestmark = pytest.mark.django_db
ANN = Actor("ann", "admin")
OURS = "Pitrix.Zone.Zone.UserZone.yunify.usr-1"
FILE = {
    "node_id": "n-1",
    "address": "10.0.1.1",
    "path": "/etc/haproxy/haproxy.cfg",
    "base": "a\n",
    "content": "b\n",
}


def signed_in(client: Client, group: str) -> Client:
    client.force_login(factories.make_user(group=group))
    return client


def at(name: str, zone_id: str = "pek3b") -> str:
    return reverse(f"admin:zones_zone_{name}", args=[zone_id])


def said(answer: Any) -> str:
    return " ".join(str(message) for message in answer.context["messages"])


@pytest.fixture
def zones() -> tuple[Zone, Zone]:
    vms = {"proxy": ["10.0.0.1"], "webservice": ["10.0.0.5"], "zoocassa": ["10.0.0.7"]}
    return (
        factories.make_zone("pek3a", is_global=True, deploy_mode="standard", vms=vms),
        factories.make_zone("pek3b", deploy_mode="standard", vms={"proxy": ["10.0.1.1", "10.0.1.2"]}),
    )


@pytest.mark.parametrize("group", ["viewer", "operator", "approver"])
def test_everybody_looks(client: Client, zones: Any, group: str) -> None:
    signed_in(client, group)
    for name in ("cache", "haproxy", "joining"):
        assert at(name) in client.get(at("change")).content.decode()
        assert client.get(at(name)).status_code == 200
        assert client.get(at(name, "nowhere")).status_code == 404
    page = client.get(at("change", "pek3a")).content.decode()
    assert at("cache", "pek3a") in page and at("haproxy", "pek3a") not in page


def test_who_only_looks_changes_nothing(client: Client, zones: Any) -> None:
    signed_in(client, "viewer")
    for name in ("cache", "haproxy", "joining"):
        assert client.post(at(name), {"item": "services", "servers": "127.0.0.1:1"}).status_code == 403
    client.force_login(factories.make_user("nobody"))
    assert client.get(at("cache")).status_code == 403
    assert not ChecklistTick.objects.exists() and not Job.objects.exists()


def test_a_page_says_what_is_not_known(client: Client) -> None:
    factories.make_zone("pek3b")
    signed_in(client, "operator")
    for name in ("cache", "haproxy", "joining"):
        assert "G03" in said(client.get(at(name)))


def test_a_new_zone_is_rehearsed_and_scaled(client: Client, region: Region) -> None:
    planned_zone(region)
    signed_in(client, "operator")
    form = client.get(at("scale", "pek3d"))
    assert form.context["chosen"] == set(NEW)
    page = form.content.decode()
    assert "Add pek3d to region pek3" in page and at("haproxy", "pek3d") in page
    dry = client.post(at("scale", "pek3d"), {"address": NEW, "dry": "1", "cache_servers": "10.0.0.9:11212"})
    work = dict(dry.context["work"])
    assert [row["phase"] for row in work["installer"]][-1] == "clear_zone_cache"
    assert "10.0.0.9:11212" in work["installer"][-1]["command"]
    assert [row["phase"] for row in work["172.16.80.151"]] == ["restart_services"]
    assert not Job.objects.filter(action="scale_qingcloud_zone").exists()
    refused = client.post(at("scale", "pek3d"), {"address": NEW, "cache_servers": "a b"})
    assert "M01" in said(refused)
    begun = client.post(at("scale", "pek3d"), {"address": NEW, "canary": "1"})
    job = Job.objects.get(action="scale_qingcloud_zone")
    assert begun.headers["Location"] == reverse("admin:jobs_job_change", args=[job.job_id])
    assert (job.created_by, job.params["cache_servers"]) == ("olga", "172.16.80.153:11211")
    assert "R20" in said(client.post(at("scale", "pek3d"), {"address": NEW}))


def test_a_plan_that_adds_nodes_is_scaled_as_before(client: Client) -> None:
    zone, node = factories.make_zone(), factories.make_node(7)
    plan = factories.make_sound_plan(zone, [node])
    signed_in(client, "approver")
    form = {"decision": "approve", "content_hash": plan.content_hash}
    client.post(reverse("admin:zones_plan_decide", args=[plan.plan_id]), form)
    form = client.get(at("scale", "pek3c"))
    assert not form.context["joins"] and "cache_servers" not in form.context["form"].fields
    client.post(at("scale", "pek3c"), {"address": "172.16.80.7"})
    assert Job.objects.get(zone_id="pek3c", status="queued").action == "scale_qingcloud"


@pytest.mark.parametrize("method", ["get", "post"])
def test_without_an_approval_the_page_says_so(client: Client, region: Region, method: str) -> None:
    drafted_zone(region)
    signed_in(client, "operator")
    answer = getattr(client, method)(at("scale", "pek3d"), {"address": NEW}, follow=True)
    assert "P40" in said(answer) and "plan pek3d-1 is not approved" in said(answer)
    assert not Job.objects.filter(action="scale_qingcloud_zone").exists()


def test_keys_are_shown_before_they_are_deleted(client: Client, zones: Any) -> None:
    signed_in(client, "operator")
    assert client.get(at("cache")).context["form"].initial == {
        "servers": "10.0.0.7:11211",
        "pattern": ZONE_PATTERN,
    }
    with socket.socket() as closed, memcached() as server:
        closed.bind(("127.0.0.1", 0))
        gone = f"127.0.0.1:{closed.getsockname()[1]}"
        held = Memcached((server.host, server.port))
        held.set_many({OURS: "1", "other": "2"}, noreply=False)
        given = {"servers": f"{server};{gone}", "pattern": ZONE_PATTERN}
        looked = client.post(at("cache"), {**given, "look": "1"})
        first, second = looked.context["found"]
        assert (first["server"], first["seen"], first["keys"]) == (str(server), 2, [OURS])
        assert second["server"] == gone and "cannot be reached" in second["error"]
        assert "1 of 2 servers could not be searched" in looked.content.decode()
        assert held.get(OURS) == b"1" and not Job.objects.exists()
        held.close()
    begun = client.post(at("cache"), {**given, "clear": "1"})
    job = Job.objects.get(action="clear_zone_cache")
    assert begun.headers["Location"] == reverse("admin:jobs_job_change", args=[job.job_id])
    assert job.params == {"cache_servers": given["servers"], "cache_pattern": ZONE_PATTERN}
    assert "R20" in said(client.post(at("cache"), {**given, "clear": "1"}))
    assert "M01" in said(client.post(at("cache"), {**given, "servers": "a b", "look": "1"}))
    refused = client.post(at("cache"), {**given, "pattern": ".*", "clear": "1"})
    assert "pattern" in refused.context["form"].errors


def test_a_key_is_text_never_markup(client: Client, zones: Any) -> None:
    signed_in(client, "operator")
    with memcached() as server:
        held = Memcached((server.host, server.port))
        held.set(f"{OURS}<img/src=x>", "1", noreply=False)
        held.close()
        page = client.post(at("cache"), {"servers": str(server), "pattern": ZONE_PATTERN, "look": "1"})
    assert "&lt;img/src=x&gt;" in page.content.decode()


def test_a_change_is_approved_by_an_approver_only(client: Client, zones: Any, settings: LazySettings) -> None:
    change = make_change(zones[1], Change.Kind.HAPROXY, [FILE], ANN)
    signed_in(client, "operator")
    page = client.get(at("haproxy")).content.decode()
    assert "Only members of the group approver can approve." in page and "-a\n+b" in page
    assert client.post(at("haproxy"), {"approve": change.change_id}).status_code == 403
    client.force_login(factories.make_user("ann", "approver"))
    settings.INSTALLER_FOUR_EYES = True
    assert "INSTALLER_FOUR_EYES" in said(
        client.post(at("haproxy"), {"approve": change.change_id}, follow=True)
    )
    client.force_login(factories.make_user("bob", "approver"))
    done = client.post(at("haproxy"), {"approve": change.change_id, "comment": "read"}, follow=True)
    assert f"Change {change.change_id} approved" in said(done)
    change.refresh_from_db()
    assert (change.state, change.approved_by, change.comment) == ("approved", "bob", "read")
    newer = make_change(zones[1], Change.Kind.HAPROXY, [FILE], ANN)
    late = said(client.post(at("haproxy"), {"approve": change.change_id}, follow=True))
    assert "K03" in late and newer.change_id in late
    other = said(client.post(at("haproxy", "pek3a"), {"approve": newer.change_id}, follow=True))
    assert "K01" in other, "it belongs to another zone"


def test_an_approved_change_is_applied_and_its_page_tells_where_it_was_undone(
    client: Client, zones: Any
) -> None:
    nodes = [factories.make_node(n, mgmt_address=f"10.0.1.{n}", host_key="ssh-ed25519 AAAA") for n in (1, 2)]
    signed_in(client, "operator")
    assert "H06" in said(client.post(at("haproxy"), {"apply": "1"}, follow=True))
    files = [{**FILE, "node_id": node.node_id, "address": str(node.mgmt_address)} for node in nodes]
    change = make_change(zones[1], Change.Kind.HAPROXY, files, ANN)
    approve_change(change_id=change.change_id, actor=ANN)
    begun = client.post(at("haproxy"), {"apply": "1"})
    job = Job.objects.get(action="apply_haproxy")
    assert begun.headers["Location"] == reverse("admin:jobs_job_change", args=[job.job_id])
    assert "R20" in said(client.post(at("haproxy"), {"apply": "1"}, follow=True))
    error = (
        "api-front on port 7777 has no server that is up; the old haproxy.cfg has been restored on this proxy"
    )
    Step.objects.filter(job=job, address="10.0.1.1").update(status=StepStatus.FAILED, error=error)
    Step.objects.filter(job=job, address="10.0.1.2").update(status=StepStatus.SKIPPED)
    Job.objects.filter(pk=job.pk).update(status=JobStatus.FAILED)
    page = client.get(at("haproxy"))
    first, second = page.context["proxies"]
    assert (first["address"], first["error"]) == ("10.0.1.1", error) and "failed" in first["pill"]
    assert second["address"] == "10.0.1.2" and "skipped" in second["pill"]
    assert "Fix the cause and resume the job" in page.content.decode()
    make_change(zones[1], Change.Kind.HAPROXY, files, ANN)
    assert client.get(at("haproxy")).context["proxies"] == [first, second], "a new preview does not hide it"


def test_a_proxy_that_cannot_be_asked_is_named(client: Client, zones: Any) -> None:
    signed_in(client, "operator")
    answer = client.post(at("haproxy"), {"preview": "1"}, follow=True)
    assert "G02" in said(answer) and "10.0.1.1" in said(answer)
    assert not Change.objects.exists()


def test_items_are_ticked_and_unticked(client: Client, zones: Any) -> None:
    signed_in(client, "operator")
    page = client.get(at("joining"))
    assert page.context["done"] == 0 and len(page.context["items"]) == 7
    ticked = client.post(
        f"{at('joining')}?port=9800", {"item": "services", "comment": "both run", "tick": "1"}
    )
    assert ticked.headers["Location"] == f"{at('joining')}?port=9800#services"
    tick = ChecklistTick.objects.get()
    assert (tick.item, tick.ticked_by, tick.comment) == ("services", "olga", "both run")
    page = client.get(at("joining"))
    assert page.context["done"] == 1 and "both run" in page.content.decode()
    assert "L03" in said(client.post(at("joining"), {"item": "services", "tick": "1"}, follow=True))
    Zone.objects.filter(zone_id="pek3a").update(vms={"webservice": ["10.0.0.6"]})
    assert client.get(at("joining")).context["done"] == 0
    client.post(at("joining"), {"item": "services", "untick": "1"})
    assert not ChecklistTick.objects.exists()
    assert "L02" in said(client.post(at("joining"), {"item": "nothing", "tick": "1"}, follow=True))


@pytest.mark.parametrize("text", ["\x1b[31m", "x" * 5000, "<b>", "\ud800"])
def test_hostile_text_is_refused_or_made_harmless(client: Client, zones: Any, text: str) -> None:
    signed_in(client, "approver")
    sent = text.encode("utf-8", "surrogatepass").decode("latin-1")
    for given in ({"item": sent, "tick": "1"}, {"item": sent, "untick": "1"}):
        assert "L0" in said(client.post(at("joining"), given, follow=True))
    ticked = client.post(at("joining"), {"item": "services", "comment": sent, "tick": "1"}, follow=True)
    assert ticked.status_code == 200 and b"<b>" not in ticked.content
    comment = ChecklistTick.objects.get().comment
    assert len(comment) <= 500 and "\x1b" not in comment
    assert "K01" in said(client.post(at("haproxy"), {"approve": sent}, follow=True))
    looked = client.post(at("cache"), {"servers": sent, "pattern": sent, "look": "1"})
    assert looked.status_code == 200 and looked.context["found"] is None


def test_the_listener_of_the_front_gate(client: Client, zones: Any) -> None:
    signed_in(client, "viewer")
    page = client.get(at("joining"), {"port": "9800", "server_port": ""})
    assert "server front_gate_1 10.0.1.2:9800 check" in page.context["listener"]
    assert "L01" in said(client.get(at("joining"), {"port": "443"}))
    for wrong in ("0", "70000", "x", ""):
        page = client.get(at("joining"), {"port": wrong})
        assert page.status_code == 200 and page.context["listener"] == "" and page.context["form"].errors


def test_pages_do_not_cost_more_with_more_on_them(client: Client, zones: Any) -> None:
    signed_in(client, "approver")
    client.get(at("cache"))  # the first page of a session is noted
    counts = []
    for _ in range(2):
        for _ in range(3):
            change = make_change(zones[1], Change.Kind.HAPROXY, [FILE, FILE], ANN)
        Change.objects.filter(pk=change.pk).update(job_id=factories.make_job().job_id)
        counts.append([_queries(client, at(name)) for name in ("cache", "haproxy", "joining")])
        for item in ("services", "cached-zones"):
            if not ChecklistTick.objects.filter(item=item).exists():
                tick_checklist(zone_id="pek3b", item=item, actor=ANN)
    assert counts[0] == counts[1] and max(counts[0]) <= 20


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as seen:
        assert client.get(url).status_code == 200
    return len(seen)

"""The page of a scale-out: its buttons, what it costs, and the way back to it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from common.actor import Actor
from common.messages import message
from installer.console.operations.scale_out_page import page_url, seen
from installer.console.return_path import next_path, with_next
from jobs.models import Job
from nodes.models import Disk, Node
from nodes.states import NodeStatus
from operations.models import ScaleOut
from operations.scale_out.service import add_to_scale_out, begin_scale_out, note_scale_out
from tests import factories

pytestmark = pytest.mark.django_db
ANN = Actor("ann", "admin")


@pytest.fixture
def begun() -> ScaleOut:
    factories.make_zone()
    return begin_scale_out(zone_id="pek3c", actor=ANN, addresses=["172.16.80.7", "172.16.80.8"])


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(factories.make_user(group="operator"))
    return client


def do(client: Client, scale_out: ScaleOut, verb: str, **values: Any) -> Any:
    url = reverse("admin:operations_scaleout_do", args=[scale_out.scale_out_id])
    return client.post(url, {"verb": verb, **values}, follow=True)


def shown(client: Client, scale_out: ScaleOut) -> str:
    return client.get(page_url(scale_out)).content.decode()


def test_ssh_is_established_on_the_nodes_that_were_shown(operator: Client, begun: ScaleOut) -> None:
    named = seen(["172.16.80.7", "172.16.80.8"])
    assert f'value="{named}"' in shown(operator, begun)
    add_to_scale_out(scale_out_id=begun.scale_out_id, addresses=["172.16.80.9"], actor=ANN)
    stale = do(operator, begun, "establish_ssh", stage="ssh", seen=named, password="geheim")
    assert "The nodes have changed since this page was shown" in stale.content.decode()
    assert not Job.objects.exists()
    now = seen(["172.16.80.7", "172.16.80.8", "172.16.80.9"])
    answer = do(operator, begun, "establish_ssh", stage="ssh", seen=now, password="geheim")
    job = Job.objects.get()
    assert answer.redirect_chain == [(page_url(begun), 302)] and job.steps.count() == 3
    assert "geheim" not in answer.content.decode() and job.job_id in answer.content.decode()
    # A second click: the same stage has nothing left to do but to watch.
    do(operator, begun, "establish_ssh", stage="ssh", seen=now)
    assert Job.objects.count() == 1


def test_nodes_are_added_collected_and_taken_out(operator: Client, begun: ScaleOut) -> None:
    answer = do(operator, begun, "add", addresses="172.16.80.9\n", address=["172.16.80.10"])
    assert "2 nodes added." in answer.content.decode() and begun.nodes.count() == 4
    refused = do(operator, begun, "add", addresses="172.16.80.999")
    assert "N02" in refused.content.decode()
    assert "No node is selected." in do(operator, begun, "add").content.decode()
    Node.objects.update(host_key=factories.host_key(1))
    every = [f"172.16.80.{n}" for n in (7, 8, 9, 10)]
    do(operator, begun, "collect", stage="hardware", seen=seen(every))
    assert Job.objects.get().action == "collect_nodes"
    Job.objects.all().delete()
    Node.objects.update(status=NodeStatus.COLLECT_FAILED, error="no route")
    gone = do(operator, begun, "remove_nodes", stage="hardware", seen=seen(every))
    assert "4 nodes taken out." in gone.content.decode() and begun.nodes.count() == 0


def test_a_note_that_another_person_changed_is_shown(operator: Client, begun: ScaleOut) -> None:
    note_scale_out(scale_out_id=begun.scale_out_id, note="rack 2 is dark", actor=ANN)
    answer = do(operator, begun, "note", note="all fine", made_from="")
    assert answer.status_code == 409 and "rack 2 is dark" in answer.content.decode()
    assert ScaleOut.objects.get().note == "rack 2 is dark"
    do(operator, begun, "note", note="all fine", made_from="rack 2 is dark")
    assert ScaleOut.objects.get().note == "all fine"


def test_it_is_closed_and_then_only_looked_at(operator: Client, begun: ScaleOut) -> None:
    assert "This scale-out is closed." in do(operator, begun, "close").content.decode()
    page = shown(operator, begun)
    assert page.count("<form") == page.partition('id="again"')[0].count("<form")
    assert "B04" in do(operator, begun, "note", note="x", made_from="").content.decode()


def test_beginning_keeps_what_was_typed(operator: Client) -> None:
    factories.make_zone()
    url = reverse("admin:operations_scaleout_begin")
    page = operator.post(url, {"zone": "pek3c", "addresses": "172.16.80.7\n172.16.80.x", "note": "keep me"})
    text = page.content.decode()
    assert "N02" in text and "172.16.80.x" in text and "keep me" in text and not ScaleOut.objects.exists()
    begun = operator.post(url, {"zone": "pek3c", "addresses": "172.16.80.7", "kind": "nodes"})
    assert begun.url == page_url(ScaleOut.objects.get())
    again = operator.post(url, {"zone": "pek3c"})
    assert "B01" in again.content.decode()
    listed = operator.get(reverse("admin:operations_scaleout_changelist")).content.decode()
    assert ScaleOut.objects.get().scale_out_id in listed and "Begin a scale-out" in listed


def test_a_page_of_two_thousand_nodes_stays_small(operator: Client, begun: ScaleOut) -> None:
    def cost() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            page = shown(operator, begun)
        return len(queries), len(page)

    refused = message("S08", "account", error="refused", user="root", public_line="ssh-ed25519 AAAA")
    Node.objects.update(error=refused)
    cost()  # notes that the person is there
    few, _ = cost()
    many = [
        Node(mgmt_address=f"10.{n // 65536}.{n // 256 % 256}.{n % 256}", error=refused) for n in range(2000)
    ]
    Node.objects.bulk_create(many, batch_size=500)
    addresses = [str(node.mgmt_address) for node in many]
    for first in range(0, 2000, 500):
        add_to_scale_out(scale_out_id=begun.scale_out_id, addresses=addresses[first : first + 500], actor=ANN)
    queries, size = cost()
    assert queries == few <= 24 and size < 200_000
    assert "Try another password on 2002 nodes" in shown(operator, begun)


def test_pages_that_it_opens_return_to_it(operator: Client, begun: ScaleOut) -> None:
    here = page_url(begun)
    node = factories.make_node(9)
    add_to_scale_out(scale_out_id=begun.scale_out_id, addresses=["172.16.80.9"], actor=ANN)
    disk = Disk.objects.filter(node=node, name="sdb").first()
    Disk.objects.filter(pk=disk.pk).update(rotational_guess=True)
    assert f"{reverse('admin:nodes_node_disk', args=[node.node_id])}?next=" in shown(operator, begun)
    url = with_next(reverse("admin:nodes_node_disk", args=[node.node_id]), here)
    done = operator.post(url, {"disk": "sdb", "known_by": disk.known_by, "type": "ssd"})
    assert done.url == here and disk.corrections.get().value == "ssd"
    form = operator.get(f"{reverse('admin:nodes_node_ssh_form')}?scale_out={begun.scale_out_id}&next={here}")
    text = form.content.decode()
    assert "172.16.80.7" in text and "172.16.80.9" not in text and f'href="{here}"' in text
    # The form has an address of its own: the browser says on which page it was.
    plan = factories.make_sound_plan(begun_zone(), [node])
    at = with_next(f"http://testserver{reverse('admin:zones_plan_change', args=[plan.plan_id])}", here)
    operator.force_login(factories.make_user("paul", "approver"))
    decided = operator.post(
        reverse("admin:zones_plan_decide", args=[plan.plan_id]),
        {"decision": "approve", "content_hash": plan.content_hash, "seen_status": "draft"},
        headers={"referer": at},
    )
    assert decided.url == here
    assert "Back to the scale-out" in operator.get(at).content.decode()
    scaled = operator.post(
        with_next(reverse("admin:zones_zone_scale", args=["pek3c"]), here), {"address": "172.16.80.9"}
    )
    assert scaled.url == here


def begun_zone() -> Any:
    from zones.models import Zone

    return Zone.objects.get()


def test_a_page_of_its_zone_leads_to_it(operator: Client, begun: ScaleOut) -> None:
    zone_page = operator.get(reverse("admin:zones_zone_change", args=["pek3c"])).content.decode()
    assert page_url(begun) in zone_page and "Begin a scale-out" not in zone_page
    job = factories.make_job([], status="failed")
    assert (
        page_url(begun) in operator.get(reverse("admin:jobs_job_change", args=[job.job_id])).content.decode()
    )
    ScaleOut.objects.update(closed_by="ann", closed_at=factories.BEGIN)
    zone_page = operator.get(reverse("admin:zones_zone_change", args=["pek3c"])).content.decode()
    assert page_url(begun) not in zone_page and "Begin a scale-out" in zone_page


@pytest.mark.parametrize(
    "given",
    [
        "https://example.org/admin/",
        "//example.org/admin/",
        "/\\example.org",
        "/admin/../../example.org\n",
        "javascript:alert(1)",
        "/api/v1/nodes/",
        "/admin/logout/",
        "/admin/nothing/here/at/all/",
        "/admin/" + "x" * 400,
        "",
    ],
)
def test_only_pages_of_ours_are_returned_to(rf: RequestFactory, given: str) -> None:
    assert next_path(rf.get(f"/admin/?{urlencode({'next': given})}")) == ""
    assert next_path(rf.post("/admin/", {"next": given})) == ""


def test_another_site_names_no_page_to_return_to(rf: RequestFactory) -> None:
    good = reverse("admin:nodes_node_changelist")
    assert next_path(rf.get("/admin/", {"next": good})) == good
    asked = rf.post("/admin/", headers={"referer": f"http://testserver/admin/?next={good}"})
    assert next_path(asked) == good
    foreign = rf.post("/admin/", headers={"referer": f"http://example.org/admin/?next={good}"})
    assert next_path(foreign) == ""

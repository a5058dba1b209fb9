"""Erasing in the browser: choose, preview, confirm; every refusal is shown and nothing happens twice."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from jobs.models import Job
from nodes.models import Collection, Disk, ErasePermit, Node
from nodes.save_facts import pack
from nodes.states import NodeStatus
from tests import factories
from tests.support.streams import lsblk, stream

pytestmark = pytest.mark.django_db

LIST = reverse("admin:nodes_node_changelist")
FORM = reverse("admin:nodes_node_erase_form")


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(factories.make_user(group="operator"))
    return client


@pytest.fixture
def nodes() -> list[Node]:
    made = [factories.make_node(number, host_key="ssh-ed25519 AAAA") for number in (1, 2)]
    Disk.objects.filter(name="sdb").update(dirty=True, signatures=["gpt", "ext4"])
    return made


def wish(nodes: list[Node], *disks: str, **more: object) -> dict[str, object]:
    return {
        "nodes": " ".join(node.node_id for node in nodes),
        "address": [str(node.mgmt_address) for node in nodes],
        "disk": list(disks),
        "mode": "quick",
        **more,
    }


def preview(client: Client, nodes: list[Node], *disks: str) -> str:
    """Return the address of the preview's page."""
    answer = client.post(FORM, wish(nodes, *disks))
    assert answer.status_code == 302, answer.content.decode()
    return answer.headers["Location"]


def test_the_action_shows_the_disks_by_name_and_changes_nothing(operator: Client, nodes: list[Node]) -> None:
    answer = operator.post(LIST, {"action": "erase_disks", "_selected_action": [node.pk for node in nodes]})
    names = {item["name"]: item for item in answer.context["names"]}
    assert list(names) == ["sdb", "sdc", "sdx"]
    assert (names["sdb"]["count"], names["sdb"]["dirty"], names["sdb"]["what"]) == (2, 2, "2×SSD 3.2 TB")
    assert not ErasePermit.objects.exists()


def test_from_the_page_of_a_node(operator: Client, nodes: list[Node]) -> None:
    place = reverse("admin:nodes_node_do", args=[nodes[0].node_id, "erase"])
    assert place in operator.get(reverse("admin:nodes_node_change", args=[nodes[0].node_id])).content.decode()
    assert [row["node"] for row in operator.post(place).context["nodes"]] == [nodes[0]]


def test_a_preview_shows_everything_and_the_number_of_disks_erases(
    operator: Client, nodes: list[Node]
) -> None:
    place = preview(operator, nodes, "sdb", "sdc")
    page = operator.get(place).content.decode()
    for wanted in ("Quick erase: 4 disks, 2 nodes", "S-sdb", "PM1643", "3.2 TB", "gpt, ext4", "(4)"):
        assert wanted in page
    assert not Job.objects.exists(), "looking erases nothing"
    answer = operator.post(place, {"count": " 4 "})
    job = Job.objects.get()
    assert answer.headers["Location"] == reverse("admin:jobs_job_change", args=[job.job_id])
    assert (job.action, job.created_by, job.created_via) == ("erase_data_disks", "olga", "admin")
    assert job.params["permit_id"] == ErasePermit.objects.get().permit_id


@pytest.mark.parametrize("typed", ["", "3", "yes", "４"])
def test_anything_but_the_number_erases_nothing(operator: Client, nodes: list[Node], typed: str) -> None:
    place = preview(operator, nodes, "sdb", "sdc")
    page = operator.post(place, {"count": typed}, follow=True).content.decode()
    assert "Nothing was erased. To confirm, type the number of disks: 4" in page
    assert not Job.objects.exists() and ErasePermit.objects.get().used_at is None


def test_a_second_click_begins_no_second_job_and_shows_the_first(operator: Client, nodes: list[Node]) -> None:
    place = preview(operator, nodes, "sdb")
    operator.post(place, {"count": "2"})
    page = operator.post(place, {"count": "2"}, follow=True).content.decode()
    job = Job.objects.get()
    assert f"already been used by job {job.job_id}" in page and "each preview erases once" in page
    assert reverse("admin:jobs_job_change", args=[job.job_id]) in page
    assert 'name="count"' not in page


def test_a_preview_that_is_too_old_is_made_again_from_its_page(operator: Client, nodes: list[Node]) -> None:
    place = preview(operator, nodes, "sdb")
    ErasePermit.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    page = operator.post(place, {"count": "2"}, follow=True).content.decode()
    assert "N33" in page and "This preview expired at" in page and "New preview" in page
    assert not Job.objects.exists()


def test_somebody_elses_preview_and_one_that_is_gone(
    operator: Client, nodes: list[Node], client: Client
) -> None:
    place = preview(operator, nodes, "sdb")
    client.force_login(factories.make_user("bob", "operator"))
    page = client.post(place, {"count": "2"}, follow=True).content.decode()
    assert "created by olga" in page and not Job.objects.exists()
    ErasePermit.objects.all().delete()
    page = client.get(place, follow=True).content.decode()
    assert "This preview no longer exists" in page


def test_a_disk_that_was_exchanged_since_is_refused(operator: Client, nodes: list[Node]) -> None:
    place = preview(operator, nodes, "sdb")
    Disk.objects.filter(node=nodes[1], name="sdb").update(identity="serial:NEW", serial="NEW")
    page = operator.post(place, {"count": "2"}, follow=True).content.decode()
    assert "N39" in page and "172.16.80.2 differs from this preview" in page
    assert not Job.objects.exists() and ErasePermit.objects.get().used_at is None


def test_each_refusal_stands_beside_its_node_and_the_choice_stays(
    operator: Client, nodes: list[Node]
) -> None:
    third = factories.make_node(3, host_key="", host_key_fingerprint="")  # not pinned
    Disk.objects.filter(node=nodes[0], name="sdc").update(mountpoints=["/data"])
    Disk.objects.filter(node=nodes[1], name="sdx").delete()
    answer = operator.post(FORM, wish([*nodes, third], "sdc", "sdx", mode="full"))
    codes = [[item.code for item in row["findings"]] for row in answer.context["nodes"]]
    assert codes == [["N38"], ["N16"], ["N32"]]
    page = answer.content.decode()
    assert "in use: mounted on /data" in page and "No preview: 3 problems" in page
    assert answer.context["mode"] == "full"
    assert [item["name"] for item in answer.context["names"] if item["chosen"]] == ["sdc", "sdx"]
    assert not ErasePermit.objects.exists()


def test_from_a_preview_back_to_the_choice(operator: Client, nodes: list[Node]) -> None:
    page = operator.post(FORM, wish(nodes, "sdb", "sdx", mode="full", choose="1"))
    assert [item["name"] for item in page.context["names"] if item["chosen"]] == ["sdb", "sdx"]
    assert [row["chosen"] for row in page.context["nodes"]] == [True, True]
    assert page.context["mode"] == "full" and not ErasePermit.objects.exists()


def test_refused_nodes_are_left_out_when_a_person_says_so(operator: Client, nodes: list[Node]) -> None:
    Disk.objects.filter(node=nodes[0], name="sdc").update(mountpoints=["/data"])
    assert operator.post(FORM, wish(nodes, "sdc")).context["refused"] == ["172.16.80.1"]
    operator.post(FORM, wish(nodes, "sdc", without="172.16.80.1"))
    assert [disk["mgmt_address"] for disk in ErasePermit.objects.get().disks] == ["172.16.80.2"]


def test_many_nodes_cost_as_many_queries_as_few(operator: Client) -> None:
    operator.get(FORM)  # the first page of a session is noted
    counts = []
    for begin, end in ((1, 4), (10, 30)):
        made = [factories.make_node(number, host_key="ssh-ed25519 AAAA") for number in range(begin, end)]
        raw = pack(stream(lsblk_json=lsblk()))
        Collection.objects.bulk_create(Collection(node=node, by="olga", raw=raw) for node in made)
        with CaptureQueriesContext(connection) as seen:
            operator.get(preview(operator, made, "sdb"))
            operator.post(FORM, wish(made, "sda"))
        counts.append(len(seen))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"address": []}, "no nodes are specified"),
        ({"disk": []}, "no disk is specified"),
        ({"mode": "fast"}, "unknown erase mode"),
        ({"address": ["172.16.99.9"]}, "no node has the address 172.16.99.9"),
    ],
)
def test_incomplete_choices_are_said(
    operator: Client, nodes: list[Node], change: dict[str, object], said: str
) -> None:
    page = operator.post(FORM, {**wish(nodes, "sdb"), **change}).content.decode()
    assert said in page and not ErasePermit.objects.exists()


def test_nodes_in_service_and_busy_nodes_are_refused(operator: Client, nodes: list[Node]) -> None:
    Node.objects.filter(pk=nodes[0].pk).update(status=NodeStatus.ACTIVE)
    assert "N35" in operator.post(FORM, wish(nodes, "sdb")).content.decode()
    Node.objects.update(status=NodeStatus.AVAILABLE)
    operator.post(preview(operator, nodes, "sdb"), {"count": "2"})
    page = operator.post(FORM, wish(nodes, "sdc")).content.decode()
    assert "wait for it" in page and Job.objects.get().job_id in page
    assert Job.objects.count() == 1


def test_nobody_else_may(client: Client, nodes: list[Node]) -> None:
    client.force_login(factories.make_user(group="operator"))
    place = preview(client, nodes, "sdb")
    client.force_login(factories.make_user("vic", "viewer"))
    for url in (FORM, place):
        assert client.get(url).status_code == 403
        assert client.post(url, {**wish(nodes, "sdb"), "count": "2"}).status_code == 403
    page = client.get(reverse("admin:nodes_node_change", args=[nodes[0].node_id])).content.decode()
    assert "Erase disks" not in page
    assert "erase_disks" not in client.get(LIST).content.decode()
    assert not Job.objects.exists()


def test_without_the_token_against_forgery_nothing_is_done(nodes: list[Node]) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(factories.make_user(group="operator"))
    assert strict.post(FORM, wish(nodes, "sdb")).status_code == 403
    assert not ErasePermit.objects.exists()


def test_more_nodes_than_a_page_takes(
    operator: Client, nodes: list[Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("installer.console.nodes.erase_page.MAX_NODES", 1)
    chosen = {"action": "erase_disks", "_selected_action": [node.pk for node in nodes]}
    page = operator.post(LIST, chosen, follow=True).content.decode()
    assert "2 nodes are selected, the limit is 1" in page

"""Buttons on nodes: each calls its service in the name of the person who pressed it, and shows the result."""

from __future__ import annotations

import re
import zlib
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.actor import Actor
from common.audit import worded
from common.models import AuditEntry
from common.secrets import unseal
from jobs.models import Job, JobSecret
from nodes.models import Collection, Disk, DiskCorrection, Node
from nodes.services.modify import modify_disks
from nodes.states import NodeStatus
from tests import factories

pytestmark = pytest.mark.django_db

LIST = reverse("admin:nodes_node_changelist")


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(factories.make_user(group="operator"))
    return client


def act(client: Client, action: str, nodes: Iterable[Node]) -> str:
    chosen = [node.pk for node in nodes]
    answer = client.post(LIST, {"action": action, "_selected_action": chosen}, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_nodes_are_added_from_ranges_and_comments(operator: Client) -> None:
    text = "172.16.80.1\r\n172.16.80.5-172.16.80.7 # rack 2\r\n\r\n172.16.81.0/30\r\n"
    answer = operator.post(
        reverse("admin:nodes_node_add"), {"addresses": text, "port": 2222, "user": "root"}, follow=True
    )
    assert "nodes added" in answer.content.decode()
    assert Node.objects.filter(ssh_port=2222, status=NodeStatus.NEW).count() >= 6
    assert AuditEntry.objects.get(verb="add_nodes").actor == "olga"


def test_a_bad_line_adds_nothing_says_where_and_keeps_the_text(operator: Client) -> None:
    answer = operator.post(
        reverse("admin:nodes_node_add"),
        {"addresses": "172.16.80.1\n172.16.80.999\n", "port": 22, "user": "root"},
    )
    page = answer.content.decode()
    assert "addresses:2" in page
    assert "172.16.80.999" in page
    assert not Node.objects.exists()


def test_collecting_begins_a_job_and_links_to_it(operator: Client) -> None:
    nodes = [factories.make_node(number) for number in (1, 2)]
    page = act(operator, "collect", nodes)
    job = Job.objects.get()
    assert (job.action, job.created_by, job.created_via) == ("collect_nodes", "olga", "admin")
    assert reverse("admin:jobs_job_change", args=[job.job_id]) in page


def test_a_refusal_is_one_message_for_each_finding(operator: Client) -> None:
    nodes = [factories.make_node(number, status=NodeStatus.ACTIVE) for number in (1, 2, 3)]
    page = act(operator, "collect", nodes)
    assert page.count(">N21<") == 3
    assert not Job.objects.exists()
    act(operator, "collect_force", nodes)
    assert Job.objects.get().params["force"] is True


def test_ssh_asks_first_and_the_password_is_only_sealed(operator: Client) -> None:
    nodes = [factories.make_node(number, status=NodeStatus.NEW) for number in (1, 2)]
    form = act(operator, "establish_ssh", nodes)
    assert 'autocomplete="new-password"' in form
    ids = " ".join(node.node_id for node in nodes)
    assert ids in form
    answer = operator.post(
        reverse("admin:nodes_node_ssh_form"),
        {"nodes": ids, "user": "admin", "port": 22, "password": "opensesame-9", "accept_new": "on"},
        follow=True,
    )
    job = Job.objects.get(action="establish_ssh")
    assert job.params["user"] == "admin"
    assert unseal(JobSecret.objects.get(job=job).sealed)["password"].reveal() == "opensesame-9"
    rest = [answer.content.decode(), str(job.params), str(list(AuditEntry.objects.values()))]
    assert not any("opensesame-9" in text for text in rest)


def test_a_refused_ssh_form_keeps_everything_but_the_password(operator: Client) -> None:
    node = factories.make_node(1)
    page = operator.post(
        reverse("admin:nodes_node_ssh_form"),
        {"nodes": node.node_id, "user": "Bad User", "port": 22, "password": "opensesame-9"},
    ).content.decode()
    assert "N07" in page
    assert "Bad User" in page
    assert "opensesame-9" not in page
    assert not Job.objects.exists()


def test_a_node_deleted_meanwhile_is_said_by_the_form(operator: Client) -> None:
    page = operator.post(reverse("admin:nodes_node_remove_form"), {"nodes": "n-00000000"}).content.decode()
    assert "have been deleted" in page


CORRECTION = {
    "disk": "sdb",
    "type": "sata",
    "size_gb": "3200.632",
    "status": "0",
    "reason": "cache device",
}


def swapped(node: Node) -> Disk:
    """Give the name sdb to another disk, as happens after the page was shown."""
    Disk.objects.filter(node=node, name="sdb").update(name="sdy", identity="serial:old")
    return factories.make_disk(node, "sdb", order=7, size_bytes=1000 * factories.GB, present=True)


def test_one_correction_on_all_chosen_nodes(operator: Client) -> None:
    nodes = [factories.make_node(number) for number in (1, 2, 3)]
    url = reverse("admin:nodes_node_disks_form")
    body = {"nodes": " ".join(node.node_id for node in nodes), **CORRECTION}
    preview = operator.post(url, body)
    assert preview.content.decode().count(">S-sdb<") == 3 and not DiskCorrection.objects.exists()
    assert not AuditEntry.objects.exists()
    operator.post(url, {**body, "seen": preview.context["seen"]})
    made = DiskCorrection.objects.filter(disk__name="sdb")
    assert made.count() == 9
    assert set(made.filter(field="size_bytes").values_list("value", flat=True)) == {3_200_632_000_000}
    assert set(made.values_list("made_by", "made_via", "reason")) == {("olga", "admin", "cache device")}


def test_who_corrects_what_another_person_corrected_is_told(
    operator: Client, run: Callable[..., Any]
) -> None:
    node = factories.make_node(1)
    disk = node.disks.get(name="sdb")
    factories.correct(disk, "type", "nvme", against="sas")
    DiskCorrection.objects.update(made_by="ann", reason="label on the drive")
    url = reverse("admin:nodes_node_disks_form")
    said = "replaces another correction: type of sdb of"
    preview = operator.post(url, {"nodes": node.node_id, **CORRECTION}).content.decode()
    assert said in preview and "ann corrected it to nvme at" in preview and "(label on the drive)" in preview
    result = run(
        "modify_node_attributes", "-i", str(node.mgmt_address), "-d", "sdb", "-t", "sas", "--dry-run"
    )
    assert said in result.err
    place = reverse("admin:nodes_node_disk", args=[node.node_id])
    for value, told in (("nvme", False), ("ssd", True), ("sas", False)):
        looked_at = timezone.now().isoformat()
        body = {"disk": "sdb", "known_by": disk.known_by, "type": value, "seen_at": looked_at}
        assert (said in operator.post(place, body, follow=True).content.decode()) == told
        if value == "nvme":
            DiskCorrection.objects.update(made_by="ann")
    [replaced] = worded(AuditEntry.objects.order_by("-id")[1].detail["replaced"])
    assert "ann corrected it to nvme" in replaced


@pytest.mark.parametrize("seen", [None, "{}", "[", "rubbish"])
def test_many_disks_are_corrected_only_where_they_are_the_ones_of_the_preview(
    operator: Client, seen: str | None
) -> None:
    nodes = [factories.make_node(number) for number in (1, 2)]
    url = reverse("admin:nodes_node_disks_form")
    body = {"nodes": " ".join(node.node_id for node in nodes), **CORRECTION}
    preview = operator.post(url, body)
    Disk.objects.filter(node=nodes[1], name="sdb").update(identity="serial:other", observed_size_bytes=1)
    again = operator.post(url, {**body, "seen": preview.context["seen"] if seen is None else seen})
    page = again.content.decode()
    assert "N18" in page and "it is now serial:other 1 bytes" in page and not DiskCorrection.objects.exists()
    operator.post(url, {**body, "seen": again.context["seen"]})
    assert DiskCorrection.objects.count() == 6


@pytest.mark.parametrize("what", [{"type": "sata"}, {"keep": "type"}, {"clear": "type"}])
def test_a_page_from_before_a_swap_of_disks_corrects_nothing(operator: Client, what: dict[str, str]) -> None:
    node = factories.make_node(1)
    disk = node.disks.get(name="sdb")
    page = operator.get(reverse("admin:nodes_node_change", args=[node.node_id])).content.decode()
    assert f'name="known_by" value="{disk.known_by}"' in page
    factories.correct(swapped(node), "type", "nvme", against="sas")
    answer = operator.post(
        reverse("admin:nodes_node_disk", args=[node.node_id]),
        {"disk": "sdb", "known_by": disk.known_by, **what},
        follow=True,
    )
    assert "N18" in answer.content.decode() and "is not the disk that you saw" in answer.content.decode()
    assert set(DiskCorrection.objects.values_list("value", "against")) == {("nvme", "sas")}


def test_a_correction_is_kept_for_the_disk_that_is_there_not_for_one_that_left(operator: Client) -> None:
    node = factories.make_node(1)
    gone = node.disks.get(name="sdb")
    factories.correct(gone, "type", "nvme")
    Disk.objects.filter(pk=gone.pk).update(present=False, identity="gone:1")
    here = factories.make_disk(node, "sdb", order=7)
    factories.correct(here, "type", "sata", against="sas")
    operator.post(
        reverse("admin:nodes_node_disk", args=[node.node_id]),
        {"disk": "sdb", "keep": "type", "known_by": here.known_by},
    )
    assert here.corrections.get().value == "sata" and here.corrections.get().against == "ssd"


def test_a_corrected_os_disk_is_shown_and_corrected_as_the_others(operator: Client) -> None:
    node = factories.make_node(1)
    disk = node.disks.get(name="sda")
    factories.correct(disk, "type", "nvme", against="sas", reason="M.2 behind a bridge")
    page = operator.get(reverse("admin:nodes_node_change", args=[node.node_id])).content.decode()
    assert "→ nvme" in page and "M.2 behind a bridge" in page and "Keep nvme" in page
    assert f'id="disk-{disk.pk}"' in page
    assert "conflict" in operator.get(LIST).content.decode()
    operator.post(
        reverse("admin:nodes_node_disk", args=[node.node_id]),
        {"disk": "sda", "keep": "type", "known_by": disk.known_by},
    )
    assert DiskCorrection.objects.get().against == "ssd"


def test_a_conflict_is_kept_to_the_byte_or_dropped_from_the_page(operator: Client) -> None:
    node = factories.make_node(1)
    disk = node.disks.get(name="sdb")
    factories.correct(disk, "size_bytes", 3_199_999_999_999, against=1)
    url = reverse("admin:nodes_node_disk", args=[node.node_id])
    assert (
        "conflict" in operator.get(reverse("admin:nodes_node_change", args=[node.node_id])).content.decode()
    )
    operator.post(url, {"disk": "sdb", "keep": "size_bytes", "known_by": disk.known_by})
    kept = DiskCorrection.objects.get()
    assert (kept.value, kept.against, kept.conflict) == (3_199_999_999_999, disk.observed_size_bytes, False)
    assert kept.reason == "cache device"
    operator.post(url, {"disk": "sdb", "clear": "size_bytes", "known_by": disk.known_by})
    assert not DiskCorrection.objects.exists()
    page = operator.get(reverse("admin:nodes_node_change", args=[node.node_id])).content.decode()
    assert page.count("modify_node_attributes") == 2


def test_what_waits_for_an_absent_disk_is_shown_on_home_and_dropped_on_the_page(operator: Client) -> None:
    node = factories.make_node(1)
    lost = node.disks.get(name="sdb")
    factories.correct(lost, "status", 0, against=1, reason="keep this disk")
    Disk.objects.filter(pk=lost.pk).update(present=False)
    there = node.disks.get(name="sdc")
    Disk.objects.filter(pk=there.pk).update(may_be=[lost.pk])
    assert "Corrections in conflict" in operator.get(reverse("admin:index")).content.decode()
    url = reverse("admin:nodes_node_change", args=[node.node_id])
    page = operator.get(url).content.decode()
    assert "The disk may now be" in page and f'value="{lost.identity}"' in page
    operator.post(
        reverse("admin:nodes_node_disk", args=[node.node_id]),
        {"disk": lost.identity, "known_by": lost.known_by, "clear": "status"},
    )
    assert (
        not DiskCorrection.objects.exists()
        and "The disk may now be" not in operator.get(url).content.decode()
    )
    assert "Corrections in conflict" not in operator.get(reverse("admin:index")).content.decode()


def test_deleting_goes_through_the_service(operator: Client) -> None:
    free, used = factories.make_node(1), factories.make_node(2, status=NodeStatus.ACTIVE)
    url = reverse("admin:nodes_node_remove_form")
    refused = operator.post(url, {"nodes": f"{free.node_id} {used.node_id}"}).content.decode()
    assert "N08" in refused
    assert Node.objects.count() == 2
    assert "1 node deleted" in operator.post(url, {"nodes": free.node_id}, follow=True).content.decode()
    assert list(Node.objects.all()) == [used]


def test_what_a_node_said_is_a_download(operator: Client) -> None:
    node = factories.make_node(1)
    kept = Collection.objects.create(node=node, by="olga", raw=zlib.compress(b"<html>lsblk says"))
    answer = operator.get(reverse("admin:nodes_node_raw", args=[node.node_id, kept.pk]))
    assert answer.content == b"<html>lsblk says"
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "attachment" in answer.headers["Content-Disposition"]
    other = factories.make_node(2)
    assert operator.get(reverse("admin:nodes_node_raw", args=[other.node_id, kept.pk])).status_code == 404


def test_a_viewer_has_no_verb_at_all(client: Client) -> None:
    client.force_login(factories.make_user(group="viewer"))
    node = factories.make_node(1)
    page = client.get(LIST).content.decode()
    assert "establish_ssh" not in page
    for name in ("ssh_form", "disks_form", "remove_form", "add"):
        assert client.post(reverse(f"admin:nodes_node_{name}"), {"nodes": node.node_id}).status_code == 403
    assert client.post(reverse("admin:nodes_node_disk", args=[node.node_id])).status_code == 403
    assert client.post(reverse("admin:nodes_node_do", args=[node.node_id, "collect"])).status_code == 403
    act(client, "collect", [node])
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "query",
    ["?q=172.16.80.2", "?q=pek3cr01n02", "?q=SN000002", "?q=52:54:00:00:02:02", "?status__exact=active"],
)
def test_searching_and_filtering(operator: Client, query: str) -> None:
    factories.make_node(1)
    wanted = factories.make_node(2, status=NodeStatus.ACTIVE)
    context = operator.get(f"{LIST}{query}").context
    assert list(context["cl"].result_list) == [wanted]


def test_a_correction_that_came_meanwhile_is_shown_and_kept(client: Client) -> None:
    client.force_login(factories.make_user(group="operator"))
    node = factories.make_node(7)
    page = reverse("admin:nodes_node_change", args=[node.node_id])
    shown = client.get(page).content.decode()
    looked_at = re.findall(r'name="seen_at" value="([^"]+)"', shown)[0]
    disk = node.disks.get(name="sdb")
    modify_disks(
        addresses=[str(node.mgmt_address)], disk="sdb", actor=Actor("bob", "api"), size_bytes=3 * 10**12
    )
    form = {"disk": "sdb", "known_by": disk.known_by, "size_gb": "4000", "seen_at": looked_at}
    here = reverse("admin:nodes_node_disk", args=[node.node_id])
    answer = client.post(here, form)
    assert answer.status_code == 409 and "bob corrected size_bytes" in answer.content.decode()
    assert disk.corrections.get(field="size_bytes").value == 3 * 10**12
    again = re.findall(r'name="seen_at" value="([^"]+)"', answer.content.decode())[0]
    assert client.post(here, {**form, "seen_at": again}).status_code == 302
    assert disk.corrections.get(field="size_bytes").value == 4 * 10**12
    for odd in ("", "x", "2026-13-45", "2026-01-01T00:00:00", "9" * 5000):
        assert client.post(here, {**form, "seen_at": odd}).status_code == 302


def test_a_row_of_the_list_is_half_a_kilobyte(operator: Client) -> None:
    for number in (1, 2):
        factories.make_node(number)
    few = len(operator.get(LIST).content)
    for number in range(3, 13):
        factories.make_node(number)
    assert (len(operator.get(LIST).content) - few) / 10 < 512

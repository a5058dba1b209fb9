"""Files of nodes in the browser: download, preview, apply."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from installer.console import uploads
from nodes.describe import prefetched
from nodes.models import DiskCorrection, Node
from nodes.services.export_nodes import export_nodes
from nodes.states import NodeStatus
from tests import factories

pytestmark = pytest.mark.django_db

LIST = reverse("admin:nodes_node_changelist")
FORM = reverse("admin:nodes_node_import_form")


@pytest.fixture
def operator(client: Client) -> Client:
    client.force_login(factories.make_user(group="operator"))
    return client


@pytest.fixture
def nodes() -> list[Node]:
    return [factories.make_node(number) for number in (1, 2, 3)]


def exported(kind: str = "json") -> str:
    return "".join(export_nodes(nodes=prefetched(), format=kind))


def upload(client: Client, text: str | bytes, name: str = "nodes.json") -> HttpResponse:
    data = text if isinstance(text, bytes) else text.encode()
    return client.post(FORM, {"file": SimpleUploadedFile(name, data)})  # type: ignore[return-value]


def downloaded(answer: HttpResponse) -> str:
    return b"".join(answer.streaming_content).decode()  # type: ignore[attr-defined]


@pytest.mark.parametrize("group", ["viewer", "operator"])
@pytest.mark.parametrize("kind", ["json", "csv"])
def test_chosen_nodes_are_downloaded(client: Client, nodes: list[Node], group: str, kind: str) -> None:
    client.force_login(factories.make_user(group=group))
    chosen = [node.pk for node in nodes[:2]]
    answer = client.post(LIST, {"action": f"export_{kind}", "_selected_action": chosen})
    text = downloaded(answer)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="nodes.{kind}"'
    assert [str(node.mgmt_address) in text for node in nodes] == [True, True, False]
    assert "52:54:00:00:01:02" in text, "interfaces too"
    # A spreadsheet that is started by a click takes a CSV for UTF-8 only with its mark.
    assert text.startswith("\ufeff") == (kind == "csv")


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 3), ("status__exact=active", 1), ("q=pek3cr01n02", 1), ("q=52:54:00:00:03:02", 1), ("q=none", 0)],
)
def test_the_list_is_downloaded_as_it_is_filtered(
    operator: Client, nodes: list[Node], query: str, count: int
) -> None:
    Node.objects.filter(pk=nodes[0].pk).update(status=NodeStatus.ACTIVE)
    assert f"{reverse('admin:nodes_node_export', args=['json'])}?{query}" in operator.get(
        f"{LIST}?{query}"
    ).content.decode().replace("%3A", ":")
    answer = operator.get(f"{reverse('admin:nodes_node_export', args=['json'])}?{query}")
    assert json.loads(downloaded(answer))["total_count"] == count


def test_downloads_that_do_not_exist(operator: Client, client: Client) -> None:
    assert operator.get(reverse("admin:nodes_node_export", args=["xml"])).status_code == 404
    wrong = operator.get(
        reverse("admin:nodes_node_export", args=["json"]) + "?status__exact=x&p=z&colour=red"
    )
    assert wrong.status_code == 302
    client.force_login(factories.make_user("nobody"))
    assert client.get(reverse("admin:nodes_node_export", args=["json"])).status_code == 403


def test_a_preview_shows_new_changed_and_unchanged_and_changes_nothing(
    operator: Client, nodes: list[Node]
) -> None:
    text = exported().replace("pek3cr01n01", "pek3cr09n09")
    nodes[2].delete()
    page = upload(operator, text)
    assert dict(page.context["counts"]) == {"changed": 1, "new": 1, "same": 1}
    shown = page.content.decode()
    for wanted in (
        "pek3cr01n01",
        "pek3cr09n09",
        "disk S-sdb",
        "512 GiB",
        "1 new",
        "1 changed",
        "1 unchanged",
    ):
        assert wanted in shown
    assert Node.objects.count() == 2
    assert not AuditEntry.objects.filter(verb="import_nodes").exists()

    answer = operator.post(FORM, {"kept": page.context["kept"]}, follow=True)
    assert "nodes.json imported: 1 new, 1 changed, 1 unchanged" in answer.content.decode()
    assert Node.objects.get(mgmt_address="172.16.80.1").hostname == "pek3cr09n09"
    told = AuditEntry.objects.get(verb="import_nodes")
    assert (told.actor, told.via, told.detail["file"]) == ("olga", "admin", "nodes.json")


def test_a_table_with_a_byte_order_mark_comes_back_to_the_byte(operator: Client, nodes: list[Node]) -> None:
    data = b"\xef\xbb\xbf" + exported("csv").replace("\n", "\r\n").encode()
    page = upload(operator, data, "nodes.csv")
    assert uploads.take(page.context["kept"], "olga").data == data
    assert dict(page.context["counts"]) == {"same": 3}


def test_a_correction_in_the_file_is_shown_before_it_is_made(operator: Client, nodes: list[Node]) -> None:
    document = json.loads(exported())
    disk = document["node_set"][0]["data_disks"][0]
    disk["fields"] = {"size_bytes": {"observed": disk["size_bytes"], "override": 1_600_000_000_000}}
    page = upload(operator, json.dumps(document))
    assert "correction of size of sdb" in page.content.decode() and "1600 GB" in page.content.decode()
    assert not DiskCorrection.objects.exists()
    operator.post(FORM, {"kept": page.context["kept"]})
    assert DiskCorrection.objects.get().made_by == "olga"


def test_another_state_than_the_one_that_was_shown_is_shown_again(
    operator: Client, nodes: list[Node]
) -> None:
    page = upload(operator, exported().replace("pek3cr01n01", "pek3cr09n09"))
    Node.objects.filter(pk=nodes[1].pk).update(hostname="renamed-since")
    again = operator.post(FORM, {"kept": page.context["kept"]})
    assert "have changed since the preview. Nothing has been imported" in again.content.decode()
    assert dict(again.context["counts"]) == {"changed": 2, "same": 1}
    assert Node.objects.filter(hostname="pek3cr01n01").exists()
    operator.post(FORM, {"kept": again.context["kept"]})
    assert Node.objects.filter(hostname__in=["pek3cr09n09", "pek3cr01n02"]).count() == 2


def test_nodes_in_service_are_named_and_need_a_tick(operator: Client, nodes: list[Node]) -> None:
    Node.objects.filter(pk=nodes[0].pk).update(status=NodeStatus.ACTIVE)
    page = upload(operator, exported().replace("pek3cr01n01", "pek3cr09n09"))
    assert [address for address, _ in page.context["in_service"]] == ["172.16.80.1"]
    refused = operator.post(FORM, {"kept": page.context["kept"]})
    assert "N21" in refused.content.decode() and refused.context["kept"]
    assert Node.objects.filter(hostname="pek3cr01n01").exists()
    operator.post(FORM, {"kept": refused.context["kept"], "force": "1"})
    assert Node.objects.filter(hostname="pek3cr09n09").exists()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"[]", "the file contains no nodes"),
        (b"\x00\xff\xfe\x00", "not UTF-8"),
        (b'{"node_set": [', "the JSON is truncated"),
        (b"[" * 100_000, "nested too deeply"),
        (b"mgmt_address,ssh_port\n10.0.0.1,22\n10.0.0.2,x\n", "nodes.csv:3"),
        (b"a,b\n1,2\n", "the column mgmt_address is missing"),
        (b'[{"mgmt_address": "<script>alert(1)</script>"}]', "mgmt_address"),
    ],
)
def test_garbage_is_told_with_its_place_and_changes_nothing(operator: Client, data: bytes, said: str) -> None:
    answer = upload(operator, data, "nodes.csv")
    page = answer.content.decode()
    assert answer.status_code == 200 and said in page and "nothing has been imported" in page
    assert "<script>alert" not in page and "kept" not in answer.context
    assert not Node.objects.exists()


def test_no_file_and_too_large_a_file(operator: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "Choose a file from Export" in operator.post(FORM, {}).content.decode()
    assert "The file is empty" in upload(operator, b"").content.decode()
    monkeypatch.setattr("installer.console.nodes.transfer_page.MAX_FILE_BYTES", 100)
    assert "larger than 16 MiB" in upload(operator, b"x" * 101).content.decode()


def test_a_file_that_does_not_fit_into_a_form(
    operator: Client, nodes: list[Node], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "MAX_TOKEN_CHARS", 100)
    assert "too large to be confirmed in the browser" in upload(operator, exported()).content.decode()


def test_a_preview_that_is_old_damaged_or_somebody_elses_imports_nothing(
    operator: Client, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = upload(operator, b'[{"mgmt_address": "172.16.80.9"}]').context["kept"]
    assert "This preview is damaged" in operator.post(FORM, {"kept": kept[:-3] + "AAA"}).content.decode()
    client.force_login(factories.make_user("bob", "operator"))
    assert "created by olga" in client.post(FORM, {"kept": kept}).content.decode()
    monkeypatch.setattr(uploads, "LASTS", timedelta(seconds=-1))
    assert "older than 15 minutes" in client.post(FORM, {"kept": kept}).content.decode()
    assert not Node.objects.exists()


def test_nobody_else_may_import(client: Client, nodes: list[Node]) -> None:
    client.force_login(factories.make_user("vic", "viewer"))
    assert client.get(FORM).status_code == 403
    assert client.post(FORM, {"kept": "x"}).status_code == 403
    assert FORM not in client.get(LIST).content.decode()
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(factories.make_user("olga", "operator"))
    assert upload(strict, exported()).status_code == 403

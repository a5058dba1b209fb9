"""Retiring on its faces: what is shown first, what is asked, what REST and the page answer."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from common.audit import worded
from common.models import AuditEntry
from nodes.models import Node
from tests import factories
from tests.support import demo
from zones.models import VbcAssignment

pytestmark = pytest.mark.django_db
MASTER, HEIR = "127.1.0.12", "127.1.0.13"
NAME = f"{demo.ZONE}r01n12"


@pytest.fixture(autouse=True)
def adopted(run, tmp_path: Path, data_dir: Path) -> None:
    demo.running(run, tmp_path)


def status(address: str) -> str:
    return Node.objects.get(mgmt_address=address).status


@pytest.mark.parametrize(
    ("typed", "code"),
    [(f"{NAME}\n", 0), ("1\n", 2), ("y\n", 2), (f"{demo.ZONE}r01n13\n", 2), ("", 2)],
)
def test_the_command_tells_then_asks(run, monkeypatch, typed, code):
    answers = io.StringIO(typed)
    answers.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", answers)
    result = run("retire_nodes", "-i", MASTER, "--reason", "main board")
    assert result.code == code, result.err
    told, _, rest = result.err.partition(f"Type the host name {NAME} to continue: ")
    assert "becomes Master of" in told and "+hyper_vip_address=" in told and "becomes Master" not in rest
    assert status(MASTER) == ("retired" if code == 0 else "active")
    assert ("retired from zone" in rest) == (code == 0) and ("P80" in rest) == (code == 2)


def test_the_command_without_a_terminal(run):
    assert run("retire_nodes", "-i", MASTER).code == 2 and status(MASTER) == "active"
    dry = run("retire_nodes", "-i", MASTER, "--dry-run")
    assert dry.code == 0 and "nothing was changed" in dry.err and status(MASTER) == "active"
    wrong = run("retire_nodes", "-i", MASTER, "--confirm", f"{demo.ZONE}r01n13")
    assert wrong.code == 2 and "P80" in wrong.err and "P81" in wrong.err and status(MASTER) == "active"
    name = Node.objects.get(mgmt_address=MASTER).hostname
    silent = run("retire_nodes", "-i", MASTER, "--confirm", name)
    assert silent.code == 2 and "P81" in silent.err and "P80" not in silent.err
    done = run("retire_nodes", "-i", MASTER, "--confirm", name, "--reason", "main board")
    assert done.code == 0 and done.err.count("becomes Master of") == 1 and status(MASTER) == "retired"
    again = run("retire_nodes", "-i", MASTER, "127.1.0.14", "--confirm", name, "--reason", "x")
    assert again.code == 2 and "it has already left service" in again.err and "127.1.0.14" in again.err
    unsaid = run("delete_nodes", "-i", MASTER)
    assert unsaid.code == 2 and "P80" in unsaid.err and Node.objects.filter(mgmt_address=MASTER).exists()
    assert run("delete_nodes", "-i", MASTER, "--confirm", name).code == 0


def test_rest(operator):
    url = "/api/v1/nodes/retire/"
    assert operator.post(url, {}).status_code == 400
    refused = operator.post(url, {"addresses": ["127.1.0.14"]})
    assert refused.status_code == 400 and refused.json()["findings"][0]["code"] == "Z20"
    dry = operator.post(url, {"addresses": [MASTER], "dry_run": True})
    assert dry.status_code == 200 and status(MASTER) == "active"
    name = Node.objects.get(mgmt_address=MASTER).hostname
    for body in ({}, {"reason": "scrapped"}, {"confirm": name}, {"reason": " ", "confirm": name}):
        unsaid = operator.post(url, {"addresses": [MASTER], **body})
        assert unsaid.status_code == 400 and status(MASTER) == "active", unsaid.content
        assert {item["code"] for item in unsaid.json()["findings"]} <= {"P80", "P81"}
    wrong = operator.post(url, {"addresses": [MASTER], "reason": "scrapped", "confirm": "1"})
    assert wrong.status_code == 400 and name in wrong.json()["findings"][0]["remedy"]
    done = operator.post(url, {"addresses": [MASTER], "reason": "scrapped", "confirm": name.upper()})
    assert done.json() == dry.json() and status(MASTER) == "retired"
    body = done.json()
    assert (body["zone_id"], body["addresses"]) == (demo.ZONE, [MASTER])
    heir = Node.objects.get(mgmt_address=HEIR).hostname
    assert [item["path"] for item in body["settings"]] == [f"settings/{heir}"]
    assert AuditEntry.objects.get(verb="retire_nodes").reason == "scrapped"


def test_browser(client: Client):
    client.force_login(factories.make_user(group="operator"))
    node = Node.objects.get(mgmt_address=MASTER)
    retire = reverse("admin:nodes_node_do", args=[node.node_id, "retire"])
    assert retire in client.get(reverse("admin:nodes_node_change", args=[node.node_id])).content.decode()
    shown = client.post(retire).content.decode()
    assert "becomes Master of" in shown and "+hyper_vip_address" in shown and status(MASTER) == "active"
    form = reverse("admin:nodes_node_retire_form")
    unsaid = client.post(form, {"nodes": node.node_id, "reason": "burnt <b>"}, follow=True).content.decode()
    assert "P80" in unsaid and "burnt &lt;b&gt;" in unsaid and status(MASTER) == "active"
    assert f"type the host name {node.hostname}" in unsaid and "becomes Master of" in unsaid
    body = {"nodes": node.node_id, "reason": "burnt <b>", "confirm": node.hostname}
    done = client.post(form, body, follow=True).content.decode()
    assert "1 node of zone" in done and "becomes Master of" in done and status(MASTER) == "retired"
    again = client.post(form, {"nodes": node.node_id}, follow=True).content.decode()
    assert "Z20" in again and "it has already left service" in again
    # What is left to do outlives the page.
    entry = AuditEntry.objects.get(verb="retire_nodes")
    assert entry.reason == "burnt <b>" and "becomes Master" in str(worded(entry.detail)["left_to_do"])
    assert entry.detail["settings"] and VbcAssignment.objects.get().master.mgmt_address == HEIR
    assert client.get(form, follow=True).status_code == 200
    client.force_login(factories.make_user("vic", group="viewer"))
    assert client.post(form, {"nodes": node.node_id}).status_code == 403
    page = client.get(reverse("admin:nodes_node_change", args=[node.node_id])).content.decode()
    assert retire not in page

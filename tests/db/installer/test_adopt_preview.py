"""A running zone is previewed as it would be recorded, and gains nothing that it does not have."""

from __future__ import annotations

import copy
import io
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from nodes.models import NetworkInterface, Node
from nodes.states import NodeStatus
from tests.db.installer.test_admin_pages import signed_in
from tests.support import demo
from zones.models import Plan, VbcAssignment, Zone

pytestmark = pytest.mark.django_db
CONFIGURE = reverse("admin:zones_zone_configure")


@pytest.fixture
def files(tmp_path: Path, data_dir: Path) -> dict[str, str]:
    demo.nodes()
    return demo.write(tmp_path)


def nothing_kept() -> bool:
    there = (Zone, Plan, VbcAssignment, AuditEntry)
    return not any(model.objects.exists() for model in there) and set(
        Node.objects.values_list("status", flat=True)
    ) == {NodeStatus.AVAILABLE}


def test_check_shows_what_would_be_recorded_and_records_nothing(run, files) -> None:
    shown = run("adopt_zone", "-v", files["variables"], "-s", files["settings"], "--check")
    assert shown.code == 0, shown.err
    for wanted in (*demo.OLD, "10.10.50.0/24", "127.1.0.200"):
        assert wanted in shown.out
    as_json = run(
        "adopt_zone", "-v", files["variables"], "-s", files["settings"], "--check", "--format", "json"
    )
    assert set(as_json.json["roles"]) == set(demo.OLD) and as_json.json["kind"] == "adopt"
    assert nothing_kept()


@pytest.mark.parametrize(("typed", "code"), [("3\n", 0), ("y\n", 2), ("\n", 2)])
def test_a_person_at_a_terminal_is_asked(run, files, monkeypatch, typed, code) -> None:
    answers = io.StringIO(typed)
    answers.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", answers)
    done = run("adopt_zone", "-v", files["variables"], "-s", files["settings"])
    assert done.code == code and "10.10.50.0/24" in done.err
    assert nothing_kept() == bool(code)


def test_hypers_that_run_are_not_given_networks(run, files) -> None:
    settings = demo.old_settings()
    Path(files["settings"]).write_text(yaml.safe_dump(settings))
    done = run("adopt_zone", "-v", files["variables"], "-s", files["settings"])
    assert (
        done.code == 2 and "R07" in done.err and "does not allocate networks to running machines" in done.err
    )
    assert "ipv4_vbc" in done.err and nothing_kept()


def test_the_vip_that_a_master_carries_is_its_own(run, files) -> None:
    master = Node.objects.get(mgmt_address="127.1.0.12")
    NetworkInterface.objects.filter(node=master, name="bond0").update(
        addresses=["127.1.0.12/24", "127.1.0.200/32"]
    )
    assert run("adopt_zone", "-v", files["variables"], "-s", files["settings"]).code == 0
    assert VbcAssignment.objects.get().ipv4_vip == "127.1.0.200"


def test_the_vip_that_another_machine_carries_is_refused(run, files) -> None:
    other = Node.objects.get(mgmt_address="127.1.0.14")
    NetworkInterface.objects.filter(node=other, name="bond0").update(
        addresses=["127.1.0.14/24", "127.1.0.200/32"]
    )
    done = run("adopt_zone", "-v", files["variables"], "-s", files["settings"])
    assert done.code == 2 and "R06" in done.err and "127.1.0.200 is in use by" in done.err


def body(**more: Any) -> dict[str, Any]:
    texts = demo.texts()
    return {"variables": texts["variables"], "settings": texts["settings"], **more}


def test_rest_previews_and_refuses_what_was_not_seen(operator, files) -> None:
    shown = operator.post("/api/v1/zones/adopt/", body(check=True))
    assert shown.status_code == 200 and shown.json()["vbcs"][0]["ipv4_vbc"] == "10.10.50.0/24"
    assert nothing_kept()
    seen = shown.json()["content_hash"]
    other = copy.deepcopy(demo.running_settings())
    other["roles"]["127.1.0.14"] = {"role": "hyper-repl", "sub_roles": ["hyper"]}
    other["vbc"][0]["mgmt_ips"].append("127.1.0.14")
    changed = {"name": "settings.devops1a.yaml", "text": yaml.safe_dump(other)}
    refused = operator.post("/api/v1/zones/adopt/", body(settings=changed, content_hash=seen))
    assert refused.status_code == 409 and refused.json()["findings"][0]["code"] == "Z40"
    assert nothing_kept()
    done = operator.post("/api/v1/zones/adopt/", body(content_hash=seen))
    assert done.status_code == 201 and Zone.objects.get().zone_id == demo.ZONE


def test_the_page_shows_it_first(client: Client, files) -> None:
    signed_in(client, "operator")
    texts = demo.texts()
    sent = {
        **{f"{kind}_name": texts[kind]["name"] for kind in ("settings", "variables")},
        **{f"{kind}_text": texts[kind]["text"] for kind in ("settings", "variables")},
        "adopt": "1",
    }
    shown = client.post(CONFIGURE, sent)
    page = shown.content.decode()
    assert "Preview of zone" in page and "10.10.50.0/24" in page and "127.1.0.200" in page
    assert nothing_kept() and "Register the zone" in page
    seen = shown.context["preview"]["content_hash"]
    stale = client.post(CONFIGURE, {**sent, "content_hash": "0" * 64})
    assert "Z40" in stale.content.decode() and nothing_kept()
    done = client.post(CONFIGURE, {**sent, "content_hash": seen})
    assert done.status_code == 302 and Zone.objects.get().zone_id == demo.ZONE

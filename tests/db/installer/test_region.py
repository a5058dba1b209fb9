"""The global side of a joining zone, through commands and REST: the same list, the same refusals."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.translation import get_language
from rest_framework.test import APIClient

from common import wording
from common.actor import Actor
from common.models import AuditEntry
from operations.models import ChecklistTick
from operations.region.service import tick_checklist, untick_checklist, zone_checklist
from tests.factories import make_user, make_zone
from zones.models import Zone

pytestmark = pytest.mark.django_db
ANN = Actor("ann", "admin")
URL = "/api/v1/zones/pek3b"


@pytest.fixture
def zones() -> tuple[Zone, Zone]:
    vms = {"proxy": ["10.0.0.1"], "webservice": ["10.0.0.5"], "zoocassa": ["10.0.0.7"]}
    at = make_zone("pek3a", is_global=True, deploy_mode="standard", vms=vms)
    return at, make_zone("pek3b", deploy_mode="standard", vms={"proxy": ["10.0.1.1", "10.0.1.2"]})


def test_the_listener_as_command_and_over_rest(zones: Any, run: Any, viewer: APIClient) -> None:
    shown = run("render_front_gate", "-z", "pek3b", "--port", "9800", "--server-port", "9801")
    assert shown.code == 0 and "server front_gate_1 10.0.1.2:9801 check" in shown.out
    answer = viewer.get(f"{URL}/front-gate/?port=9800&server_port=9801")
    assert answer.status_code == 200 and answer.content.decode() == shown.out
    same = run("render_front_gate", "-z", "pek3b", "--port", "9800")
    assert "bind 0.0.0.0:9800" in same.out and "10.0.1.1:9800 check" in same.out
    assert run("render_front_gate", "-z", "pek3b").code == 2
    taken = run("render_front_gate", "-z", "pek3b", "--port", "443")
    assert taken.code == 2 and "L01" in taken.err and "port 443 is already used" in taken.err
    assert viewer.get(f"{URL}/front-gate/").status_code == 400
    assert viewer.get(f"{URL}/front-gate/?port=443").json()["findings"][0]["code"] == "L01"
    Zone.objects.filter(zone_id="pek3b").update(vms={})
    assert "has no proxy" in run("render_front_gate", "-z", "pek3b", "--port", "9800").err


def test_the_global_zone_itself_joins_nothing(zones: Any, run: Any, viewer: APIClient) -> None:
    for words in (["render_front_gate", "-z", "pek3a", "--port", "9800"], ["zone_checklist", "-z", "pek3a"]):
        refused = run(*words)
        assert refused.code == 2 and "H01" in refused.err
    assert viewer.get("/api/v1/zones/pek3a/checklist/").status_code == 400
    assert viewer.get("/api/v1/zones/nowhere/checklist/").status_code == 404
    Zone.objects.filter(zone_id="pek3a").update(is_global=False)
    assert "G03" in run("zone_checklist", "-z", "pek3b").err


def test_who_ticked_what_when(zones: Any, run: Any, operator: APIClient) -> None:
    listed = run("zone_checklist", "-z", "pek3b")
    assert listed.code == 0 and all(row["ticked_by"] == "" for row in listed.json)
    assert "front-gate-reached: From 10.0.0.1, connect to 10.0.1.1, 10.0.1.2" in listed.err
    body = {"item": "services", "comment": "both since 03:12"}
    answer = operator.post(f"{URL}/checklist/tick/", body, format="json")
    assert answer.status_code == 200
    [row] = [row for row in answer.json() if row["ticked_by"]]
    assert (row["item"], row["ticked_by"], row["comment"]) == (
        "services",
        "operator-person",
        "both since 03:12",
    )
    assert row["ticked_at"].endswith("Z") and row["changed"] is False
    again = run("zone_checklist", "-z", "pek3b", "--tick", "services")
    assert again.code == 2 and "L03" in again.err and "operator-person ticked services" in again.err
    assert operator.get(f"{URL}/checklist/").json() == answer.json()

    words = ("zone_checklist", "-z", "pek3b", "--untick", "services", "--comment", "one is FATAL")
    unseen = run(*words)
    assert unseen.code == 3 and "L06" in unseen.err and "both since 03:12" in unseen.err
    undone = run(*words, "--ticked-at", row["ticked_at"])
    assert undone.code == 0 and not ChecklistTick.objects.exists()
    assert run("zone_checklist", "-z", "pek3b", "--untick", "services").code == 2
    entry = AuditEntry.objects.get(verb="untick_checklist")
    assert entry.subject == "pek3b" and entry.reason == "one is FATAL"
    assert (entry.detail["item"], entry.detail["ticked_by"]) == ("services", "operator-person")
    assert AuditEntry.objects.get(verb="tick_checklist").actor == "operator-person"
    assert run("zone_checklist", "-z", "pek3b", "--tick", "services").code == 0


@pytest.mark.parametrize("face", ["form", "rest", "command"])
def test_a_tick_that_came_meanwhile_is_shown_and_kept(
    zones: Any, run: Any, operator: APIClient, client: Client, face: str
) -> None:
    """Keep a tick that Bob gave anew after Ann took hers back: the reader of the page has not seen it."""
    tick_checklist(zone_id="pek3b", item="services", actor=ANN)
    client.force_login(make_user("olga", "operator"))
    page = reverse("admin:zones_zone_joining", args=["pek3b"])
    form = dict(re.findall(r'name="(item|ticked_at)" value="([^"]+)"', client.get(page).content.decode()))
    looked_at = form["ticked_at"]
    untick_checklist(zone_id="pek3b", item="services", actor=ANN)
    bob = Actor("bob", "api")
    tick_checklist(zone_id="pek3b", item="services", actor=bob, comment="both run now")

    def untick(ticked_at: str) -> tuple[int, str]:
        if face == "form":
            sent = {"item": "services", "untick": "1", "ticked_at": ticked_at}
            answer = client.post(page, sent, follow=True)
            return 409 if ChecklistTick.objects.exists() else 200, answer.content.decode()
        if face == "rest":
            sent = {"item": "services", "ticked_at": ticked_at}
            answer = operator.post(f"{URL}/checklist/untick/", sent, format="json")
            return answer.status_code, answer.content.decode()
        done = run("zone_checklist", "-z", "pek3b", "--untick", "services", "--ticked-at", ticked_at)
        return {0: 200, 3: 409}[done.code], done.err

    status, said = untick(looked_at)
    assert status == 409 and "L06" in said and "bob ticked services of pek3b at" in said, said
    assert "both run now" in said and ChecklistTick.objects.get().ticked_by == "bob"
    assert not AuditEntry.objects.filter(verb="untick_checklist").exclude(actor="ann").exists()
    status, _ = untick(zone_checklist(zone_id="pek3b")[_place("services")]["ticked_at"])
    assert status == 200 and not ChecklistTick.objects.exists()


def test_a_tick_that_nobody_looked_at_is_shown_first(
    zones: Any, run: Any, operator: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("zone_checklist", "-z", "pek3b", "--untick", "services")
    tick_checklist(zone_id="pek3b", item="services", actor=ANN)
    answer = operator.post(f"{URL}/checklist/untick/", {"item": "services"}, format="json")
    assert answer.status_code == 409 and "ann ticked services" in answer.json()["difference"]["changes"][0]
    for typed, code in (("y", 2), ("services", 0)):
        monkeypatch.setattr("sys.stdin", Terminal(typed))
        done = run(*words)
        assert done.code == code and "ann ticked services of pek3b" in done.err
        assert ChecklistTick.objects.exists() == (code != 0)
    assert run("zone_checklist", "-z", "pek3b", "--tick", "services").code == 0
    assert run(*words).code == 0, "one's own tick is taken back freely"
    assert run(*words, "--ticked-at", "yesterday").code == 2


class Terminal(io.StringIO):
    """A person who types this when asked."""

    def isatty(self) -> bool:
        return True


def _place(item: str) -> int:
    return [row["item"] for row in zone_checklist(zone_id="pek3b")].index(item)


def test_what_is_not_on_the_list(zones: Any, run: Any, operator: APIClient, viewer: APIClient) -> None:
    for item in ("boss-statistics", "x" * 64):
        refused = run("zone_checklist", "-z", "pek3b", "--tick", item)
        assert refused.code == 2 and "L02" in refused.err
        assert operator.post(f"{URL}/checklist/tick/", {"item": item}, format="json").status_code == 404
    assert operator.post(f"{URL}/checklist/tick/", {"item": "y" * 65}, format="json").status_code == 400
    assert viewer.post(f"{URL}/checklist/tick/", {"item": "services"}, format="json").status_code == 403
    assert not ChecklistTick.objects.exists()


def test_a_tick_is_looked_at_again_when_the_item_says_something_else(zones: Any, run: Any) -> None:
    tick_checklist(zone_id="pek3b", item="front-gate-reached", actor=ANN)
    Zone.objects.filter(zone_id="pek3b").update(vms={"proxy": ["10.0.1.9"]})
    listed = run("zone_checklist", "-z", "pek3b")
    assert [row["item"] for row in listed.json if row["changed"]] == ["front-gate-reached"]
    assert "front-gate-reached has changed since it was ticked" in listed.err
    tick_checklist(zone_id="pek3b", item="front-gate-reached", actor=Actor("bob", "admin"))
    [row] = [row for row in zone_checklist(zone_id="pek3b") if row["ticked_by"]]
    assert (row["ticked_by"], row["changed"]) == ("bob", False)


def test_a_list_with_ticks_costs_as_much_as_one_without(zones: Any) -> None:
    counts = []
    for _ in range(2):
        with CaptureQueriesContext(connection) as seen:
            items = zone_checklist(zone_id="pek3b")
        counts.append(len(seen))
        if not items[0]["ticked_by"]:
            for item in items:
                tick_checklist(zone_id="pek3b", item=item["item"], actor=ANN)
    assert counts[0] == counts[1] <= 12


def test_a_site_that_is_neither_http_nor_https(zones: Any, run: Any) -> None:
    Zone.objects.filter(zone_id="pek3a").update(variables={"common": {"site_protocol": "gopher"}})
    refused = run("zone_checklist", "-z", "pek3b")
    assert refused.code == 2 and "L05" in refused.err


def test_a_tick_holds_in_every_language(zones: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def shown(item: str) -> dict[str, Any]:
        return next(row for row in zone_checklist(zone_id="pek3b") if row["item"] == item)

    tick_checklist(zone_id="pek3b", item="cached-zones", actor=ANN)
    monkeypatch.setattr(wording, "_catalog", [lambda text: text if get_language() is None else f"«{text}»"])
    assert (
        shown("cached-zones")["how"]
        == "«clear_zone_cache -z pek3b --dry-run reports 0 matching keys on 10.0.0.7.»"
    )
    assert shown("cached-zones")["ticked_by"] == "ann" and not shown("cached-zones")["changed"]
    tick_checklist(zone_id="pek3b", item="services", actor=ANN)
    assert not shown("services")["changed"]
    assert "«" not in ChecklistTick.objects.get(item="services").text
    assert "«" not in str(AuditEntry.objects.filter(verb="tick_checklist").first().detail)

"""Orders: proposed and checked as config_qingcloud checks them, without a trace; and drafts that two windows share."""

from __future__ import annotations

from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
import yaml
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from common.actor import Actor
from common.errors import Outdated, Refused
from installer.groups import OPERATOR, VIEWER
from nodes.models import Node
from tests.factories import make_user
from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan
from tests.support.newzone import settings_file, variables_file
from zones.core.order.schema import settings_schema, variables_schema
from zones.models import OrderDraft, Plan, VbcAssignment
from zones.services.configure import config_qingcloud
from zones.services.order_drafts import list_drafts, save_draft
from zones.services.orders import check_order, propose_order
from zones.services.templates import archive_texts, list_archives

pytestmark = pytest.mark.django_db
NEW = ["172.16.80.21", "172.16.80.22"]
URL = "/api/v1/orders/pek3c/"


@pytest.fixture
def client() -> APIClient:
    made = APIClient()
    made.force_authenticate(make_user(group=OPERATOR))
    return made


def text_of(roles: dict[int, str], extra: str = "") -> str:
    return scale_file(roles, extra).data.decode()


def check(region: Region, text: str) -> list[tuple[str, int | None]]:
    found = check_order(zone_id="pek3c", actor=region.actor, text=text)
    return [(item.code, item.line) for item in found.findings if item.level == "error"]


def test_a_check_says_what_configuring_says_at_the_same_lines(region: Region) -> None:
    region.nodes(21, 22)
    for roles, extra in (
        ({21: "hyper-repl", 22: "hyper-repl"}, ""),
        ({21: "hyper-repl", 29: "vg"}, "eips: {172.16.80.29: ['10.10.0.0/24|.1']}\n"),
        ({21: "ks", 22: "hyper-repl"}, "colour: red\npairs: [[172.16.80.21]]\n"),
    ):
        text = text_of(roles, extra)
        try:
            config_qingcloud(
                variables=[], settings=[scale_file(roles, extra)], actor=region.actor, check=True
            )
            said = []
        except Refused as refusal:
            said = [(item.code, item.line) for item in refusal.findings if item.level == "error"]
        assert check(region, text) == said


def test_a_table_is_answered_with_its_text_and_the_cells_of_each_finding(region: Region) -> None:
    region.nodes(21, 22)
    found = propose_order(zone_id="pek3c", addresses=NEW, actor=region.actor)
    assert found.checked.ok and found.findings == ()
    order = found.checked.order
    assert order is not None and [row.role for row in order.nodes] == ["hyper-repl", "hyper-repl"]
    assert found.checked.summary["vbc"][0]["ipv4_vbc"] == "10.10.51.0/24"
    assert found.checked.summary["formats"] == 4
    wrong = order.from_dict({**order.as_dict(), "nodes": [{**order.as_dict()["nodes"][0], "role": "vg"}]})
    checked = check_order(zone_id="pek3c", actor=region.actor, order=wrong)
    cells = dict(zip([item.code for item in checked.findings], checked.cells(), strict=True))
    assert cells["R04"] == [["172.16.80.21", "eips"]]
    assert cells["R18"] == [["172.16.80.21", "role"]]
    line = next(item.line for item in checked.findings if item.code == "R18")
    assert line and "172.16.80.21" in checked.text.split("\n")[line - 1]


def test_nothing_is_left_behind_and_the_open_plan_gives_way_only_in_thought(region: Region) -> None:
    region.nodes(21, 22)
    config_qingcloud(
        variables=[], settings=[scale_file(dict.fromkeys((21, 22), "hyper-repl"))], actor=region.actor
    )
    before = list(Plan.objects.values_list("plan_id", "status")), VbcAssignment.objects.count()
    found = check_order(zone_id="pek3c", actor=region.actor, text=text_of({21: "hyper-repl"}))
    assert [item.code for item in found.findings if item.level == "error"] == []
    assert found.summary["vbc"][0]["ipv4_vbc"] == "10.10.51.0/24"
    assert (list(Plan.objects.values_list("plan_id", "status")), VbcAssignment.objects.count()) == before
    approve_plan(plan_id=Plan.objects.get(status="draft").plan_id, actor=region.actor)
    assert check(region, text_of({21: "hyper-repl"})) == [("P20", None)]


def test_what_was_loaded_is_used_again_until_it_changes(region: Region) -> None:
    [node, _] = region.nodes(21, 22)
    text = text_of({21: "hyper-repl"})
    check(region, text)
    with CaptureQueriesContext(connection) as queries:
        assert check(region, text) == []
    assert len(queries) <= 3
    Node.objects.filter(pk=node.pk).update(status="collect_failed")
    assert [code for code, _ in check(region, text)] == ["R16"]


def test_a_zone_that_does_not_exist_is_ordered_with_its_variables(region: Region) -> None:
    region.nodes(32, 33)
    variables = variables_file().data.decode()
    found = propose_order(
        zone_id="pek3d", addresses=["172.16.80.32", "172.16.80.33"], variables=variables, actor=region.actor
    )
    assert (found.checked.kind, found.checked.name) == ("zone", "settings.pek3d.yaml")
    assert [item.code for item in found.checked.findings if item.level == "error"] == []
    with pytest.raises(Refused) as refusal:
        propose_order(zone_id="pek3d", addresses=[], variables="", actor=region.actor)
    assert refusal.value.findings[0].code == "D11"


def test_candidates_are_explained(region: Region, client: APIClient) -> None:
    region.nodes(21)
    answer = client.post(f"{URL}propose/", {"addresses": []})
    assert answer.status_code == 200, answer.content
    [row] = answer.json()["candidates"]
    assert (row["address"], row["rack"], row["disks"], row["usable"]) == (
        "172.16.80.21",
        "01",
        "2×ssd 3.2 TB",
        True,
    )
    fits = {item["role"]: item for item in row["fits"]}
    assert fits["hyper-repl"]["fits"] and not fits["ks"]["fits"]
    assert "exactly 1" in fits["ks"]["why"][0]


def test_rest_takes_a_text_and_answers_with_the_table(region: Region, client: APIClient) -> None:
    region.nodes(21, 22)
    text = text_of({21: "hyper-repl", 22: "hyper-repl"}, "vpool: {172.16.80.21: {layout: stripe}}\n")
    body = client.post(f"{URL}check/", {"text": text}).json()
    assert body["text"] == text and not body["ok"]
    assert [
        (item["code"], item["line"], item["cells"]) for item in body["findings"] if item["level"] == "error"
    ] == [("P01", 5, [["172.16.80.21", "node"]])]
    assert "vpool" in body["order"]["kept"]
    again = client.post(f"{URL}check/", {"order": body["order"]}).json()
    assert again["order"]["kept"] == body["order"]["kept"] and "layout: stripe" in again["text"]
    unreadable = client.post(f"{URL}check/", {"text": "roles: {"}).json()
    assert unreadable["order"] is None and unreadable["findings"][0]["code"] == "D03"
    assert client.post(f"{URL}check/", {"order": {"nodes": 3}}).status_code == 400


def test_a_draft_is_there_on_another_machine_and_for_a_colleague(region: Region, client: APIClient) -> None:
    values = {"settings": "zone_id: pek3c\n", "variables": "", "version": 0}
    assert client.put(URL, values).json()["version"] == 1
    assert (
        client.put(URL, {**values, "settings": "zone_id: pek3c\nroles: {}\n", "version": 1}).json()["version"]
        == 2
    )
    colleague = APIClient()
    colleague.force_authenticate(make_user("ann", group=VIEWER))
    [draft] = colleague.get(URL).json()
    assert (draft["person"], draft["version"], draft["settings"]) == (
        "olga",
        2,
        "zone_id: pek3c\nroles: {}\n",
    )
    assert client.delete(URL).status_code == 204
    assert client.get(URL).json() == []


@pytest.mark.remedy("Y04")
def test_y04_a_save_from_another_window_is_not_overwritten(actor: Actor) -> None:
    first = save_draft(zone_id="pek3c", settings="a\n", variables="", version=0, actor=actor)
    save_draft(zone_id="pek3c", settings="b\n", variables="", version=first.version, actor=actor)
    with pytest.raises(Outdated) as refusal:
        save_draft(zone_id="pek3c", settings="c\n", variables="", version=first.version, actor=actor)
    assert refusal.value.findings[0].code == "Y04"
    assert [place for place, _ in refusal.value.difference.texts] == ["settings"]
    assert "-c\n+b\n" in refusal.value.difference.texts[0][1]
    # The latest version is opened, and the change repeated in it.
    [latest] = list_drafts(zone_id="pek3c")
    again = save_draft(zone_id="pek3c", settings="b\nc\n", variables="", version=latest.version, actor=actor)
    assert (again.version, again.settings) == (3, "b\nc\n")


def test_saving_the_same_text_twice_is_no_conflict_and_discarding_elsewhere_loses_nothing(
    actor: Actor,
) -> None:
    values: dict[str, Any] = {"zone_id": "pek3c", "settings": "a\n", "variables": "", "actor": actor}
    assert save_draft(**values, version=0).version == save_draft(**values, version=0).version == 1
    with pytest.raises(Outdated):
        save_draft(**{**values, "settings": "other\n"}, version=0)
    OrderDraft.objects.all().delete()
    assert save_draft(**values, version=7).version == 1
    with pytest.raises(Refused):
        save_draft(**{**values, "zone_id": "../etc"}, version=0)


def test_the_schemas_take_what_the_parsers_take(client: APIClient) -> None:
    for name, schema in (("settings", settings_schema()), ("variables", variables_schema())):
        assert client.get(f"/api/v1/schemas/{name}.json").json() == schema
        jsonschema.Draft202012Validator.check_schema(schema)
    for archive in list_archives():
        for name, text in archive_texts(archive.name).items():
            schema = settings_schema() if name.startswith("settings") else variables_schema()
            jsonschema.validate(yaml.safe_load(text), schema)
    jsonschema.validate(yaml.safe_load(settings_file().data), settings_schema())
    for wrong in (
        "zone_id: pek3c\nroles: {172.16.80.1: {role: router}}",
        "zone_id: pek3c\nroles: {}",
        "colour: red",
    ):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(yaml.safe_load(wrong), settings_schema())
    assert client.get("/api/v1/schemas/other.json").status_code == 404

"""Columns of messages and findings: code and parameters are stored, text stays text."""

from __future__ import annotations

import json

import pytest
from django.db import connection

from common import wording
from common.messages import Message, phrase
from nodes.models import Node
from tests.factories import make_node, make_zone
from tests.support.findings import finding
from zones.models import Plan

pytestmark = pytest.mark.django_db


def stored() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SELECT error FROM nodes_node")
        return str(cursor.fetchone()[0])


@pytest.mark.parametrize(
    "text", ["", "it failed", '{"code": "R02", "says": "", "params": {}}', "{", "[1]", '"x"']
)
def test_text_comes_back_as_it_was(text: str) -> None:
    make_node(1, error=text)
    assert Node.objects.get().error == text
    assert Node.objects.filter(error=text).count() == 1
    assert list(Node.objects.values_list("error", flat=True)) == [text]


def test_a_message_is_stored_as_code_and_parameters() -> None:
    said = Message.literal("no answer", "check its console", code="R02")
    make_node(1, error=said)
    assert json.loads(stored())["code"] == "R02"
    found = Node.objects.get().error
    assert isinstance(found, Message) and found == said and found.remedy == "check its console"
    Node.objects.update(error=Message.literal("no answer"))
    assert stored() == "no answer"


def test_findings_of_a_plan() -> None:
    zone = make_zone("z")
    odd = finding("R02", "odd", "add one", level="warning", field="roles", line=3)
    Plan.objects.create(plan_id="z-1", zone=zone, revision=1, kind="scale", content_hash="", findings=[odd])
    assert Plan.objects.get().findings == [odd]


@pytest.mark.parametrize("text", ["{", "{bad", '{"a": 1}', '{"code": "R02", "says": "", "params": 7}'])
def test_what_an_earlier_release_stored_comes_back_as_it_was(text: str) -> None:
    make_node(1)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE nodes_node SET error = %s", [text])
    assert Node.objects.get().error == text


def test_warnings_are_put_into_words_for_the_one_who_reads_them(monkeypatch: pytest.MonkeyPatch) -> None:
    said = phrase("{section}: {why}", section="zpool", why=phrase("no answer within 10 s"))
    make_node(1, warnings=[said, "typed by a person"])
    assert Node.objects.get().warnings == ["zpool: no answer within 10 s", "typed by a person"]
    monkeypatch.setattr(wording, "_catalog", [lambda text: text.replace("no answer within 10 s", "无应答")])
    (found,) = Node.objects.values_list("warnings", flat=True)
    assert found == ["zpool: 无应答", "typed by a person"]
    Node.objects.update(warnings=found)
    monkeypatch.undo()
    assert Node.objects.get().warnings[0] == said

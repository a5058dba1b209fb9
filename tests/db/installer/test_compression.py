"""JSON of the API is compressed for those who take it; pages and secrets never are."""

from __future__ import annotations

import gzip
import json

import pytest
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from nodes.models import Node
from tests.factories import make_node, make_plan, make_user, make_zone

pytestmark = pytest.mark.django_db

PATH = "/api/v1/nodes/"


@pytest.fixture(autouse=True)
def nodes() -> None:
    for number in (1, 2, 3):
        make_node(number)


@pytest.mark.parametrize(
    ("accepts", "packed"),
    [
        ("gzip", True),
        ("gzip, deflate, br, zstd", True),
        ("GZIP;q=0.5", True),
        ("*", True),
        ("", False),
        ("br", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0.000, *", False),
        ("gzip;q=0.001", True),
        ("*;q=0", False),
    ],
)
def test_who_takes_it_gets_it(viewer: APIClient, accepts: str, packed: bool) -> None:
    plain = viewer.get(PATH)
    answer = viewer.get(PATH, HTTP_ACCEPT_ENCODING=accepts)
    assert answer.get("Content-Encoding") == ("gzip" if packed else None)
    body = gzip.decompress(answer.content) if packed else answer.content
    assert json.loads(body) == plain.json()
    assert int(answer["Content-Length"]) == len(answer.content)
    assert not packed or len(answer.content) < len(body) / 4
    for response in (plain, answer):
        assert "Accept-Encoding" in response["Vary"] and "Accept-Language" in response["Vary"]


def test_a_page_a_short_answer_and_a_refusal_are_not(viewer: APIClient, client: Client) -> None:
    client.force_login(make_user(group="viewer"))
    assert "Content-Encoding" not in client.get(
        reverse("admin:nodes_node_changelist"), HTTP_ACCEPT_ENCODING="gzip"
    )
    for path in ("/api/v1/zones/", "/api/v1/nodes/?zone=x", "/api/v1/tokens/", "/api/v1/token/"):
        assert "Content-Encoding" not in viewer.get(path, HTTP_ACCEPT_ENCODING="gzip")


def test_the_tag_serves_both(viewer: APIClient, approver: APIClient) -> None:
    plan = make_plan(make_zone(), list(Node.objects.all()))
    path = f"/api/v1/plans/{plan.plan_id}/"
    packed, plain = viewer.get(path, HTTP_ACCEPT_ENCODING="gzip"), viewer.get(path)
    assert packed["ETag"] == f"W/{plain['ETag']}"
    for tag in (packed["ETag"], plain["ETag"]):
        answer = viewer.get(path, HTTP_IF_NONE_MATCH=tag, HTTP_ACCEPT_ENCODING="gzip")
        assert answer.status_code == 304 and answer.content == b""
    answer = approver.post(f"{path}reject/", {"comment": "no"}, HTTP_IF_MATCH=packed["ETag"])
    assert answer.status_code == 200, answer.content

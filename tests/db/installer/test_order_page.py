"""The page of an order: what the script begins with, and who sees it. What it does is tried in tests/browser."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from installer.groups import OPERATOR, VIEWER
from tests.factories import make_user
from tests.fixtures.region import Region, scale_file

pytestmark = pytest.mark.django_db
ORDER = reverse("admin:zones_zone_order")


def signed_in(client: Client, group: str = OPERATOR) -> Client:
    client.force_login(make_user(group=group))
    return client


def start_of(page: str) -> dict[str, Any]:
    found = re.search(r'<script id="order-start" type="application/json">(.*?)</script>', page)
    assert found
    start: dict[str, Any] = json.loads(found[1])
    return start


def test_without_a_zone_the_page_asks_for_one(client: Client) -> None:
    page = signed_in(client).get(ORDER).content.decode()
    assert "Which zone gets the nodes?" in page and "order-start" not in page
    page = client.get(ORDER, {"zone": "../etc"}).content.decode()
    assert "is not a zone id" in page and "order-start" not in page


def test_a_new_zone_has_variables_and_one_in_service_has_none(client: Client, region: Region) -> None:
    new = signed_in(client).get(ORDER, {"zone": "pek3d"}).content.decode()
    assert start_of(new)["is_new"] and 'name="variables_text"' in new
    known = client.get(ORDER, {"zone": "pek3c"}).content.decode()
    assert not start_of(known)["is_new"] and 'name="variables_text"' not in known
    assert (
        f"{ORDER}?zone=pek3c"
        in client.get(reverse("admin:zones_zone_change", args=["pek3c"])).content.decode()
    )


def test_what_the_configuration_page_sends_is_there_unchanged(client: Client, region: Region) -> None:
    text = scale_file({21: "vg"}).data.decode() + "# <b>olga</b> & ann\n"
    page = signed_in(client).post(
        f"{ORDER}?zone=pek3c", {"settings_text": text.replace("\n", "\r\n"), "settings_name": "x"}
    )
    assert start_of(page.content.decode())["settings"] == text
    assert start_of(page.content.decode())["given"] is True
    assert b"<b>olga" not in page.content


def test_a_viewer_is_not_let_in(client: Client) -> None:
    assert signed_in(client, VIEWER).get(ORDER, {"zone": "pek3c"}).status_code == 403

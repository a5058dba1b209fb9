"""Retiring in the browser: what follows, a reason, and the host name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from nodes.models import Node
from tests.fixtures.region import Region


@pytest.mark.django_db(transaction=True)
def test_a_node_in_service_leaves_by_its_name(
    live_server: object,
    sign_in: Callable[[str], Page],
    shoot: Callable[[Page, str], None],
    region: Region,
) -> None:
    node = Node.objects.get(mgmt_address="172.16.80.11")
    page = sign_in("operator")
    page.goto(f"{live_server}{reverse('admin:nodes_node_change', args=[node.node_id])}")
    page.get_by_role("button", name="Retire…").click()
    expect(page.get_by_text("becomes Master of")).to_be_visible()
    page.get_by_label("Reason").fill("main board dead")
    page.get_by_label("This cannot be undone").fill("pek3cr01n12")
    shoot(page, "retire-confirm")
    page.get_by_role("button", name="Retire", exact=True).click()
    expect(page.get_by_text("P80")).to_be_visible()
    expect(page.get_by_label("Reason")).to_have_value("main board dead")
    shoot(page, "retire-refused")
    page.get_by_label("This cannot be undone").fill("pek3cr01n11")
    page.get_by_role("button", name="Retire", exact=True).click()
    expect(page.get_by_text("1 node of zone pek3c retired")).to_be_visible()
    node.refresh_from_db()
    assert node.status == "retired"

"""Pictures in a browser: reached with the keyboard, as wide as the screen and not wider, in light and dark."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Literal

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from tests import factories

SignIn = Callable[[str], Page]
Shoot = Callable[[Page, str], None]
WIDTHS = (1280, 390)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
# What is wider than its own frame, in any picture of the page.
TOO_WIDE = """() => [...document.querySelectorAll('[id^=pictures] *')].filter(
  each => each.clientWidth && each.scrollWidth > each.clientWidth + 1
    && !each.classList.contains('con-scroll') && getComputedStyle(each).display !== 'inline'
).map(each => each.outerHTML.slice(0, 120))"""

pytestmark = pytest.mark.django_db(transaction=True)


def check(page: Page, shoot: Shoot, name: str) -> None:
    """Look at the pictures of a page in two widths and both themes."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate(TOO_WIDE) == [], width
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for theme in THEMES:
            page.emulate_media(color_scheme=theme)
            shoot(page, f"{name}-{theme}-{width}")


def test_the_drawing_of_a_node_leads_to_its_disks_by_keyboard(
    live_server: object, sign_in: SignIn, shoot: Shoot
) -> None:
    node = factories.make_node(1, ssds=3)
    disk = factories.correct(node.disks.get(name="sdc"), "type", "nvme", against="sata").disk
    page = sign_in("operator")
    page.goto(f"{live_server}{reverse('admin:nodes_node_change', args=[node.node_id])}")
    drawing = page.locator("#pictures-disks")
    expect(drawing.locator("svg[role=img]")).to_have_count(5)
    drawing.get_by_role("link", name="sdb").focus()
    page.keyboard.press("Tab")
    expect(drawing.get_by_role("link", name="sdc")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator(f"tr#disk-row-{disk.pk}:target")).to_be_visible()
    check(page, shoot, "pictures-node")


def test_the_time_line_of_a_job_leads_to_its_nodes_by_keyboard(
    live_server: object, sign_in: SignIn, shoot: Shoot
) -> None:
    nodes = [factories.make_node(number) for number in range(1, 31)]
    job = factories.make_job(nodes, status="succeeded")
    for number, step in enumerate(job.steps.all()):
        step.started_at = factories.BEGIN + timedelta(seconds=number)
        step.finished_at = step.started_at + timedelta(seconds=60 + number)
        step.save(update_fields=["started_at", "finished_at"])
    page = sign_in("operator")
    page.goto(f"{live_server}{reverse('admin:jobs_job_change', args=[job.job_id])}")
    drawing = page.locator("#pictures-timeline")
    links = drawing.get_by_role("link")
    expect(links).to_have_count(12)
    links.first.focus()
    page.keyboard.press("Tab")
    expect(links.nth(1)).to_be_focused()
    check(page, shoot, "pictures-job")


def test_the_map_of_a_zone_leads_to_its_nodes_by_keyboard(
    live_server: object, sign_in: SignIn, shoot: Shoot
) -> None:
    zone = factories.make_zone()
    nodes = [factories.make_node(number, status="active") for number in range(1, 7)]
    for node in nodes[:4]:
        factories.make_role(node, zone)
    factories.make_vbc(zone, nodes[:2], 10)
    factories.make_plan(zone, nodes[4:])
    page = sign_in("operator")
    page.goto(f"{live_server}{reverse('admin:zones_zone_change', args=[zone.zone_id])}")
    drawing = page.locator("#pictures-zone")
    drawing.get_by_role("link", name="n01").focus()
    page.keyboard.press("Tab")
    expect(drawing.get_by_role("link", name="n02")).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{reverse('admin:nodes_node_change', args=[nodes[1].node_id])}")
    page.go_back()
    check(page, shoot, "pictures-zone")


def test_an_address_is_searched_by_keyboard(live_server: object, sign_in: SignIn, shoot: Shoot) -> None:
    zone = factories.make_zone()
    node = factories.make_node(1, status="active")
    factories.make_role(node, zone)
    page = sign_in("viewer")
    page.goto(f"{live_server}{reverse('admin:zones_zone_change', args=[zone.zone_id])}")
    page.get_by_role("link", name="Address space…").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Who uses an address?").focus()
    page.keyboard.type("172.16.80.1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status").get_by_role("link")).to_contain_text(node.hostname)
    expect(page.get_by_label("Who uses an address?")).to_have_value("172.16.80.1")
    page.get_by_text("Who has them").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("columnheader", name="Used by").first).to_be_visible()
    check(page, shoot, "pictures-addresses")

"""The frame of every page: widths, keyboard, light and dark, lists without scripts, paper."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from playwright.sync_api import Browser, Page, expect

from tests import factories
from tests.browser.test_security_policy import pages

pytestmark = pytest.mark.django_db(transaction=True)

SignIn = Callable[[str], Page]
Shoot = Callable[[Page, str], None]
WIDTHS = (390, 1024, 1280, 1920)
# What stands out of the window although it is in no box that scrolls.
OUTSIDE = """() => {
    const width = document.documentElement.clientWidth;
    const boxed = (item) => {
        for (let box = item.parentElement; box; box = box.parentElement)
            if (getComputedStyle(box).overflowX !== "visible") return true;
        return false;
    };
    return [...document.querySelectorAll("body *")]
        .filter((item) => item.checkVisibility() && item.getBoundingClientRect().right > width + 1 && !boxed(item))
        .map((item) => `${item.localName}.${item.className}`);
}"""


def test_no_page_is_wider_than_the_window(sign_in: SignIn, live_server: object) -> None:
    page = sign_in("approver")
    User.objects.update(is_superuser=True)
    wrong = []
    for path in [*pages(), reverse("kit"), reverse("codes"), "/admin/nothing/"]:
        if path.startswith("/api/") or path.endswith("/log/"):
            continue
        page.goto(f"{live_server}{path}")
        page.wait_for_load_state()
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            scrolls = page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if scrolls or page.evaluate(OUTSIDE):
                wrong.append((path, width, page.evaluate(OUTSIDE)[:3]))
    assert wrong == []


def test_the_side_bar_shows_names_on_demand_and_remembers_it(
    sign_in: SignIn, live_server: object, shoot: Shoot
) -> None:
    page = sign_in("viewer")
    page.set_viewport_size({"width": 1280, "height": 800})
    page.goto(f"{live_server}{reverse('admin:index')}")
    side, main = page.locator("#side"), page.locator("main")
    assert side.evaluate("side => side.offsetWidth") < 60
    nodes = side.get_by_role("link", name="Nodes")
    nodes.focus()
    expect(nodes.locator(".con-sidename")).to_have_css("opacity", "1")
    toggle = page.get_by_role("button", name="Show names in the menu")
    expect(toggle).to_have_attribute("aria-expanded", "false")
    toggle.press("Enter")
    expect(toggle).to_have_attribute("aria-expanded", "true")
    assert side.evaluate("side => side.offsetWidth") > 180
    page.reload()
    assert side.evaluate("side => side.offsetWidth") > 180
    page.set_viewport_size({"width": 390, "height": 800})
    expect(side).to_be_hidden()
    toggle.click()
    expect(side.get_by_text("VBC networks")).to_be_visible()
    shoot(page, "frame-narrow")
    side.get_by_text("VBC networks").click()
    expect(main.get_by_role("heading", name="VBC networks")).to_be_visible()
    expect(side).to_be_hidden()


def test_the_first_tab_skips_to_the_content(sign_in: SignIn, live_server: object) -> None:
    page = sign_in("viewer")
    page.goto(f"{live_server}{reverse('admin:nodes_node_changelist')}")
    page.keyboard.press("Tab")
    expect(page.get_by_text("Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.querySelector('main').contains(document.activeElement)")


def test_light_and_dark_are_a_choice_of_the_person(
    sign_in: SignIn, live_server: object, shoot: Shoot
) -> None:
    page = sign_in("viewer")
    page.emulate_media(color_scheme="light")
    page.goto(f"{live_server}{reverse('kit')}")
    body = page.locator("body")
    expect(body).to_have_css("background-color", "rgb(243, 244, 246)")
    shoot(page, "kit-light")
    page.locator("#account > summary").click()
    page.get_by_role("button", name="Dark").click()
    expect(body).to_have_css("background-color", "rgb(10, 15, 23)")
    page.reload()
    expect(body).to_have_css("background-color", "rgb(10, 15, 23)")
    assert page.evaluate("getComputedStyle(document.documentElement).colorScheme") == "dark"
    shoot(page, "kit-dark")
    page.locator("#account > summary").click()
    expect(page.get_by_role("button", name="Dark")).to_have_attribute("aria-pressed", "true")
    page.get_by_role("button", name="As the system").click()
    expect(body).to_have_css("background-color", "rgb(243, 244, 246)")
    page.emulate_media(color_scheme="dark")
    expect(body).to_have_css("background-color", "rgb(10, 15, 23)")


def test_rows_are_ticked_together(sign_in: SignIn, live_server: object) -> None:
    for number in range(1, 6):
        factories.make_node(number)
    page = sign_in("operator")
    page.goto(f"{live_server}{reverse('admin:nodes_node_changelist')}")
    boxes, count = page.locator("input.action-select"), page.locator("#action-count")
    boxes.nth(1).check()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(count).to_have_text("3 of 5 selected")
    assert page.locator("#action-toggle").evaluate("box => box.indeterminate")
    page.locator("#action-toggle").check()
    expect(count).to_have_text("5 of 5 selected")
    boxes.nth(0).uncheck()
    expect(page.locator("#action-toggle")).not_to_be_checked()


def test_a_list_filters_and_acts_without_scripts(browser: Browser, live_server: object) -> None:
    for number in range(1, 4):
        factories.make_node(number)
    factories.make_node(4, status="active")
    client = Client()
    client.force_login(factories.make_user("otto", "operator"))
    context = browser.new_context(java_script_enabled=False)
    cookie = client.cookies[settings.SESSION_COOKIE_NAME].value
    context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": cookie, "url": str(live_server)}])
    page = context.new_page()
    page.goto(f"{live_server}{reverse('admin:nodes_node_changelist')}")
    page.locator("#changelist-filter summary", has_text="Status").click()
    page.locator("#changelist-filter").get_by_role("link", name="available").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    page.locator("input.action-select").first.check()
    page.get_by_label("Select action to run").select_option(label="Correct a disk…")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("On 1 node:")).to_be_visible()
    page.locator("#account > summary").click()
    page.get_by_role("button", name="Log out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()
    context.close()


def test_paper_has_no_frame(sign_in: SignIn, live_server: object) -> None:
    zone = factories.make_zone()
    plan = factories.make_plan(zone, [factories.make_node(1)])
    page = sign_in("viewer")
    page.goto(f"{live_server}{reverse('admin:zones_plan_change', args=[plan.plan_id])}")
    page.emulate_media(media="print")
    for part in (".con-top", ".con-side", ".con-skip"):
        expect(page.locator(part)).to_be_hidden()
    expect(page.get_by_role("heading", name=plan.plan_id, level=1)).to_be_visible()
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    folds = page.locator("main details:not([data-src])")
    assert folds.evaluate_all("all => all.length && all.every((item) => item.open)")

"""A scale-out from bare addresses to the return routes on the page of the scale-out alone, against real SSH."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from tests.system.console import PASSWORD, Console
from tests.system.test_browser_job import _USER, shoot, url

__all__ = ["url"]
SOON = 60_000


def test_a_scale_out_is_followed_on_one_page(console: Console, url: str, context: BrowserContext) -> None:
    console.make_nodes({11: "hyper-repl", 12: "hyper-repl"}, ["compute_server"])
    console.adopt({11: "hyper-repl", 12: "hyper-repl"})
    for number in (21, 22):
        node = console.lab.add("hyper-repl", console.address(number), password=PASSWORD)
        (node.root / "etc" / "hostname").write_text(f"z1ar01n{number:02d}\n")
    console.run("shell", "--no-imports", "-c", _USER)
    page: Page = context.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{url}/")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name=re.compile("log in", re.I)).click()

    page.goto(f"{url}/admin/operations/scaleout/begin/?zone=z1a")
    page.get_by_role("button", name="Begin").click()
    here = page.url
    page.locator("#add [name=addresses]").fill(f"{console.address(21)}\n{console.address(22)}")
    page.locator("#add [name=port]").fill(str(console.lab.port))
    page.locator("#add").get_by_role("button", name="Add nodes").click()
    page.locator("#password [name=password]").fill(PASSWORD)
    page.locator("#password button").click()
    expect(page.locator("#stage-ssh")).to_have_attribute("data-state", "done", timeout=SOON)
    page.locator(".path-next").get_by_role("button", name="Collect 2 nodes").click()
    configure = page.locator(".path-next").get_by_role("link", name="Configure 2 nodes")
    expect(configure).to_be_visible(timeout=SOON)
    shoot(page, "scale-out-collected")
    configure.click()
    text = page.locator("#settings-text").input_value()
    page.locator("#settings-text").fill(text.replace("#  ", "  "))
    page.get_by_role("button", name="Create a plan").click()
    page.get_by_role("button", name="Approve…").click()
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page).to_have_url(here)
    page.locator(".path-next").get_by_role("link", name="Install 2 nodes").click()
    page.get_by_role("button", name="Scale z1a").click()
    expect(page).to_have_url(here)
    expect(page.locator("#stage-run")).to_have_attribute("data-state", "running")
    shoot(page, "scale-out-runs")
    expect(page.locator("#routes-text")).to_contain_text("ip route add 10.10.51.0/24 via", timeout=120_000)
    shoot(page, "scale-out-routes")
    page.locator(".path-next").get_by_role("button", name="The routes are on the gateway").click()
    page.locator(".path-next").get_by_role("button", name="Close this scale-out").click()
    expect(page.get_by_text("This scale-out is closed.")).to_be_visible()

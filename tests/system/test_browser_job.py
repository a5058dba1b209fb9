"""A job from draft to return routes in the browser alone, against real workers and real SSH."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from lab.demo.site import free_port
from tests.chromium import SHOTS
from tests.system.console import PASSWORD, ROOT, Console

_USER = (
    "from django.contrib.auth.models import Group, User;"
    f"u = User.objects.create_user('ann', password='{PASSWORD}', is_staff=True);"
    "u.groups.add(Group.objects.get(name='approver'))"
)


@pytest.fixture
def url(console: Console) -> Iterator[str]:
    """Start the console's web server; return its URL."""
    held = free_port(0)
    web = subprocess.Popen(
        [
            *(sys.executable, "-m", "gunicorn", "installer.wsgi", "--bind", f"fd://{held.fileno()}"),
            *("--config", "installer/gunicorn.py"),
        ],
        cwd=ROOT,
        env=console.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        pass_fds=[held.fileno()],
    )
    address = f"http://127.0.0.1:{held.getsockname()[1]}"
    try:
        console.until(lambda: _healthy(address), "the web server does not start")
        yield address
    finally:
        web.terminate()
        web.wait(20)
        held.close()


def _healthy(address: str) -> bool:
    try:
        with urllib.request.urlopen(f"{address}/healthz", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


def shoot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"real-{name}.png")


def test_a_night_in_the_browser(console: Console, url: str, context: BrowserContext) -> None:
    console.make_nodes({11: "hyper-repl", 12: "hyper-repl"}, ["compute_server"])
    console.adopt({11: "hyper-repl", 12: "hyper-repl"})
    console.make_nodes({21: "hyper-repl", 22: "hyper-repl"})
    plan_id = console.configure({21: "hyper-repl", 22: "hyper-repl"})
    console.run("shell", "--no-imports", "-c", _USER)

    page = context.new_page()
    page.on("pageerror", lambda error: pytest.fail(f"script error: {error}"))
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto(f"{url}/")
    page.get_by_label("Username").fill("ann")
    page.get_by_label("Password", exact=False).first.fill(PASSWORD)
    page.get_by_role("button", name=re.compile("log in", re.I)).click()
    page.goto(f"{url}/admin/zones/plan/")
    page.get_by_role("link", name=plan_id).first.click()
    page.get_by_role("button", name="Approve…").click()
    shoot(page, "plan")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text(f"Plan {plan_id} approved.")).to_be_visible()

    page.get_by_role("link", name="Scale…").click()
    page.get_by_role("button", name="Scale z1a").click()
    expect(page.get_by_text("scale_qingcloud").first).to_be_visible()
    shoot(page, "job-begins")
    loaded = page.evaluate("performance.timeOrigin")
    expect(page.locator("body")).to_contain_text(
        re.compile(r"ip route add 10\.10\.51\.0/24 via"), timeout=90_000
    )
    expect(page.get_by_text("succeeded").first).to_be_visible(timeout=30_000)
    assert page.evaluate("performance.timeOrigin") == loaded, "the page was reloaded"
    shoot(page, "job-done")
    assert {node["status"] for node in console.json("describe_nodes", "-z", "z1a")["node_set"]} == {"active"}

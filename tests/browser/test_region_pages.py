"""Adding a zone to a region in the browser: scaling, caches, proxies, the global side."""

from __future__ import annotations

import socket
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect
from pymemcache.client.base import Client

from common.actor import Actor
from jobs.models import Job, Step
from jobs.states import JobStatus, StepStatus
from operations.changes import make_change
from operations.haproxy.core import merge_listeners
from operations.haproxy.service import FILE, zone_haproxy
from operations.models import Change, ChecklistTick
from tests.fixtures.region import Region
from tests.support.memcacheds import memcached
from tests.support.newzone import NEW, planned_zone
from zones.models import Plan, Zone

pytestmark = pytest.mark.django_db(transaction=True)
SignIn = Callable[[str], Page]
Shoot = Callable[[Page, str], None]
ANN = Actor("ann", "command")
KEPT = "# kept by the people of the site\ndefaults\n    mode tcp\n    timeout connect 2s\n"
OURS = "Pitrix.Zone.Zone.UserZone.yunify.usr-{:03d}"


@pytest.fixture
def planned(region: Region) -> Plan:
    """Plan zone pek3d and approve it; pek3c is its region's global zone."""
    plan = planned_zone(region)
    at = Zone.objects.get(zone_id="pek3c")
    at.vms = {**at.vms, "proxy": ["172.16.80.161", "172.16.80.162"]}
    at.save(update_fields=["vms"])
    return plan


def preview(plan: Plan) -> Change:
    """Make the change that a preview of two proxies makes."""
    content = merge_listeners(KEPT, zone_haproxy(zone_id="pek3d"))
    files = [
        {"node_id": f"n-{number}", "address": address, "path": FILE, "base": KEPT, "content": content}
        for number, address in enumerate(plan.vms["proxy"])
    ]
    return make_change(plan.zone, Change.Kind.HAPROXY, files, ANN)


def go(page: Page, live_server: object, name: str) -> None:
    page.goto(f"{live_server}{reverse(f'admin:zones_zone_{name}', args=['pek3d'])}")


def test_a_zone_is_rehearsed_and_added(
    live_server: object, sign_in: SignIn, shoot: Shoot, planned: Plan
) -> None:
    page = sign_in("operator")
    go(page, live_server, "change")
    expect(page.get_by_role("link", name="Global side")).to_be_visible()
    shoot(page, "zone-in-region")
    page.get_by_role("link", name="Scale…").click()
    expect(page.get_by_text("is not approved yet")).to_be_visible()
    page.get_by_role("button", name="Show all commands").click()
    expect(page.get_by_text("clear_zone_cache", exact=True)).to_have_count(1)
    shoot(page, "zone-add")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Add pek3d").click()
    expect(page.locator("#job-pill")).to_contain_text("queued")
    job = Job.objects.get(action="scale_qingcloud_zone")
    assert set(job.steps.filter(phase="verify").values_list("address", flat=True)) == set(NEW)


def test_keys_are_looked_at_then_deleted(
    live_server: object, sign_in: SignIn, shoot: Shoot, planned: Plan
) -> None:
    page = sign_in("operator")
    go(page, live_server, "cache")
    expect(page.get_by_label("memcached servers")).to_have_value("172.16.80.153:11211")
    with socket.socket() as closed, memcached() as server:
        closed.bind(("127.0.0.1", 0))
        gone = f"127.0.0.1:{closed.getsockname()[1]}"
        held = Client((server.host, server.port))
        held.set_many({OURS.format(number): "1" for number in range(120)}, noreply=False)
        held.set_many({f"Pitrix.Session.{number}": "1" for number in range(400)}, noreply=False)
        held.close()
        page.get_by_label("memcached servers").fill(f"{server};{gone}")
        page.get_by_role("button", name="Preview the deletion").click()
        expect(page.get_by_role("heading", name="120 matching keys")).to_be_visible()
        expect(page.get_by_text("1 of 2 servers could not be searched")).to_be_visible()
        shoot(page, "zone-cache")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Delete these keys").click()
    expect(page.locator("#job-pill")).to_contain_text("queued")
    assert Job.objects.get(action="clear_zone_cache").params["cache_servers"] == f"{server};{gone}"


def test_haproxy_from_the_preview_to_what_was_put_back(
    live_server: object, sign_in: SignIn, shoot: Shoot, planned: Plan
) -> None:
    page = sign_in("approver")
    go(page, live_server, "haproxy")
    expect(page.get_by_text("No preview yet")).to_be_visible()
    page.get_by_role("button", name="Preview…").click()
    expect(page.get_by_label("listen on the management address")).to_be_visible()
    shoot(page, "haproxy-preview")
    change = preview(planned)
    go(page, live_server, "haproxy")
    expect(page.locator(".con-add").first).to_be_visible()
    shoot(page, "haproxy-draft")
    page.get_by_role("button", name="Approve…").click()
    page.get_by_placeholder("optional: what you reviewed").fill("compared with the other sites")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text(f"Change {change.change_id} approved")).to_be_visible()
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Apply").click()
    expect(page.locator("#job-pill")).to_contain_text("queued")
    _fail(Job.objects.get(action="apply_haproxy"))
    go(page, live_server, "haproxy")
    expect(page.get_by_text("has been restored on this proxy")).to_be_visible()
    shoot(page, "haproxy-undone")


def _fail(job: Job) -> None:
    error = "api-front on port 7777 has no server that is up after 30 s; the old haproxy.cfg has been restored on this proxy"
    Step.objects.filter(job=job).update(status=StepStatus.FAILED, error=error)
    Job.objects.filter(pk=job.pk).update(status=JobStatus.FAILED)


def test_the_global_side_is_ticked(live_server: object, sign_in: SignIn, shoot: Shoot, planned: Plan) -> None:
    page = sign_in("operator")
    go(page, live_server, "joining")
    item = page.locator("#front-gate-reached")
    item.get_by_label("Comment on").fill("port 9800 open since Tuesday")
    item.get_by_role("button", name="Done").click()
    expect(item.get_by_text("ticked by operator-1")).to_be_visible()
    assert ChecklistTick.objects.get().comment == "port 9800 open since Tuesday"
    page.get_by_label("Port on the global proxies").fill("9800")
    page.get_by_role("button", name="Show the listener").click()
    expect(page.locator("#listener-text")).to_contain_text("listen front-gate-pek3d")
    Zone.objects.filter(zone_id="pek3c").update(vms={"proxy": ["172.16.80.161"]})
    page.locator("#services").get_by_role("button", name="Done").click()
    expect(page.locator("#front-gate-reached").get_by_text("check again")).to_be_visible()
    expect(page.locator("#listener-text")).to_contain_text("listen front-gate-pek3d")
    shoot(page, "global-side")
    page.on("dialog", lambda dialog: dialog.accept())
    page.locator("#services").get_by_role("button", name="Untick").click()
    expect(page.locator("#services").get_by_text("open", exact=False).first).to_be_visible()
    assert ChecklistTick.objects.get().item == "front-gate-reached"


def test_a_viewer_sees_no_button_in_the_dark(
    live_server: object, sign_in: SignIn, shoot: Shoot, planned: Plan
) -> None:
    preview(planned)
    page = sign_in("viewer")
    page.emulate_media(color_scheme="dark")
    buttons: dict[str, Any] = {"cache": "Show what", "haproxy": "Preview", "joining": "Done"}
    for name, words in buttons.items():
        go(page, live_server, name)
        expect(page.locator("section.con-card, form.con-card").first).to_be_visible()
        expect(page.get_by_role("button", name=words)).to_have_count(0)
        shoot(page, f"{name}-viewer-dark")

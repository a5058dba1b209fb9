"""The first page, the preview of a registered zone, and text typed before the session ended."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.urls import reverse
from playwright.sync_api import Page, expect

from common.actor import Actor
from common.messages import message
from nodes.models import Node
from nodes.states import NodeStatus
from operations.scale_out.service import begin_scale_out
from tests import factories
from tests.support import demo
from zones.models import Plan, Zone

SignIn = Callable[[str], Page]
Shoot = Callable[[Page, str], None]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def open_things(transactional_db: None) -> None:
    """Make twelve nodes that refused their password, one whose host key changed, and a collection that is due."""
    zone = factories.make_zone()
    new = [factories.make_node(number, status=NodeStatus.NEW, host_key="") for number in range(21, 33)]
    factories.make_node(40, status=NodeStatus.NEW)
    serving = [factories.make_node(number, status=NodeStatus.ACTIVE) for number in (7, 8)]
    for node in serving:
        factories.make_role(node, zone)
    refused = "does not accept this password for user root: check the user and the password"
    for action, nodes, error in (
        ("establish_ssh", new, refused),
        (
            "exec_nodes",
            serving[:1],
            "172.16.80.7 presents a different host key: pinned SHA256:aaaa, now SHA256:bbbb",
        ),
    ):
        job = factories.make_job(nodes, action=action, status="failed", error=error)
        job.steps.update(status="succeeded", error="")
        for step in job.steps.filter(phase="install_nodes"):
            text = error if step.address in error else f"{step.address} {error}"
            type(step).objects.filter(pk=step.pk).update(status="failed", error=text)


def test_the_first_page_lists_what_is_open(
    live_server: object, sign_in: SignIn, shoot: Shoot, open_things: None
) -> None:
    page = sign_in("operator")
    page.goto(f"{live_server}{reverse('admin:index')}")
    expect(page.get_by_text("establish_ssh in pek3c failed on 12 nodes")).to_be_visible()
    expect(page.get_by_text("Getting started")).to_be_visible()
    expect(page.get_by_text("Nothing needs attention")).to_have_count(0)
    shoot(page, "home-open")


def test_the_first_page_is_an_inbox(
    live_server: object, sign_in: SignIn, shoot: Shoot, open_things: None
) -> None:
    page = sign_in("approver")
    page.set_viewport_size({"width": 1280, "height": 800})
    actor = Actor("ann", "admin")
    begin_scale_out(zone_id="pek3c", actor=actor, addresses=["172.16.80.21-172.16.80.32"])
    Node.objects.filter(mgmt_address__in=["172.16.80.21", "172.16.80.22"]).update(
        error=message("S08", "account", error="refused", user="root", public_line="ssh-ed25519 AAAA")
    )
    other = factories.make_zone("pek3d")
    nodes = [factories.make_node(number) for number in (51, 52)]
    plan = factories.make_sound_plan(other, nodes)
    failed = [
        factories.make_node(number, status=NodeStatus.SCALE_FAILED, error="no space") for number in (61, 62)
    ]
    for node in failed:
        factories.make_role(node, other)
    factories.correct(nodes[0].disks.get(name="sdb"), "type", "sata", against="nvme")
    job = factories.make_job(failed, action="collect_nodes")
    page.goto(f"{live_server}{reverse('admin:index')}")
    expect(page.get_by_text("Scale-out of pek3c")).to_be_visible()
    # What the scale-out says of its nodes is not said twice.
    expect(page.get_by_text("establish_ssh in pek3c failed")).to_have_count(0)
    expect(page.get_by_text("Installation failed on 2 nodes")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shoot(page, "home-inbox")
    # Without a reload: what was decided disappears, what ended is not running any more.
    Plan.objects.filter(pk=plan.pk).update(status="rejected")
    type(job).objects.filter(pk=job.pk).update(status="succeeded")
    expect(page.get_by_text(f"Plan {plan.plan_id} waits for approval")).to_have_count(0, timeout=15_000)
    expect(page.get_by_role("link", name=job.job_id)).to_have_count(0)
    page.get_by_role("link", name="Try another password on 2 nodes").click()
    expect(page.locator("#password [name=user]")).to_be_focused()


@pytest.fixture
def machines(transactional_db: None, data_dir: Path) -> None:
    demo.nodes()


def test_a_running_zone_is_shown_before_it_is_registered(
    live_server: object, sign_in: SignIn, shoot: Shoot, machines: None
) -> None:
    page, texts = sign_in("operator"), demo.texts()
    page.goto(f"{live_server}{reverse('admin:zones_zone_configure')}")
    for kind in ("settings", "variables"):
        page.locator(f"#{kind}-name").fill(texts[kind]["name"])
        page.locator(f"#{kind}-text").fill(texts[kind]["text"])
    page.get_by_role("button", name="Register a running zone").click()
    expect(page.get_by_text("Preview of zone")).to_be_visible()
    shoot(page, "zone-adopt-preview")
    page.get_by_role("button", name="Register the zone").click()
    expect(page.get_by_text("registered. No machine was changed")).to_be_visible()
    assert Node.objects.filter(status=NodeStatus.ACTIVE).count() == len(demo.OLD)


def test_examples_are_read_and_begun_with(
    live_server: object, sign_in: SignIn, shoot: Shoot, machines: None
) -> None:
    page = sign_in("operator")
    page.goto(f"{live_server}{reverse('admin:zones_zone_examples')}")
    page.locator("summary", has_text="settings.devops1c.yaml").click()
    shoot(page, "zone-examples")
    page.locator("li", has_text="standard/devops1b").get_by_role("link", name="Use as a template").click()
    expect(page.locator("#settings-text")).to_contain_text("zone_id: devops1b")


def test_what_was_typed_is_there_again_after_the_login(
    live_server: object, sign_in: SignIn, shoot: Shoot, machines: None
) -> None:
    page = sign_in("operator")
    factories.make_zone()
    page.goto(f"{live_server}{reverse('admin:zones_zone_maintain', args=['pek3c'])}")
    factories.make_role(factories.make_node(7, status=NodeStatus.ACTIVE), Zone.objects.get(zone_id="pek3c"))
    page.reload()
    page.locator("[name=exec-command]").fill("uptime -p")
    Session.objects.all().delete()
    page.locator("#exec button.con-btn-main").click()
    expect(page.get_by_text("Your input was kept")).to_be_visible()
    shoot(page, "login-kept")
    page.locator("[name=username]").fill("operator-1")
    page.locator("[name=password]").fill("only-for-tests-1")
    page.get_by_role("button", name="Log in").click()
    expect(page.locator("[name=exec-command]")).to_have_value("uptime -p")
    expect(page.get_by_text("Your input is restored below")).to_be_visible()

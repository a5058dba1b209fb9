"""Commands on many nodes, QEMU versions and statistics, as a person sees them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from jobs.engine import work_slice
from jobs.models import Event, Job
from jobs.states import move_job, move_steps
from nodes.states import NodeStatus
from tests import factories
from zones.models import Zone, ZoneFile

SignIn = Callable[[str], Page]
Shoot = Callable[[Page, str], None]
pytestmark = pytest.mark.django_db(transaction=True)
SERVER_YAML = """\
# Kept by hand since 2019.
common:
  log: info   # quiet
compute_server:
  workers: 4
  emulator:
    # the system's own
    2.4.1.2:
      bin: '/usr/bin'
    default: '2.4.1.2'
"""


@pytest.fixture
def zone(transactional_db: None) -> Zone:
    """Make a zone of forty hypers in service, two of them newer."""
    found = factories.make_zone(qemu_version="2.4.1.2")
    for number in range(1, 41):
        version = "2.11.1.1" if number > 38 else "2.4.1.2"
        node = factories.make_node(number, status=NodeStatus.ACTIVE, qemu_version=version)
        factories.make_role(node, found)
    factories.make_role(factories.make_node(50, status=NodeStatus.ACTIVE), found, "vg")
    ZoneFile.objects.create(zone=found, path="server/server.yaml", content=SERVER_YAML)
    return found


def visit(page: Page, live_server: object, name: str, *args: str) -> None:
    page.goto(f"{live_server}{reverse(f'admin:{name}', args=args)}")


def answer(job: Job, first: int = 1, last: int = 40) -> None:
    """Answer for the nodes: 38 run, one has a dead service, one an extra service. The last answer ends the job."""
    running = "compute_server                   RUNNING   pid {}, uptime 4 days, 2:11:09"
    move_steps(job.steps.all(), "claim", started_at=factories.BEGIN)
    for number, step in list(enumerate(job.steps.order_by("id"), 1))[first - 1 : last]:
        text = running.format(1000 + number)
        if number == 17:
            text = (
                "compute_server                   FATAL     Exited too quickly (process log may have details)"
            )
        lines = [
            text,
            *(["neonsan_agent                    STOPPED   Nov 02 03:04 AM"] if number == 30 else []),
        ]
        for line in lines:
            job.last_seq += 1
            Event.objects.create(
                job=job, seq=job.last_seq, ts=factories.BEGIN, node=step.address, stream="out", line=line
            )
        move_steps(job.steps.filter(pk=step.pk), "fail" if number == 17 else "succeed")
    move_job(Job.objects.filter(pk=job.pk), "start", started_at=factories.BEGIN)
    if last == 40:
        move_job(Job.objects.filter(pk=job.pk), "fail")


def test_a_command_on_all_hypers_and_what_differs(
    live_server: object, sign_in: SignIn, shoot: Shoot, zone: Zone
) -> None:
    page = sign_in("operator")
    visit(page, live_server, "zones_zone_change", "pek3c")
    page.get_by_role("link", name="Maintain", exact=True).click()
    expect(page.get_by_text("Your account can run read-only commands")).to_be_visible()
    form = page.locator("#exec")
    form.get_by_label("Group").select_option(label="hyper (40 nodes)")
    form.get_by_label("Command").fill("supervisorctl restart compute_server")
    shoot(page, "maintain")
    form.get_by_role("button", name="Run").click()
    expect(page.get_by_text("X03 your account may run read-only commands only")).to_be_visible()
    form.get_by_label("Command").fill("supervisorctl status")
    form.get_by_role("button", name="Run").click()
    expect(page.get_by_text("40 nodes still running")).to_be_visible()
    job = Job.objects.get()
    answer(job, last=20)
    expect(page.get_by_text("19 nodes: RUNNING; 1 differs")).to_be_visible()
    page.locator(".con-answer > summary").first.click()
    page.locator(".con-answer").nth(1).get_by_text("Full output").click()
    answer(job, first=21)
    # The page reloads by itself.
    expect(page.get_by_text("38 nodes: RUNNING; 2 differ")).to_be_visible()
    expect(page.locator(".con-answer")).to_have_count(3)
    expect(page.locator(".con-answer").first).not_to_have_attribute("open", "")
    expect(page.locator(".con-answer .con-pre", has_text="FATAL")).to_be_visible()
    page.locator(".con-answer > summary").first.click()
    expect(page.locator(".con-answer .con-add", has_text="FATAL")).to_be_visible()
    expect(page.locator(".con-answer .con-add", has_text="neonsan_agent")).to_be_visible()
    shoot(page, "answers")
    page.emulate_media(color_scheme="dark")
    page.reload()
    expect(page.locator(".con-answer .con-add", has_text="FATAL")).to_be_visible()
    shoot(page, "answers-dark")


def test_an_approver_looks_twice_at_a_command_that_does_more(
    live_server: object, sign_in: SignIn, shoot: Shoot, zone: Zone
) -> None:
    page = sign_in("approver")
    visit(page, live_server, "zones_zone_maintain", "pek3c")
    form = page.locator("#exec")
    form.get_by_label("Command").fill("supervisorctl restart compute_server")
    form.get_by_label("Group").select_option("hyper")
    form.get_by_role("button", name="Run").click()
    sure = page.get_by_label("Run it as root on 40 nodes.")
    expect(sure).to_be_visible()
    shoot(page, "maintain-sure")
    sure.check()
    form.get_by_role("button", name="Run").click()
    expect(page.get_by_text("40 nodes still running")).to_be_visible()
    job = Job.objects.get()
    visit(page, live_server, "zones_zone_maintain", "pek3c")
    expect(page.get_by_text(f"R20 exec_nodes {job.job_id}")).to_be_visible()
    page.get_by_role("button", name="Build").click()
    expect(page.get_by_text("started by approver-1").first).to_be_visible()
    shoot(page, "maintain-busy")
    assert Job.objects.count() == 1


def test_versions_are_edited_reviewed_and_distributed(
    live_server: object, sign_in: SignIn, shoot: Shoot, zone: Zone
) -> None:
    page = sign_in("approver")
    visit(page, live_server, "zones_zone_qemu", "pek3c")
    expect(page.locator("input[name=version-1]")).to_have_value("2.11.1.1")
    page.locator("input[name=default]").nth(1).check()
    shoot(page, "qemu")
    page.get_by_role("button", name="Preview the change").click()
    expect(page.locator(".con-add", has_text="2.11.1.1:")).to_be_visible()
    expect(page.locator("#change .con-ctx", has_text="# the system's own")).to_be_visible()
    expect(page.get_by_text("38 hypers must already have it installed")).to_be_visible()
    page.get_by_role("button", name="Approve…").click()
    page.get_by_placeholder("optional: what you reviewed").fill("read it")
    shoot(page, "qemu-approve")
    page.get_by_role("button", name="Approve", exact=True).click()
    expect(page.get_by_text("approved by approver-1")).to_be_visible()
    shoot(page, "qemu-approved")
    page.on("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="Write and distribute").click()
    expect(page.locator("#job-strip [role=option]")).to_have_count(41)
    assert Job.objects.get().action == "set_qemu_version"


def test_statistics_on_the_dashboard_and_the_zone(
    live_server: object, sign_in: SignIn, shoot: Shoot, zone: Zone
) -> None:
    factories.make_zone("pek3d")
    page = sign_in("operator")
    visit(page, live_server, "zones_zone_change", "pek3c")
    expect(page.get_by_text("Not counted yet.")).to_be_visible()
    page.get_by_role("button", name="Recount").click()
    expect(page.locator("#job")).to_be_visible()
    work_slice.run_slice(Job.objects.get().pk)
    visit(page, live_server, "zones_zone_change", "pek3c")
    expect(page.get_by_text("as of")).to_be_visible()
    shoot(page, "zone-statistics")
    visit(page, live_server, "index")
    expect(page.get_by_text("41 active")).to_be_visible()
    shoot(page, "dashboard-statistics")
    visit(page, live_server, "zones_zone_changelist")
    expect(page.get_by_text("1640 cores")).to_be_visible()
    shoot(page, "zones-statistics")

"""The first page: it reports that nothing needs attention only when nothing does."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from common.actor import Actor
from common.messages import message
from installer.console.operations.scale_out_page import page_url
from jobs.models import Job, Step, Worker
from nodes.models import Node
from nodes.states import NodeStatus
from operations.models import Change
from operations.scale_out.service import add_to_scale_out, begin_scale_out, close_scale_out
from tests import factories
from zones.models import Plan

pytestmark = pytest.mark.django_db
CALM = "Nothing needs attention"
KEY = "ssh-ed25519 AAAA"


@pytest.fixture
def home(client: Client) -> Callable[[], str]:
    client.force_login(factories.make_user(group="operator"))
    return lambda: client.get(reverse("admin:index")).content.decode()


@pytest.fixture
def running() -> list[Node]:
    """Make a console that has scaled once: a worker lives, nodes serve, nothing is open."""
    Worker.objects.create(name="w", host="h", pid=1, heartbeat_at=timezone.now())
    zone = factories.make_zone()
    nodes = [factories.make_node(number, status=NodeStatus.ACTIVE, host_key=KEY) for number in (1, 2)]
    for node in nodes:
        factories.make_role(node, zone)
    plan = factories.make_plan(zone, nodes)
    Plan.objects.filter(pk=plan.pk).update(status="applied", kind=Plan.Kind.SCALE)
    return nodes


def failed(nodes: list[Node], action: str, error: str) -> Job:
    job = factories.make_job(nodes, action=action, status="failed", error=error)
    job.steps.update(status="succeeded", error="")
    for step in job.steps.filter(phase="install_nodes"):
        Step.objects.filter(pk=step.pk).update(status="failed", error=f"{step.address}: {error}")
    return job


def test_it_is_calm_when_nothing_is_open(home, running) -> None:
    assert CALM in home() and "Needs attention</h2>" not in home() and "Getting started" not in home()


@pytest.mark.parametrize(
    ("status", "action", "error"),
    [
        (NodeStatus.NEW, "establish_ssh", "does not accept this password for user root"),
        (NodeStatus.ACTIVE, "exec_nodes", "presents a different host key: pinned SHA256:a, now SHA256:b"),
        (NodeStatus.ACTIVE, "update_nodes", "update_nodes failed with exit code 2"),
        (NodeStatus.AVAILABLE, "erase_data_disks", "not erased: sdb"),
    ],
)
def test_a_job_that_failed_on_nodes_whose_state_does_not_tell_it(
    home, running, status, action, error
) -> None:
    nodes = [factories.make_node(number, status=status, host_key=KEY) for number in (11, 12)]
    job = failed(nodes, action, error)
    page = home()
    assert CALM not in page
    assert f"{action} in pek3c failed on 2 nodes" in page
    assert f"2 × the node: {error}" in page
    # The password of a login was not kept: its job cannot be resumed.
    login = f"{reverse('admin:nodes_node_ssh_form')}?job={job.job_id}"
    assert (
        login if action == "establish_ssh" else reverse("admin:jobs_job_change", args=[job.job_id])
    ) in page
    Node.objects.filter(status=NodeStatus.NEW).update(status=NodeStatus.AVAILABLE)
    # A later job of this action that went well, or failed anew, stands for the first.
    again = factories.make_job(nodes[:1], action=action, status="succeeded")
    again.steps.update(status="succeeded")
    assert f"{action} in pek3c failed on 1 node<" in home()
    last = factories.make_job(nodes[1:], action=action, status="succeeded")
    last.steps.update(status="succeeded")
    assert CALM in home()


def test_a_failure_ends_with_its_node(home, running) -> None:
    gone = factories.make_node(11, status=NodeStatus.AVAILABLE, host_key=KEY)
    failed([gone], "establish_ssh", "no route to host")
    assert CALM not in home()
    Node.objects.filter(pk=gone.pk).update(status=NodeStatus.RETIRED)
    assert CALM in home()


def test_a_job_that_failed_on_the_installer_itself(home, running) -> None:
    job = factories.make_job(
        [], action="build_global_conf", status="failed", zone_id="pek3c", error="no space"
    )
    Step.objects.create(job=job, phase="build", position=0, status="failed", error="no space")
    assert "build_global_conf in pek3c failed" in home() and CALM not in home()


@pytest.mark.parametrize(
    ("key", "said"),
    [("", "1 new node without SSH"), (KEY, "1 new node without hardware data")],
)
def test_ssh_or_collection_that_is_still_due(home, running, key, said) -> None:
    factories.make_node(11, status=NodeStatus.NEW, host_key=key)
    assert said in home() and CALM not in home()


def test_an_approval_that_became_void(home, running) -> None:
    zone = factories.make_zone("pek3d")
    nodes = [factories.make_node(21, host_key=KEY)]
    plan = factories.make_sound_plan(zone, nodes)
    Plan.objects.filter(pk=plan.pk).update(status="approved")
    assert "is void" not in home()
    Node.objects.filter(pk=nodes[0].pk).update(
        host_key="ssh-ed25519 BBBB", host_key_fingerprint="SHA256:other"
    )
    assert f"The approval of {plan.plan_id} is void" in home()


def test_a_change_of_a_file_in_service_that_waits(home, running) -> None:
    zone = Plan.objects.get().zone
    change = Change.objects.create(zone=zone, kind="haproxy", created_by="ann")
    assert "waits for approval" in home() and CALM not in home()
    Change.objects.filter(pk=change.pk).update(approved_by="bob", approved_at=timezone.now())
    assert "is approved but not written yet" in home()
    Change.objects.filter(pk=change.pk).update(applied_at=timezone.now())
    assert CALM in home()


def test_something_that_may_still_run_on_a_node(home, running) -> None:
    job = factories.make_job(running, action="update_nodes", status="cancelled")
    job.steps.update(status="cancelled", remote={})
    assert CALM in home()
    Step.objects.filter(pk=job.steps.exclude(target="").first().pk).update(
        remote={"component": "update_nodes"}
    )
    assert "may still be running on 1 node" in home() and CALM not in home()


def test_no_worker_is_not_calm(home, running) -> None:
    Worker.objects.all().delete()
    assert CALM not in home() and "No worker is running" in home()


def test_the_first_steps_stay_until_a_first_scale_out_has_succeeded(home) -> None:
    Worker.objects.create(name="w", host="h", pid=1, heartbeat_at=timezone.now())

    def following() -> str:
        page = home()
        assert "Getting started" in page and CALM not in page
        return page.partition("con-btn-main con-btn-small")[2].partition(">")[2].partition("<")[0]

    assert following() == "Add nodes"
    node = factories.make_node(1, status=NodeStatus.NEW, host_key="")
    assert following() == "Establish SSH"
    Node.objects.update(host_key=KEY)
    assert following() == "Collect hardware"
    Node.objects.update(status=NodeStatus.AVAILABLE)
    assert following() == "Configure a zone"
    zone = factories.make_zone()
    plan = factories.make_sound_plan(zone, [node])
    assert following() == "Scale"
    # A zone that was only registered was not installed from here.
    Plan.objects.filter(pk=plan.pk).update(status="applied", kind=Plan.Kind.ADOPT)
    assert "Getting started" in home()
    Plan.objects.filter(pk=plan.pk).update(kind=Plan.Kind.SCALE)
    assert "Getting started" not in home()


def test_nodes_that_failed_for_the_same_reason_are_one_line(home, running) -> None:
    nodes = [
        factories.make_node(
            number,
            status=NodeStatus.SCALE_FAILED,
            error=message("S01", endpoint=f"172.16.80.{number} port 22", reason="no route"),
        )
        for number in range(11, 23)
    ]
    factories.make_node(23, status=NodeStatus.SCALE_FAILED, error="no space left")
    job = factories.make_job(nodes, status="failed")
    job.steps.filter(phase="install_nodes").update(status="failed")
    page = home()
    assert "Installation failed on 12 nodes" in page and "Installation failed on 1 node<" in page
    assert "S01 The node cannot be reached: 172.16.80.11, 172.16.80.12" in page and "and 8 more" in page
    assert reverse("admin:jobs_job_change", args=[job.job_id]) in page


def test_a_plan_waits_for_its_approval_and_then_for_its_installation(home, running) -> None:
    zone = factories.make_zone("pek3d")
    plan = factories.make_sound_plan(zone, [factories.make_node(21, host_key=KEY)])
    page = home()
    assert f"Plan {plan.plan_id} waits for approval" in page and "1 node for pek3d, created by olga" in page
    Plan.objects.filter(pk=plan.pk).update(status="approved", decided_by="paul")
    page = home()
    assert f"Plan {plan.plan_id} is approved, but not applied" in page
    assert reverse("admin:zones_zone_scale", args=["pek3d"]) in page


def test_a_scale_out_waits_for_its_next_action(home, running) -> None:
    scale_out = begin_scale_out(zone_id="pek3c", actor=Actor("ann", "admin"))
    page = home()
    assert CALM not in page and "Scale-out of pek3c" in page
    assert f"{page_url(scale_out)}#add" in page
    fresh = factories.make_node(11, status=NodeStatus.NEW, host_key="")
    add_to_scale_out(
        scale_out_id=scale_out.scale_out_id, addresses=["172.16.80.11"], actor=Actor("ann", "admin")
    )
    page = home()
    # It says so itself: nothing is listed twice.
    assert f"{page_url(scale_out)}#password" in page and "1 new node without SSH" not in page
    Node.objects.filter(pk=fresh.pk).update(host_key=KEY, status=NodeStatus.AVAILABLE)
    plan = factories.make_sound_plan(Plan.objects.get().zone, [fresh])
    page = home()
    assert f"Review plan {plan.plan_id}" in page and f"Plan {plan.plan_id} waits for approval" not in page
    job = factories.make_job([fresh])
    Plan.objects.filter(pk=plan.pk).update(status="approved", job_id=job.job_id)
    page = home()
    assert page.index("Running jobs</h2>") < page.index("Scale-out of pek3c") and CALM not in page
    type(job).objects.all().delete()
    Plan.objects.filter(pk=plan.pk).update(status="applied", job_id="")
    Node.objects.update(status=NodeStatus.ACTIVE)
    plan.vbcs.all().delete()
    assert "All stages are done." in home() and CALM not in home()
    close_scale_out(scale_out_id=scale_out.scale_out_id, actor=Actor("ann", "admin"))
    assert CALM in home()


def test_hardware_that_was_collected_long_ago(home, running) -> None:
    old = factories.make_node(11)
    assert CALM in home()
    begin_scale_out(zone_id="pek3d", actor=Actor("ann", "admin"), addresses=[str(old.mgmt_address)])
    assert "The hardware data of 1 node is older than a week" in home()
    Node.objects.update(collected_at=timezone.now())
    assert "older than a week" not in home()


def test_what_ended_today_and_the_health_of_zones(home, running) -> None:
    factories.make_job(running, action="update_nodes", status="failed", finished_at=timezone.now())
    factories.make_job([], action="rebuild_cache", status="succeeded", finished_at=timezone.now())
    factories.make_job([], action="rebuild_cache", status="succeeded")
    page = home()
    assert "1 succeeded" in page and "1 failed" in page
    assert "2 active" in page

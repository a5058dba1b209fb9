"""Every page of the console answers everyone who may see it, and refuses others."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from installer.console.navigation import sidebar
from nodes.states import NodeStatus
from tests import factories

pytestmark = pytest.mark.django_db

LISTS = ("nodes_node", "zones_zone", "zones_plan", "jobs_job", "jobs_worker", "common_auditentry")
PASSWORD = "only-for-tests-1"


def signed_in(client: Client, group: str = "", *, superuser: bool = False) -> Client:
    client.force_login(factories.make_user(group=group, superuser=superuser))
    return client


def everything() -> dict[str, str]:
    """Make one of each; return the addresses of their pages."""
    zone = factories.make_zone()
    nodes = [factories.make_node(number) for number in (1, 2)]
    factories.make_role(nodes[0], zone)
    factories.correct(nodes[0].disks.get(name="sdb"), "type", "sata", against="nvme")
    plan = factories.make_plan(zone, nodes)
    job = factories.make_job(nodes, status="failed", error="one node failed")
    factories.add_events(job, ["begun"])
    looked = factories.make_job(nodes, action="exec_nodes", status="succeeded")
    return {
        "node": reverse("admin:nodes_node_change", args=[nodes[0].node_id]),
        "zone": reverse("admin:zones_zone_change", args=[zone.zone_id]),
        "plan": reverse("admin:zones_plan_change", args=[plan.plan_id]),
        "job": reverse("admin:jobs_job_change", args=[job.job_id]),
        "log": reverse("admin:jobs_job_log", args=[job.job_id]),
        "qemu": reverse("admin:zones_zone_qemu", args=[zone.zone_id]),
        "answers": reverse("admin:jobs_job_answers", args=[looked.job_id]),
    }


def test_every_page_answers_a_viewer(client: Client) -> None:
    """What every group may open: tests/lab/installer/test_permissions.py."""
    pages = everything()
    signed_in(client, "viewer")
    for url in [
        reverse("admin:index"),
        *(reverse(f"admin:{name}_changelist") for name in LISTS),
        *pages.values(),
    ]:
        assert client.get(url).status_code == 200, url


def test_pages_answer_for_the_superuser_with_accounts(client: Client) -> None:
    signed_in(client, superuser=True)
    for name in (*LISTS, "auth_user", "auth_group"):
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 200
    for name in ("auth_user", "auth_group", "nodes_node"):
        assert client.get(reverse(f"admin:{name}_add")).status_code == 200


def test_staff_without_a_group_sees_nothing(client: Client) -> None:
    pages = everything()
    signed_in(client)
    for name in LISTS:
        assert client.get(reverse(f"admin:{name}_changelist")).status_code == 403
    for url in pages.values():
        assert client.get(url).status_code == 403
    assert b"is not in a group" in client.get(reverse("admin:index")).content


def test_strangers_are_sent_to_the_log_in(client: Client) -> None:
    for url in [reverse("admin:index"), *everything().values()]:
        answer = client.get(url)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(reverse("admin:login"))


def test_a_page_that_is_refused_or_gone_says_so_and_leads_on(client: Client) -> None:
    zone = factories.make_zone()
    signed_in(client, "viewer")
    refused = client.get(reverse("admin:zones_zone_scale", args=[zone.zone_id]))
    assert refused.status_code == 403 and b"does not have the permission" in refused.content
    gone = client.get(reverse("admin:jobs_job_change", args=["j-nothere1"]))
    assert gone.status_code == 404 and b"deleted or pruned" in gone.content
    for page in (refused, gone):
        assert reverse("admin:index").encode() in page.content


def test_unknown_things_are_404(client: Client) -> None:
    signed_in(client, "viewer")
    for name in ("nodes_node", "zones_zone", "zones_plan", "jobs_job"):
        assert client.get(reverse(f"admin:{name}_change", args=["nothing"])).status_code == 404


def test_no_model_is_added_changed_or_deleted_past_the_services(client: Client) -> None:
    pages = everything()
    signed_in(client, superuser=True)
    for name in ("zones_zone", "zones_plan", "jobs_job", "common_auditentry"):
        assert client.get(reverse(f"admin:{name}_add")).status_code == 403
    for page in ("node", "zone", "plan", "job"):
        url = pages[page].replace("/change/", "/delete/")
        assert client.post(url, {"post": "yes"}).status_code == 403


def test_an_empty_console_shows_the_next_step_and_that_no_worker_lives(client: Client) -> None:
    signed_in(client, "operator")
    page = client.get(reverse("admin:index")).content.decode()
    assert "Getting started" in page
    assert reverse("admin:nodes_node_add") in page
    assert "qcluster" in page


def test_the_dashboard_names_what_needs_somebody(client: Client) -> None:
    zone = factories.make_zone()
    nodes = [factories.make_node(number) for number in (1, 2)]
    failed = factories.make_node(3, status=NodeStatus.COLLECT_FAILED, error="no route to host")
    factories.correct(nodes[0].disks.get(name="sdb"), "type", "sata", against="nvme")
    plan = factories.make_plan(zone, nodes)
    job = factories.make_job(nodes)
    signed_in(client, "viewer")
    page = client.get(reverse("admin:index")).content.decode()
    for wanted in (
        str(failed.mgmt_address),
        "no route to host",
        plan.plan_id,
        job.job_id,
        "conflict",
        "sdb type",
    ):
        assert wanted in page
    assert reverse("admin:nodes_node_add") not in page


@pytest.mark.parametrize(
    ("group", "titles"),
    [
        (
            "viewer",
            [
                "Dashboard",
                "Scale-outs",
                "Nodes",
                "Zones",
                "Plans",
                "VBC networks",
                "EIP pools",
                "Jobs",
                "Workers",
                "Audit",
                "API tokens",
            ],
        ),
        ("", ["Dashboard"]),
    ],
)
def test_the_side_bar_shows_what_one_may_see(client: Client, group: str, titles: list[str]) -> None:
    signed_in(client, group)
    request = client.get(reverse("admin:index")).wsgi_request
    assert [entry.title for group in sidebar(request) for entry in group] == titles


def test_log_in_works_and_what_nodes_say_is_escaped(client: Client) -> None:
    hostile = "<script>alert(1)</script>"
    node = factories.make_node(
        1,
        hostname=hostile,
        product_serial=hostile,
        error=hostile,
        warnings=[hostile],
        status=NodeStatus.ACTIVE,
    )
    zone = factories.make_zone()
    factories.make_role(node, zone)
    job = factories.make_job([node], status="failed", error=hostile)
    plan = factories.make_plan(zone, [node], findings=[{"code": "R21", "detail": hostile, "field": hostile}])
    looked = factories.make_job([node], action="exec_nodes", status="failed", params={"command": hostile})
    factories.make_user(group="approver")
    client.post(reverse("admin:login"), {"username": "olga", "password": PASSWORD})
    urls = [
        reverse("admin:index"),
        reverse("admin:nodes_node_changelist"),
        reverse("admin:jobs_job_changelist"),
    ]
    urls += [
        reverse("admin:nodes_node_change", args=[node.node_id]),
        reverse("admin:jobs_job_change", args=[job.job_id]),
        reverse("admin:zones_zone_change", args=[zone.zone_id]),
        reverse("admin:zones_plan_change", args=[plan.plan_id]),
        reverse("admin:zones_zone_qemu", args=[zone.zone_id]),
        reverse("admin:zones_zone_maintain", args=[zone.zone_id]),
        reverse("admin:jobs_job_answers", args=[looked.job_id]),
    ]
    for url in urls:
        answer = client.get(url)
        assert answer.status_code == 200
        assert hostile not in answer.content.decode(), url


@pytest.mark.parametrize(
    ("method", "url", "form"),
    [
        ("get", "/admin/nodes/node/%00/change/", {}),
        ("get", "/admin/nodes/node/?status__exact=%00", {}),
        ("get", "/admin/common/auditentry/?actor=%00", {}),
        ("post", "/admin/nodes/node/remove/", {"nodes": "n-1 \x00"}),
        ("post", "/admin/login/", {"username": "\x00", "password": "x"}),
    ],
)
def test_a_nul_is_refused_before_any_database_sees_it(
    client: Client, method: str, url: str, form: dict[str, str]
) -> None:
    client.force_login(factories.make_user(group="operator"))
    answer = getattr(client, method)(url, form)
    assert answer.status_code == 400 and b"NUL character" in answer.content

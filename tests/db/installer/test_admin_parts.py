"""The small parts of the console: sizes, labels, messages of refusals, and the protection of every form."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from installer.console import units
from installer.console.labels import look, pill
from installer.console.nodes.differences import Change, change_rows
from installer.console.nodes.history import history_of
from jobs.models import Job
from jobs.states import JobStatus, StepStatus
from nodes.states import NodeStatus
from tests import factories
from zones.states import PlanStatus


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (480 * 10**9, "480 GB"),
        (3_200_632_000_000, "3.2 TB"),
        (1_920_383_410_176, "1.92 TB"),
        (10**12, "1 TB"),
        (999_000_000, "999 MB"),
        (107_374_182_400, "107.4 GB"),
    ],
)
def test_sizes_as_sold(size: int, text: str) -> None:
    assert units.size_text(size) == text


@pytest.mark.parametrize(
    ("what", "before", "after", "row"),
    [
        ("hostname", "a", "b", Change("hostname", "a", "b")),
        (
            "memory_bytes",
            None,
            2 * 2**30,
            Change("memory", "", "2 GiB (2,147,483,648 bytes)"),
        ),
        (
            "disk S1",
            "sdb X ssd 3200631791616 bytes dirty",
            None,
            Change("disk S1", "sdb X ssd 3.2 TB (3,200,631,791,616 bytes) dirty", ""),
        ),
        (
            "correction of size_bytes of sdb",
            None,
            1_600_000_000_000,
            Change("correction of size of sdb", "", "1600 GB"),
        ),
    ],
)
def test_differences_in_words(what: str, before: object, after: object, row: Change) -> None:
    assert change_rows([{"what": what, "before": before, "after": after}]) == [row]


@pytest.mark.parametrize(
    ("detail", "disk", "lines"),
    [
        (
            {
                "disk": "sdb",
                "set": {"type": "sata"},
                "cleared": ["status"],
                "before": {"type": "ssd", "status": 0},
                "after": {"type": "sata", "status": 1},
            },
            "sdb",
            ["type ssd → sata", "correction of use dropped, back to usable"],
        ),
        (
            {"disk": "sdb", "set": {"size_bytes": 10**12}, "imported": {"by": "ann", "at": ""}},
            "sdb",
            ["size 1 TB", "originally created by ann"],
        ),
        ({"before": "", "after": "SHA256:x"}, "", ["none → SHA256:x"]),
        ({"mode": "full", "disks": [{"name": "sdb"}, {"name": "sdc"}]}, "sdb, sdc", ["full"]),
        ({}, "", []),
    ],
)
@pytest.mark.django_db
def test_the_history_of_a_node_in_words(detail: dict[str, object], disk: str, lines: list[str]) -> None:
    AuditEntry.objects.create(actor="ann", via="api", verb="v", subject="n-1", detail=detail)
    [item] = history_of("n-1")
    assert (item["disk"], item["lines"]) == (disk, lines)


def test_disks_are_counted_by_kind_and_size() -> None:
    disks = [("ssd", 3200 * 10**9), ("sata", 4000 * 10**9), ("ssd", 3200 * 10**9)]
    assert units.disks_text(disks) == "1×SATA 4 TB + 2×SSD 3.2 TB"
    assert units.disks_text([]) == ""


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59, "59 s"), (250, "4 min 10 s"), (3900, "1 h 05 min"), (-5, "0 s")]
)
def test_durations(seconds: int, text: str) -> None:
    assert units.duration_text(factories.BEGIN, factories.BEGIN + timedelta(seconds=seconds)) == text


def test_what_never_began_took_no_time() -> None:
    assert units.duration_text(None, factories.BEGIN) == ""
    assert units.moment_text(None) == ""
    assert units.moment_text(factories.BEGIN) == "2026-03-04 01:02:03"


@pytest.mark.parametrize("states", [NodeStatus, JobStatus, StepStatus, PlanStatus])
def test_every_state_has_a_look_of_its_own_symbol(states: type) -> None:
    for status in states:  # type: ignore[attr-defined]
        tone, symbol = look(status)
        assert symbol
        assert tone != "idle" or status in {"new", "retired", "queued", "pending", "skipped", "superseded"}


def test_labels_escape() -> None:
    assert "<b>" not in pill("failed", "<b>")


@pytest.mark.django_db
def test_what_excludes_a_job_is_named_with_the_way_to_it(client: Client) -> None:
    client.force_login(factories.make_user(group="approver"))
    zone, node = factories.make_zone(), factories.make_node(7)
    plan = factories.make_sound_plan(zone, [node])
    form = {"decision": "approve", "content_hash": plan.content_hash}
    client.post(reverse("admin:zones_plan_decide", args=[plan.plan_id]), form)
    other = factories.make_job(action="set_qemu_version", exclusive_scope=zone.exclusive_scope)
    url = reverse("admin:zones_zone_scale", args=[zone.zone_id])
    page = client.post(url, {"address": "172.16.80.7"}).content.decode()
    assert "R20" in page
    assert reverse("admin:jobs_job_change", args=[other.job_id]) in page
    assert not Job.objects.filter(action="scale_qingcloud").exists()


@pytest.mark.django_db
def test_every_form_needs_the_token_of_its_page() -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.make_user(group="approver"))
    node, job = factories.make_node(1), factories.make_job()
    plan = factories.make_plan(factories.make_zone())
    urls = [
        reverse("admin:nodes_node_add"),
        reverse("admin:nodes_node_changelist"),
        *(reverse(f"admin:nodes_node_{name}") for name in ("ssh_form", "disks_form", "remove_form")),
        reverse("admin:nodes_node_disk", args=[node.node_id]),
        reverse("admin:nodes_node_do", args=[node.node_id, "collect"]),
        reverse("admin:zones_zone_configure"),
        *(reverse(f"admin:zones_zone_{name}", args=["pek3c"]) for name in ("scale", "maintain", "qemu")),
        reverse("admin:zones_plan_decide", args=[plan.plan_id]),
        reverse("admin:jobs_job_cancel", args=[job.job_id]),
        reverse("admin:jobs_job_resume", args=[job.job_id]),
    ]
    assert {url: client.post(url).status_code for url in urls} == dict.fromkeys(urls, 403)


@pytest.mark.django_db
def test_an_audit_entry_is_shown_whole_and_cannot_be_changed(client: Client) -> None:
    client.force_login(factories.make_user(superuser=True))
    entry = AuditEntry.objects.create(
        actor="olga",
        via="admin",
        verb="approve_plan",
        subject="pek3c-1",
        reason="<i>",
        detail={"hash": "ab" * 99},
    )
    assert "ab" * 40 in client.get(reverse("admin:common_auditentry_changelist")).content.decode()
    url = reverse("admin:common_auditentry_change", args=[entry.pk])
    page = client.get(url).content.decode()
    assert "ab" * 99 in page
    assert "&lt;i&gt;" in page
    client.post(url, {"actor": "another person"})
    entry.refresh_from_db()
    assert entry.actor == "olga"


@pytest.mark.django_db
def test_a_new_account_may_sign_in_with_its_group(client: Client) -> None:
    from django.contrib.auth.models import Group, User

    client.force_login(factories.make_user(superuser=True))
    url = reverse("admin:auth_user_add")
    assert client.get(url).context["adminform"].form.initial["is_staff"] is True
    password = "only-for-tests-2"
    client.post(
        url,
        {
            "username": "ivan",
            "password1": password,
            "password2": password,
            "is_staff": "on",
            "groups": [Group.objects.get(name="operator").pk],
        },
    )
    ivan = User.objects.get(username="ivan")
    assert ivan.is_staff
    assert ivan.has_perm("jobs.run_verbs")
    assert not ivan.has_perm("zones.decide_plan")

"""Commands, packages, QEMU versions and statistics from the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.models import AuditEntry
from jobs.engine import work_slice
from jobs.models import Event, Job
from jobs.states import move_steps
from nodes.states import NodeStatus
from operations.models import Change
from tests import factories
from zones.models import Role, Zone, ZoneFile

pytestmark = pytest.mark.django_db
MAINTAIN = reverse("admin:zones_zone_maintain", args=["pek3c"])
QEMU = reverse("admin:zones_zone_qemu", args=["pek3c"])
EXEC = {"verb": "exec", "exec-group": "hyper", "exec-command": "supervisorctl status", "exec-timeout_s": "60"}


@pytest.fixture
def zone() -> Zone:
    """Make two hypers and a VG node in service."""
    found = factories.make_zone()
    for number, role in ((1, "hyper-repl"), (2, "hyper-repl"), (3, "vg")):
        node = factories.make_node(number, status=NodeStatus.ACTIVE, qemu_version="2.11.1.1")
        factories.make_role(node, found, role)
    return found


@pytest.fixture
def sign_in(client: Client, zone: Zone) -> Any:
    def sign(group: str) -> Client:
        client.force_login(factories.make_user(f"{group}-1", group))
        return client

    return sign


def page(answer: Any) -> str:
    return str(answer.content.decode())


def test_a_viewer_looks_and_nothing_else(sign_in: Any) -> None:
    viewer = sign_in("viewer")
    assert viewer.get(MAINTAIN).status_code == viewer.post(MAINTAIN, EXEC).status_code == 403
    seen = page(viewer.get(QEMU))
    assert "2.11.1.1" in seen and "Preview the change" not in seen
    for button in ("preview", "apply", "approve"):
        assert viewer.post(QEMU, {button: "1"}).status_code == 403
    assert "Recount" not in page(viewer.get(reverse("admin:zones_zone_change", args=["pek3c"])))
    assert not Job.objects.exists() and not Change.objects.exists()


def test_groups_are_offered_with_their_nodes(sign_in: Any) -> None:
    form = sign_in("operator").get(MAINTAIN).context["forms"]["exec"]
    assert [text for _, text in form.fields["group"].choices] == [
        "all (3 nodes)",
        "phy (3 nodes)",
        "vg (1 node)",
        "hyper (2 nodes)",
        "hyper-repl (2 nodes)",
    ]


def test_an_operator_runs_commands_that_look(sign_in: Any) -> None:
    operator = sign_in("operator")
    assert "Your account can run read-only commands" in page(operator.get(MAINTAIN))
    begun = operator.post(MAINTAIN, EXEC)
    job = Job.objects.get()
    assert begun.headers["Location"] == reverse("admin:jobs_job_answers", args=[job.job_id])
    assert job.steps.count() == 2 and (job.created_by, job.created_via) == ("operator-1", "admin")
    entry = AuditEntry.objects.get(verb="exec_command")
    assert entry.detail == {"group": "hyper", "command": "supervisorctl status", "nodes": 2}
    refused = operator.post(MAINTAIN, {**EXEC, "exec-command": "reboot"})
    assert "your account may run read-only commands only" in page(refused)
    assert 'value="reboot"' in page(refused), "what was typed is kept"
    one = operator.post(MAINTAIN, {**EXEC, "exec-host": "pek3cr01n03", "exec-concurrency": "1"})
    assert one.status_code == 302 and Job.objects.first().steps.get().address == "172.16.80.3"  # type: ignore[union-attr]
    assert "has no group or node named" in page(operator.post(MAINTAIN, {**EXEC, "exec-host": "nobody"}))
    for wrong in ({"exec-command": ""}, {"exec-timeout_s": "0"}, {"exec-group": "else"}, {"verb": "none"}):
        assert operator.post(MAINTAIN, {**EXEC, **wrong}).status_code == 200
    assert Job.objects.count() == 2


def test_an_approver_is_asked_before_a_command_that_does_more(sign_in: Any) -> None:
    approver = sign_in("approver")
    assert "You can run any command" in page(approver.get(MAINTAIN))
    doing = {**EXEC, "exec-command": "touch /tmp/x"}
    assert "Run it as root on 2 nodes" in page(approver.post(MAINTAIN, doing))
    assert not Job.objects.exists()
    approver.post(MAINTAIN, {**doing, "exec-sure": "on"})
    assert Job.objects.get().exclusive_scope == "region:pek3"


def answered(job: Job, texts: dict[str, str]) -> None:
    """Record these answers of the nodes; None leaves one unanswered."""
    move_steps(job.steps.all(), "claim", started_at=factories.BEGIN)
    for number, (address, text) in enumerate(texts.items(), 1):
        Event.objects.create(job=job, seq=number, ts=factories.BEGIN, node=address, stream="out", line=text)
        move_steps(job.steps.filter(address=address), "fail" if "FATAL" in text else "succeed")


def test_answers_are_folded_and_differences_shown(sign_in: Any, zone: Zone) -> None:
    viewer, hostile = sign_in("viewer"), "<script>alert(1)</script>"
    nodes = [factories.make_node(number, status=NodeStatus.ACTIVE) for number in range(11, 51)]
    job = Job.objects.create(action="exec_nodes", zone_id="pek3c", params={"command": f"x {hostile}"})
    for node in nodes:
        job.steps.create(phase="exec", position=0, target=node.node_id, address=str(node.mgmt_address))
    there = reverse("admin:jobs_job_answers", args=[job.job_id])
    first = viewer.get(there)
    assert "No output yet." in page(first) and "40 nodes still running" in page(first)
    assert "data-over" not in page(first)
    running = "compute_server   RUNNING   pid 7, uptime 0:00:01"
    texts = {str(node.mgmt_address): running for node in nodes}
    texts[str(nodes[4].mgmt_address)] = "compute_server   FATAL   Exited too quickly"
    texts[str(nodes[7].mgmt_address)] = hostile
    answered(job, texts)
    Job.objects.update(status="failed")
    answer = viewer.get(there)
    text = page(answer)
    assert "38 nodes: RUNNING; 2 differ" in text and hostile not in text and "data-over" in text
    usual, *others = answer.context["answers"]
    assert (usual["count"], len(usual["names"]), len(usual["rest"])) == (38, 12, 26)
    assert [item["names"] for item in others] == [("pek3cr01n15",), ("pek3cr01n18",)]
    assert "+compute_server   FATAL" in others[0]["diff"] and others[0]["failed"]
    assert reverse("admin:jobs_job_answers", args=[job.job_id]) in page(
        viewer.get(reverse("admin:jobs_job_change", args=[job.job_id]))
    )
    other = factories.make_job()
    assert viewer.get(reverse("admin:jobs_job_answers", args=[other.job_id])).status_code == 404


def test_packages_mirror_list_and_configuration(sign_in: Any, zone: Zone, data_dir: Path) -> None:
    operator = sign_in("operator")
    (data_dir / "packages" / "ks").mkdir(parents=True)
    (data_dir / "packages" / "ks" / "pitrix-x_1.0_all.deb").write_bytes(b"")
    assert "pitrix-x_1.0_all.deb" in page(operator.get(MAINTAIN))
    missing = operator.post(MAINTAIN, {"verb": "update", "update-group": "all"})
    assert "This field is required" in page(missing)
    sent = {"update-group": "vg", "update-packages": ["pitrix-global-conf", "pitrix-x"]}
    for body, action, steps in (
        ({"verb": "update", **sent}, "update_nodes", 1),
        ({"verb": "mirror", "mirror-group": "hyper"}, "update_hyper_mirror", 2),
        (
            {"verb": "restart", "restart-group": "hyper", "restart-services": "compute_server"},
            "restart_services",
            2,
        ),
        ({"verb": "build"}, "build_global_conf", 1),
    ):
        begun = operator.post(MAINTAIN, body)
        job = Job.objects.get()
        assert begun.headers["Location"] == reverse("admin:jobs_job_change", args=[job.job_id])
        assert (job.action, job.steps.count()) == (action, steps)
        answers = operator.get(reverse("admin:jobs_job_answers", args=[job.job_id]))
        assert answers.status_code == (200 if action == "update_nodes" else 404)
        job.delete()
    Zone.objects.update(deploy_mode="standard")
    assert "Zones with deploy mode standard have no mirror list" in page(operator.get(MAINTAIN))


def test_statistics_are_shown_and_counted_again(sign_in: Any, zone: Zone) -> None:
    operator = sign_in("operator")
    index, there, listed = (
        reverse("admin:index"),
        reverse("admin:zones_zone_change", args=["pek3c"]),
        reverse("admin:zones_zone_changelist"),
    )
    assert "not counted" in page(operator.get(index)) and "Not counted yet" in page(operator.get(there))
    assert "not counted" in page(operator.get(listed))
    operator.post(MAINTAIN, {"verb": "count"})
    work_slice.run_slice(Job.objects.get().pk)
    for url in (index, there, listed):
        text = page(operator.get(url))
        assert "1536 GiB" in text and "120" in text and "UTC" in text, url
    assert operator.get(there).context["counts"]["nodes"] == Role.objects.count()


def test_versions_from_the_form_to_the_job(sign_in: Any, zone: Zone, client: Client) -> None:
    ZoneFile.objects.create(zone=zone, path="server/server.yaml", content="# ours\ncompute_server:\n  a: 1\n")
    operator = sign_in("operator")
    rows = operator.get(QEMU).context["rows"]
    assert [(row["version"], row.get("new")) for row in rows[:1]] == [("2.11.1.1", True)]
    typed = {"version-0": "2.11.1.1", "version-1": "6.2.0", "bin-1": "/opt/q", "default": "1", "preview": "1"}
    refused = page(operator.post(QEMU, {**typed, "default": "7"}))
    assert "Q01" in refused and 'value="/opt/q"' in refused, "what was typed is kept"
    assert operator.post(QEMU, typed).status_code == 302
    change = Change.objects.get()
    shown = page(operator.get(QEMU))
    assert (
        "+    6.2.0:" in shown
        and "qemu-6.2.0_*.deb" in shown
        and "Only members of the group approver can approve" in shown
    )
    named = {"change": change.change_id}
    assert operator.post(QEMU, {**named, "approve": "1"}).status_code == 403
    assert "Q02" in page(operator.post(QEMU, {**named, "apply": "1"}, follow=True))
    approver = sign_in("approver")
    assert "K01" in page(approver.post(QEMU, {"change": "c-\x1b", "approve": "1"}, follow=True))
    approver.post(QEMU, {**named, "approve": "1", "comment": "read\x1b it"})
    change.refresh_from_db()
    assert (change.state, change.approved_by, change.comment) == ("approved", "approver-1", "read\ufffd it")
    assert approver.post(QEMU, named).status_code == 302 and not Job.objects.exists()
    begun = approver.post(QEMU, {**named, "apply": "1"})
    job = Job.objects.get()
    assert begun.headers["Location"] == reverse("admin:jobs_job_change", args=[job.job_id])
    assert job.action == "set_qemu_version"
    # The job has begun: its change is applied, and what is in the way is still the job.
    Change.objects.update(applied_at=factories.BEGIN)
    again = page(approver.post(QEMU, {**named, "apply": "1"}, follow=True))
    assert f"set_qemu_version {job.job_id} of zone" in again


def test_a_file_that_nobody_can_read_is_said(sign_in: Any, zone: Zone) -> None:
    ZoneFile.objects.create(zone=zone, path="server/server.yaml", content="- <b>list\n")
    text = page(sign_in("operator").get(QEMU))
    assert "Q01" in text and "<b>list" not in text

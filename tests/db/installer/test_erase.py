"""Erasing through its faces: what the command asks and refuses, what REST answers."""

from __future__ import annotations

import io
import json
import sys
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from common.models import AuditEntry
from jobs.models import Event, Job
from nodes.models import Disk, ErasePermit, Node
from tests.db.installer.test_admin_pages import signed_in
from tests.factories import make_node

pytestmark = pytest.mark.django_db


@pytest.fixture
def node() -> Node:
    made = make_node(1, mgmt_address="127.1.0.11", host_key="ssh-ed25519 AAAA")
    Disk.objects.filter(name="sdb").update(dirty=True, signatures=["gpt", "ext4"])
    return made


def test_without_yes_nothing_is_erased(run, node):
    result = run("erase_data_disks", "-i", "127.1.0.11", "-d", "sdb")
    assert result.code == 2 and "C10" in result.err and "not confirmed" in result.err
    assert "S-sdb" in result.err and "gpt,ext4" in result.err
    assert not Job.objects.exists()


@pytest.mark.parametrize(("typed", "code"), [("2\n", 0), ("y\n", 2), ("\n", 2), ("1\n", 2)])
def test_the_number_of_disks_is_asked_for(run, node, monkeypatch, typed, code):
    answers = io.StringIO(typed)
    answers.isatty = lambda: True  # type: ignore[method-assign]
    monkeypatch.setattr(sys, "stdin", answers)
    result = run("erase_data_disks", "-i", "127.1.0.11", "-d", "sdb", "/dev/sdc")
    assert result.code == code, result.err
    assert Job.objects.count() == (code == 0)
    assert "quick erase of 2 disks on 1 node." in result.err


def test_the_runbooks_spelling_with_a_file_after_a_small_i(run, node, tmp_path):
    path = tmp_path / "hyper_ip_list"
    path.write_text("127.1.0.11\n")
    for flag in ("-i", "-I"):
        Job.objects.all().delete()
        result = run("erase_data_disks", flag, str(path), "-d", "sdb", "--mode", "full", "--yes")
        assert result.code == 0, result.err
        job = Job.objects.get()
        assert result.out.strip() == job.job_id and job.params["mode"] == "full"


def test_refusals_name_every_disk(run, node):
    result = run("erase_data_disks", "-i", "127.1.0.11", "-d", "sda", "sdq", "--yes")
    assert result.code == 2 and "N36" in result.err and "'sdq'" in result.err
    assert run("erase_data_disks", "-i", "127.1.0.11", "--yes").code == 2


def test_a_second_erase_of_the_node_waits(run, node):
    assert run("erase_data_disks", "-i", "127.1.0.11", "-d", "sdb", "--yes").code == 0
    result = run("erase_data_disks", "-i", "127.1.0.11", "-d", "sdc", "--yes")
    assert result.code == 3 and Job.objects.get().job_id in result.err


def test_rest_previews_and_erases_once(operator, approver, node):
    wanted = {"addresses": ["127.1.0.11"], "disks": ["sdb"]}
    answer = operator.post("/api/v1/nodes/erase/preview/", wanted)
    assert answer.status_code == 201, answer.content
    permit = answer.json()
    assert permit["mode"] == "quick" and permit["disks"][0]["serial"] == "S-sdb"
    assert permit["disks"][0]["lost"] == ["gpt", "ext4"]
    body = {"permit_id": permit["permit_id"]}
    assert approver.post("/api/v1/nodes/erase/", body).status_code == 400
    started = operator.post("/api/v1/nodes/erase/", body)
    assert started.status_code == 202 and started.json()["action"] == "erase_data_disks"
    again = operator.post("/api/v1/nodes/erase/", body)
    assert again.status_code == 400 and again.json()["findings"][0]["code"] == "N33"
    assert operator.post("/api/v1/nodes/erase/preview/", wanted).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"addresses": ["127.1.0.11"]},
        {"addresses": ["127.1.0.11"], "disks": []},
        {"addresses": ["127.1.0.11"], "disks": ["sdb"], "mode": "fast"},
        {"addresses": ["127.1.0.11"], "disks": [" "]},
        {"addresses": ["127.1.0.11"], "disks": ["sdb"], "force": True},
    ],
)
def test_rest_refuses(operator, node, body):
    answer = operator.post("/api/v1/nodes/erase/preview/", body)
    assert answer.status_code == 400 and answer.json()["findings"]
    assert not ErasePermit.objects.exists()


def test_disks_without_an_identity_are_refused(operator, node):
    Disk.objects.filter(name="sdb").update(identity="name:sdb")
    wanted = {"addresses": ["127.1.0.11"], "disks": ["sdb"]}
    answer = operator.post("/api/v1/nodes/erase/preview/", json.loads(json.dumps(wanted)))
    assert answer.json()["findings"][0]["code"] == "N37"


def test_only_who_saw_the_preview_makes_the_job_go_on_and_only_while_it_is_fresh(operator, approver, node):
    wanted = {"addresses": ["127.1.0.11"], "disks": ["sdb"]}
    permit = operator.post("/api/v1/nodes/erase/preview/", wanted).json()
    job = operator.post("/api/v1/nodes/erase/", {"permit_id": permit["permit_id"]}).json()
    url = f"/api/v1/jobs/{job['job_id']}"
    assert operator.post(f"{url}/pause/", {}).status_code == 202
    refused = approver.post(f"{url}/resume/", {})
    assert refused.status_code == 400 and refused.json()["findings"][0]["code"] == "N42"
    ErasePermit.objects.update(expires_at=timezone.now())
    refused = operator.post(f"{url}/resume/", {})
    assert refused.status_code == 400 and refused.json()["findings"][0]["code"] == "N33"
    ErasePermit.objects.update(expires_at=timezone.now() + timedelta(minutes=5))
    assert operator.post(f"{url}/resume/", {}).status_code == 202


@pytest.mark.parametrize("verb", ["delete_nodes", "collect_nodes"])
def test_a_node_that_is_being_erased_is_neither_deleted_nor_collected(run, node, verb):
    assert run("erase_data_disks", "-i", "127.1.0.11", "-d", "sdb", "--yes").code == 0
    job = Job.objects.get()
    result = run(verb, "-i", "127.1.0.11")
    assert result.code == 3 and job.job_id in result.err
    # Given up while the node was out of reach: it may go on there.
    job.steps.update(status="failed", remote={"component": "erase"}, finished_at=timezone.now())
    Job.objects.update(status="failed")
    result = run(verb, "-i", "127.1.0.11")
    assert result.code == 3 and "may still be running there" in result.err
    job.steps.update(remote={})
    assert run(verb, "-i", "127.1.0.11").code == 0


@pytest.fixture
def given_up(run, node) -> Job:
    """Give up an erase three days ago, while it wrote zeros on its node."""
    assert run("erase_data_disks", "-i", "127.1.0.11", "-d", "sdb", "--mode", "full", "--yes").code == 0
    job = Job.objects.get()
    ended = timezone.now() - timedelta(days=3)
    remote = {"component": "erase", "attempt": 1, "endpoint": {"address": "127.1.0.11"}}
    job.steps.update(status="failed", remote=remote, finished_at=ended)
    Job.objects.update(status="failed", finished_at=ended)
    return job


ERASE_AGAIN = ("erase_data_disks", "-d", "sdb", "--yes")


@pytest.mark.parametrize("verb", [("delete_nodes",), ("collect_nodes",), ERASE_AGAIN])
@pytest.mark.parametrize("job_goes_on", [False, True])
def test_an_erase_that_was_given_up_holds_its_node_for_as_long_as_it_may_run(
    run, given_up, verb, job_goes_on
):
    if job_goes_on:  # on other nodes
        Job.objects.update(status="running", finished_at=None)
    result = run(*verb, "-i", "127.1.0.11")
    assert result.code == 3 and "may still be running there" in result.err
    assert f"settle_job {given_up.job_id} --node 127.1.0.11" in result.err


@pytest.mark.remedy("N62")
def test_a_person_says_that_nothing_runs_there(run, given_up):
    for missing in ((), ("--reason", " ")):
        assert run("settle_job", given_up.job_id, *missing).code == 2
    assert run("settle_job", given_up.job_id, "--node", "127.1.0.99", "--reason", "x").code == 2
    unnamed = run("settle_job", given_up.job_id, "--reason", "x")
    assert unnamed.code == 2 and "P80" in unnamed.err and "127.1.0.11" in unnamed.err
    assert run("delete_nodes", "-i", "127.1.0.11").code == 3
    result = run("settle_job", given_up.job_id, "--node", "127.1.0.11", "--reason", "scrapped")
    assert result.code == 0, result.err
    entry = AuditEntry.objects.get(verb="settle_job")
    assert (entry.subject, entry.reason) == (given_up.job_id, "scrapped")
    assert entry.detail["nodes"] == ["127.1.0.11"]
    assert Event.objects.filter(job=given_up, line__contains="confirmed that it has stopped there").exists()
    again = run("settle_job", given_up.job_id, "--node", "127.1.0.11", "--reason", "again")
    assert again.code == 2 and "J11" in again.err
    assert run("delete_nodes", "-i", "127.1.0.11").code == 0


def test_so_does_rest(operator, viewer, given_up):
    url = f"/api/v1/jobs/{given_up.job_id}/settle/"
    assert viewer.post(url, {"reason": "scrapped"}).status_code == 403
    assert operator.post(url, {}).status_code == 400
    assert operator.post(url, {"reason": "scrapped"}).json()["findings"][0]["code"] == "P80"
    answer = operator.post(url, {"reason": "scrapped", "addresses": ["127.1.0.11"]})
    assert answer.status_code == 202 and answer.json()["job_id"] == given_up.job_id
    assert not given_up.steps.exclude(remote={}).exists()


def test_so_does_the_page_of_the_job(client, given_up):
    signed_in(client, "operator")
    page = reverse("admin:jobs_job_change", args=[given_up.job_id])
    assert "The job may still be running on" in client.get(page).content.decode()
    body = {"address": "127.1.0.11", "reason": "scrapped"}
    client.post(reverse("admin:jobs_job_settle", args=[given_up.job_id]), body)
    assert "The job may still be running on" not in client.get(page).content.decode()
    assert not given_up.steps.exclude(remote={}).exists()


def test_the_job_is_kept_for_as_long(run, given_up):
    assert "0 jobs" in run("prune_jobs", "--days", "1", "--yes").err
    given_up.steps.update(remote={})
    assert "1 job," in run("prune_jobs", "--days", "1", "--yes").err


@pytest.mark.parametrize(
    ("there", "said"),
    [
        ({"mountpoints": ["/srv"]}, "mounted on /srv there"),
        ({"is_os": True}, "carries the operating system there"),
        ({"status": "active"}, "that node is active"),
        ({}, ""),
        ({"mountpoints": ["/srv"], "serial": "another"}, ""),
        # An older lsblk there shows the WWN as the serial number.
        ({"mountpoints": ["/srv"], "serial": "6001405aa0000000"}, "mounted on /srv there"),
        ({"mountpoints": ["/srv"], "observed_size_bytes": 5}, ""),
        ({"mountpoints": ["/srv"], "present": False}, ""),
    ],
)
def test_a_lun_that_another_node_uses_is_not_erased(operator, node, there, said):
    for late in (False, True):
        with transaction.atomic():
            _erase_of_another(operator, there, said, late=late)
            transaction.set_rollback(True)


def _erase_of_another(operator, there, said, *, late):
    """Erase a LUN that another node has, before the preview or only afterwards."""
    Disk.objects.filter(name="sdb").update(wwn="0x6001405aa0000000")
    wanted = {"addresses": ["127.1.0.11"], "disks": ["sdb"]}

    def appears() -> None:
        values = {"wwn": "0x6001405aa0000000", **there}
        other = make_node(2, status=values.pop("status", "available"))
        Disk.objects.filter(node=other, name="sdb").update(**values)

    if not late:
        appears()
    answer = operator.post("/api/v1/nodes/erase/preview/", wanted)
    if late:
        appears()
        answer = operator.post("/api/v1/nodes/erase/", {"permit_id": answer.json()["permit_id"]})
    assert answer.status_code == (400 if said else 202 if late else 201), answer.content
    if said:
        [finding] = answer.json()["findings"]
        assert finding["code"] == "N43" and said in finding["detail"]


def test_a_disk_of_another_machine_is_erased_only_when_a_person_says_that_it_is_ours(run, operator, node):
    reason = "not in this machine (NVMe over fabrics)"
    Disk.objects.filter(name="sdb").update(observed_status=0, status_reason=reason)
    wanted = {"addresses": ["127.1.0.11"], "disks": ["sdb"]}
    answer = operator.post("/api/v1/nodes/erase/preview/", wanted)
    assert answer.status_code == 400 and answer.json()["findings"][0]["code"] == "N44"
    assert run("modify_node_attributes", "-i", "127.1.0.11", "-d", "sdb", "-s", "1").code == 0
    assert operator.post("/api/v1/nodes/erase/preview/", wanted).status_code == 201


def test_the_preview_says_why_a_disk_is_not_proposed_for_use(run, operator, client, node):
    Disk.objects.filter(name="sdb").update(observed_status=0, status_reason="on USB")
    permit = operator.post(
        "/api/v1/nodes/erase/preview/", {"addresses": ["127.1.0.11"], "disks": ["sdb", "sdc"]}
    ).json()
    assert [disk["status_reason"] for disk in permit["disks"]] == ["on USB", ""]
    assert "sdb (on USB)" in run("erase_data_disks", "-i", "127.1.0.11", "-d", "sdb").err
    signed_in(client, "operator")
    page = client.get(reverse("admin:nodes_node_erase_confirm", args=[permit["permit_id"]]))
    assert "! on USB" in page.content.decode()

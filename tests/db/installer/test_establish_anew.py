"""A failed establish_ssh is not resumed, its password is gone: each face offers to start anew for the nodes left."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client

from common.actor import Actor
from common.errors import Refused
from common.secrets import Secret
from jobs.models import Job
from jobs.services.resume import resume_job
from jobs.states import JobStatus, StepStatus, move_job, move_steps
from nodes.services.add import add_nodes
from nodes.services.establish import establish_ssh
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)
ACTOR = Actor("ann", "command")


@pytest.fixture
def failed(data_dir: Any) -> Job:
    """Make a job of three nodes: the first succeeded, the second failed, the third was cancelled."""
    add_nodes(addresses=["10.0.0.1-10.0.0.3"], actor=ACTOR)
    job = establish_ssh(
        addresses=["10.0.0.1", "10.0.0.2", "10.0.0.3"],
        actor=ACTOR,
        port=2222,
        user="yop",
        password=Secret("canary-pw-1"),
    )
    move_steps(job.steps.all(), "claim")
    move_steps(job.steps.filter(address="10.0.0.1"), "succeed")
    move_steps(job.steps.filter(address="10.0.0.2"), "fail")
    move_steps(job.steps.filter(address="10.0.0.3"), "cancel")
    here = Job.objects.filter(pk=job.pk)
    move_job(here, "start")
    move_job(here, "fail")
    job.refresh_from_db()
    return job


def test_the_verb_refuses_with_the_list_and_changes_nothing(failed: Job) -> None:
    with pytest.raises(Refused) as caught:
        resume_job(job_id=failed.job_id, actor=ACTOR)
    [finding] = caught.value.findings
    assert finding.code == "N81" and "deletes its password" in finding.detail
    assert f"(10.0.0.2, 10.0.0.3): establish_ssh {failed.job_id}" in finding.remedy
    failed.refresh_from_db()
    assert failed.status == JobStatus.FAILED
    assert not failed.steps.filter(status=StepStatus.PENDING).exists()


@pytest.mark.remedy("N81")
def test_the_command_resume_job_refuses_and_what_it_advises_works(
    failed: Job, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        call_command("resume_job", failed.job_id)
    assert caught.value.code == 2
    monkeypatch.setenv("INSTALLER_SSH_PASSWORD", "canary-pw-2")
    call_command("establish_ssh", failed.job_id)
    new = Job.objects.order_by("pk").last()
    assert new is not None and new.pk != failed.pk
    assert list(new.steps.order_by("pk").values_list("address", flat=True)) == ["10.0.0.2", "10.0.0.3"]
    assert (new.params["port"], new.params["user"]) == (2222, "yop")
    with pytest.raises(SystemExit) as caught:
        call_command("establish_ssh", new.job_id)
    assert caught.value.code == 2 and "N82" in capsys.readouterr().err


def test_rest_refuses_with_the_same_finding(failed: Job, client: Client) -> None:
    client.force_login(make_user("olga", "operator"))
    answer = client.post(f"/api/v1/jobs/{failed.job_id}/resume/", {}, content_type="application/json")
    assert answer.status_code == 400
    [finding] = json.loads(answer.content)["findings"]
    assert finding["code"] == "N81" and "10.0.0.2, 10.0.0.3" in finding["remedy"]


def test_the_page_leads_to_the_form_for_the_nodes_left(failed: Job, client: Client) -> None:
    client.force_login(make_user("olga", "operator"))
    page = client.get(f"/admin/jobs/job/{failed.job_id}/change/", follow=True)
    text = page.content.decode()
    assert 'id="job-resume"' not in text and "Establish SSH for the remaining nodes" in text
    href = text.split('id="job-anew"')[1].split('href="')[1].split('"')[0]
    form = client.get(href)
    shown = form.content.decode()
    assert form.status_code == 200
    assert "10.0.0.2" in shown and "10.0.0.3" in shown and "10.0.0.1<" not in shown
    assert 'value="yop"' in shown and 'value="2222"' in shown
    assert Job.objects.count() == 1, "looking begins nothing"


def test_a_viewer_is_not_led_there(failed: Job, client: Client) -> None:
    client.force_login(make_user("vera", "viewer"))
    assert client.get(f"/admin/nodes/node/ssh/?job={failed.job_id}").status_code in (302, 403)

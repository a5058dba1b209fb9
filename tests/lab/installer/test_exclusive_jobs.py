"""R20: scaling, upgrading and maintaining a region exclude each other, in every pairing, on every face."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from jobs import registry
from jobs.models import Job
from jobs.states import JOB_ACTIVE
from operations.cache.core import ZONE_PATTERN
from operations.changes import approve_change, make_change
from operations.models import Change
from operations.qemu.service import set_qemu_version
from tests.db.zones.test_scale_zone import planned
from tests.factories import make_job, make_user
from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan
from tests.support import database
from tests.support.newzone import NEW
from zones.models import Plan
from zones.services.configure import config_qingcloud

__all__ = ["planned"]
pytestmark = pytest.mark.django_db
MORE = ["172.16.80.21", "172.16.80.22"]
FAILED = "j-failed00"
# What works on nodes before they are part of a zone; erasing and scaling exclude each other node by node.
OF_NODES = {"collect_nodes", "erase_data_disks", "establish_ssh"}


@dataclass(frozen=True)
class Verb:
    """How each face starts it: words of the command; path and body of REST; page, its key and form of the browser."""

    words: list[str]
    api: str
    page: str
    key: str = "pek3c"
    body: Mapping[str, Any] = field(default_factory=dict)
    form: Mapping[str, Any] = field(default_factory=dict)


def maintain(words: list[str], path: str, body: Mapping[str, Any], **form: Any) -> Verb:
    """Make a verb of the page *Maintain*."""
    return Verb([*words, "-z", "pek3c"], f"zones/pek3c/{path}/", "zones_zone_maintain", body=body, form=form)


TOUCH = {"group": "hyper", "command": "touch /tmp/x"}
CONF = {"group": "all", "packages": ["pitrix-global-conf"]}
EXCLUSIVE = {
    "scale_qingcloud": Verb(
        ["scale_qingcloud", "-z", "pek3c", "--ip", *MORE],
        "zones/pek3c/scale/",
        "zones_zone_scale",
        body={"addresses": MORE},
        form={"address": MORE},
    ),
    "scale_qingcloud_zone": Verb(
        ["scale_qingcloud_zone", "-z", "pek3d", "--ip", *NEW],
        "zones/pek3d/scale-zone/",
        "zones_zone_scale",
        key="pek3d",
        body={"addresses": NEW},
        form={"address": NEW},
    ),
    "clear_zone_cache": Verb(
        ["clear_zone_cache", "-z", "pek3c"],
        "zones/pek3c/clear-cache/",
        "zones_zone_cache",
        form={"clear": "1", "servers": "127.0.0.1:1", "pattern": ZONE_PATTERN},
    ),
    "apply_haproxy": Verb(
        ["render_haproxy", "-z", "pek3d", "--apply"],
        "zones/pek3d/haproxy/apply/",
        "zones_zone_haproxy",
        key="pek3d",
        form={"apply": "1"},
    ),
    "exec_nodes": maintain(
        ["exec_nodes", "hyper", "touch /tmp/x"],
        "exec",
        TOUCH,
        **{"verb": "exec", "exec-group": "hyper", "exec-command": "touch /tmp/x", "exec-timeout_s": 9},
        **{"exec-sure": "on"},
    ),
    "update_nodes": maintain(
        ["update_nodes", "all", "pitrix-global-conf"],
        "update-nodes",
        CONF,
        **{"verb": "update", "update-group": "all", "update-packages": CONF["packages"]},
    ),
    "update_hyper_mirror": maintain(
        ["update_hyper_mirror"], "update-hyper-mirror", {}, **{"verb": "mirror", "mirror-group": "hyper"}
    ),
    "restart_services": maintain(
        ["restart_services", "compute_server"],
        "restart-services",
        {"services": ["compute_server"]},
        **{"verb": "restart", "restart-group": "hyper", "restart-services": "compute_server"},
    ),
    "build_global_conf": maintain(["build_global_conf"], "build-global-conf", {}, verb="build"),
    "rebuild_cache": maintain(["rebuild_cache"], "rebuild-cache", {}, verb="count"),
    "set_qemu_version": Verb(
        ["set_qemu_version", "-z", "pek3c", "--apply"],
        "zones/pek3c/qemu/apply/",
        "zones_zone_qemu",
        form={"apply": "1"},
    ),
    "resume_job": Verb(["resume_job", FAILED], f"jobs/{FAILED}/resume/", "jobs_job_resume", key=FAILED),
}


@pytest.fixture
def ready(planned: Plan, region: Region) -> None:
    """Make everything ready to start: plans and changes are approved, a job can be resumed."""
    database.build_once("every verb of a region can start", lambda: _make_ready(planned, region))


def _make_ready(planned: Plan, region: Region) -> None:
    region.nodes(21, 22)
    roles = dict.fromkeys((21, 22), "hyper-repl")
    [more] = config_qingcloud(variables=[], settings=[scale_file(roles)], actor=region.actor)
    assert more.plan is not None
    approve_plan(plan_id=more.plan.plan_id, actor=region.actor)
    versions = [("2.4.1.2", ""), ("6.2.0", "")]
    changes = [
        set_qemu_version(zone_id="pek3c", versions=versions, default="2.4.1.2", actor=region.actor),
        make_change(planned.zone, Change.Kind.HAPROXY, [], region.actor),
    ]
    for change in changes:
        approve_change(change_id=change.change_id, actor=region.actor)
    make_job(action="update_nodes", status="failed", job_id=FAILED, exclusive_scope="region:pek3")


def test_every_action_is_in_the_table_or_works_on_nodes_of_no_zone() -> None:
    assert set(registry.names()) == (set(EXCLUSIVE) | OF_NODES) - {"resume_job"}


@pytest.mark.parametrize("running", EXCLUSIVE)
def test_each_excludes_each_from_every_face(
    ready: None, run: Callable[..., Any], approver: Any, client: Client, running: str
) -> None:
    client.force_login(make_user("olga", "approver"))
    begun = run(*EXCLUSIVE[running].words)
    assert begun.code == 0, begun.err
    [job] = Job.objects.filter(status__in=JOB_ACTIVE)
    assert job.job_id in begun.out and job.action == ("update_nodes" if running == "resume_job" else running)
    jobs = Job.objects.count()
    sentence = f"{job.action} {job.job_id} of zone {job.zone_id} has been running since {job.created_at:%Y-%m-%d %H:%M:%S} UTC"
    sentence = f"{sentence}, started by {job.created_by}"
    with_code = f"R20 {sentence}"
    waiting = {name: verb for name, verb in EXCLUSIVE.items() if (name, running) != ("resume_job",) * 2}
    for name, verb in waiting.items():
        refused = run(*verb.words)
        assert (refused.code, refused.out) == (3, ""), f"{name}: {refused}"
        assert with_code in refused.err, name
        answer = approver.post(f"/api/v1/{verb.api}", verb.body, format="json")
        assert answer.status_code == 409, f"{name}: {answer.content!r}"
        assert (answer.json()["job_id"], with_code in answer.json()["detail"]) == (job.job_id, True), name
        url = reverse(f"admin:{verb.page}", args=[verb.key])
        page = client.post(url, verb.form, follow=True).content.decode()
        assert sentence in page and reverse("admin:jobs_job_change", args=[job.job_id]) in page, name
    assert Job.objects.count() == jobs
    assert list(Job.objects.filter(status__in=JOB_ACTIVE)) == [job]


@pytest.mark.remedy("R20")
def test_what_the_refusal_says_leads_on(ready: None, run: Callable[..., Any]) -> None:
    assert run(*EXCLUSIVE["build_global_conf"].words).code == 0
    [job] = Job.objects.filter(status__in=JOB_ACTIVE)
    refused = run(*EXCLUSIVE["update_hyper_mirror"].words)
    assert refused.code == 3 and f"or cancel it (cancel_job {job.job_id})" in refused.err
    assert run("cancel_job", job.job_id).code == 0
    assert run(*EXCLUSIVE["update_hyper_mirror"].words).code == 0


def test_another_region_is_not_concerned(ready: None, run: Callable[..., Any]) -> None:
    make_job(action="update_nodes", zone_id="far1a", exclusive_scope="region:far1")
    assert run(*EXCLUSIVE["build_global_conf"].words).code == 0


def test_looking_is_always_possible(ready: None, run: Callable[..., Any]) -> None:
    assert run(*EXCLUSIVE["update_nodes"].words).code == 0
    assert run("exec_nodes", "hyper", "supervisorctl status", "-z", "pek3c").code == 0


def test_one_that_is_paused_is_not_to_be_waited_for(ready: None, run: Callable[..., Any]) -> None:
    job_id = run(*EXCLUSIVE["update_nodes"].words).out.strip()
    assert run("pause_job", job_id).code == 0
    for name in ("build_global_conf", "resume_job"):
        refused = run(*EXCLUSIVE[name].words)
        assert refused.code == 3 and "and paused by" in refused.err, name
        assert (
            f"continue it (resume_job {job_id}) or cancel it" in refused.err
            and "wait for it" not in refused.err
        )


def test_a_failed_one_leaves_the_region_free_until_it_goes_on(ready: None, run: Callable[..., Any]) -> None:
    assert run(*EXCLUSIVE["resume_job"].words).code == 0
    refused = run(*EXCLUSIVE["build_global_conf"].words)
    assert refused.code == 3 and FAILED in refused.err

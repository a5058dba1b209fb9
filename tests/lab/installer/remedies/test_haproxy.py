"""Remedies about the proxies' haproxy.cfg are followed as printed, on lab nodes with real haproxy processes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from jobs import registry
from jobs.models import Job
from jobs.services.submit import submit
from lab import Lab
from nodes.models import Node
from nodes.services.lookups import targets
from operations.haproxy.approved_change import take_change, tell_unproven
from operations.haproxy.service import FILE
from operations.models import Change
from tests.lab.installer.remedies.stage import Stage
from tests.lab.installer.test_haproxy import ANN, OTHERS, Proxies, site, web_service, work
from zones.models import Zone

__all__ = ["site", "work"]
pytestmark = pytest.mark.django_db(transaction=True)
PREVIEW = ("render_haproxy", "-z", "pek3b", "--on-management", "--preview")
APPLY = ("render_haproxy", "-z", "pek3b", "--apply")
ACTION = "only_haproxy"


def write(site: Proxies, number: int, text: str) -> None:
    """Change haproxy.cfg on the proxy by hand."""
    (site.machines[number].root / FILE.lstrip("/")).write_text(text)


def approve_newest(stage: Stage) -> None:
    stage.does("render_haproxy", "-z", "pek3b", "--approve", str(Change.objects.latest("pk").change_id))


@pytest.mark.remedy("H04")
def test_a_proxy_that_is_out_of_reach(stage: Stage, site: Proxies, served: Lab) -> None:
    served.fault(site.machines[1].address, "refuse")
    assert stage.refused("H04", *PREVIEW) == "then preview again"
    served.fault(site.machines[1].address, "clear")
    stage.does(*PREVIEW)


@pytest.mark.remedy("H04")
def test_a_proxy_without_haproxy(stage: Stage, site: Proxies) -> None:
    path = site.machines[0].root / FILE.lstrip("/")
    path.unlink()
    assert stage.refused("H04", *PREVIEW).startswith("check on the proxy that haproxy is installed")
    path.write_text(OTHERS)
    stage.does(*PREVIEW)


@pytest.mark.remedy("H04")
def test_a_file_without_an_end(stage: Stage, site: Proxies) -> None:
    write(site, 0, "# nothing here\n" * 300_000)
    assert stage.refused("H04", *PREVIEW).startswith("check on the proxy that haproxy is installed")
    write(site, 0, OTHERS)
    stage.does(*PREVIEW)


@pytest.mark.remedy("H04")
def test_a_comment_in_another_encoding(stage: Stage, site: Proxies) -> None:
    text = f"# sch\u00f6n\n{OTHERS}"
    path = site.machines[0].root / FILE.lstrip("/")
    path.write_bytes(text.encode("latin-1"))
    assert stage.refused("H04", *PREVIEW) == "convert its comments to UTF-8, then preview again"
    path.write_text(text)
    stage.does(*PREVIEW)


LISTENER = "listen api-front\n    bind :7777\n    mode tcp\n    server old 127.0.0.1:9\n"
BY_HAND = {
    "a section on a port of ours": (LISTENER.replace("api-front", "api"), LISTENER, "rename it to api-front"),
    "a section of another kind": (
        LISTENER.replace("listen", "frontend").replace("    server old 127.0.0.1:9\n", ""),
        LISTENER,
        "rename or remove it on the proxy",
    ),
    "a listener in a condition": (f".if defined(X)\n{LISTENER}.endif\n", LISTENER, "remove the condition"),
    "a condition in a listener": (
        LISTENER.replace("    mode", ".if defined(X)\n    mode") + ".endif\n",
        LISTENER,
        "remove the condition",
    ),
    "a condition without an end": (
        f".if defined(X)\n{LISTENER}",
        f".if defined(X)\n.endif\n{LISTENER}",
        "correct it on the proxy",
    ),
    "a port of the environment": (
        LISTENER.replace("api-front", "other").replace("7777", "${PORT}"),
        LISTENER.replace("api-front", "other").replace("7777", "7778"),
        "write the number on the proxy",
    ),
}


@pytest.mark.remedy("H05")
@pytest.mark.parametrize("case", BY_HAND)
def test_a_file_that_cannot_be_merged(stage: Stage, site: Proxies, case: str) -> None:
    before, after, said = BY_HAND[case]
    write(site, 1, OTHERS + before)
    assert stage.refused("H05", *PREVIEW) == "then preview again"
    assert said in stage.run(*PREVIEW).err
    write(site, 1, OTHERS + after)
    stage.does(*PREVIEW)


@pytest.mark.remedy("H06")
def test_applying_what_was_never_previewed(stage: Stage, site: Proxies) -> None:
    remedy = stage.refused("H06", *APPLY)
    stage.follow(remedy, "render_haproxy", "--on-management")
    [approve] = re.findall(r"approve it: ([^;]*)", remedy)
    stage.follow(approve, "render_haproxy", CHANGE=str(Change.objects.get().change_id))
    stage.does(*APPLY)


@pytest.fixture
def haproxy_only() -> Iterator[str]:
    """Register the last phase of scale_qingcloud_zone as an action of its own."""
    phases = registry.find("scale_qingcloud_zone").phases[-1:]
    registry.register(registry.Action(ACTION, phases, started=take_change, ended=tell_unproven))
    yield ACTION
    registry._ACTIONS.pop(ACTION)


@pytest.mark.remedy("H06")
def test_a_new_zone_is_installed_and_its_proxies_change_is_not_approved(
    stage: Stage, site: Proxies, work: Callable[[Job], Job], haproxy_only: str
) -> None:
    proxies = list(Node.objects.filter(mgmt_address__in=[machine.address for machine in site.machines]))
    job = work(
        submit(
            action=haproxy_only,
            targets=[],
            actor=ANN,
            zone_id="pek3b",
            exclusive_scope="region:pek3",
            phase_targets={"haproxy": targets(proxies)},
        )
    )
    assert job.status == "failed"
    [(preview, approve, resume)] = re.findall(
        r": review it: (.*?); approve it: (.*?); then (.*)$",
        job.steps.get(status="failed").error,
    )
    stage.follow(preview, "render_haproxy", "--on-management")
    stage.follow(approve, "render_haproxy", CHANGE=str(Change.objects.get().change_id))
    stage.follow(resume, "resume_job")
    with web_service(site.web):
        assert work(job).status == "succeeded"
        assert site.answers(0) == site.answers(1) == site.web


@pytest.mark.remedy("H07")
def test_a_proxy_that_came_after_the_review(stage: Stage, site: Proxies, work: Callable[[Job], Job]) -> None:
    both = [machine.address for machine in site.machines]
    Zone.objects.filter(zone_id="pek3b").update(vms={"proxy": both[:1]})
    stage.does(*PREVIEW)
    approve_newest(stage)
    Zone.objects.filter(zone_id="pek3b").update(vms={"proxy": both})
    stage.does(*APPLY)
    with web_service(site.web):
        job = work(Job.objects.latest("pk"))
        said = str(job.steps.get(status="failed").error)
        assert job.status == "failed" and job.steps.get(status="failed").error.code == "H07"
        assert said.endswith(f"preview, review and approve again, then resume_job {job.job_id}"), said
        stage.does(*PREVIEW)
        approve_newest(stage)
        stage.follow(said.rpartition("then ")[2], "resume_job")
        assert work(job).status == "succeeded"
        assert site.answers(0) == site.answers(1) == site.web

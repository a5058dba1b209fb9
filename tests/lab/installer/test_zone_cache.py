"""clear_zone_cache as command and job, on real memcached servers."""

from __future__ import annotations

import socket
import threading
from typing import Any

import pytest
from django.conf import LazySettings
from django.db import connections
from pymemcache.client.base import Client

from common.actor import Actor
from common.models import AuditEntry
from installer.environment import ConfigurationError, patterns
from jobs.context import StepContext
from jobs.engine import work_slice
from jobs.models import Event, Job
from jobs.services.cancel import cancel_job
from jobs.services.resume import resume_job
from tests.factories import make_job, make_zone
from tests.support.memcacheds import memcached, old_memcached
from zones.models import Zone

pytestmark = pytest.mark.django_db(transaction=True)
OURS = "Pitrix.Zone.Zone.UserZone.yunify.usr-1"


def work(job_id: str) -> Job:
    job = Job.objects.get(job_id=job_id)
    work_slice.run_slice(job.pk)
    job.refresh_from_db()
    return job


def test_dry_run_then_delete(run: Any) -> None:
    make_zone()
    with memcached() as server:
        client = Client((server.host, server.port))
        client.set_many({OURS: "1", "other": "2"}, noreply=False)
        looked = run("clear_zone_cache", "-z", "pek3c", "-S", str(server), "--dry-run")
        assert looked.code == 0 and looked.json == [
            {
                "server": str(server),
                "keys": 2,
                "matching": 1,
                "incomplete": False,
                "error": "",
                "names": [OURS],
            }
        ]
        assert client.get(OURS) == b"1" and not Job.objects.exists()
        done = run("clear_zone_cache", "-z", "pek3c", "-S", str(server))
        job = work(done.out.strip())
        assert job.status == "succeeded", job.error
        assert client.get(OURS) is None and client.get("other") == b"2"
        client.close()
    lines = list(Event.objects.filter(job=job).values_list("line", flat=True))
    assert f"{server}: 1 of 2 keys deleted" in lines
    assert AuditEntry.objects.filter(verb="clear_zone_cache", subject=job.job_id).exists()


@pytest.mark.remedy("M02")
def test_a_server_that_is_gone_is_named_and_resuming_goes_on(run: Any) -> None:
    make_zone()
    with socket.socket() as closed, memcached() as server:
        closed.bind(("127.0.0.1", 0))
        gone = f"127.0.0.1:{closed.getsockname()[1]}"
        client = Client((server.host, server.port))
        client.set(OURS, "1", noreply=False)
        done = run("clear_zone_cache", "-z", "pek3c", "-S", f"{gone};{server}")
        job = work(done.out.strip())
        assert (
            job.status == "failed" and f"1 of 2 memcached servers could not be cleared: {gone}" in job.error
        )
        assert client.get(OURS) is None
        client.set(OURS, "1", noreply=False)
        closed.close()
        with memcached(port=int(gone.split(":")[1])):
            job = work(resume_job(job_id=job.job_id, actor=Actor("ann", "command")).job_id)
        assert job.status == "succeeded", job.error
        assert client.get(OURS) is None, "what was written meanwhile goes, too"
        client.close()


def test_a_server_that_hangs_is_named(run: Any) -> None:
    make_zone()
    with socket.create_server(("127.0.0.1", 0)) as silent, memcached() as server:
        hanging = f"127.0.0.1:{silent.getsockname()[1]}"
        done = run("clear_zone_cache", "-z", "pek3c", "-S", f"{hanging};{server}")
        job = work(done.out.strip())
    assert job.status == "failed"
    assert f"1 of 2 memcached servers could not be cleared: {hanging} (no answer within 5 s)" in job.error


def test_a_cancelled_job_stops_between_two_batches(run: Any, monkeypatch: Any) -> None:
    make_zone()
    ann = Actor("ann", "command")
    with memcached() as server:
        client = Client((server.host, server.port))
        client.set_many({f"{OURS}-{n}": "1" for n in range(1500)}, noreply=False)
        job_id = run("clear_zone_cache", "-z", "pek3c", "-S", str(server)).out.strip()
        done, deleting = threading.Event(), Client.delete_many

        def cancel() -> None:
            cancel_job(job_id=job_id, actor=ann)
            connections.close_all()

        def once(self: Client, keys: list[bytes], **words: Any) -> Any:
            if not done.is_set():
                done.set()
                thread = threading.Thread(target=cancel)
                thread.start()
                thread.join(30)
            result = deleting(self, keys, **words)
            assert stopped.wait(30)
            return result

        def stop(self: StepContext, reason: str, **words: Any) -> None:
            stopping(self, reason, **words)
            stopped.set()

        stopped, stopping = threading.Event(), StepContext.stop
        monkeypatch.setattr(Client, "delete_many", once)
        monkeypatch.setattr(StepContext, "stop", stop)
        job = work(job_id)
        assert job.status == "cancelled"
        lines = list(Event.objects.filter(job=job, level="error").values_list("line", flat=True))
        assert f"{server}: stopped before it was done (500 keys deleted)" in lines
        assert int(client.stats()[b"curr_items"]) == 1000
        monkeypatch.undo()
        job = work(resume_job(job_id=job_id, actor=ann).job_id)
        assert job.status == "succeeded" and client.stats()[b"curr_items"] == 0
        client.close()


def test_a_dry_run_says_what_it_did_not_see(run: Any) -> None:
    make_zone()
    with socket.socket() as closed, memcached("-o", "no_lru_crawler") as server:
        closed.bind(("127.0.0.1", 0))
        gone = f"127.0.0.1:{closed.getsockname()[1]}"
        client = Client((server.host, server.port))
        # More than one page: stats cachedump shows no more of a slab class.
        client.set_many({f"{OURS}-{'k' * 200}-{n:06d}": "1" for n in range(20_000)}, noreply=True)
        assert client.version()
        client.close()
        words = ["clear_zone_cache", "-z", "pek3c", "-S", f"{server};{gone}", "--dry-run"]
        looked = run(*words)
    assert looked.code == 1
    part, silent = looked.json
    assert part["incomplete"] is True and 0 < part["keys"] == part["matching"] < 20_000
    assert silent["error"].startswith("cannot be reached") and silent["incomplete"] is False
    assert f"{server} does not show all of its keys" in looked.err
    assert f"{gone} could not be queried: cannot be reached" in looked.err
    assert "the list is incomplete" in looked.err


def test_servers_of_the_region(run: Any) -> None:
    zone = make_zone()
    refused = run("clear_zone_cache", "-z", "pek3c", "--dry-run")
    assert refused.code == 2 and "the global zone of region pek3 is not registered" in refused.err
    make_zone("pek3a", is_global=True)
    refused = run("clear_zone_cache", "-z", "pek3c", "--dry-run")
    assert refused.code == 2 and "has no zoocassa" in refused.err
    Zone.objects.filter(zone_id="pek3a").update(vms={"zoocassa": ["127.0.0.1", "127.0.0.2"]})
    job = work_params(run("clear_zone_cache", "-z", zone.zone_id).out.strip())
    assert job.params["cache_servers"] == "127.0.0.1:11211;127.0.0.2:11211"
    assert job.exclusive_scope == "region:pek3"


def work_params(job_id: str) -> Job:
    return Job.objects.get(job_id=job_id)


@pytest.mark.parametrize("option", [("-P", ".*"), ("-P", "Pitrix"), ("-S", "a b")])
def test_what_is_refused(run: Any, option: tuple[str, str]) -> None:
    make_zone()
    result = run("clear_zone_cache", "-z", "pek3c", "-S", "127.0.0.1:1", *option, "--dry-run")
    assert result.code == 2 and "M01" in result.err


def test_a_pattern_that_the_site_lists(run: Any, settings: LazySettings) -> None:
    settings.INSTALLER_CACHE_PATTERNS = (r"Pitrix\.Zone\.Zone\.UserRegion",)
    make_zone()
    with memcached() as server:
        client = Client((server.host, server.port))
        client.set_many({OURS: "1", "Pitrix.Zone.Zone.UserRegion.yunify": "2"}, noreply=False)
        job = work(
            run(
                "clear_zone_cache", "-z", "pek3c", "-S", str(server), "-P", *settings.INSTALLER_CACHE_PATTERNS
            ).out.strip()
        )
        assert job.status == "succeeded" and list(
            client.get_many([OURS, "Pitrix.Zone.Zone.UserRegion.yunify"])
        ) == [OURS]
        client.close()


def test_patterns_of_the_settings() -> None:
    assert patterns({"INSTALLER_CACHE_PATTERNS": r" Zone\.A{1,3} B "}, "INSTALLER_CACHE_PATTERNS") == (
        r"Zone\.A{1,3}",
        "B",
    )
    with pytest.raises(
        ConfigurationError, match=r"INSTALLER_CACHE_PATTERNS: '\(' is not a regular expression"
    ):
        patterns({"INSTALLER_CACHE_PATTERNS": "("}, "INSTALLER_CACHE_PATTERNS")


def test_it_waits_for_a_scaling(run: Any) -> None:
    make_zone()
    running = make_job(exclusive_scope="region:pek3")
    result = run("clear_zone_cache", "-z", "pek3c", "-S", "127.0.0.1:1")
    assert result.code == 3 and "R20" in result.err and running.job_id in result.err


OLD_KEYS = [OURS, *(f"other-{number}" for number in range(50))]


@pytest.mark.remedy("M03")
def test_an_old_server_is_not_done_without_a_persons_word(run: Any) -> None:
    make_zone()
    with old_memcached(OLD_KEYS, shows=10) as old:
        job = work(run("clear_zone_cache", "-z", "pek3c", "-S", str(old.server)).out.strip())
        assert job.status == "failed" and OURS.encode() in old.keys
        assert f"{old.server} does not show all of its keys" in job.error
        assert "restart memcached there" in job.error and f"settle_job {job.job_id} --reason" in job.error
        job = work(resume_job(job_id=job.job_id, actor=Actor("ann", "command")).job_id)
        assert job.status == "failed", "another try alone shows no more"
        said = run("settle_job", job.job_id, "--reason", "looked with users")
        assert (
            said.code == 0
            and "clear_zone_cache counts as done; to continue, run resume_job" in said.err + said.out
        )
        assert run("settle_job", job.job_id, "--reason", "again").code == 2
        job = work(resume_job(job_id=job.job_id, actor=Actor("ann", "command")).job_id)
        assert job.status == "succeeded", job.error
    lines = list(Event.objects.filter(job=job).values_list("line", flat=True))
    assert any("confirmed that the keys" in line and "are gone: looked with users" in line for line in lines)
    entry = AuditEntry.objects.get(verb="settle_job")
    assert entry.detail["phases"] == ["clear_zone_cache"] and entry.reason == "looked with users"


def test_restarting_an_old_server_is_enough(run: Any) -> None:
    make_zone()
    with old_memcached(OLD_KEYS, shows=10) as old:
        job = work(run("clear_zone_cache", "-z", "pek3c", "-S", str(old.server)).out.strip())
        assert job.status == "failed"
        old.keys.clear()
        job = work(resume_job(job_id=job.job_id, actor=Actor("ann", "command")).job_id)
        assert job.status == "succeeded", job.error


def test_a_word_is_not_for_a_server_that_does_not_answer(run: Any) -> None:
    make_zone()
    with old_memcached(OLD_KEYS, shows=10) as old:
        job = work(run("clear_zone_cache", "-z", "pek3c", "-S", str(old.server)).out.strip())
        assert run("settle_job", job.job_id, "--reason", "x y").code == 0
    job = work(resume_job(job_id=job.job_id, actor=Actor("ann", "command")).job_id)
    assert job.status == "failed" and "cannot be reached" in job.error

"""The engine in any order of events: claims, deaths, late workers, people, lost and doubled queue entries.

``ENGINE_PLAYS=500`` plays that many others than those that every run plays.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django_q.models import OrmQ
from hypothesis import HealthCheck, settings
from hypothesis import Phase as HypothesisPhase
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from common.actor import Actor
from common.errors import VerbError
from common.models import AuditEntry
from common.secrets import Secret
from jobs import lookups, registry
from jobs.engine import claims, orphans, watchdog, work_slice
from jobs.models import Event, Job, JobSecret, Step, Worker
from jobs.registry import Action, Phase
from jobs.services.cancel import cancel_job
from jobs.services.pause import pause_job
from jobs.services.resume import resume_job
from jobs.services.settle import settle_job
from jobs.services.submit import Pace, Target, submit
from jobs.states import JOB_ACTIVE, JOB_ENDED, STEP_OPEN
from tests.lab.jobs.fakenodes import MADE, NODES, Nodes, Pool, arm

pytestmark = pytest.mark.django_db(transaction=True)
ANN = Actor("ann", "command")
TARGETS = ("a", "b", "c")


class Engine(RuleBasedStateMachine):
    """Slices of several workers, moved one round at a time, over nodes that are numbers."""

    def __init__(self) -> None:
        super().__init__()
        for model in (OrmQ, AuditEntry, Worker, Job):
            model.objects.all().delete()
        watchdog._done_at.clear()
        MADE.clear()
        self.nodes = NODES[0] = Nodes()
        self.slices: list[tuple[work_slice.Slice, Pool]] = []
        self.fences: dict[int, int] = {}

    # People

    @initialize(
        count=st.integers(1, 3), pace=st.sampled_from([None, Pace(canary=1), Pace(batch=1, max_failures=0)])
    )
    def begin(self, count: int, pace: Pace | None) -> None:
        self._submit(count, pace)

    @rule(count=st.integers(1, 2))
    def begin_another(self, count: int) -> None:
        with suppress(VerbError):
            self._submit(count, None)

    def _submit(self, count: int, pace: Pace | None) -> None:
        targets = [Target(name, f"10.0.0.{number}") for number, name in enumerate(TARGETS[:count])]
        secrets = {"password": Secret("s3cret")}
        submit(action="any", targets=targets, actor=ANN, exclusive_scope="r", pace=pace, secrets=secrets)

    @rule(now=st.booleans())
    def cancel(self, now: bool) -> None:
        with suppress(VerbError):
            cancel_job(job_id=self._newest().job_id, actor=ANN, now=now)

    @rule()
    def pause(self) -> None:
        with suppress(VerbError):
            pause_job(job_id=self._newest().job_id, actor=ANN)

    @rule(
        nodes=st.sampled_from([(), (), ("10.0.0.0",), ("10.0.0.1",)]),
        phase=st.sampled_from(["", "", "one", "two"]),
    )
    def resume(self, nodes: tuple[str, ...], phase: str) -> None:
        with suppress(VerbError):
            resume_job(job_id=self._newest().job_id, actor=ANN, addresses=nodes, from_phase=phase)

    @precondition(lambda self: not self.nodes.running())
    @rule()
    def settle(self) -> None:
        with suppress(VerbError):
            job = self._newest()
            there = sorted(set(job.steps.exclude(target="").values_list("address", flat=True)))
            settle_job(job_id=job.job_id, actor=ANN, reason="seen", addresses=there)

    def _newest(self) -> Job:
        return Job.objects.order_by("-id")[0]

    # The queue and the workers

    @precondition(lambda self: OrmQ.objects.exists())
    @rule(twice=st.booleans())
    def deliver(self, twice: bool) -> None:
        entry = OrmQ.objects.order_by("id")[0]
        pk = entry.task["args"][0]
        if not twice:
            entry.delete()
        if "run_slice" in entry.func():
            work_slice.run_slice(pk)
        else:
            self.look()
        for made in MADE:
            made.writer.flush_s = 0.0
            self.slices.append((made, Pool(self.nodes)))
        MADE.clear()

    @rule()
    def lose_queue(self) -> None:
        OrmQ.objects.all().delete()

    @precondition(lambda self: self.slices)
    @rule(which=st.integers(0, 5))
    def go_on(self, which: int) -> None:
        self._round(which % len(self.slices))

    def _round(self, number: int) -> None:
        """Move the threads, then let the writing thread do a round."""
        slice_, pool = self.slices[number]
        for thread in pool.threads:
            thread.move()
        slice_.beat_at = slice_.look_at = 0.0
        if not slice_._round(pool):  # type: ignore[arg-type]
            del self.slices[number]
        pool.idle = 0 if slice_.contexts else pool.idle + 1
        assert pool.idle < 4, "it has no action is needed, and keeps its process from what waits in the queue"

    @precondition(lambda self: self.slices)
    @rule(which=st.integers(0, 5))
    def threads_only(self, which: int) -> None:
        for thread in self.slices[which % len(self.slices)][1].threads:
            thread.move()

    @precondition(lambda self: self.slices)
    @rule(which=st.integers(0, 5))
    def die(self, which: int) -> None:
        del self.slices[which % len(self.slices)]

    @rule(silent=st.integers(0, 5), lives=st.booleans())
    def leases_expire(self, silent: int, lives: bool) -> None:
        """Expire the leases of workers that died, and of one that sleeps and comes back."""
        asleep = self.slices[silent : silent + 1]
        for slice_, _ in asleep:
            for context in slice_.contexts.values():
                context.lease_until = 0.0
        awake = [slice_.claim for slice_, _ in self.slices if (slice_, _) not in asleep]
        self._age(Step.objects.exclude(claim__in=awake))
        if lives:
            watchdog.one_round("test-1")
        else:
            Worker.objects.all().delete()

    def _age(self, steps: Any) -> None:
        past = claims.database_now() - timedelta(minutes=5)
        steps.filter(status="running").update(heartbeat_at=past)
        Job.objects.filter(status__in=JOB_ACTIVE).update(nudged_at=past)

    @rule()
    def look(self) -> None:
        orphans.end_orphans(old=True, asked_at=claims.database_now().timestamp())

    # The nodes

    @rule(node=st.sampled_from(TARGETS), back=st.booleans())
    def out_of_reach(self, node: str, back: bool) -> None:
        (self.nodes.away.discard if back else self.nodes.away.add)(node)

    @precondition(lambda self: self.nodes.running())
    @rule(which=st.integers(0, 5), lines=st.integers(0, 3), code=st.sampled_from([None, 0, 0, 0, 3]))
    def node_works(self, which: int, lines: int, code: int | None) -> None:
        running = self.nodes.running()
        key, attempt = running[which % len(running)]
        self.nodes.lines[key, attempt] += lines
        if code is not None:
            self.nodes.attempts[key][attempt] = code

    # What holds at every moment

    @invariant()
    def one_writer(self) -> None:
        columns = ("pk", "claim", "status", "fence", "attempts", "job__status")
        for pk, claim, status, fence, attempts, job_status in Step.objects.order_by().values_list(*columns):
            assert bool(claim) == (status == "running"), status
            assert fence >= self.fences.get(pk, 0) and attempts <= fence
            self.fences[pk] = fence
            assert job_status in JOB_ACTIVE or status not in STEP_OPEN
        assert not self.nodes.wrong, self.nodes.wrong

    @invariant()
    def gapless_and_free(self) -> None:
        seqs: dict[int, int] = {}
        for job, seq in Event.objects.order_by("job_id", "seq").values_list("job_id", "seq"):
            assert seq == seqs.get(job, 0) + 1
            seqs[job] = seq
        assert all(last == seqs.get(pk, 0) for pk, last in Job.objects.values_list("pk", "last_seq"))
        assert not JobSecret.objects.filter(job__status__in=JOB_ENDED).exists()

    @invariant()
    def lines_once_and_in_order(self) -> None:
        rows = Event.objects.filter(stream="out").order_by("seq")
        seen: Counter[tuple[Any, ...]] = Counter()
        for job_id, node, phase, line in rows.values_list("job_id", "node", "phase", "line"):
            attempt, number = map(int, line.split())
            seen[job_id, node, phase, attempt] += 1
            assert seen[job_id, node, phase, attempt] == number

    def teardown(self) -> None:
        """Restore everything: the jobs end and leave nothing behind anywhere."""
        self.nodes.away.clear()
        self.lose_queue()
        for _ in range(60):
            if not Job.objects.filter(status__in=JOB_ACTIVE).exists():
                break
            self._one_minute()
        else:
            job = self._newest()
            steps = list(job.steps.values_list("phase", "target", "status", "interrupted", "remote"))
            raise AssertionError(
                f"{job.status} with nobody to wake it: {steps}, {OrmQ.objects.count()} entries"
            )
        while self.slices:
            self._round(0)
        self.look()
        assert not lookups.orphans().exists(), list(lookups.orphans().values("phase", "status", "remote"))
        assert not self.nodes.running()
        self.one_writer()
        self.gapless_and_free()
        self.lines_once_and_in_order()
        self._all_lines_of_what_succeeded()

    def _one_minute(self) -> None:
        """Give everything its turn: a person resumes what is paused, nodes end, queue and watchdog run."""
        for job in Job.objects.filter(status__in=JOB_ACTIVE).exclude(paused_by=""):
            resume_job(job_id=job.job_id, actor=ANN)
        for key, attempt in self.nodes.running():
            self.nodes.attempts[key][attempt] = 0
        self._age(Step.objects.exclude(claim__in=[slice_.claim for slice_, _ in self.slices]))
        watchdog.one_round("test-1")
        while OrmQ.objects.exists():
            self.deliver(twice=False)
        for _ in range(6):
            for number in reversed(range(len(self.slices))):
                self._round(number)

    def _all_lines_of_what_succeeded(self) -> None:
        for step in Step.objects.filter(status="succeeded").select_related("job"):
            key = (step.job.job_id, step.phase, step.target)
            good = [
                number
                for number, code in self.nodes.attempts[key].items()
                if code == 0 and number >= step.fresh_from
            ]
            assert len(good) == 1, (key, self.nodes.attempts[key], step.fresh_from)
            stored = Event.objects.filter(job=step.job, node=step.address, phase=step.phase, stream="out")
            assert stored.filter(line__startswith=f"{good[0]} ").count() == self.nodes.lines[key, good[0]], (
                key
            )


@pytest.fixture
def any_action(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Register an action of two phases whose threads are those of ``fakenodes``."""
    arm(monkeypatch)
    registry.register(Action("any", tuple(Phase(name, lambda *_: None) for name in ("one", "two"))))
    yield
    registry._ACTIONS.pop("any")


def test_in_whatever_order_things_happen(any_action: None) -> None:
    plays = int(os.environ.get("ENGINE_PLAYS", "0"))
    quiet = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    run_state_machine_as_test(
        Engine,
        settings=settings(
            max_examples=plays or 8,
            stateful_step_count=40,
            deadline=None,
            derandomize=not plays,
            database=None,
            # Without a search for a shorter play: each takes most of a second.
            phases=[HypothesisPhase.generate],
            report_multiple_bugs=False,
            suppress_health_check=quiet,
        ),
    )

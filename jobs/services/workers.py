"""List the workers, what each is doing now, and the current state of steps lost by workers that died."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from common.models import AuditEntry
from jobs import liveness
from jobs.engine import queueing
from jobs.engine.claims import database_now
from jobs.engine.take_over import TAKE_OVER
from jobs.models import Step, Worker
from jobs.queries import stamp
from jobs.states import StepStatus


def workers_seen() -> dict[str, Any]:
    """Return ``{"workers": […], "alive", "queued", "open_steps"}``: seven queries for any number of workers.

    ``alive`` and ``queued`` are what ``/readyz`` reports. A worker that was stopped is not listed, one that
    died is listed for a day: what it still holds is in ``doing``, what was taken from it in ``lost``.
    """
    now = database_now()
    found = list(Worker.objects.order_by("started_at", "pk"))
    doing = _doing()
    lost = _lost([worker.name for worker in found if not liveness.lives(worker, now)])
    rows = [
        {
            "name": worker.name,
            "host": worker.host,
            "pid": worker.pid,
            "alive": liveness.lives(worker, now),
            "started_at": stamp(worker.started_at),
            "heartbeat_at": stamp(worker.heartbeat_at),
            "silent_s": max(round((now - worker.heartbeat_at).total_seconds()), 0),
            "doing": doing.get(worker.name, []),
            "lost": lost.get(worker.name, []),
        }
        for worker in found
    ]
    return {
        "workers": rows,
        "alive": sum(row["alive"] for row in rows),
        "queued": queueing.depth(),
        "open_steps": liveness.open_steps(),
    }


def _doing() -> dict[str, list[dict[str, Any]]]:
    """Return, by worker, its running steps by job and phase, with every node and when it started."""
    running = (
        Step.objects.filter(status=StepStatus.RUNNING).select_related("job").order_by("started_at", "pk")
    )
    found: dict[tuple[str, int, str], dict[str, Any]] = {}
    for step in running:
        key = (queueing.worker_of(step.claim), step.job_id, step.phase)
        # The steps are ordered by their start: the first one has the earliest.
        row = found.setdefault(key, {**_of(step), "since": stamp(step.started_at), "nodes": []})
        row["nodes"].append(
            {"mgmt_address": step.address, "step": step.component, "since": stamp(step.started_at)}
        )
    return _by_worker((key[0], row) for key, row in found.items())


def _lost(dead: list[str]) -> dict[str, list[dict[str, Any]]]:
    """Return, by dead worker, the current state of the steps that were taken from it, and which worker has them."""
    entries = AuditEntry.objects.filter(verb=TAKE_OVER, subject__in=dead).values_list("subject", "detail")
    # One step may have been lost by several workers in turn.
    owners: dict[int, set[str]] = {}
    for name, detail in entries:
        for pk in detail.get("steps", ()):
            owners.setdefault(pk, set()).add(name)
    found: dict[tuple[str, int, str, str, str], dict[str, Any]] = {}
    for step in Step.objects.filter(pk__in=owners).select_related("job").order_by("job_id", "position", "pk"):
        now_with = queueing.worker_of(step.claim)
        for loser in owners[step.pk]:
            key = (loser, step.job_id, step.phase, step.status, now_with)
            row = found.setdefault(key, {**_of(step), "status": step.status, "worker": now_with, "nodes": []})
            row["nodes"].append(step.address)
    return _by_worker((key[0], row) for key, row in found.items())


def _of(step: Step) -> dict[str, Any]:
    job = step.job
    return {"job_id": job.job_id, "action": job.action, "zone_id": job.zone_id, "phase": step.phase}


def _by_worker(rows: Iterable[tuple[str, dict[str, Any]]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for name, row in rows:
        found.setdefault(name, []).append(row)
    return found

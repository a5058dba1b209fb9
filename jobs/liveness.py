"""Determine which workers are alive, and how much work is waiting."""

from __future__ import annotations

from datetime import datetime, timedelta

from jobs.engine import claims
from jobs.models import Step, Worker
from jobs.states import JOB_ACTIVE, STEP_OPEN

ALIVE_S = 15


def lives(worker: Worker, now: datetime) -> bool:
    """Check whether a worker has sent a heartbeat recently; ``now`` by the database's clock."""
    return worker.heartbeat_at >= now - timedelta(seconds=ALIVE_S)


def alive(now: datetime | None = None) -> int:
    """Count the workers that have sent a heartbeat recently."""
    now = now or claims.database_now()
    return Worker.objects.filter(heartbeat_at__gte=now - timedelta(seconds=ALIVE_S)).count()


def others_alive(worker_name: str) -> set[str]:
    """Return the names of the other workers that have sent a heartbeat recently."""
    since = claims.database_now() - timedelta(seconds=ALIVE_S)
    others = Worker.objects.filter(heartbeat_at__gte=since).exclude(name=worker_name)
    return set(others.values_list("name", flat=True))


def open_steps() -> int:
    """Count the steps that wait or run, of all jobs."""
    return Step.objects.filter(status__in=STEP_OPEN, job__status__in=JOB_ACTIVE).count()

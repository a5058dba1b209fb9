"""A driver that runs verbs for a test: a JSON list (verb, arguments) a line in, a JSON answer a line out."""

from __future__ import annotations

import json
import sys
from typing import Any

import django
from django import db


def _verbs() -> dict[str, Any]:
    from django_q.models import OrmQ

    from common.actor import Actor
    from jobs import queries
    from jobs.engine.claims import database_now
    from jobs.lookups import find_job
    from jobs.models import Event, Job, JobSecret, Step, Worker
    from jobs.services.cancel import cancel_job
    from jobs.services.pause import pause_job
    from jobs.services.resume import resume_job
    from jobs.services.settle import settle_job
    from jobs.services.submit import Pace, Target, submit
    from jobs.services.workers import workers_seen
    from jobs.states import JOB_ACTIVE

    ann = Actor("ann", "command")

    def submit_toy(
        addresses: list[str], action: str = "toy", scope: str = "", pace: Any = None, **params: Any
    ) -> str:
        targets = [Target(address, address) for address in addresses]
        job = submit(
            action=action,
            targets=targets,
            actor=ann,
            exclusive_scope=scope,
            params=params,
            pace=Pace(**pace) if pace else None,
        )
        return job.job_id

    def log(job_id: str) -> list[Any]:
        keys = ("seq", "node", "phase", "step", "stream", "level", "line")
        found = queries.events(find_job(job_id), limit=10**9)
        return [[event[key] for key in keys] for event in found]

    def tail(job_id: str, after: int) -> list[Any]:
        found = queries.events(find_job(job_id), after=after, limit=5000)
        return [[event["seq"], event["stream"], event["line"]] for event in found]

    return {
        "submit": submit_toy,
        "tail": tail,
        "count": lambda job_id: Event.objects.filter(job__job_id=job_id, stream="out").count(),
        "log": log,
        "status": lambda job_id: queries.job_status(find_job(job_id)),
        "cancel": lambda job_id, now=False: cancel_job(job_id=job_id, actor=ann, now=now).status,
        "resume": lambda job_id, **keys: resume_job(job_id=job_id, actor=ann, **keys).status,
        "pause": lambda job_id: pause_job(job_id=job_id, actor=ann).status,
        "active": lambda: Job.objects.filter(status__in=JOB_ACTIVE).count(),
        "workers": lambda: list(Worker.objects.values_list("pid", flat=True)),
        "steps": lambda job_id: list(
            Step.objects.filter(job__job_id=job_id).values(
                "phase", "address", "status", "attempts", "fence", "remote", "claim", "fresh_from", "error"
            )
        ),
        "settle": lambda job_id, addresses: (
            settle_job(job_id=job_id, actor=ann, reason="rebooted", addresses=addresses).status
        ),
        "last_seq": lambda job_id: Job.objects.values_list("last_seq", flat=True).get(job_id=job_id),
        "secrets": lambda: JobSecret.objects.count(),
        "seen": workers_seen,
        "queue": lambda: {
            "entries": OrmQ.objects.count(),
            "due": OrmQ.objects.filter(lock__lte=database_now()).count(),
        },
        "empty_queue": lambda: OrmQ.objects.all().delete()[0],
    }


def main() -> None:
    """Answer verbs until standard input ends."""
    django.setup()
    verbs = _verbs()
    for line in sys.stdin:
        name, args, keys = json.loads(line)
        try:
            answer = {"value": verbs[name](*args, **keys)}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
            db.connections.close_all()
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

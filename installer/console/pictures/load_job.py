"""Load what the time line of a job shows: one query."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from installer.console.pictures.job_timeline import Ran, Timeline, draw_timeline
from jobs.models import Job


def job_timeline(job: Job, names: Mapping[str, str]) -> Timeline | None:
    """Draw the time line; ``names``: host names by id of the node. None before the first step was started."""
    rows = job.steps.filter(started_at__isnull=False).order_by("position", "id")
    fields = ("phase", "target", "address", "started_at", "finished_at", "status", "attempts")
    steps, known = [], dict(names)
    for phase, target, address, begun, ended, status, attempts in rows.values_list(*fields):
        if not known.get(target):
            known[target] = address
        end = ended.timestamp() if ended else None
        steps.append(Ran(phase, target, begun.timestamp(), end, status, attempts))
    return draw_timeline(steps, known, timezone.now().timestamp())

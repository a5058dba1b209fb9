"""Prometheus metrics (text format 0.0.4): counts only, no names, no login, as for /readyz."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import DatabaseError, InterfaceError, connection
from django.db.models import Count, Sum
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from jobs import liveness
from jobs.engine import queueing
from jobs.models import Job, Step
from jobs.states import JOB_ACTIVE, JobStatus, StepStatus

_TYPE = "text/plain; version=0.0.4; charset=utf-8"


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Return jobs by status, open steps, live workers and queue length; 503 when the database does not respond."""
    try:
        text = "".join(_lines())
    except (DatabaseError, InterfaceError):
        connection.close()
        return HttpResponse("# the database does not answer\n", status=503, content_type=_TYPE)
    return HttpResponse(text, content_type=_TYPE)


def _lines() -> Iterator[str]:
    jobs = dict(Job.objects.order_by().values_list("status").annotate(n=Count("pk")))
    yield from _family(
        "jobs", "gauge", "Jobs by status", {f'status="{name}"': jobs.get(name, 0) for name in JobStatus}
    )
    active = Step.objects.filter(job__status__in=JOB_ACTIVE).order_by()
    steps = dict(active.values_list("status").annotate(n=Count("pk")))
    found = {f'status="{name}"': steps.get(name, 0) for name in StepStatus}
    yield from _family("active_steps", "gauge", "Steps of active jobs by status", found)
    yield from _family("workers_alive", "gauge", "Workers with a recent heartbeat", {"": liveness.alive()})
    yield from _family(
        "queue_entries", "gauge", "Entries in the queue, waiting or running", {"": queueing.depth()}
    )
    lines = Job.objects.aggregate(n=Sum("last_seq"))["n"] or 0
    yield from _family("log_lines", "gauge", "Stored log lines of all jobs", {"": lines})


def _family(name: str, kind: str, text: str, values: dict[str, int]) -> Iterator[str]:
    yield f"# HELP installer_{name} {text}.\n# TYPE installer_{name} {kind}\n"
    for label, value in values.items():
        yield f"installer_{name}{{{label}}} {value}\n" if label else f"installer_{name} {value}\n"

"""/jobs/: list jobs; status and log of a job; cancel, pause, resume and settle."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.messages import code_of
from installer.api import filters
from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, problems, started, takes
from installer.api.jobs.serializers import (
    CancelRequest,
    EventsQuery,
    EventsShape,
    JobRowShape,
    JobShape,
    LogQuery,
    ResumeRequest,
    SettleRequest,
)
from installer.api.renderers import JsonLines, JsonToo, PlainText
from installer.api.serializers import NothingRequest
from installer.logfile import log_file
from jobs.lookups import find_job
from jobs.models import Job
from jobs.queries import events, job_status, stamp
from jobs.services.cancel import cancel_job
from jobs.services.pause import pause_job
from jobs.services.resume import resume_job
from jobs.services.settle import settle_job
from jobs.states import JOB_ACTIVE, JOB_ENDED, JobStatus, StepStatus

POLL_S = 0.3


class JobFilter(filters.Filters):
    """Filters of the list of jobs."""

    status = filters.any_of(JobStatus.choices)
    action = filters.text()
    zone_id = filters.text()
    created_by = filters.text()


@extend_schema_view(
    list=extend_schema(responses={200: JobRowShape(many=True), **problems(400, 404)}),
    retrieve=extend_schema(responses={200: JobShape, **problems(404)}),
)
class JobViewSet(RowsViewSet):
    """Jobs, newest first."""

    view_permission = "jobs.view_job"
    serializer_class = JobRowShape
    filterset_class = JobFilter
    search_fields = ("job_id", "action", "zone_id", "created_by")
    ordering_fields = ("created_at", "finished_at", "action", "status", "zone_id")
    lookup_field = "job_id"
    lookup_value_regex = "[0-9A-Za-z-]+"

    def get_queryset(self) -> QuerySet[Any]:
        """Select jobs with their progress, in one query however many there are."""
        return Job.objects.annotate(
            total=Count("steps"), done=Count("steps", filter=Q(steps__status=StepStatus.SUCCEEDED))
        )

    def rows(self, found: Sequence[Any]) -> list[dict[str, Any]]:
        """Return jobs in the short shape."""
        return [_row(job) for job in found]

    def retrieve(self, request: Request, **key: str) -> Response:
        """Return a job in the shape of ``get_status``."""
        return Response(job_status(find_job(self.kwargs["job_id"])))

    @describes_verb(CancelRequest, JobShape)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **key: str) -> Response:
        """Stop before the next component; with `now`, also terminate what runs on the nodes."""
        values = parsed(CancelRequest, request.data)
        return started(cancel_job(job_id=self.kwargs["job_id"], actor=actor_of(request), **values))

    @describes_verb(NothingRequest)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, **key: str) -> Response:
        """Start no further step until the job is resumed; what runs on the nodes continues."""
        parsed(NothingRequest, request.data)
        return started(pause_job(job_id=self.kwargs["job_id"], actor=actor_of(request)))

    @describes_verb(ResumeRequest)
    @action(detail=True, methods=["post"])
    def resume(self, request: Request, **key: str) -> Response:
        """Continue with what failed, was cancelled or has not started; or resume a paused job."""
        values = parsed(ResumeRequest, request.data)
        return started(resume_job(job_id=self.kwargs["job_id"], actor=actor_of(request), **values))

    @describes_verb(SettleRequest)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, **key: str) -> Response:
        """Confirm that an abandoned job has stopped on nodes, or that what a phase could not observe is done."""
        values = parsed(SettleRequest, request.data)
        return started(settle_job(job_id=self.kwargs["job_id"], actor=actor_of(request), **values))

    @extend_schema(
        parameters=[EventsQuery], responses={200: EventsShape, **problems(400, 404, 429)}, filters=False
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    @takes(EventsQuery)
    def events(self, request: Request, **key: str) -> Response:
        """Return log lines after a sequence number; with `wait`, respond as soon as the first new line arrives."""
        values = self.asked()
        if values["wait"]:
            self.hold()
        return Response(_events(self.kwargs["job_id"], wait_s=values.pop("wait"), **values))

    @extend_schema(
        parameters=[LogQuery],
        responses={
            (200, "text/plain"): OpenApiTypes.STR,
            (200, "application/x-ndjson"): OpenApiTypes.STR,
            **problems(400, 404, 429),
        },
        filters=False,
    )
    @action(
        detail=True,
        methods=["get"],
        pagination_class=None,
        renderer_classes=[PlainText, JsonLines, JsonToo],
    )
    @takes(LogQuery)
    def log(self, request: Request, **key: str) -> StreamingHttpResponse:
        """Download all current log lines as a file: of the whole job, or of one node, phase or level."""
        accepted = "jsonl" if isinstance(request.accepted_renderer, JsonLines) else "text"
        values = {"syntax": accepted, **self.asked()}
        self.hold()
        return log_file(find_job(self.kwargs["job_id"]), **values)


def _events(job_id: str, *, wait_s: float, after: int, limit: int, **wanted: str) -> dict[str, Any]:
    give_up = time.monotonic() + wait_s
    seen = after
    while True:
        # Read before the lines: every line up to job.last_seq is visible to the query that follows,
        # and no line comes after the status of the end.
        job = find_job(job_id)
        found = events(job, after=seen, limit=limit, **wanted) if job.last_seq > seen else []
        last = found[-1]["seq"] if found else seen
        seen = last if len(found) == limit else max(job.last_seq, last)
        if found or job.status in JOB_ENDED or time.monotonic() >= give_up:
            return {"events": found, "last_seq": seen, "status": job.status}
        time.sleep(POLL_S)


def _row(job: Any) -> dict[str, Any]:
    return {
        "job_id": job.job_id,
        "action": job.action,
        "zone_id": job.zone_id,
        "status": job.status,
        "progress": {"done": job.done, "total": job.total},
        "error": job.error,
        "error_code": code_of(job.error),
        "paused_by": job.paused_by if job.status in JOB_ACTIVE else "",
        "created_by": job.created_by,
        "created_at": stamp(job.created_at),
        "started_at": stamp(job.started_at),
        "finished_at": stamp(job.finished_at),
    }

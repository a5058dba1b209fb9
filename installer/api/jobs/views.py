"""/jobs/: list jobs; status and log of a job; cancel, pause, resume and settle."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase, StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.messages import code_of
from installer.api import filters
from installer.api.base import (
    RowsViewSet,
    actor_of,
    describes_verb,
    flat_rows,
    parsed,
    problems,
    started,
    takes,
)
from installer.api.conditional import not_modified, tag_of
from installer.api.jobs import events
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
from installer.api.pagination import GrowingPages
from installer.api.renderers import JsonLines, JsonToo, PlainText
from installer.api.serializers import NothingRequest
from installer.logfile import log_file
from installer.models import AccessToken
from jobs.lookups import find_job
from jobs.models import Job
from jobs.queries import job_status, job_version, progress_of
from jobs.services.cancel import cancel_job
from jobs.services.pause import pause_job
from jobs.services.resume import resume_job
from jobs.services.settle import settle_job
from jobs.states import JOB_ACTIVE, JobStatus

_COLUMNS = (
    *("pk", "job_id", "action", "zone_id", "status", "error", "paused_by", "created_by"),
    *("created_at", "started_at", "finished_at"),
)
_ROW = dict(zip(_COLUMNS, _COLUMNS, strict=True))


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
    pagination_class = GrowingPages
    search_fields = ("job_id", "action", "zone_id", "created_by")
    ordering_fields = ("created_at", "finished_at", "action", "status", "zone_id")
    lookup_field = "job_id"
    lookup_value_regex = "[0-9A-Za-z-]+"

    def get_queryset(self) -> QuerySet[Any]:
        """Select jobs."""
        return Job.objects.all()

    def rows(self, found: QuerySet[Job]) -> list[dict[str, Any]]:
        """Return jobs in the short shape, in two queries however many there are."""
        rows = flat_rows(found, _ROW)
        steps = progress_of([row["pk"] for row in rows])
        return [_row(steps.get(row.pop("pk"), (0, 0)), **row) for row in rows]

    def retrieve(self, request: Request, **key: str) -> Response:
        """Return a job in the shape of `get_status`.

        With the ETag of an earlier answer in If-None-Match: 304 if nothing changed; `time_left` may be 10 seconds old.
        """
        job = find_job(self.kwargs["job_id"])
        tag = tag_of(job_version(job))
        return not_modified(request, tag) or Response(job_status(job), headers={"ETag": tag})

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
    def events(self, request: Request, **key: str) -> HttpResponseBase:
        """Return log lines after a sequence number, or around one; with `wait`, respond as soon as there is news.

        News is a new line that passes the filters, or another status of the job. Several requests that wait for a busy
        job are answered in turn: then with more lines each. HEAD, and a server without support for it, do not wait.
        """
        values = self.asked()
        token = request.auth.pk if isinstance(request.auth, AccessToken) else None
        return events.answer(request._request, find_job(self.kwargs["job_id"]), token=token, **values)

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
        """Download all current log lines as a file: of the whole job, or those that the parameters select."""
        accepted = "jsonl" if isinstance(request.accepted_renderer, JsonLines) else "text"
        values = {"syntax": accepted, **self.asked()}
        self.hold()
        return log_file(find_job(self.kwargs["job_id"]), **values)


def _row(steps: tuple[int, int], **row: Any) -> dict[str, Any]:
    return {
        **row,
        "progress": {"done": steps[0], "total": steps[1]},
        "error_code": code_of(row["error"]),
        "paused_by": row["paused_by"] if row["status"] in JOB_ACTIVE else "",
    }

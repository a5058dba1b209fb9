"""Requests and responses of jobs and workers."""

from __future__ import annotations

from datetime import UTC
from math import isfinite
from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from common.audit import MAX_REASON_CHARS
from installer.api.serializers import AddressList, Request, Shape, one_of
from installer.logfile import SYNTAXES
from jobs.models import Job
from jobs.queries import LEVELS
from jobs.states import JobStatus, StepStatus

# A longer text than a person looks for.
MAX_TEXT_CHARS = 200
_MAX_SEQ = 2**62


class CancelRequest(Request):
    """Request to cancel a job."""

    now = serializers.BooleanField(default=False, help_text="also stop what is running on the nodes")


class ResumeRequest(Request):
    """Request to resume a job."""

    addresses = AddressList(required=False, help_text="only these nodes of the job")
    from_phase = serializers.CharField(
        max_length=Job._meta.get_field("action").max_length, required=False, allow_blank=True
    )


class SettleRequest(Request):
    """Request to confirm that a job has stopped on nodes."""

    addresses = AddressList(required=False, help_text="the nodes that you checked; list each of them")
    reason = serializers.CharField(
        max_length=MAX_REASON_CHARS, help_text="how you verified that nothing runs there"
    )


class LinesQuery(Request):
    """Selection of log lines."""

    node = serializers.CharField(max_length=64, default="", allow_blank=True, help_text="management address")
    phase = serializers.CharField(max_length=64, default="", allow_blank=True)
    level = serializers.ChoiceField(
        LEVELS, default="", allow_blank=True, help_text="minimum level of the lines"
    )
    q = serializers.CharField(
        max_length=MAX_TEXT_CHARS,
        default="",
        allow_blank=True,
        trim_whitespace=False,
        source="text",
        help_text="text that the lines contain, in capital or small letters",
    )
    since = serializers.DateTimeField(
        default_timezone=UTC, required=False, help_text="lines from this time on"
    )
    until = serializers.DateTimeField(
        default_timezone=UTC, required=False, help_text="lines before this time"
    )


class LogQuery(LinesQuery):
    """Selection and format of log lines."""

    syntax = serializers.ChoiceField(
        SYNTAXES,
        required=False,
        help_text="text, or jsonl: one JSON object per line; default: according to Accept",
    )


class SecondsField(serializers.FloatField):
    """A finite number: *nan* passes minimum and maximum checks, and waiting that long would never end."""

    def to_internal_value(self, data: Any) -> float:
        """Parse the number. Raises :class:`ValidationError`."""
        value = super().to_internal_value(data)
        if not isfinite(value):
            self.fail("invalid")
        return value


class EventsQuery(LinesQuery):
    """Selection of log lines after a sequence number."""

    after = serializers.IntegerField(
        min_value=0, max_value=_MAX_SEQ, default=0, help_text="last_seq of the previous response"
    )
    limit = serializers.IntegerField(min_value=1, max_value=5000, default=1000)
    wait = SecondsField(
        min_value=0, max_value=25, default=0, help_text="seconds to wait if there is no new line"
    )
    around = serializers.IntegerField(
        min_value=1,
        max_value=_MAX_SEQ,
        required=False,
        help_text="number of a line: half of the lines are before it, the others begin with it; not with `wait`",
    )
    pages = serializers.IntegerField(
        min_value=10,
        max_value=5000,
        required=False,
        help_text="lines of a page: also return `pages`, where each page of the selected lines begins; not with `wait`",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that only what can be waited for is. Raises :class:`ValidationError` if not."""
        for name in ("around", "pages"):
            if attrs.get("wait") and name in attrs:
                raise serializers.ValidationError({name: ["not together with wait"]})
        return attrs


class ProgressShape(Shape):
    """Completed and total steps."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


class TimeLeftShape(Shape):
    """Estimated remaining time."""

    seconds = serializers.IntegerField()
    late = serializers.IntegerField(help_text="number of steps that take longer than in any earlier run")
    text = serializers.CharField()


class PhaseShape(Shape):
    """Progress of a phase."""

    phase = serializers.CharField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    running = serializers.IntegerField()
    total = serializers.IntegerField()
    time_left = TimeLeftShape(allow_null=True, help_text="null if the phase never ran before")


class JobNodeShape(Shape):
    """State of a node in a job."""

    node_id = serializers.CharField()
    mgmt_address = serializers.CharField()
    status = one_of(StepStatus.choices)
    phase = serializers.CharField()
    step = serializers.CharField()
    attempts = serializers.IntegerField()
    error = serializers.CharField()
    error_code = serializers.CharField(help_text="code of the error, as for `explain`; empty if it has none")
    phases = serializers.DictField(child=serializers.CharField())


class JobRowShape(Shape):
    """A job in a list."""

    job_id = serializers.CharField()
    action = serializers.CharField()
    zone_id = serializers.CharField()
    status = one_of(JobStatus.choices)
    progress = ProgressShape()
    error = serializers.CharField()
    error_code = serializers.CharField(help_text="code of the error, as for `explain`; empty if it has none")
    paused_by = serializers.CharField(help_text="who paused the job; empty if it is not paused")
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class JobShape(JobRowShape):
    """A job with its phases and nodes."""

    phase = serializers.CharField()
    paused_at = serializers.DateTimeField(allow_null=True)
    waits_for = serializers.CharField(
        help_text="full disk of the installer or its database that the job waits for; otherwise empty"
    )
    time_left = TimeLeftShape(
        allow_null=True, help_text="estimate from earlier runs; null without earlier runs or while paused"
    )
    idle_s = serializers.IntegerField(
        help_text="seconds between an end and the resume after it, which are no part of the run"
    )
    phases = PhaseShape(many=True)
    nodes = JobNodeShape(many=True)


class EventShape(Shape):
    """A line of a job's log."""

    seq = serializers.IntegerField()
    ts = serializers.DateTimeField()
    node = serializers.CharField()
    phase = serializers.CharField()
    step = serializers.CharField()
    stream = serializers.ChoiceField(["out", "err", "sys"])
    level = serializers.ChoiceField(["debug", "info", "warning", "error"])
    line = serializers.CharField()


class LinePagesShape(Shape):
    """Where the pages of the selected lines begin."""

    size = serializers.IntegerField(help_text="lines of a page; the last one may have fewer")
    first = serializers.ListField(
        child=serializers.IntegerField(), help_text="number of the first line of each page"
    )
    matching = serializers.IntegerField(help_text="number of selected lines")
    all = serializers.IntegerField(help_text="number of lines of the job")


class EventsShape(Shape):
    """Log lines after a sequence number, or around one."""

    pages = LinePagesShape(required=False, help_text="only if `pages` was given")

    events = EventShape(many=True)
    last_seq = serializers.IntegerField(help_text="send it as `after` to continue without gaps or repeats")
    status = one_of(JobStatus.choices)


class WorkPartShape(Shape):
    """A phase of a job that a worker works on."""

    job_id = serializers.CharField()
    action = serializers.CharField()
    zone_id = serializers.CharField()
    phase = serializers.CharField()


class WorkNodeShape(Shape):
    """A node that a worker works on."""

    mgmt_address = serializers.CharField(help_text="empty for the installer itself")
    step = serializers.CharField()
    since = serializers.DateTimeField()


class DoingShape(WorkPartShape):
    """Current work of a worker."""

    since = serializers.DateTimeField()
    nodes = WorkNodeShape(many=True)


class LostShape(WorkPartShape):
    """Steps taken over from a dead worker."""

    status = one_of(StepStatus.choices)
    worker = serializers.CharField(
        help_text="worker that runs the steps now; empty if there is none or the steps ended"
    )
    nodes = serializers.ListField(child=serializers.CharField())


class WorkerShape(Shape):
    """A worker."""

    name = serializers.CharField()
    host = serializers.CharField()
    pid = serializers.IntegerField()
    alive = serializers.BooleanField()
    started_at = serializers.DateTimeField()
    heartbeat_at = serializers.DateTimeField()
    silent_s = serializers.IntegerField(help_text="seconds since the last heartbeat")
    doing = DoingShape(many=True, help_text="current work; for a dead worker, until it is taken over")
    lost = LostShape(many=True, help_text="current state of the steps that were taken over from it")


@extend_schema_serializer(many=False)  # one object, though the endpoint is a list of workers
class WorkersShape(Shape):
    """Workers and the queue."""

    workers = WorkerShape(many=True)
    alive = serializers.IntegerField(help_text="`workers` of /readyz")
    queued = serializers.IntegerField(help_text="`queued` of /readyz")
    open_steps = serializers.IntegerField(help_text="waiting and running steps of all jobs")

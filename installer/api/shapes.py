"""Response shapes for jobs and refusals, for the OpenAPI document."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from jobs.states import JobStatus, StepStatus


class Shape(serializers.Serializer[Any]):
    """Description of a response; not used to parse or render."""


def one_of(values: Sequence[Any]) -> serializers.Field[Any, Any, Any, Any]:
    """Describe one of several choices inline: many shapes have a status, each with different values."""
    words = [value[0] if isinstance(value, tuple) else value for value in values]
    kind = "integer" if isinstance(words[0], int) else "string"
    described = extend_schema_field({"allOf": [{"type": kind, "enum": words}]})
    # A new class for each call: the schema is attached to the class.
    field: type[serializers.ReadOnlyField] = described(type("OneOf", (serializers.ReadOnlyField,), {}))
    return field()


class FindingShape(Shape):
    """A finding: its code, what is wrong, where, and what to do."""

    code = serializers.CharField()
    field = serializers.CharField(allow_blank=True)
    detail = serializers.CharField()
    remedy = serializers.CharField(required=False)
    level = serializers.ChoiceField(["error", "warning", "info"], required=False)
    file = serializers.CharField(required=False)
    line = serializers.IntegerField(required=False)
    node = serializers.CharField(required=False)


class TextDifferenceShape(Shape):
    """A file that changed since it was viewed."""

    place = serializers.CharField(help_text="path of the file")
    diff = serializers.CharField()


class DifferenceShape(Shape):
    """Changes since the object was viewed."""

    changes = serializers.ListField(child=serializers.CharField(), help_text="who changed what, when")
    texts = TextDifferenceShape(many=True)


@extend_schema_serializer(component_name="Problem")
class ProblemShape(Shape):
    """An error response (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    findings = FindingShape(many=True, required=False)
    job_id = serializers.CharField(required=False)
    difference = DifferenceShape(required=False, help_text="what changed since it was looked at")


class ProgressShape(Shape):
    """Completed and total steps."""

    done = serializers.IntegerField()
    total = serializers.IntegerField()


class TimeLeftShape(Shape):
    """Estimated remaining time."""

    seconds = serializers.IntegerField()
    late = serializers.IntegerField(help_text="steps that run longer than in any earlier run")
    text = serializers.CharField()


class PhaseShape(Shape):
    """Progress of a phase."""

    phase = serializers.CharField()
    done = serializers.IntegerField()
    failed = serializers.IntegerField()
    running = serializers.IntegerField()
    total = serializers.IntegerField()
    time_left = TimeLeftShape(allow_null=True, help_text="null without an earlier run of the phase")


class JobNodeShape(Shape):
    """State of a node in a job."""

    node_id = serializers.CharField()
    mgmt_address = serializers.CharField()
    status = one_of(StepStatus.choices)
    phase = serializers.CharField()
    step = serializers.CharField()
    attempts = serializers.IntegerField()
    error = serializers.CharField()
    phases = serializers.DictField(child=serializers.CharField())


class JobRowShape(Shape):
    """A job in a list."""

    job_id = serializers.CharField()
    action = serializers.CharField()
    zone_id = serializers.CharField()
    status = one_of(JobStatus.choices)
    progress = ProgressShape()
    error = serializers.CharField()
    paused_by = serializers.CharField(help_text="who holds the job: it begins no step; empty: nobody")
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    started_at = serializers.DateTimeField(allow_null=True)
    finished_at = serializers.DateTimeField(allow_null=True)


class JobShape(JobRowShape):
    """A job with its phases and nodes."""

    phase = serializers.CharField()
    paused_at = serializers.DateTimeField(allow_null=True)
    waits_for = serializers.CharField(
        help_text="a full disk of the installer or of its database, on which the job waits; empty otherwise"
    )
    time_left = TimeLeftShape(
        allow_null=True, help_text="estimated from earlier runs; null without them, or while it is paused"
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


class EventsShape(Shape):
    """Log lines after a sequence number."""

    events = EventShape(many=True)
    last_seq = serializers.IntegerField(help_text="send it as `after` to go on without a gap or a repeat")
    status = one_of(JobStatus.choices)


class WorkPartShape(Shape):
    """A phase of a job that a worker works on."""

    job_id = serializers.CharField()
    action = serializers.CharField()
    zone_id = serializers.CharField()
    phase = serializers.CharField()


class WorkNodeShape(Shape):
    """A node that a worker works on."""

    mgmt_address = serializers.CharField(help_text="empty: the installer itself")
    step = serializers.CharField()
    since = serializers.DateTimeField()


class DoingShape(WorkPartShape):
    """Current work of a worker."""

    since = serializers.DateTimeField()
    nodes = WorkNodeShape(many=True)


class LostShape(WorkPartShape):
    """Steps taken over from a dead worker."""

    status = one_of(StepStatus.choices)
    worker = serializers.CharField(help_text="who has them now; empty: nobody, or they ended")
    nodes = serializers.ListField(child=serializers.CharField())


class WorkerShape(Shape):
    """A worker."""

    name = serializers.CharField()
    host = serializers.CharField()
    pid = serializers.IntegerField()
    alive = serializers.BooleanField()
    started_at = serializers.DateTimeField()
    heartbeat_at = serializers.DateTimeField()
    silent_s = serializers.IntegerField(help_text="seconds since it was last heard of")
    doing = DoingShape(many=True, help_text="what it has in hand; a dead one until it is taken over")
    lost = LostShape(many=True, help_text="how the steps stand now that were taken from it")


class ArchiveShape(Shape):
    """An example zone."""

    name = serializers.CharField(help_text="`MODE/ZONE`, as `copy_template --archive` takes it")
    deploy_mode = serializers.CharField()
    zone_id = serializers.CharField()
    about = serializers.CharField()
    files = serializers.DictField(child=serializers.CharField(), help_text="text by file name")


@extend_schema_serializer(many=False)  # one object, though the endpoint is a list of workers
class WorkersShape(Shape):
    """Workers and the queue."""

    workers = WorkerShape(many=True)
    alive = serializers.IntegerField(help_text="`workers` of /readyz")
    queued = serializers.IntegerField(help_text="`queued` of /readyz")
    open_steps = serializers.IntegerField(help_text="that wait or run, of all jobs")


class CodeShape(Shape):
    """A code in the shape of `explain`."""

    code = serializers.CharField()
    level = one_of(("error", "warning", "info"))
    title = serializers.CharField(help_text="its meaning, in one sentence")
    cause = serializers.CharField(help_text="when it is said")
    remedy = serializers.CharField(help_text="what to do")
    example = serializers.CharField(allow_blank=True, help_text="a finding as it is printed")

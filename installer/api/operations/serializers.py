"""Requests and responses of what is done to zones in service."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.audit import MAX_REASON_CHARS
from installer.api.serializers import MAX_NODES, NodesRequest, Request, Shape
from operations.supervisor.service import MAX_PROGRAMS


class ScaleRequest(NodesRequest):
    """Request to install the nodes of an approved plan."""

    batch = serializers.IntegerField(min_value=0, max_value=MAX_NODES, default=0, help_text="0: all at once")
    canary = serializers.IntegerField(
        min_value=0, max_value=MAX_NODES, default=0, help_text="go first, alone"
    )
    max_failures = serializers.IntegerField(
        min_value=0, max_value=MAX_NODES, required=False, allow_null=True, default=None
    )
    dry_run = serializers.BooleanField(default=False, help_text="answer every command, touch nothing")


class InsteadOf(serializers.CharField):
    """A pending change by another person that the new one deliberately replaces."""

    def __init__(self, **kwargs: Any) -> None:
        text = (
            "a change of somebody else that waits and was looked at: the new one takes its place, 409 without"
        )
        super().__init__(
            **{"max_length": 10, "default": "", "allow_blank": True, "help_text": text, **kwargs}
        )


class ScaleZoneRequest(ScaleRequest):
    """Request to install a new zone in a region."""

    cache_servers = serializers.CharField(
        max_length=4000, default="", allow_blank=True, help_text="HOST:PORT;HOST:PORT instead of the region's"
    )


class DryStepShape(Shape):
    """A command that a job would run."""

    node = serializers.CharField()
    phase = serializers.CharField()
    component = serializers.CharField()
    command = serializers.CharField()


class CacheRequest(Request):
    """Request to delete cached zone lists."""

    servers = serializers.CharField(max_length=4000, default="", allow_blank=True)
    pattern = serializers.CharField(max_length=200, default="", allow_blank=True)
    dry_run = serializers.BooleanField(default=False, help_text="answer the keys, delete nothing")


class CacheKeysShape(Shape):
    """Matching keys of one cache server."""

    server = serializers.CharField()
    keys = serializers.IntegerField(help_text="how many it shows")
    matching = serializers.IntegerField()
    incomplete = serializers.BooleanField(help_text="it shows a part of its keys only: others may match, too")
    error = serializers.CharField(help_text="why it was not asked; empty: it was")
    names = serializers.ListField(child=serializers.CharField(), help_text="the keys that match")


class PreviewRequest(Request):
    """Request to preview a change of haproxy.cfg."""

    instead_of = InsteadOf()
    on_management = serializers.BooleanField(
        default=False, help_text="listen on each proxy's management address instead of 0.0.0.0"
    )


class ApproveChangeRequest(Request):
    """Request to approve a previewed change."""

    change_id = serializers.CharField(max_length=10)
    comment = serializers.CharField(max_length=MAX_REASON_CHARS, default="", allow_blank=True)


class ApplyChangeRequest(Request):
    """Request to apply an approved change."""

    change_id = serializers.CharField(
        max_length=10,
        default="",
        allow_blank=True,
        help_text="the one that was looked at: no other is applied",
    )
    content_hash = serializers.CharField(
        max_length=64, default="", allow_blank=True, help_text="its content, as it was looked at"
    )


class ChangedFileShape(Shape):
    """A file of a change, and the node it is on."""

    address = serializers.CharField()
    path = serializers.CharField()


class FileChangeShape(Shape):
    """A reviewed change of files in service."""

    change_id = serializers.CharField()
    zone_id = serializers.CharField()
    kind = serializers.CharField()
    state = serializers.CharField(help_text="draft, approved or applied")
    content_hash = serializers.CharField()
    created_by = serializers.CharField()
    approved_by = serializers.CharField()
    job_id = serializers.CharField()
    files = ChangedFileShape(many=True)
    diff = serializers.CharField()


class ExecRequest(Request):
    """Request to run a command on a group of nodes."""

    group = serializers.CharField(max_length=253)
    command = serializers.CharField(max_length=4000)
    timeout_s = serializers.IntegerField(min_value=1, max_value=3600, default=60)
    concurrency = serializers.IntegerField(min_value=0, max_value=1000, default=0)


class AnswersQuery(Request):
    """The job whose answers are requested."""

    job = serializers.CharField(max_length=10)


class AnswerShape(Shape):
    """An answer, and the nodes that gave it."""

    nodes = serializers.ListField(child=serializers.CharField())
    text = serializers.CharField()
    failed = serializers.BooleanField()


class AnswersShape(Shape):
    """Answers of all nodes to a command, identical ones grouped."""

    summary = serializers.CharField(help_text="such as: 38 nodes: RUNNING; 2 differ")
    answers = AnswerShape(many=True)


class UpdateRequest(Request):
    """Request to install packages on a group of nodes."""

    group = serializers.CharField(max_length=253)
    packages = serializers.ListField(
        child=serializers.CharField(max_length=100), allow_empty=False, max_length=50
    )


class MirrorRequest(Request):
    """Request to update the list of hypers on hypers."""

    group = serializers.CharField(max_length=253, default="hyper")


class RestartRequest(Request):
    """Request to restart programs on a group of nodes."""

    services = serializers.ListField(
        child=serializers.CharField(max_length=64),
        default=list,
        max_length=MAX_PROGRAMS,
        help_text="programs of the supervisor; empty: those that know which zones there are",
    )
    group = serializers.CharField(
        max_length=253,
        default="",
        allow_blank=True,
        help_text="where they run; empty: where they are known to",
    )


class ServicesQuery(Request):
    """The machines whose programs are requested."""

    group = serializers.CharField(
        max_length=253,
        default="",
        help_text="only these machines, as exec takes it; without it all of the zone",
    )


class ServiceShape(Shape):
    """A program of the supervisor on a machine, or why the machine was not asked."""

    node_id = serializers.CharField(help_text="empty: a management VM that is not registered")
    address = serializers.CharField()
    hostname = serializers.CharField()
    group = serializers.CharField(help_text="its role, or that of the management VM")
    service = serializers.CharField(help_text="empty: the machine has no program, or could not be asked")
    state = serializers.CharField(help_text="as supervisorctl says it, such as RUNNING or FATAL")
    since = serializers.DateTimeField(
        allow_null=True, help_text="when it began to run; null where supervisorctl does not tell"
    )
    pid = serializers.IntegerField(allow_null=True)
    detail = serializers.CharField(help_text="what supervisorctl says behind the state")
    error = serializers.CharField(help_text="why the machine could not be asked; empty: it was")
    wrong = serializers.BooleanField(help_text="it does not run and must, or could not be asked")


class ServicesShape(Shape):
    """Programs of the supervisor on all machines of a zone."""

    zone_id = serializers.CharField()
    running = serializers.BooleanField(help_text="no row is wrong")
    rows = ServiceShape(many=True)


class VersionRequest(Request):
    """A QEMU version and its folder."""

    version = serializers.CharField(max_length=32)
    bin = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="its folder; empty: the usual one"
    )


class QemuRequest(Request):
    """Request to preview a change of QEMU versions."""

    versions = serializers.ListField(child=VersionRequest(), allow_empty=False, max_length=50)
    default = serializers.CharField(max_length=32)
    instead_of = InsteadOf()


class SeenVersionShape(Shape):
    """A QEMU version that hypers in service run."""

    version = serializers.CharField(help_text="empty: not known from a collection")
    nodes = serializers.IntegerField()
    hostnames = serializers.ListField(child=serializers.CharField())


class QemuShape(Shape):
    """QEMU versions of a zone: configured and in use."""

    zone_id = serializers.CharField()
    emulators = serializers.DictField(
        child=serializers.CharField(), help_text="folder by version, from server.yaml"
    )
    default = serializers.CharField()
    seen = SeenVersionShape(many=True, help_text="what hypers in service run")
    region = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        help_text="number of hypers by zone of the region and version",
    )


class CountsShape(Shape):
    """Statistics of a zone."""

    zone_id = serializers.CharField()
    counted_at = serializers.DateTimeField(allow_null=True, help_text="null: rebuild-cache never ran")
    nodes = serializers.IntegerField()
    cores = serializers.IntegerField()
    memory_bytes = serializers.IntegerField()
    vbcs = serializers.IntegerField()
    eip_pools = serializers.IntegerField()
    by_status = serializers.DictField(child=serializers.IntegerField())
    by_role = serializers.DictField(child=serializers.IntegerField())


class FrontGateQuery(Request):
    """Ports of the front gate listener."""

    port = serializers.IntegerField(
        min_value=1, max_value=65535, help_text="free on the global proxies, another one for each zone"
    )
    server_port = serializers.IntegerField(
        min_value=0, max_value=65535, default=0, help_text="the front gate's own; 0: the same"
    )


class TickRequest(Request):
    """Request to tick a checklist item."""

    item = serializers.CharField(max_length=64)
    comment = serializers.CharField(max_length=MAX_REASON_CHARS, default="", allow_blank=True)


class UntickRequest(TickRequest):
    """Request to untick a checklist item."""

    ticked_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="of the tick that you looked at, as the list shows it: 409 when it is somebody else's and another one",
    )


class ChecklistShape(Shape):
    """An item of the checklist for the global side."""

    item = serializers.CharField()
    title = serializers.CharField(help_text="what is true when it is done")
    how = serializers.CharField(help_text="what to do and to look at")
    ticked_by = serializers.CharField(help_text="empty: nobody so far")
    ticked_at = serializers.DateTimeField(allow_null=True)
    comment = serializers.CharField()
    changed = serializers.BooleanField(help_text="it says something else than when it was ticked")

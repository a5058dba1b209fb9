"""Requests and responses of what is done to zones in service."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.audit import MAX_REASON_CHARS
from installer.api.serializers import MAX_NODES, NodesRequest, Request, Shape, one_of
from operations.models import ScaleOut
from operations.scale_out.service import MAX_NOTE_CHARS
from operations.supervisor.service import MAX_PROGRAMS


class ScaleRequest(NodesRequest):
    """Request to install the nodes of an approved plan."""

    batch = serializers.IntegerField(
        min_value=0, max_value=MAX_NODES, default=0, help_text="number of nodes to install at once; 0: all"
    )
    canary = serializers.IntegerField(
        min_value=0, max_value=MAX_NODES, default=0, help_text="number of nodes to install first"
    )
    max_failures = serializers.IntegerField(
        min_value=0, max_value=MAX_NODES, required=False, allow_null=True, default=None
    )
    dry_run = serializers.BooleanField(default=False, help_text="return every command without running it")


class InsteadOf(serializers.CharField):
    """A pending change by another person that the new one deliberately replaces."""

    def __init__(self, **kwargs: Any) -> None:
        text = "pending change of another person to replace, after you reviewed it; without it, 409"
        super().__init__(
            **{"max_length": 10, "default": "", "allow_blank": True, "help_text": text, **kwargs}
        )


class ScaleZoneRequest(ScaleRequest):
    """Request to install a new zone in a region."""

    cache_servers = serializers.CharField(
        max_length=4000,
        default="",
        allow_blank=True,
        help_text="HOST:PORT;HOST:PORT; default: the servers of the region",
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
    dry_run = serializers.BooleanField(default=False, help_text="return the keys without deleting them")


class CacheKeysShape(Shape):
    """Matching keys of one cache server."""

    server = serializers.CharField()
    keys = serializers.IntegerField(help_text="number of keys that the server lists")
    matching = serializers.IntegerField()
    incomplete = serializers.BooleanField(
        help_text="true if the server lists only some of its keys, so others may match"
    )
    error = serializers.CharField(help_text="why the server was not queried; empty if it was queried")
    names = serializers.ListField(child=serializers.CharField(), help_text="matching keys")


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
        help_text="the reviewed change; no other change is applied",
    )
    content_hash = serializers.CharField(
        max_length=64, default="", allow_blank=True, help_text="content hash of the reviewed change"
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

    summary = serializers.CharField(help_text="for example: 38 nodes: RUNNING; 2 differ")
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
        help_text="supervisor programs; empty: those that keep a list of zones",
    )
    group = serializers.CharField(
        max_length=253,
        default="",
        allow_blank=True,
        help_text="group of machines; empty: the usual group of these programs",
    )


class ServicesQuery(Request):
    """The machines whose programs are requested."""

    group = serializers.CharField(
        max_length=253,
        default="",
        help_text="group of machines, as for exec; default: all machines of the zone",
    )


class ServiceShape(Shape):
    """A program of the supervisor on a machine, or why the machine was not asked."""

    node_id = serializers.CharField(help_text="empty for an unregistered management VM")
    address = serializers.CharField()
    hostname = serializers.CharField()
    group = serializers.CharField(help_text="role of the node or of the management VM")
    service = serializers.CharField(help_text="empty if the machine has no program or could not be queried")
    state = serializers.CharField(help_text="state from supervisorctl, such as RUNNING or FATAL")
    since = serializers.DateTimeField(
        allow_null=True, help_text="start time; null if supervisorctl does not report it"
    )
    pid = serializers.IntegerField(allow_null=True)
    detail = serializers.CharField(help_text="output of supervisorctl after the state")
    error = serializers.CharField(help_text="why the machine could not be queried; empty if it was queried")
    wrong = serializers.BooleanField(
        help_text="true if a required program is not running or the machine could not be queried"
    )


class ServicesShape(Shape):
    """Programs of the supervisor on all machines of a zone."""

    zone_id = serializers.CharField()
    running = serializers.BooleanField(help_text="true if no row is wrong")
    rows = ServiceShape(many=True)


class VersionRequest(Request):
    """A QEMU version and its folder."""

    version = serializers.CharField(max_length=32)
    bin = serializers.CharField(
        max_length=200, default="", allow_blank=True, help_text="bin folder; empty: the default folder"
    )


class QemuRequest(Request):
    """Request to preview a change of QEMU versions."""

    versions = serializers.ListField(child=VersionRequest(), allow_empty=False, max_length=50)
    default = serializers.CharField(max_length=32)
    instead_of = InsteadOf()


class SeenVersionShape(Shape):
    """A QEMU version that hypers in service run."""

    version = serializers.CharField(help_text="empty if unknown")
    nodes = serializers.IntegerField()
    hostnames = serializers.ListField(child=serializers.CharField())


class QemuShape(Shape):
    """QEMU versions of a zone: configured and in use."""

    zone_id = serializers.CharField()
    emulators = serializers.DictField(
        child=serializers.CharField(), help_text="folder by version, from server.yaml"
    )
    default = serializers.CharField()
    seen = SeenVersionShape(many=True, help_text="versions that hypers in service run")
    region = serializers.DictField(
        child=serializers.DictField(child=serializers.IntegerField()),
        help_text="number of hypers by zone of the region and version",
    )


class CountsShape(Shape):
    """Statistics of a zone."""

    zone_id = serializers.CharField()
    counted_at = serializers.DateTimeField(allow_null=True, help_text="null if rebuild-cache never ran")
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
        min_value=1, max_value=65535, help_text="unused port on the global proxies, different for each zone"
    )
    server_port = serializers.IntegerField(
        min_value=0, max_value=65535, default=0, help_text="port of the front gate; 0: the same port"
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
        help_text="`ticked_at` of the tick that you viewed; 409 if the current tick is a different "
        "one by another person",
    )


class ChecklistShape(Shape):
    """An item of the checklist for the global side."""

    item = serializers.CharField()
    title = serializers.CharField(help_text="state to reach")
    how = serializers.CharField(help_text="what to do and what to check")
    ticked_by = serializers.CharField(help_text="empty if not ticked")
    ticked_at = serializers.DateTimeField(allow_null=True)
    comment = serializers.CharField()
    changed = serializers.BooleanField(help_text="true if the item has changed since it was ticked")


class BeginScaleOutRequest(Request):
    """Request to begin a scale-out."""

    into_region = serializers.BooleanField(
        default=False, help_text="the zone is new and joins its region, with the regional stages"
    )
    addresses = serializers.ListField(
        child=serializers.CharField(max_length=100),
        max_length=MAX_NODES,
        default=list,
        help_text="addresses that are not registered yet are added as nodes",
    )
    note = serializers.CharField(max_length=MAX_NOTE_CHARS, default="", allow_blank=True)
    port = serializers.IntegerField(min_value=1, max_value=65535, default=22)
    user = serializers.CharField(max_length=32, default="root")


class ChangeScaleOutRequest(Request):
    """Request to change an open scale-out; everything is optional, and done in this order."""

    add = serializers.ListField(
        child=serializers.CharField(max_length=100), max_length=MAX_NODES, default=list
    )
    remove = serializers.ListField(
        child=serializers.CharField(max_length=100), max_length=MAX_NODES, default=list
    )
    note = serializers.CharField(max_length=MAX_NOTE_CHARS, required=False, allow_blank=True)
    made_from = serializers.CharField(
        max_length=MAX_NOTE_CHARS,
        required=False,
        allow_blank=True,
        help_text="`note` as you read it; 409 if another person has changed it since",
    )
    routes_done = serializers.BooleanField(default=False, help_text="the return routes are on the gateway")
    close = serializers.BooleanField(default=False)


class ScaleOutRowShape(Shape):
    """A scale-out."""

    scale_out_id = serializers.CharField()
    zone_id = serializers.CharField()
    kind = one_of(ScaleOut.Kind.choices)
    status = one_of([("open", "open"), ("closed", "closed")])
    node_count = serializers.IntegerField()
    note = serializers.CharField(help_text="for whoever takes over")
    note_by = serializers.CharField()
    note_at = serializers.DateTimeField(allow_null=True)
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    routes_confirmed_by = serializers.CharField(help_text="empty until the routes are on the gateway")
    routes_confirmed_at = serializers.DateTimeField(allow_null=True)
    closed_by = serializers.CharField()
    closed_at = serializers.DateTimeField(allow_null=True)


class ScaleOutNodeShape(Shape):
    """A node of a scale-out."""

    node_id = serializers.CharField()
    mgmt_address = serializers.CharField()
    hostname = serializers.CharField()
    status = serializers.CharField()
    error = serializers.CharField()


class ActionShape(Shape):
    """What a person does next."""

    name = serializers.CharField(help_text="such as `establish_ssh`")
    label = serializers.CharField()  # type: ignore[assignment]
    subject = serializers.CharField(help_text="the job or the plan; may be empty")
    nodes = serializers.ListField(child=serializers.CharField(), help_text="management addresses")


class StageNoteShape(Shape):
    """What blocks a stage, or is worth a look."""

    code = serializers.CharField(help_text="may be empty")
    level = serializers.CharField(help_text="`error` blocks; `warning`, `info`")
    detail = serializers.CharField()
    nodes = serializers.ListField(child=serializers.CharField(), help_text="management addresses")


class StageShape(Shape):
    """A stage of a scale-out."""

    name = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField(
        help_text="`done`, `running` (a job works on it), `open` (a person goes on), `failed` (a person repairs "
        "something), `check` (done, with remarks), `waiting` (for an earlier stage)"
    )
    done = serializers.IntegerField()
    total = serializers.IntegerField()
    notes = StageNoteShape(many=True)
    action = ActionShape(allow_null=True)


class ScaleOutShape(ScaleOutRowShape):
    """A scale-out with its stages and what comes next."""

    nodes = ScaleOutNodeShape(many=True)
    plan_id = serializers.CharField(allow_null=True)
    job_id = serializers.CharField(allow_null=True)
    stages = StageShape(many=True)
    next = ActionShape(allow_null=True)

"""Request bodies and query parameters of the verbs."""

from __future__ import annotations

from math import isfinite
from typing import Any

from rest_framework import serializers

from common.audit import MAX_REASON_CHARS
from installer.logfile import SYNTAXES
from jobs.models import Job
from nodes.erasing.script import MODES
from nodes.models import CORRECTABLE, MAX_IDENTITY, DiskType
from nodes.services.export_nodes import FORMATS
from zones.states import PlanStatus

MAX_NODES = 4096
MAX_FILES = 100
MAX_FILE_CHARS = 1_000_000
_LEVELS = ("debug", "info", "warning", "error")


class Request(serializers.Serializer[Any]):
    """Base of all requests: an unknown field is an error, not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """Validate the fields. Raises :class:`ValidationError` naming every invalid or unknown field."""
        known = {name for name, field in self.fields.items() if not field.read_only}
        unknown = sorted(set(data) - known) if hasattr(data, "keys") else []
        if unknown:
            use = f"use {', '.join(sorted(known))}" if known else "this takes none"
            raise serializers.ValidationError(
                {str(name)[:80]: [f"there is no such field: {use}"] for name in unknown[:20]}
            )
        return super().to_internal_value(data)


class AddressList(serializers.ListField):
    """Addresses, ranges ``A-B`` or networks in CIDR form."""

    child = serializers.CharField(max_length=100)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": MAX_NODES, **kwargs})


class NodesRequest(Request):
    """Nodes, by address or by id."""

    addresses = AddressList(required=False, help_text="addresses, ranges A-B or networks in CIDR form")
    node_ids = serializers.ListField(
        child=serializers.CharField(max_length=10), max_length=MAX_NODES, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that nodes are named. Raises :class:`ValidationError` if not."""
        if not attrs.get("addresses") and not attrs.get("node_ids"):
            raise serializers.ValidationError({"addresses": ["name nodes: addresses or node_ids"]})
        return attrs


class AddNodesRequest(Request):
    """Request to add nodes."""

    addresses = AddressList(allow_empty=False, help_text="addresses, ranges A-B or networks in CIDR form")
    port = serializers.IntegerField(min_value=1, max_value=65535, default=22)
    user = serializers.CharField(max_length=32, default="root")


class CollectRequest(NodesRequest):
    """Request to collect the hardware of nodes."""

    force = serializers.BooleanField(default=False, help_text="also nodes that are in service")


class EstablishRequest(NodesRequest):
    """Request to enable key login on nodes."""

    port = serializers.IntegerField(min_value=1, max_value=65535, required=False, allow_null=True)
    user = serializers.CharField(max_length=32, required=False, allow_null=True)
    password = serializers.CharField(
        write_only=True,
        required=False,
        allow_null=True,
        max_length=1024,
        trim_whitespace=False,
        help_text="used once; leave it out when key login works already",
    )
    accept_new = serializers.BooleanField(
        default=None,
        allow_null=True,
        help_text="trust the key of a host that has none pinned; by default when no known_hosts are given",
    )
    known_hosts = serializers.CharField(
        required=False,
        allow_blank=True,
        trim_whitespace=False,
        max_length=MAX_FILE_CHARS,
        help_text="host keys in the format of OpenSSH, as ssh-keyscan prints them: only these are accepted",
    )
    replace_host_keys = AddressList(required=False, help_text="after a person compared the fingerprints")


class ErasePreviewRequest(NodesRequest):
    """Request to preview the erasing of disks."""

    disks = serializers.ListField(
        child=serializers.CharField(max_length=64),
        allow_empty=False,
        max_length=256,
        help_text="on every node",
    )
    mode = serializers.ChoiceField(
        MODES, default="quick", help_text="quick: signatures and both ends; full: every byte"
    )


class EraseRequest(Request):
    """Request to erase the disks of a preview."""

    permit_id = serializers.CharField(max_length=10, help_text="of a preview that you made and looked at")


class ReparseRequest(NodesRequest):
    """Request to parse stored collections again."""

    dry_run = serializers.BooleanField(default=False, help_text="only tell what would change")
    force = serializers.BooleanField(default=False, help_text="also nodes that are in service")


class Confirmed(serializers.Serializer[Any]):
    """Confirmation of a verb that cannot be undone; a mixin for requests."""

    confirm = serializers.CharField(
        max_length=2000,
        default="",
        allow_blank=True,
        help_text="the host names that it is about, separated by blanks; of more than 5 nodes their number",
    )


class DeleteNodeRequest(Request, Confirmed):
    """Confirmation to delete a node; needed if it was corrected manually or has been in service."""


class RetireRequest(NodesRequest, Confirmed):
    """Request to take nodes out of service."""

    reason = serializers.CharField(
        max_length=MAX_REASON_CHARS, default="", allow_blank=True, help_text="needed, but for a dry run"
    )
    dry_run = serializers.BooleanField(default=False, help_text="only tell what would follow")


class ImportRequest(Request):
    """Request to import a file of nodes."""

    name = serializers.CharField(
        max_length=255, default="", allow_blank=True, help_text="of the file, for findings"
    )
    text = serializers.CharField(
        trim_whitespace=False, help_text="JSON in the shape of describe_nodes, or CSV as exported"
    )
    dry_run = serializers.BooleanField(default=False, help_text="only tell what would change")
    force = serializers.BooleanField(default=False, help_text="also facts of nodes that are in service")


class ModifyDisksRequest(NodesRequest):
    """Request to correct a disk on nodes."""

    disk = serializers.CharField(
        max_length=MAX_IDENTITY, help_text="name, or `identity` of an absent disk, to clear what waits for it"
    )
    type = serializers.ChoiceField(DiskType.choices, required=False, allow_null=True)
    size_bytes = serializers.IntegerField(min_value=1, max_value=10**18, required=False, allow_null=True)
    status = serializers.ChoiceField([0, 1], required=False, allow_null=True)
    clear = serializers.ListField(child=serializers.ChoiceField(CORRECTABLE), required=False)
    reason = serializers.CharField(max_length=MAX_REASON_CHARS, required=False, allow_blank=True)
    seen = serializers.DictField(
        child=serializers.CharField(max_length=400),
        required=False,
        help_text="known_by of the disk that you looked at, by address: refused where the name is another disk's now",
    )
    seen_at = serializers.DateTimeField(
        required=False,
        allow_null=True,
        help_text="when the disk was looked at: 409 with what somebody else said of the same field since then, or "
        "cleared; without it 409 with whatever somebody else said that this would undo",
    )
    dry_run = serializers.BooleanField(default=False, help_text="only show what would count")


class FileRequest(Request):
    """A file sent as text."""

    name = serializers.CharField(max_length=255)
    text = serializers.CharField(max_length=MAX_FILE_CHARS, trim_whitespace=False, allow_blank=True)


class ConfigRequest(Request):
    """Request to check configuration files and create plans."""

    variables = serializers.ListField(child=FileRequest(), required=False, max_length=MAX_FILES)
    settings = serializers.ListField(child=FileRequest(), max_length=MAX_FILES)
    check = serializers.BooleanField(default=False, help_text="only check, change nothing")
    force = serializers.BooleanField(default=False, help_text="replace an approved plan")
    rekey_from = serializers.CharField(
        max_length=64, default="", allow_blank=True, help_text="former id of a zone whose zone_id changed"
    )
    rekey_confirmed = serializers.BooleanField(
        default=False, help_text="the rows that move to the new id were read (they are listed without it)"
    )


class ConfigFormRequest(serializers.Serializer[Any]):
    """The same request as a form, with one part per file."""

    variables = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=255),
        required=False,
        max_length=MAX_FILES,
    )
    settings = serializers.ListField(
        child=serializers.FileField(allow_empty_file=True, max_length=255), max_length=MAX_FILES
    )
    check = serializers.BooleanField(default=False)
    force = serializers.BooleanField(default=False)


class AdoptRequest(Request):
    """Request to register a running zone."""

    variables = FileRequest()
    settings = FileRequest()
    check = serializers.BooleanField(
        default=False, help_text="answer what would be recorded (200), record nothing"
    )
    content_hash = serializers.CharField(
        max_length=64, default="", allow_blank=True, help_text="of the preview that was looked at"
    )


class SeenPlan(serializers.Serializer[Any]):
    """The version of a plan that was viewed before the verb; a mixin for requests."""

    content_hash = serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        help_text="of the plan as it was looked at, or its ETag in If-Match; 409 with the difference when it is another",
    )
    seen_status = serializers.ChoiceField(
        [PlanStatus.DRAFT, PlanStatus.APPROVED],
        required=False,
        allow_blank=True,
        default="",
        help_text="of the plan as it was looked at: 409 when somebody decided meanwhile",
    )


class EditFileRequest(Request, SeenPlan):
    """Request to edit a file of a plan."""

    path = serializers.CharField(max_length=255)
    content = serializers.CharField(max_length=MAX_FILE_CHARS, trim_whitespace=False, allow_blank=True)
    content_hash = serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        help_text="of the file (or the plan) that the text was made from, or its ETag in If-Match; "
        "409 with the difference when somebody changed the file meanwhile",
    )


class FileQuery(Request):
    """Path of a file of a plan."""

    path = serializers.CharField(max_length=255)


class DecideRequest(Request, SeenPlan):
    """Request to approve or reject a plan."""

    comment = serializers.CharField(max_length=MAX_REASON_CHARS, required=False, allow_blank=True, default="")


class LeaveOutRequest(NodesRequest, SeenPlan):
    """Request to continue a plan without some nodes."""

    reason = serializers.CharField(max_length=MAX_REASON_CHARS, required=False, allow_blank=True, default="")


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


class CancelRequest(Request):
    """Request to cancel a job."""

    now = serializers.BooleanField(default=False, help_text="also end what runs on the nodes")


class ResumeRequest(Request):
    """Request to resume a job."""

    addresses = AddressList(required=False, help_text="only these nodes of the job")
    from_phase = serializers.CharField(
        max_length=Job._meta.get_field("action").max_length, required=False, allow_blank=True
    )


class SettleRequest(Request):
    """Request to confirm that a job has stopped on nodes."""

    addresses = AddressList(required=False, help_text="the nodes that were looked at; each is named")
    reason = serializers.CharField(
        max_length=MAX_REASON_CHARS, help_text="how you know that nothing runs there"
    )


class InsteadOf(serializers.CharField):
    """A pending change by another person that the new one deliberately replaces."""

    def __init__(self, **kwargs: Any) -> None:
        text = (
            "a change of somebody else that waits and was looked at: the new one takes its place, 409 without"
        )
        super().__init__(
            **{"max_length": 10, "default": "", "allow_blank": True, "help_text": text, **kwargs}
        )


class NothingRequest(Request):
    """Request of a verb without parameters."""


class LinesQuery(Request):
    """Selection of log lines."""

    node = serializers.CharField(max_length=64, default="", allow_blank=True, help_text="management address")
    phase = serializers.CharField(max_length=64, default="", allow_blank=True)
    level = serializers.ChoiceField(
        _LEVELS, default="", allow_blank=True, help_text="lines as grave as this or graver"
    )


class LogQuery(LinesQuery):
    """Selection and format of log lines."""

    syntax = serializers.ChoiceField(
        SYNTAXES, required=False, help_text="text, or jsonl: one JSON object a line; else as Accept says"
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
        min_value=0, max_value=2**62, default=0, help_text="last_seq of the answer before"
    )
    limit = serializers.IntegerField(min_value=1, max_value=5000, default=1000)
    wait = SecondsField(
        min_value=0, max_value=25, default=0, help_text="seconds to wait for a line when there is none yet"
    )


class DiffQuery(Request):
    """Which parts of the files of a plan are returned."""

    diff = serializers.BooleanField(default=True, help_text="each file as a unified diff")
    files = serializers.BooleanField(default=True, help_text="the content of each file")


class ExportQuery(Request):
    """Format of an export."""

    def get_fields(self) -> dict[str, Any]:
        """Declare ``as`` here, since it is a reserved word and cannot be a class attribute."""
        return {"as": serializers.ChoiceField(FORMATS, default="json")}


class RoutesQuery(Request):
    """Syntax and selection of return routes."""

    syntax = serializers.ChoiceField(("iproute2", "cisco", "h3c", "frr", "json"), default="iproute2")
    group = serializers.CharField(max_length=128, default="", allow_blank=True)
    job = serializers.CharField(max_length=10, default="", allow_blank=True)

"""Requests and responses of plans."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from common.audit import MAX_REASON_CHARS
from installer.api.serializers import MAX_FILE_CHARS, FindingShape, NodesRequest, Request, Shape, one_of
from zones.models import Plan
from zones.states import PlanStatus

MAX_FILES = 100


class FileRequest(Request):
    """A file sent as text."""

    name = serializers.CharField(max_length=255)
    text = serializers.CharField(max_length=MAX_FILE_CHARS, trim_whitespace=False, allow_blank=True)


class ConfigRequest(Request):
    """Request to check configuration files and create plans."""

    variables = serializers.ListField(child=FileRequest(), required=False, max_length=MAX_FILES)
    settings = serializers.ListField(child=FileRequest(), max_length=MAX_FILES)
    check = serializers.BooleanField(default=False, help_text="check only, change nothing")
    force = serializers.BooleanField(default=False, help_text="replace an approved plan")
    rekey_from = serializers.CharField(
        max_length=64, default="", allow_blank=True, help_text="previous id of a zone whose zone_id changed"
    )
    rekey_confirmed = serializers.BooleanField(
        default=False, help_text="confirms the rows that move to the new id (without it, they are listed)"
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


class SeenPlan(serializers.Serializer[Any]):
    """The version of a plan that was viewed before the verb; a mixin for requests."""

    content_hash = serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        help_text="content hash of the viewed plan, or its ETag in If-Match; 409 with the "
        "difference if the plan has changed",
    )
    seen_status = serializers.ChoiceField(
        [PlanStatus.DRAFT, PlanStatus.APPROVED],
        required=False,
        allow_blank=True,
        default="",
        help_text="status of the viewed plan; 409 if it has been decided in the meantime",
    )


class EditFileRequest(Request, SeenPlan):
    """Request to edit a file of a plan."""

    path = serializers.CharField(max_length=255)
    content = serializers.CharField(max_length=MAX_FILE_CHARS, trim_whitespace=False, allow_blank=True)
    content_hash = serializers.CharField(
        max_length=64,
        required=False,
        allow_blank=True,
        help_text="content hash of the file (or the plan) that the edit is based on, or its ETag "
        "in If-Match; 409 with the difference if the file has changed in the meantime",
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


class DiffQuery(Request):
    """Which parts of the files of a plan are returned."""

    diff = serializers.BooleanField(default=True, help_text="include each file as a unified diff")
    files = serializers.BooleanField(default=True, help_text="include the content of each file")


class PlanRowShape(Shape):
    """A plan in a list."""

    plan_id = serializers.CharField()
    zone_id = serializers.CharField()
    revision = serializers.IntegerField()
    kind = serializers.ChoiceField(Plan.Kind.choices)
    status = one_of(PlanStatus.choices)
    content_hash = serializers.CharField()
    comment = serializers.CharField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    applied_at = serializers.DateTimeField(allow_null=True)
    job_id = serializers.CharField()


class PlanVbcShape(Shape):
    """A base network assigned by a plan."""

    ipv4_vbc = serializers.CharField()
    ipv4_vip = serializers.CharField()
    ipv6_vbc = serializers.CharField()
    ipv6_vip = serializers.CharField()
    master = serializers.CharField()
    mgmt_ips = serializers.ListField(child=serializers.CharField())


class PlanFileShape(Shape):
    """A file that a plan writes."""

    path = serializers.CharField()
    address = serializers.CharField()
    status = one_of(["added", "changed", "removed", "same"])
    content = serializers.CharField()
    content_hash = serializers.CharField(help_text="SHA-256 of the text, to identify it in an edit")
    edited_by = serializers.CharField(help_text="who edited the file; empty if it was not edited")
    edited_at = serializers.DateTimeField(allow_null=True)
    diff = serializers.CharField(required=False, help_text="difference to the current file of the zone")
    edit_diff = serializers.CharField(required=False, help_text="difference made by the edit")


class DestroyedDiskShape(Shape):
    """A disk that the installation formats."""

    node = serializers.CharField(help_text="management address")
    hostname = serializers.CharField()
    name = serializers.CharField()
    model = serializers.CharField()
    serial = serializers.CharField()
    size_bytes = serializers.IntegerField()
    holds = serializers.ListField(
        child=serializers.CharField(), help_text="content found by the last collection"
    )
    becomes = serializers.CharField()
    erased_first = serializers.BooleanField(help_text="whether the plan erases the content before formatting")


class PlanShape(PlanRowShape):
    """A plan with its findings, roles, networks and files."""

    destroys = DestroyedDiskShape(
        many=True,
        help_text="disks that the installation formats, unusual ones first; empty once the plan is closed",
    )
    findings = FindingShape(many=True)
    roles = serializers.DictField(child=serializers.JSONField(), help_text="by management address")
    vbcs = PlanVbcShape(many=True)
    vbc_count = serializers.IntegerField()
    summary = serializers.JSONField(
        help_text="number of files by status, and groups of nodes with identical changes"
    )
    eips = serializers.ListField(child=serializers.JSONField())
    files = PlanFileShape(many=True, required=False)


class LeftOutShape(PlanShape):
    """A plan after nodes were left out."""

    again = serializers.ListField(
        child=serializers.CharField(),
        help_text="host names in service whose settings change; scale them again",
    )
    changed_files = serializers.ListField(
        child=serializers.CharField(), help_text="paths of the changed files"
    )


class ConfiguredShape(Shape):
    """The result of checking the configuration of one zone."""

    zone_id = serializers.CharField()
    findings = FindingShape(many=True)
    plan = PlanShape(allow_null=True, help_text="null if only checked")


class ConfiguredListShape(Shape):
    """The results of checking configuration files, by zone."""

    zones = ConfiguredShape(many=True)

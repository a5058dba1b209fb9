"""The part of the zones endpoint about QEMU versions and statistics."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from installer.api.actors import actor_of
from installer.api.base import RowsViewSet, describes_verb, parsed, problems, started
from installer.api.operations.upkeep import ApplyChangeRequest, FileChangeShape
from installer.api.requests import InsteadOf, NothingRequest, Request
from installer.api.shapes import Shape
from jobs.queries import stamp
from operations.changes import change_json
from operations.qemu.service import (
    apply_qemu_version,
    region_versions,
    seen_versions,
    set_qemu_version,
    set_up_versions,
)
from operations.statistics.service import rebuild_cache
from zones.services.lookups import find_zone
from zones.services.statistics import kept_counts


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


class TendingVerbs(RowsViewSet):
    """QEMU versions and statistics of a zone."""

    @extend_schema(responses={200: QemuShape, **problems(400, 404)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def qemu(self, request: HttpRequest, **key: str) -> Response:
        """Return the versions configured in server.yaml and those that hypers run."""
        zone = find_zone(self.kwargs["zone_id"])
        emulators, default = set_up_versions(zone_id=zone.zone_id)
        return Response(
            {
                "zone_id": zone.zone_id,
                "emulators": emulators,
                "default": default,
                "seen": seen_versions(zone_id=zone.zone_id),
                "region": region_versions(region_id=zone.region_id),
            }
        )

    @describes_verb(QemuRequest, FileChangeShape, status=201, filters=False)
    @action(detail=True, methods=["post"], url_path="qemu/preview", pagination_class=None)
    def qemu_preview(self, request: HttpRequest, **key: str) -> Response:
        """Store the server.yaml that results from these versions, for review and approval."""
        values = parsed(QemuRequest, request.data)
        change = set_qemu_version(
            zone_id=self.kwargs["zone_id"],
            versions=[(item["version"], item["bin"]) for item in values["versions"]],
            default=values["default"],
            instead_of=values["instead_of"],
            actor=actor_of(request),
        )
        return Response(change_json(change), status=201)

    @describes_verb(ApplyChangeRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="qemu/apply", pagination_class=None)
    def qemu_apply(self, request: HttpRequest, **key: str) -> Response:
        """Apply the approved server.yaml and distribute it, with the packages that outdated nodes lack."""
        values = parsed(ApplyChangeRequest, request.data)
        return started(apply_qemu_version(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values))

    @extend_schema(responses={200: CountsShape, **problems(404)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def counts(self, request: HttpRequest, **key: str) -> Response:
        """Return the statistics of the zone from the last rebuild-cache."""
        values, counted_at = kept_counts(zone_id=self.kwargs["zone_id"])
        return Response({"zone_id": self.kwargs["zone_id"], "counted_at": stamp(counted_at), **values})

    @describes_verb(NothingRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="rebuild-cache", pagination_class=None)
    def rebuild_cache(self, request: HttpRequest, **key: str) -> Response:
        """Recount the statistics of the zone, including those of BOSS V2 where the zone has it."""
        parsed(NothingRequest, request.data)
        return started(rebuild_cache(zone_id=self.kwargs["zone_id"], actor=actor_of(request)))

"""The part of the zones endpoint about QEMU versions."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, problems, started
from installer.api.operations.serializers import ApplyChangeRequest, FileChangeShape, QemuRequest, QemuShape
from operations.changes import change_json
from operations.qemu.service import (
    apply_qemu_version,
    region_versions,
    seen_versions,
    set_qemu_version,
    set_up_versions,
)
from zones.services.lookups import find_zone


class QemuVerbs(RowsViewSet):
    """QEMU versions."""

    @extend_schema(responses={200: QemuShape, **problems(400, 404)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def qemu(self, request: Request, **key: str) -> Response:
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
    def qemu_preview(self, request: Request, **key: str) -> Response:
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
    def qemu_apply(self, request: Request, **key: str) -> Response:
        """Apply the approved server.yaml and distribute it, with the packages that outdated nodes lack."""
        values = parsed(ApplyChangeRequest, request.data)
        return started(apply_qemu_version(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values))

"""The part of the zones endpoint about the installation of nodes and zones."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, parsed, problems, started
from installer.api.jobs.serializers import JobShape
from installer.api.lookups import take_addresses
from installer.api.operations.serializers import DryStepShape, ScaleRequest, ScaleZoneRequest
from jobs.services.submit import Pace
from operations.scaling.scale import dry_run, scale_qingcloud
from operations.scaling.scale_zone import dry_run_zone, scale_qingcloud_zone


class ScaleVerbs(RowsViewSet):
    """The installation of nodes and zones."""

    @extend_schema(
        request=ScaleRequest,
        responses={202: JobShape, 200: DryStepShape(many=True), **problems(400, 404, 409, 413)},
        filters=False,
    )
    @action(detail=True, methods=["post"], pagination_class=None)
    def scale(self, request: Request, **key: str) -> Response:
        """Install the nodes of the approved plan; with `dry_run`, return every command instead (200)."""
        values = parsed(ScaleRequest, request.data)
        zone_id, addresses = self.kwargs["zone_id"], take_addresses(values)
        if values.pop("dry_run"):
            self.hold()
            return Response(dry_run(zone_id=zone_id, addresses=addresses))
        return started(
            scale_qingcloud(
                zone_id=zone_id, addresses=addresses, pace=Pace(**values), actor=actor_of(request)
            )
        )

    @extend_schema(
        request=ScaleZoneRequest,
        responses={202: JobShape, 200: DryStepShape(many=True), **problems(400, 404, 409, 413)},
        filters=False,
    )
    @action(detail=True, methods=["post"], url_path="scale-zone", pagination_class=None)
    def scale_zone(self, request: Request, **key: str) -> Response:
        """Install a new zone and register it in its region; with `dry_run`, return every command instead (200)."""
        values = parsed(ScaleZoneRequest, request.data)
        named = {
            "zone_id": self.kwargs["zone_id"],
            "addresses": take_addresses(values),
            "cache_servers": values.pop("cache_servers"),
        }
        if values.pop("dry_run"):
            self.hold()
            return Response(dry_run_zone(**named))
        return started(scale_qingcloud_zone(**named, pace=Pace(**values), actor=actor_of(request)))

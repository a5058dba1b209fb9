"""The part of the zones endpoint about scale-outs: the work of bringing nodes into a zone, stage by stage."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, problems
from installer.api.operations.serializers import (
    BeginScaleOutRequest,
    ChangeScaleOutRequest,
    ScaleOutRowShape,
    ScaleOutShape,
)
from operations.models import ScaleOut
from operations.scale_out.service import (
    begin_scale_out,
    change_scale_out,
    describe_scale_out,
    find_scale_out,
    list_scale_outs,
)

_ONE = r"scale-outs/(?P<scale_out_id>s-[0-9A-Za-z]+)"


class ScaleOutVerbs(RowsViewSet):
    """Scale-outs of a zone."""

    @extend_schema(
        operation_id="zones_scale_outs_list",
        responses={200: ScaleOutRowShape(many=True), **problems(404)},
        filters=False,
    )
    @action(detail=True, methods=["get"], url_path="scale-outs", pagination_class=None)
    def scale_outs(self, request: Request, **key: str) -> Response:
        """List the scale-outs of a zone, newest first, without their stages."""
        return Response(list_scale_outs(zone_id=self.kwargs["zone_id"]))

    @describes_verb(BeginScaleOutRequest, ScaleOutShape, status=201, filters=False)
    @action(detail=True, methods=["post"], url_path="scale-outs/begin", pagination_class=None)
    def begin_scale_out(self, request: Request, **key: str) -> Response:
        """Begin a scale-out. The zone need not exist yet; it has one open scale-out at most."""
        values = parsed(BeginScaleOutRequest, request.data)
        kind = ScaleOut.Kind.ZONE if values.pop("into_region") else ScaleOut.Kind.NODES
        begun = begin_scale_out(kind=kind, zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values)
        return Response(describe_scale_out(scale_out_id=begun.scale_out_id), status=201)

    @extend_schema(responses={200: ScaleOutShape, **problems(404)}, filters=False)
    @action(detail=True, methods=["get"], url_path=_ONE, pagination_class=None)
    def scale_out(self, request: Request, **key: str) -> Response:
        """Return a scale-out with its stages: the state of each, what blocks it, and what to do next."""
        return Response(self._described())

    @describes_verb(ChangeScaleOutRequest, ScaleOutShape, status=200, filters=False)
    @action(detail=True, methods=["post"], url_path=f"{_ONE}/change", pagination_class=None)
    def change_scale_out(self, request: Request, **key: str) -> Response:
        """Add nodes or take nodes out, write the note, confirm the return routes, or close it."""
        values = parsed(ChangeScaleOutRequest, request.data)
        found = find_scale_out(self.kwargs["scale_out_id"], self.kwargs["zone_id"])
        change_scale_out(scale_out_id=found.scale_out_id, actor=actor_of(request), **values)
        return Response(self._described())

    def _described(self) -> dict[str, Any]:
        return describe_scale_out(scale_out_id=self.kwargs["scale_out_id"], zone_id=self.kwargs["zone_id"])

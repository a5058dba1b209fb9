"""The part of the zones endpoint about the global side: the front gate listener and the checklist."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, problems, takes
from installer.api.operations.serializers import ChecklistShape, FrontGateQuery, TickRequest, UntickRequest
from installer.api.renderers import JsonToo, PlainText
from operations.region.service import tick_checklist, untick_checklist, zone_checklist, zone_front_gate


class RegionVerbs(RowsViewSet):
    """The global side: the front gate listener and the checklist."""

    @extend_schema(
        parameters=[FrontGateQuery],
        responses={(200, "text/plain"): OpenApiTypes.STR, **problems(400, 404)},
        filters=False,
    )
    @action(
        detail=True,
        methods=["get"],
        url_path="front-gate",
        pagination_class=None,
        renderer_classes=[PlainText, JsonToo],
    )
    @takes(FrontGateQuery)
    def front_gate(self, request: Request, **key: str) -> Response:
        """Return the listener of the global proxies for the zone's front gate, ready to paste."""
        text = zone_front_gate(zone_id=self.kwargs["zone_id"], **self.asked())
        request.accepted_renderer = PlainText()
        return Response(text, content_type="text/plain; charset=utf-8")

    @extend_schema(responses={200: ChecklistShape(many=True), **problems(400, 404)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def checklist(self, request: Request, **key: str) -> Response:
        """List the tasks on the global side, and who ticked each item when."""
        return Response(zone_checklist(zone_id=self.kwargs["zone_id"]))

    @describes_verb(TickRequest, ChecklistShape(many=True), status=200, filters=False)
    @action(detail=True, methods=["post"], url_path="checklist/tick", pagination_class=None)
    def checklist_tick(self, request: Request, **key: str) -> Response:
        """Mark an item as done; returns the list."""
        return self._ticked(request, tick_checklist, TickRequest)

    @describes_verb(UntickRequest, ChecklistShape(many=True), status=200, filters=False)
    @action(detail=True, methods=["post"], url_path="checklist/untick", pagination_class=None)
    def checklist_untick(self, request: Request, **key: str) -> Response:
        """Untick an item; returns the list."""
        return self._ticked(request, untick_checklist, UntickRequest)

    def _ticked(self, request: Request, verb: Any, shape: type[TickRequest]) -> Response:
        values = parsed(shape, request.data)
        verb(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values)
        return Response(zone_checklist(zone_id=self.kwargs["zone_id"]))

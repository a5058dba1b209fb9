"""The part of the zones endpoint about the global side: the front gate listener and the checklist."""

from __future__ import annotations

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from common.audit import MAX_REASON_CHARS
from installer.api.actors import actor_of
from installer.api.base import RowsViewSet, describes_verb, parsed, problems, takes
from installer.api.plaintext import JsonToo, PlainText
from installer.api.requests import Request
from installer.api.shapes import Shape
from operations.region.service import tick_checklist, untick_checklist, zone_checklist, zone_front_gate


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


class JoinVerbs(RowsViewSet):
    """The part of the zones endpoint that joins a zone to the global zone of its region."""

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
    def front_gate(self, request: HttpRequest, **key: str) -> Response:
        """Return the listener of the global proxies for the zone's front gate, ready to paste."""
        text = zone_front_gate(zone_id=self.kwargs["zone_id"], **self.asked())
        request.accepted_renderer = PlainText()
        return Response(text, content_type="text/plain; charset=utf-8")

    @extend_schema(responses={200: ChecklistShape(many=True), **problems(400, 404)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def checklist(self, request: HttpRequest, **key: str) -> Response:
        """List what has to be done on the global side, and who ticked each item when."""
        return Response(zone_checklist(zone_id=self.kwargs["zone_id"]))

    @describes_verb(TickRequest, ChecklistShape(many=True), status=200, filters=False)
    @action(detail=True, methods=["post"], url_path="checklist/tick", pagination_class=None)
    def checklist_tick(self, request: HttpRequest, **key: str) -> Response:
        """Mark an item as done; returns the list."""
        return self._ticked(request, tick_checklist, TickRequest)

    @describes_verb(UntickRequest, ChecklistShape(many=True), status=200, filters=False)
    @action(detail=True, methods=["post"], url_path="checklist/untick", pagination_class=None)
    def checklist_untick(self, request: HttpRequest, **key: str) -> Response:
        """Untick an item; returns the list."""
        return self._ticked(request, untick_checklist, UntickRequest)

    def _ticked(self, request: HttpRequest, verb: Any, shape: type[Request]) -> Response:
        values = parsed(shape, request.data)
        verb(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values)
        return Response(zone_checklist(zone_id=self.kwargs["zone_id"]))

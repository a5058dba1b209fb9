"""The part of the zones endpoint about the proxies of a zone."""

from __future__ import annotations

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, problems, started
from installer.api.operations.serializers import ApplyChangeRequest, FileChangeShape, PreviewRequest
from installer.api.renderers import JsonToo, PlainText
from operations.changes import change_json
from operations.haproxy.service import apply_haproxy, preview_haproxy, zone_haproxy


class HaproxyVerbs(RowsViewSet):
    """The proxies of a zone."""

    @extend_schema(responses={(200, "text/plain"): OpenApiTypes.STR, **problems(400, 404)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None, renderer_classes=[PlainText, JsonToo])
    def haproxy(self, request: Request, **key: str) -> Response:
        """Return the listeners of the zone's proxies, ready to paste."""
        text = zone_haproxy(zone_id=self.kwargs["zone_id"])
        request.accepted_renderer = PlainText()
        return Response(text, content_type="text/plain; charset=utf-8")

    @describes_verb(PreviewRequest, FileChangeShape, status=201, filters=False)
    @action(detail=True, methods=["post"], url_path="haproxy/preview", pagination_class=None)
    def haproxy_preview(self, request: Request, **key: str) -> Response:
        """Read haproxy.cfg from every proxy and store the resulting files, for review and approval."""
        values = parsed(PreviewRequest, request.data)
        self.hold()
        change = preview_haproxy(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values)
        return Response(change_json(change), status=201)

    @describes_verb(ApplyChangeRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="haproxy/apply", pagination_class=None)
    def haproxy_apply(self, request: Request, **key: str) -> Response:
        """Write the approved change to one proxy after another; 409 if it is not the change that was named."""
        values = parsed(ApplyChangeRequest, request.data)
        return started(apply_haproxy(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values))

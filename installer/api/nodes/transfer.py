"""/nodes/export/ and /nodes/import/: export nodes to a file, import them from one."""

from __future__ import annotations

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, problems, takes
from installer.api.nodes.serializers import ExportQuery, ImportedShape, ImportRequest
from installer.downloads import nodes_file
from nodes.describe import imported_json
from nodes.services.export_nodes import FORMATS
from nodes.services.import_nodes import import_nodes


class TransferVerbs(RowsViewSet):
    """The part of the nodes endpoint about files."""

    @extend_schema(
        parameters=[OpenApiParameter("as", enum=FORMATS, default="json", description="file format")],
        responses={
            (200, "application/json"): OpenApiResponse(OpenApiTypes.OBJECT, "A file for import"),
            (200, "text/csv"): OpenApiResponse(OpenApiTypes.BINARY, "A file for import"),
            **problems(400, 429),
        },
    )
    @action(detail=False, methods=["get"], pagination_class=None)
    @takes(ExportQuery, filtered=True)
    def export(self, request: Request) -> StreamingHttpResponse:
        """Export nodes, their facts and corrections to a file; accepts the filters of the list."""
        kind = self.asked()["as"]
        self.hold()
        nodes = self.filter_queryset(self.get_queryset())
        return nodes_file(nodes, kind)

    @describes_verb(ImportRequest, ImportedShape(many=True), status=200, filters=False)
    @action(detail=False, methods=["post"], url_path="import", pagination_class=None)
    def import_file(self, request: Request) -> Response:
        """Import a file; its facts count as a collection. With ``dry_run``, only report changes."""
        values = parsed(ImportRequest, request.data)
        done = import_nodes(
            data=values["text"].encode("utf-8", "replace"),
            file=values["name"],
            dry_run=values["dry_run"],
            force=values["force"],
            actor=actor_of(request),
        )
        return Response([imported_json(item.address, item.what, item.changes, item.notes) for item in done])

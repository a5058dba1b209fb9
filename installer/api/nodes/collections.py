"""/nodes/{id}/collections/: list stored collections of a node, download its raw output."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, problems
from installer.api.nodes.serializers import CollectionShape
from nodes.describe import collection_json
from nodes.services.collections import collections_of, raw_output


class CollectionVerbs(RowsViewSet):
    """The part of the nodes endpoint about collections."""

    @extend_schema(responses={200: CollectionShape(many=True), **problems(404)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def collections(self, request: Request, **key: str) -> Response:
        """List every stored collection of the node, newest first."""
        rows = collections_of(address=str(self.one().mgmt_address))
        return Response([collection_json(row) for row in rows])

    @extend_schema(
        responses={
            (200, "text/plain"): OpenApiResponse(OpenApiTypes.BINARY, "Raw output of the node"),
            **problems(404),
        },
        filters=False,
    )
    @action(detail=True, methods=["get"], url_path="collections/(?P<number>[0-9]{1,18})/raw")
    def raw_collection(self, request: Request, number: str, **key: Any) -> HttpResponse:
        """Download the raw output of one collection, for a bug report."""
        node = self.one()
        self.hold()
        row, raw = raw_output(address=str(node.mgmt_address), number=int(number))
        name = f"{node.node_id}-{row.pk}.txt"
        return HttpResponse(
            raw,
            content_type="text/plain; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

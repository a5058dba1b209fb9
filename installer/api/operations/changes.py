"""The part of the zones endpoint about reviewed changes of files in service."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, problems
from installer.api.operations.serializers import ApproveChangeRequest, FileChangeShape
from operations.changes import approve_change, change_json, list_changes


class ChangeVerbs(RowsViewSet):
    """Reviewed changes of files in service."""

    @extend_schema(responses={200: FileChangeShape(many=True), **problems(404)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def changes(self, request: Request, **key: str) -> Response:
        """List reviewed changes of files in service with their diffs, newest first."""
        return Response(list_changes(zone_id=self.kwargs["zone_id"]))

    @describes_verb(ApproveChangeRequest, FileChangeShape, status=200, filters=False)
    @action(detail=True, methods=["post"], url_path="changes/approve", pagination_class=None)
    def approve_change(self, request: Request, **key: str) -> Response:
        """Approve exactly what a preview showed."""
        values = parsed(ApproveChangeRequest, request.data)
        return Response(
            change_json(approve_change(actor=actor_of(request), zone_id=self.kwargs["zone_id"], **values))
        )

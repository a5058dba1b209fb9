"""/archives/: the example zones of the runbook, as a starting point."""

from __future__ import annotations

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import StrictViewSet, problems
from installer.api.zones.serializers import ArchiveShape
from zones.services.templates import archive_texts, list_archives


class ArchiveViewSet(StrictViewSet):
    """Example zones, by mode and zone."""

    view_permission = "zones.view_zone"
    pagination_class = None
    filter_backends = []

    @extend_schema(responses={200: ArchiveShape(many=True), **problems()}, filters=False)
    def list(self, request: Request) -> Response:
        """List the example zones with the text of their files."""
        return Response(
            [{**asdict(archive), "files": archive_texts(archive.name)} for archive in list_archives()]
        )

"""/workers/: who works on jobs, on what, and what became of those that died."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import GenericViewSet

from installer.api.base import problems
from installer.api.shapes import WorkersShape
from jobs.workers import workers_seen


class WorkerViewSet(GenericViewSet[Any]):
    """Workers, the oldest first."""

    view_permission = "jobs.view_worker"
    pagination_class = None
    filter_backends = []

    @extend_schema(responses={200: WorkersShape, **problems()}, filters=False)
    def list(self, request: Request) -> Response:
        """Which workers live and what each does now; for a day also those that died, and what became of their steps."""
        return Response(workers_seen())

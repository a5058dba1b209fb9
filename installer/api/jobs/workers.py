"""/workers/: who works on jobs, on what, and what became of those that died."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import StrictViewSet, problems
from installer.api.shapes import WorkersShape
from jobs.services.workers import workers_seen


class WorkerViewSet(StrictViewSet):
    """Workers, the oldest first."""

    view_permission = "jobs.view_worker"
    pagination_class = None
    filter_backends = []

    @extend_schema(responses={200: WorkersShape, **problems()}, filters=False)
    def list(self, request: Request) -> Response:
        """Which workers live and what each does now; for a day also those that died, and what became of their steps."""
        return Response(workers_seen())

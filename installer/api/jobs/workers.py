"""/workers/: which workers are alive, what each one does, and the steps of dead workers."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import StrictViewSet, problems
from installer.api.jobs.serializers import WorkersShape
from jobs.services.workers import workers_seen


class WorkerViewSet(StrictViewSet):
    """Workers, oldest first."""

    view_permission = "jobs.view_worker"
    pagination_class = None
    filter_backends = []

    @extend_schema(responses={200: WorkersShape, **problems()}, filters=False)
    def list(self, request: Request) -> Response:
        """List the live workers and their current work; for a day also dead workers and the state of their steps."""
        return Response(workers_seen())

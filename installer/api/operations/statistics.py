"""The part of the zones endpoint about statistics of a zone."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, problems, started
from installer.api.operations.serializers import CountsShape
from installer.api.serializers import NothingRequest
from jobs.queries import stamp
from operations.statistics.service import rebuild_cache
from zones.services.statistics import kept_counts


class StatisticsVerbs(RowsViewSet):
    """Statistics of a zone."""

    @extend_schema(responses={200: CountsShape, **problems(404)}, filters=False)
    @action(detail=True, methods=["get"], pagination_class=None)
    def counts(self, request: Request, **key: str) -> Response:
        """Return the statistics of the zone from the last rebuild-cache."""
        values, counted_at = kept_counts(zone_id=self.kwargs["zone_id"])
        return Response({"zone_id": self.kwargs["zone_id"], "counted_at": stamp(counted_at), **values})

    @describes_verb(NothingRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="rebuild-cache", pagination_class=None)
    def rebuild_cache(self, request: Request, **key: str) -> Response:
        """Recount the statistics of the zone, including those of BOSS V2 where the zone has it."""
        parsed(NothingRequest, request.data)
        return started(rebuild_cache(zone_id=self.kwargs["zone_id"], actor=actor_of(request)))

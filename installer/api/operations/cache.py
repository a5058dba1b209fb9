"""The part of the zones endpoint about the cached zone lists on the memcached servers of a region."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, parsed, problems, started
from installer.api.jobs.serializers import JobShape
from installer.api.operations.serializers import CacheKeysShape, CacheRequest
from operations.cache.service import clear_zone_cache, keys_json, look_at_cache


class CacheVerbs(RowsViewSet):
    """The cached lists of zones on the memcacheds of a region."""

    @extend_schema(
        request=CacheRequest,
        responses={202: JobShape, 200: CacheKeysShape(many=True), **problems(400, 404, 409, 413)},
        filters=False,
    )
    @action(detail=True, methods=["post"], url_path="clear-cache", pagination_class=None)
    def clear_cache(self, request: Request, **key: str) -> Response:
        """Delete the cached zone lists of the region; with `dry_run`, return the keys instead (200)."""
        values = parsed(CacheRequest, request.data)
        named: dict[str, Any] = {"zone_id": self.kwargs["zone_id"], **values}
        if named.pop("dry_run"):
            self.hold()
            return Response(keys_json(look_at_cache(**named)))
        return started(clear_zone_cache(**named, actor=actor_of(request)))

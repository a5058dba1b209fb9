"""The part of the zones endpoint about packages on nodes in service."""

from __future__ import annotations

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, started
from installer.api.operations.serializers import UpdateRequest
from installer.api.serializers import NothingRequest
from operations.packages.service import build_global_conf, update_nodes


class PackageVerbs(RowsViewSet):
    """Packages on nodes in service."""

    @describes_verb(UpdateRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="update-nodes", pagination_class=None)
    def update_nodes(self, request: Request, **key: str) -> Response:
        """Install packages on a group of nodes in service."""
        values = parsed(UpdateRequest, request.data)
        return started(update_nodes(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values))

    @describes_verb(NothingRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="build-global-conf", pagination_class=None)
    def build_global_conf(self, request: Request, **key: str) -> Response:
        """Build pitrix-global-conf from the current files of the zone."""
        parsed(NothingRequest, request.data)
        return started(build_global_conf(zone_id=self.kwargs["zone_id"], actor=actor_of(request)))

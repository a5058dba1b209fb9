"""The part of the zones endpoint about the list of hypers on hypers."""

from __future__ import annotations

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, started
from installer.api.operations.serializers import MirrorRequest
from operations.mirror.service import update_hyper_mirror


class MirrorVerbs(RowsViewSet):
    """The list of hypers on hypers."""

    @describes_verb(MirrorRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="update-hyper-mirror", pagination_class=None)
    def update_hyper_mirror(self, request: Request, **key: str) -> Response:
        """Write the list of all hypers to hypers; compute_server restarts where the list changed."""
        values = parsed(MirrorRequest, request.data)
        return started(update_hyper_mirror(zone_id=self.kwargs["zone_id"], actor=actor_of(request), **values))

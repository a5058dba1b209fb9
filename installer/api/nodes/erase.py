"""/nodes/erase/: preview first, then erase exactly what the preview showed."""

from __future__ import annotations

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, started
from installer.api.lookups import take_addresses
from installer.api.nodes.serializers import ErasePermitShape, ErasePreviewRequest, EraseRequest
from jobs.queries import stamp
from nodes.services.erase import erase_data_disks, preview_erase


class EraseVerbs(RowsViewSet):
    """The part of the nodes endpoint that erases disks."""

    @describes_verb(ErasePreviewRequest, ErasePermitShape, status=201, filters=False)
    @action(detail=False, methods=["post"], url_path="erase/preview", pagination_class=None)
    def erase_preview(self, request: Request) -> Response:
        """Preview what would be erased and lost. Returns a permit for exactly that: yours, single use, 15 minutes."""
        values = parsed(ErasePreviewRequest, request.data)
        permit = preview_erase(addresses=take_addresses(values), actor=actor_of(request), **values)
        body = {
            "permit_id": permit.permit_id,
            "mode": permit.mode,
            "expires_at": stamp(permit.expires_at),
            "disks": permit.disks,
        }
        return Response(body, status=201)

    @describes_verb(EraseRequest, filters=False)
    @action(detail=False, methods=["post"], pagination_class=None)
    def erase(self, request: Request) -> Response:
        """Erase the disks of a preview. Each node looks them up again before it writes."""
        return started(erase_data_disks(actor=actor_of(request), **parsed(EraseRequest, request.data)))

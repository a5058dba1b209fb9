"""/nodes/retire/: take nodes out of service."""

from __future__ import annotations

from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed
from installer.api.lookups import take_addresses
from installer.api.nodes.serializers import RetiredShape, RetireRequest
from zones.services.retire import retire_nodes


class RetireVerbs(RowsViewSet):
    """The part of the nodes endpoint that takes nodes out of service."""

    @describes_verb(RetireRequest, RetiredShape, status=200, filters=False)
    @action(detail=False, methods=["post"], pagination_class=None)
    def retire(self, request: Request) -> Response:
        """Remove nodes from their zone permanently; with ``dry_run``, only report the consequences."""
        values = parsed(RetireRequest, request.data)
        done = retire_nodes(addresses=take_addresses(values), actor=actor_of(request), **values)
        return Response(
            {
                "zone_id": done.zone_id,
                "addresses": [str(node.mgmt_address) for node in done.nodes],
                "findings": [item.as_dict() for item in done.findings],
                "settings": [{"path": path, "diff": diff} for path, diff in done.settings.items()],
            }
        )

"""/nodes/{id}/exec/: run a command on one node, in a zone or not."""

from __future__ import annotations

from rest_framework.decorators import action
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, started
from installer.api.nodes.serializers import NodeExecRequest
from operations.commands.service import exec_nodes


class ExecVerbs(RowsViewSet):
    """The part of the nodes endpoint that runs commands."""

    @describes_verb(NodeExecRequest, filters=False)
    @action(detail=True, methods=["post"], pagination_class=None)
    def exec(self, request: HttpRequest, **key: str) -> Response:
        """Run a command on this node, in a zone or not. Operators run read-only commands, approvers any command."""
        values, actor = parsed(NodeExecRequest, request.data), actor_of(request)
        return started(exec_nodes(group=self.one().node_id, actor=actor, anything=actor.decides, **values))

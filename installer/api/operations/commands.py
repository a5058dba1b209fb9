"""The part of the zones endpoint about commands on a group of nodes."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, problems, started, takes
from installer.api.operations.serializers import AnswersQuery, AnswersShape, ExecRequest
from installer.groups import DECIDE_PLAN
from operations.commands.grouped_output import summary
from operations.commands.service import exec_nodes, read_answers


class CommandVerbs(RowsViewSet):
    """Commands on a group of nodes."""

    @describes_verb(ExecRequest, filters=False)
    @action(detail=True, methods=["post"], pagination_class=None)
    def exec(self, request: Request, **key: str) -> Response:
        """Run a command on a group. Operators run read-only commands, approvers any command."""
        values = parsed(ExecRequest, request.data)
        anything = request.user.has_perm(DECIDE_PLAN)
        actor, zone_id = actor_of(request), self.kwargs["zone_id"]
        return started(exec_nodes(zone_id=zone_id, actor=actor, anything=anything, **values))

    @extend_schema(
        parameters=[AnswersQuery], responses={200: AnswersShape, **problems(400, 404)}, filters=False
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    @takes(AnswersQuery)
    def answers(self, request: Request, **key: str) -> Response:
        """Return what the nodes of an exec or update-nodes job answered; identical answers are grouped."""
        folded = read_answers(self.asked()["job"])
        rows = [{"nodes": item.nodes, "text": item.text, "failed": item.failed} for item in folded]
        return Response({"summary": summary(folded), "answers": rows})

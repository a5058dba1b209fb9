"""The part of the zones endpoint about programs of the supervisor on the machines of a zone."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, problems, started, takes
from installer.api.operations.serializers import RestartRequest, ServicesQuery, ServicesShape
from installer.groups import RUN_VERBS
from operations.supervisor.service import restart_services, verify_services


class SupervisorVerbs(RowsViewSet):
    """Programs of the supervisor on the machines of a zone."""

    @extend_schema(
        parameters=[ServicesQuery], responses={200: ServicesShape, **problems(400, 404, 429)}, filters=False
    )
    # It only looks, but logs in to every machine of the zone for that.
    @action(detail=True, methods=["get"], pagination_class=None, verb_permissions={"services": RUN_VERBS})
    @takes(ServicesQuery)
    def services(self, request: Request, **key: str) -> Response:
        """Show the state of the supervisor's programs on each machine; 429 if too many such requests run."""
        values = self.asked()
        self.hold()
        return Response(verify_services(zone_id=self.kwargs["zone_id"], **values))

    @describes_verb(RestartRequest, filters=False)
    @action(detail=True, methods=["post"], url_path="restart-services", pagination_class=None)
    def restart_services(self, request: Request, **key: str) -> Response:
        """Restart programs on one machine after another; continue once they stay RUNNING."""
        values = parsed(RestartRequest, request.data)
        return started(
            restart_services(
                zone_id=self.kwargs["zone_id"],
                names=values["services"],
                group=values["group"],
                actor=actor_of(request),
            )
        )

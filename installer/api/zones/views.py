"""/zones/: list and adopt zones; node lists and return routes. What is done to them is in installer/api/operations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import Count, QuerySet
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api import filters
from installer.api.base import actor_of, describes_verb, flat_rows, parsed, problems, takes
from installer.api.operations.cache import CacheVerbs
from installer.api.operations.changes import ChangeVerbs
from installer.api.operations.commands import CommandVerbs
from installer.api.operations.haproxy import HaproxyVerbs
from installer.api.operations.mirror import MirrorVerbs
from installer.api.operations.packages import PackageVerbs
from installer.api.operations.qemu import QemuVerbs
from installer.api.operations.region import RegionVerbs
from installer.api.operations.scale_outs import ScaleOutVerbs
from installer.api.operations.scaling import ScaleVerbs
from installer.api.operations.statistics import StatisticsVerbs
from installer.api.operations.supervisor import SupervisorVerbs
from installer.api.plans.serializers import PlanShape
from installer.api.plans.views import config_file
from installer.api.renderers import JsonToo, PlainText
from installer.api.serializers import NothingRequest
from installer.api.zones.serializers import AdoptRequest, ListedShape, RouteShape, RoutesQuery, ZoneShape
from installer.groups import DECIDE_PLAN
from zones.describe import plan_json
from zones.models import Zone
from zones.services.adopt import adopt_zone, preview_adoption
from zones.services.node_lists import gen_node_list
from zones.services.vbc_routes import vbc_routes

_COLUMNS = (
    "zone_id",
    "region_id",
    "deploy_mode",
    "network_mode",
    "is_global",
    "qemu_version",
    "node_count",
    "created_at",
)
_ROW = dict(zip(_COLUMNS, _COLUMNS, strict=True))


class ZoneFilter(filters.Filters):
    """Filters of the list of zones."""

    zone_id = filters.text()
    region_id = filters.text()
    deploy_mode = filters.one_of(Zone.DeployMode.choices)
    network_mode = filters.one_of(Zone.NetworkMode.choices)


@extend_schema_view(
    list=extend_schema(responses={200: ZoneShape(many=True), **problems(400, 404)}),
    retrieve=extend_schema(responses={200: ZoneShape, **problems(404)}),
)
class ZoneViewSet(
    CacheVerbs,
    ChangeVerbs,
    CommandVerbs,
    HaproxyVerbs,
    MirrorVerbs,
    PackageVerbs,
    QemuVerbs,
    RegionVerbs,
    ScaleOutVerbs,
    ScaleVerbs,
    StatisticsVerbs,
    SupervisorVerbs,
):
    """Zones."""

    view_permission = "zones.view_zone"
    verb_permissions = {"approve_change": DECIDE_PLAN}
    serializer_class = ZoneShape
    filterset_class = ZoneFilter
    search_fields = ("zone_id", "region_id")
    ordering_fields = ("zone_id", "region_id", "created_at")
    lookup_field = "zone_id"
    lookup_value_regex = "[0-9A-Za-z._-]+"

    def get_queryset(self) -> QuerySet[Any]:
        """Select zones with their number of nodes, in one query."""
        return Zone.objects.annotate(node_count=Count("roles"))

    def rows(self, found: QuerySet[Zone]) -> list[dict[str, Any]]:
        """Return zones without files, which are part of the plans; one query however many there are."""
        return flat_rows(found, _ROW)

    @extend_schema(
        request=AdoptRequest,
        responses={201: PlanShape, 200: PlanShape, **problems(400, 404, 409, 413)},
        filters=False,
    )
    @action(detail=False, methods=["post"])
    def adopt(self, request: Request) -> Response:
        """Register a running zone with its nodes, touching no machine. `check`: return what would be recorded."""
        values = parsed(AdoptRequest, request.data)
        files = {name: config_file(values[name]) for name in ("variables", "settings")}
        if values["check"]:
            shown = preview_adoption(**files, actor=actor_of(request))
            return Response({name: value for name, value in shown.items() if name != "files"})
        plan = adopt_zone(**files, actor=actor_of(request), content_hash=values["content_hash"])
        return Response(plan_json(plan, files=False, diff=False), status=201)

    @describes_verb(NothingRequest, ListedShape, status=200)
    @action(detail=True, methods=["post"], url_path="gen-node-list")
    def gen_node_list(self, request: Request, **key: str) -> Response:
        """Update the node lists of the open plan after roles were edited in its settings files."""
        parsed(NothingRequest, request.data)
        listed = gen_node_list(zone_id=self.kwargs["zone_id"], actor=actor_of(request))
        body = {"plan_id": listed.plan.plan_id, "status": listed.plan.status}
        return Response({**body, "roles": [_listed(role) for role in listed.roles], "files": listed.files})

    @extend_schema(
        parameters=[RoutesQuery],
        responses={
            (200, "text/plain"): OpenApiTypes.STR,
            # With syntax=json.
            (200, "application/json"): RouteShape(many=True),
            **problems(400, 404),
        },
        filters=False,
    )
    @action(
        detail=True,
        methods=["get"],
        url_path="vbc-routes",
        pagination_class=None,
        renderer_classes=[PlainText, JsonToo],
    )
    @takes(RoutesQuery)
    def vbc_routes(self, request: Request, **key: str) -> Response:
        """Return the return routes of the zone's VBC networks, in the syntax of the device."""
        values = self.asked()
        text = vbc_routes(zone_id=self.kwargs["zone_id"], job_id=values.pop("job"), **values)
        kind = "application/json" if values["syntax"] == "json" else "text/plain"
        request.accepted_renderer = PlainText()
        return Response(text, content_type=f"{kind}; charset=utf-8")


def _listed(role: Mapping[str, Any]) -> dict[str, Any]:
    return {name: role[name] for name in ("address", "hostname", "role", "sub_roles")}

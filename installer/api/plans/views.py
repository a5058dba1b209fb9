"""/plans/: configure, view, approve, reject."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api import filters
from installer.api.base import RowsViewSet, actor_of, describes_verb, flat_rows, parsed, problems, takes
from installer.api.conditional import not_modified, tag_of
from installer.api.lookups import take_addresses, take_seen
from installer.api.plans.serializers import (
    ConfigFormRequest,
    ConfigRequest,
    ConfiguredListShape,
    DecideRequest,
    DiffQuery,
    EditFileRequest,
    FileQuery,
    LeaveOutRequest,
    LeftOutShape,
    PlanFileShape,
    PlanRowShape,
    PlanShape,
)
from installer.groups import DECIDE_PLAN
from zones.describe import file_json, plan_json, plan_version
from zones.models import Plan
from zones.services.approve import approve_plan, reject_plan
from zones.services.config_files import ConfigFile
from zones.services.configure import Configured, config_qingcloud
from zones.services.edit import edit_plan_file
from zones.services.leave_out import leave_out_nodes
from zones.services.lookups import find_file, find_plan
from zones.states import PlanStatus

_ROW = {
    **{name: name for name in ("plan_id", "revision", "kind", "status", "content_hash", "comment")},
    **{
        name: name
        for name in ("created_by", "decided_by", "job_id", "created_at", "decided_at", "applied_at")
    },
    "zone_id": "zone__zone_id",
}


class PlanFilter(filters.Filters):
    """Filters of the list of plans."""

    status = filters.any_of(PlanStatus.choices)
    zone_id = filters.text("zone__zone_id")
    kind = filters.one_of(Plan.Kind.choices)


@extend_schema_view(list=extend_schema(responses={200: PlanRowShape(many=True), **problems(400, 404)}))
class PlanViewSet(RowsViewSet):
    """Plans, newest first."""

    view_permission = "zones.view_plan"
    verb_permissions = {"approve": DECIDE_PLAN, "reject": DECIDE_PLAN}
    serializer_class = PlanRowShape
    filterset_class = PlanFilter
    search_fields = ("plan_id", "zone__zone_id", "created_by", "comment")
    ordering_fields = ("created_at", "decided_at", "revision", "status")
    lookup_field = "plan_id"
    lookup_value_regex = "[0-9A-Za-z._-]+"

    def get_queryset(self) -> QuerySet[Any]:
        """Select plans."""
        return Plan.objects.all()

    def rows(self, found: QuerySet[Plan]) -> list[dict[str, Any]]:
        """Return plans in the short shape, in one query however many there are."""
        return flat_rows(found, _ROW)

    @extend_schema(parameters=[DiffQuery], responses={200: PlanShape, **problems(400, 404)})
    @takes(DiffQuery)
    def retrieve(self, request: Request, **key: str) -> Response:
        """Return a plan with everything it renders. Its ETag identifies this version for a later verb (If-Match).

        With the ETag in If-None-Match: 304 if nothing changed, its status included.
        """
        plan, asked = find_plan(plan_id=self.kwargs["plan_id"]), self.asked()
        tag = tag_of(plan_version(plan), name=plan.content_hash)
        return not_modified(request, tag) or Response(plan_json(plan, **asked), headers={"ETag": tag})

    @extend_schema(
        parameters=[FileQuery], responses={200: PlanFileShape, **problems(400, 404)}, filters=False
    )
    @action(detail=True, methods=["get"], pagination_class=None)
    @takes(FileQuery)
    def file(self, request: Request, **key: str) -> Response:
        """Return one file of a plan. Its ETag identifies this text for a later edit (If-Match)."""
        shape = file_json(find_file(find_plan(plan_id=self.kwargs["plan_id"]), self.asked()["path"]))
        return Response(shape, headers={"ETag": f'"{shape["content_hash"]}"'})

    @describes_verb(
        {"application/json": ConfigRequest, "multipart/form-data": ConfigFormRequest},
        ConfiguredListShape,
        status=201,
        filters=False,
    )
    def create(self, request: Request) -> Response:
        """Check configuration files and create a plan for each zone: all or none. 200 when only checking."""
        if request.content_type and request.content_type.startswith("multipart/"):
            values, variables, settings = _from_form(request)
        else:
            values = parsed(ConfigRequest, request.data)
            variables, settings = (_files(values.pop(name, [])) for name in ("variables", "settings"))
        self.hold()
        done = config_qingcloud(variables=variables, settings=settings, actor=actor_of(request), **values)
        body = {"zones": [_configured(item) for item in done]}
        return Response(body, status=200 if values["check"] else 201)

    @describes_verb(DecideRequest, PlanShape, status=200)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, **key: str) -> Response:
        """Approve exactly the version that was viewed."""
        values = parsed(DecideRequest, request.data)
        seen = {"content_hash": take_seen(request, values)}
        # Only a draft can be approved, so the previous status need not be named.
        plan = approve_plan(
            plan_id=self.kwargs["plan_id"], comment=values["comment"], actor=actor_of(request), **seen
        )
        return Response(plan_json(plan, files=False, diff=False))

    @describes_verb(DecideRequest, PlanShape, status=200)
    @action(detail=True, methods=["post"])
    def reject(self, request: Request, **key: str) -> Response:
        """Reject the version that was viewed; its reservations are released."""
        values = parsed(DecideRequest, request.data)
        seen = {"content_hash": take_seen(request, values)}
        plan = reject_plan(plan_id=self.kwargs["plan_id"], actor=actor_of(request), **seen, **values)
        return Response(plan_json(plan, files=False, diff=False))

    @describes_verb(EditFileRequest, PlanShape, status=200)
    @action(detail=True, methods=["post"], url_path="edit-file")
    def edit_file(self, request: Request, **key: str) -> Response:
        """Edit a rendered file; this voids an approval. Sending the rendered text reverts the edit."""
        values = parsed(EditFileRequest, request.data)
        plan = edit_plan_file(
            plan_id=self.kwargs["plan_id"],
            made_from=take_seen(request, values),
            actor=actor_of(request),
            **values,
        )
        return Response(plan_json(plan, files=False, diff=False))

    @describes_verb(LeaveOutRequest, LeftOutShape, status=200)
    @action(detail=True, methods=["post"], url_path="leave-out")
    def leave_out(self, request: Request, **key: str) -> Response:
        """Continue without nodes that cannot be installed; the plan becomes a draft and needs approval again."""
        values = parsed(LeaveOutRequest, request.data)
        left = leave_out_nodes(
            plan_id=self.kwargs["plan_id"],
            addresses=take_addresses(values),
            content_hash=take_seen(request, values),
            actor=actor_of(request),
            **values,
        )
        body = plan_json(left.plan, files=False, diff=False)
        return Response({**body, "again": left.again, "changed_files": left.files})


def _files(values: list[dict[str, str]]) -> list[ConfigFile]:
    return [config_file(value) for value in values]


def config_file(value: dict[str, str]) -> ConfigFile:
    """Build a configuration file from ``{"name", "text"}``."""
    return ConfigFile(name=value["name"], data=value["text"].encode())


def _from_form(request: Request) -> tuple[dict[str, Any], list[ConfigFile], list[ConfigFile]]:
    values = parsed(ConfigFormRequest, request.data)
    found = [
        [ConfigFile(name=file.name, data=file.read()) for file in values.pop(name, [])]
        for name in ("variables", "settings")
    ]
    return values, found[0], found[1]


def _configured(item: Configured) -> dict[str, Any]:
    return {
        "zone_id": item.zone_id,
        "findings": [finding.as_dict() for finding in item.findings],
        "plan": plan_json(item.plan, files=False, diff=False) if item.plan else None,
    }

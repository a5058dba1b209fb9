"""/roles/, /eip-pools/, /vbc-assignments/: roles of nodes in their zones."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view

from installer.api import filters
from installer.api.base import RowsViewSet, flat_rows, problems
from installer.api.zones.serializers import EipPoolShape, RoleShape, VbcShape
from zones.models import ROLES, EipPool, Role, VbcAssignment, VbcMember


class RoleFilter(filters.Filters):
    """Filters of the list of roles."""

    zone_id = filters.text("zone__zone_id")
    role = filters.one_of([(name, name) for name in ROLES])
    node_id = filters.text("node__node_id")
    mgmt_address = filters.address("node__mgmt_address")


@extend_schema_view(
    list=extend_schema(responses={200: RoleShape(many=True), **problems(400, 404)}),
    retrieve=extend_schema(responses={200: RoleShape, **problems(404)}),
)
class RoleViewSet(RowsViewSet):
    """Roles of nodes in zones."""

    view_permission = "zones.view_role"
    serializer_class = RoleShape
    filterset_class = RoleFilter
    search_fields = ("node__hostname", "node__mgmt_address", "zone__zone_id")
    ordering_fields = ("role", "zone__zone_id", "node__hostname", "node__mgmt_address")
    lookup_field = "node_id"
    lookup_value_regex = "[0-9A-Za-z-]+"

    def get_queryset(self) -> QuerySet[Any]:
        """Select roles."""
        return Role.objects.all()

    def the_one(self) -> QuerySet[Any]:
        """Select the role by its node, which has only one."""
        return self.get_queryset().filter(node__node_id=self.kwargs["node_id"])

    def rows(self, found: QuerySet[Role]) -> list[dict[str, Any]]:
        """Return flat rows, in one query however many there are."""
        return flat_rows(found, _ROLE)


_ROLE = {
    "node_id": "node__node_id",
    "mgmt_address": "node__mgmt_address",
    "hostname": "node__hostname",
    "zone_id": "zone__zone_id",
    "role": "role",
    "sub_roles": "sub_roles",
    "pair_node_id": "pair__node_id",
    "plan_id": "plan__plan_id",
}


class EipFilter(filters.Filters):
    """Filters of the list of EIP pools."""

    zone_id = filters.text("zone__zone_id")
    node_id = filters.text("vg__node_id")
    ha_group = filters.text()


@extend_schema_view(
    list=extend_schema(responses={200: EipPoolShape(many=True), **problems(400, 404)}),
    retrieve=extend_schema(responses={200: EipPoolShape, **problems(404)}),
)
class EipPoolViewSet(RowsViewSet):
    """Public segments, and the VG node that carries each."""

    view_permission = "zones.view_eippool"
    serializer_class = EipPoolShape
    filterset_class = EipFilter
    search_fields = ("network", "gateway", "vg__hostname", "vg__mgmt_address")
    ordering_fields = ("network", "zone__zone_id", "ha_group")
    lookup_field = "id"
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Any]:
        """Select EIP pools."""
        return EipPool.objects.all()

    def rows(self, found: QuerySet[EipPool]) -> list[dict[str, Any]]:
        """Return flat rows, in one query however many there are."""
        return flat_rows(found, _EIP_POOL)


_EIP_POOL = {
    "id": "pk",
    "zone_id": "zone__zone_id",
    "node_id": "vg__node_id",
    "mgmt_address": "vg__mgmt_address",
    "network": "network",
    "gateway": "gateway",
    "ha_group": "ha_group",
    "plan_id": "plan__plan_id",
}


class VbcFilter(filters.Filters):
    """Filters of the list of VBC assignments."""

    zone_id = filters.text("zone__zone_id")
    master = filters.address("master__mgmt_address")
    plan_id = filters.text("plan__plan_id")


@extend_schema_view(
    list=extend_schema(responses={200: VbcShape(many=True), **problems(400, 404)}),
    retrieve=extend_schema(responses={200: VbcShape, **problems(404)}),
)
class VbcViewSet(RowsViewSet):
    """Base networks, their VIPs and the hypers that carry them."""

    view_permission = "zones.view_vbcassignment"
    serializer_class = VbcShape
    filterset_class = VbcFilter
    search_fields = ("ipv4_network", "ipv4_vip", "ipv6_network", "master__mgmt_address")
    ordering_fields = ("ipv4_network", "zone__zone_id")
    lookup_field = "id"
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Any]:
        """Select VBC assignments."""
        return VbcAssignment.objects.all()

    def rows(self, found: QuerySet[VbcAssignment]) -> list[dict[str, Any]]:
        """Return flat rows, in two queries however many there are."""
        rows = flat_rows(found, _VBC)
        members: dict[int, list[str]] = {row["id"]: [] for row in rows}
        carried = VbcMember.objects.filter(vbc__in=members).order_by("pk")
        for vbc_pk, address in carried.values_list("vbc_id", "node__mgmt_address"):
            members[vbc_pk].append(address)
        return [{**row, "mgmt_ips": members[row["id"]]} for row in rows]


_VBC = {
    "id": "pk",
    "zone_id": "zone__zone_id",
    "ipv4_network": "ipv4_network",
    "ipv4_vip": "ipv4_vip",
    "ipv6_network": "ipv6_network",
    "ipv6_vip": "ipv6_vip",
    "master": "master__mgmt_address",
    "plan_id": "plan__plan_id",
}

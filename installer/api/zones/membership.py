"""/roles/, /eip-pools/, /vbc-assignments/: roles of nodes in their zones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view

from installer.api import filters
from installer.api.base import RowsViewSet, problems
from installer.api.zones.serializers import EipPoolShape, RoleShape, VbcShape
from zones.models import ROLES, EipPool, Role, VbcAssignment


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
        """Select roles, in one query however many there are."""
        return Role.objects.select_related("node", "zone", "plan", "pair")

    def one(self) -> Any:
        """Look up the role by its node, which has only one. Raises :class:`NotFound`."""
        self.lookup_field, self.kwargs["node__node_id"] = "node__node_id", self.kwargs["node_id"]
        return super().one()

    def rows(self, found: Sequence[Any]) -> list[dict[str, Any]]:
        """Return flat rows."""
        return [
            {
                "node_id": role.node.node_id,
                "mgmt_address": role.node.mgmt_address,
                "hostname": role.node.hostname,
                "zone_id": role.zone.zone_id,
                "role": role.role,
                "sub_roles": role.sub_roles,
                "pair_node_id": role.pair.node_id if role.pair else None,
                "plan_id": role.plan.plan_id if role.plan else None,
            }
            for role in found
        ]


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
        """Select EIP pools, in one query however many there are."""
        return EipPool.objects.select_related("vg", "zone", "plan")

    def rows(self, found: Sequence[Any]) -> list[dict[str, Any]]:
        """Return flat rows."""
        return [
            {
                "id": pool.pk,
                "zone_id": pool.zone.zone_id,
                "node_id": pool.vg.node_id,
                "mgmt_address": pool.vg.mgmt_address,
                "network": pool.network,
                "gateway": pool.gateway,
                "ha_group": pool.ha_group,
                "plan_id": pool.plan.plan_id if pool.plan else None,
            }
            for pool in found
        ]


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
        """Select VBC assignments, in two queries however many there are."""
        return VbcAssignment.objects.select_related("master", "zone", "plan").prefetch_related(
            "members__node"
        )

    def rows(self, found: Sequence[Any]) -> list[dict[str, Any]]:
        """Return flat rows."""
        names = ("ipv4_network", "ipv4_vip", "ipv6_network", "ipv6_vip")
        return [
            {
                "id": vbc.pk,
                "zone_id": vbc.zone.zone_id,
                **{name: getattr(vbc, name) for name in names},
                "master": vbc.master.mgmt_address,
                "mgmt_ips": [member.node.mgmt_address for member in vbc.members.all()],
                "plan_id": vbc.plan.plan_id if vbc.plan else None,
            }
            for vbc in found
        ]

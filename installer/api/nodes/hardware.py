"""/disks/ and /networks/: the parts of nodes, and disk corrections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api import filters
from installer.api.base import RowsViewSet, actor_of, describes_verb, parsed, problems
from installer.api.lookups import take_addresses
from installer.api.nodes.serializers import ModifyDisksRequest, PlacedDiskShape, PlacedNicShape
from nodes.describe import disk_json, nic_json
from nodes.models import Disk, DiskType, NetworkInterface
from nodes.services.modify import modify_disks


class DiskFilter(filters.Filters):
    """Filters of the list of disks."""

    node_id = filters.text("node__node_id")
    mgmt_address = filters.address("node__mgmt_address")
    zone_id = filters.text("node__role__zone__zone_id")
    name = filters.text()
    is_os = filters.yes_no()
    dirty = filters.yes_no()
    observed_type = filters.one_of(DiskType.choices)


@extend_schema_view(
    list=extend_schema(responses={200: PlacedDiskShape(many=True), **problems(400, 404)}),
    retrieve=extend_schema(responses={200: PlacedDiskShape, **problems(404)}),
)
class DiskViewSet(RowsViewSet):
    """Disks currently present, with observed and corrected values."""

    view_permission = "nodes.view_disk"
    serializer_class = PlacedDiskShape
    filterset_class = DiskFilter
    search_fields = ("name", "serial", "wwn", "model", "node__mgmt_address", "node__hostname")
    ordering_fields = ("name", "node__mgmt_address", "observed_size_bytes", "observed_type")
    lookup_field = "id"
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Any]:
        """Select present disks, in two queries however many there are."""
        return Disk.objects.filter(present=True).select_related("node").prefetch_related("corrections")

    def rows(self, found: Sequence[Any]) -> list[dict[str, Any]]:
        """Return disks in the DISK shape, each with its node."""
        return [{**placed(disk), "is_os": disk.is_os, **disk_json(disk)} for disk in found]

    @describes_verb(ModifyDisksRequest, PlacedDiskShape(many=True), status=200, filters=False)
    @action(detail=False, methods=["post"], pagination_class=None)
    def modify(self, request: Request) -> Response:
        """Correct the disk of that name on each node, or clear corrections: on all nodes or on none."""
        values = parsed(ModifyDisksRequest, request.data)
        addresses = take_addresses(values)
        return Response(self.rows(modify_disks(addresses=addresses, actor=actor_of(request), **values)))


class NetworkFilter(filters.Filters):
    """Filters of the list of network interfaces."""

    node_id = filters.text("node__node_id")
    mgmt_address = filters.address("node__mgmt_address")
    zone_id = filters.text("node__role__zone__zone_id")
    name = filters.text()
    mac = filters.text(lookup_expr="iexact")
    address = filters.address()
    type = filters.one_of(NetworkInterface.Type.choices)


@extend_schema_view(
    list=extend_schema(responses={200: PlacedNicShape(many=True), **problems(400, 404)}),
    retrieve=extend_schema(responses={200: PlacedNicShape, **problems(404)}),
)
class NetworkViewSet(RowsViewSet):
    """Network interfaces of nodes."""

    view_permission = "nodes.view_networkinterface"
    serializer_class = PlacedNicShape
    filterset_class = NetworkFilter
    search_fields = ("name", "mac", "address", "node__mgmt_address", "node__hostname")
    ordering_fields = ("name", "node__mgmt_address", "address", "speed_mbps")
    lookup_field = "id"
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Any]:
        """Select interfaces, in one query however many there are."""
        return NetworkInterface.objects.select_related("node")

    def rows(self, found: Sequence[Any]) -> list[dict[str, Any]]:
        """Return interfaces in the NIC shape, each with its node."""
        return [{**placed(nic), **nic_json(nic)} for nic in found]


def placed(part: Disk | NetworkInterface) -> dict[str, Any]:
    """Return the id of a part and the node it belongs to."""
    return {"id": part.pk, "node_id": part.node.node_id, "mgmt_address": part.node.mgmt_address}

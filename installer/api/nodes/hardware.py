"""/disks/ and /networks/: the parts of nodes, and disk corrections."""

from __future__ import annotations

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
from nodes.describe import disk_json, disks_json, nics_json
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
        """Select present disks."""
        return Disk.objects.filter(present=True)

    def rows(self, found: QuerySet[Disk]) -> list[dict[str, Any]]:
        """Return disks in the DISK shape, each with its node, in two queries however many there are."""
        return disks_json(found)

    @describes_verb(ModifyDisksRequest, PlacedDiskShape(many=True), status=200, filters=False)
    @action(detail=False, methods=["post"], pagination_class=None)
    def modify(self, request: Request) -> Response:
        """Correct the disk of that name on each node, or clear corrections: on all nodes or on none."""
        values = parsed(ModifyDisksRequest, request.data)
        addresses = take_addresses(values)
        changed = modify_disks(addresses=addresses, actor=actor_of(request), **values)
        return Response([_changed(disk) for disk in changed])


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
        """Select interfaces."""
        return NetworkInterface.objects.all()

    def rows(self, found: QuerySet[NetworkInterface]) -> list[dict[str, Any]]:
        """Return interfaces in the NIC shape, each with its node, in one query however many there are."""
        return nics_json(found)


def _changed(disk: Disk) -> dict[str, Any]:
    """Return a disk in the shape of the list, as a correction left it, or would leave it."""
    place = {"id": disk.pk, "node_id": disk.node.node_id, "mgmt_address": disk.node.mgmt_address}
    return {**place, "is_os": disk.is_os, **disk_json(disk)}

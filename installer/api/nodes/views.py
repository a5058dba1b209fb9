"""/nodes/: list nodes in the shape of describe_nodes, and the verbs on nodes."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework.decorators import action
from rest_framework.filters import SearchFilter
from rest_framework.request import Request
from rest_framework.response import Response

from installer.api import filters
from installer.api.base import StableOrdering, actor_of, describes_verb, parsed, problems, started
from installer.api.conditional import not_modified, tag_of
from installer.api.lookups import take_addresses
from installer.api.nodes.collections import CollectionVerbs
from installer.api.nodes.erase import EraseVerbs
from installer.api.nodes.establish import EstablishVerbs
from installer.api.nodes.exec import ExecVerbs
from installer.api.nodes.retire import RetireVerbs
from installer.api.nodes.serializers import (
    AddNodesRequest,
    CollectRequest,
    DeleteNodeRequest,
    NodeShape,
)
from installer.api.nodes.transfer import TransferVerbs
from nodes.describe import nodes_json, read_nodes
from nodes.models import Node
from nodes.search import matching
from nodes.services.add import add_nodes
from nodes.services.collect import collect_nodes
from nodes.services.delete import delete_nodes
from nodes.states import NodeStatus
from zones.models import ROLES


class NodeSearch(SearchFilter):
    """``search=``: address, host name, serial number, MAC or public id; of several words, each."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        """Keep the nodes that are found."""
        return matching(queryset, self.get_search_terms(request))


class NodeFilter(filters.Filters):
    """Filters of the list of nodes."""

    status = filters.any_of(NodeStatus.choices)
    mgmt_address = filters.address()
    hostname = filters.text()
    zone_id = filters.text("role__zone__zone_id")
    role = filters.one_of([(name, name) for name in ROLES], "role__role")
    cpu_arch = filters.text()


@extend_schema_view(
    list=extend_schema(responses={200: NodeShape(many=True), **problems(400, 404)}),
    retrieve=extend_schema(responses={200: NodeShape, **problems(404)}),
)
class NodeViewSet(EraseVerbs, EstablishVerbs, ExecVerbs, CollectionVerbs, TransferVerbs, RetireVerbs):
    """Nodes with their hardware."""

    filter_backends = [filters.Backend, StableOrdering, NodeSearch]
    view_permission = "nodes.view_node"
    serializer_class = NodeShape
    filterset_class = NodeFilter
    ordering_fields = ("mgmt_address", "hostname", "status", "memory_bytes", "collected_at", "created_at")
    lookup_field = "node_id"
    lookup_value_regex = "[0-9A-Za-z-]+"

    def get_queryset(self) -> QuerySet[Any]:
        """Select nodes."""
        return Node.objects.all()

    def rows(self, found: QuerySet[Node]) -> list[dict[str, Any]]:
        """Return nodes in the NODE shape, in five queries however many there are."""
        return nodes_json(found)

    def retrieve(self, request: Request, **key: str) -> Response:
        """Return a node with its hardware. With the ETag of an earlier answer in If-None-Match: 304 if nothing changed."""
        found = read_nodes(self.the_one())
        if not found.nodes:
            raise self.unknown()
        tag = tag_of(found.version())
        return not_modified(request, tag) or Response(found.documents()[0], headers={"ETag": tag})

    @describes_verb(AddNodesRequest, NodeShape(many=True), status=201, filters=False)
    def create(self, request: Request) -> Response:
        """Add nodes: all of them, or none if one is refused."""
        values = parsed(AddNodesRequest, request.data)
        added = add_nodes(actor=actor_of(request), **values)
        found = Node.objects.filter(pk__in=[node.pk for node in added])
        return Response(nodes_json(found), status=201)

    @extend_schema(request=DeleteNodeRequest, responses={204: None, **problems(400, 404, 409)})
    def destroy(self, request: Request, **key: str) -> Response:
        """Delete a node that belongs to no zone."""
        values = parsed(DeleteNodeRequest, request.data)
        delete_nodes(addresses=[str(self.one().mgmt_address)], actor=actor_of(request), **values)
        return Response(status=204)

    @describes_verb(CollectRequest)
    @action(detail=False, methods=["post"])
    def collect(self, request: Request) -> Response:
        """Read the hardware of nodes over SSH."""
        values = parsed(CollectRequest, request.data)
        addresses = take_addresses(values)
        return started(collect_nodes(addresses=addresses, actor=actor_of(request), **values))

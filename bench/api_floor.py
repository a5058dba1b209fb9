"""What bench/api.py compares with, as a WSGI application of its own: ``/floor/…`` and ``/drf/…``.

The floor is a bare Django view, without middleware, sign-in or pages, whose database makes the whole answer in one query
(``json_agg``, or ``json_group_array``), with the same nested content as the product's. Plain DRF is a ModelViewSet over
nested ModelSerializers and prefetched rows, with page numbers and nothing else.
"""

from __future__ import annotations

import os
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "installer.settings")

from django.conf import settings

settings.MIDDLEWARE = []
settings.ROOT_URLCONF = "bench.api_floor"

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from rest_framework import serializers, viewsets
from rest_framework.pagination import PageNumberPagination
from rest_framework.routers import SimpleRouter

from jobs.models import Event, Job
from nodes.models import Disk, DiskCorrection, NetworkInterface, Node
from zones.models import Role

POSTGRESQL = connection.vendor == "postgresql"
OBJECT = "json_build_object" if POSTGRESQL else "json_object"


def _columns(alias: str, *names: str) -> str:
    return ", ".join(f"'{name}', {alias}.{name}" for name in names)


def _json(alias: str, name: str) -> str:
    """Return a column that holds JSON: SQLite would make a text of it."""
    return f"'{name}', {alias}.{name}" if POSTGRESQL else f"'{name}', json({alias}.{name})"


def _yes_no(alias: str, *names: str) -> str:
    """Return columns that are true or false: SQLite has numbers only."""
    if POSTGRESQL:
        return _columns(alias, *names)
    return ", ".join(
        f"'{name}', CASE {alias}.{name} WHEN 1 THEN json('true') WHEN 0 THEN json('false') END"
        for name in names
    )


def _array(what: str, order: str) -> str:
    if POSTGRESQL:
        return f"coalesce(json_agg({what} ORDER BY {order}), '[]')"
    return f"json_group_array({what})"


_FIELDS = (
    "SELECT disk_id, "
    + ("json_object_agg" if POSTGRESQL else "json_group_object")
    + f"(field, {OBJECT}('override', value, 'against', against, 'reason', reason, 'by', made_by, 'at', made_at)) AS fields "
    "FROM nodes_diskcorrection GROUP BY disk_id"
)
_DISK = f"""{OBJECT}('known_by', d.identity || ' ' || d.observed_size_bytes,
    {_columns("d", "name", "by_id", "wwn", "serial", "model", "transport", "drive", "zoned", "status_reason")},
    'type', d.observed_type, 'size_bytes', d.observed_size_bytes, 'status', d.observed_status,
    {_yes_no("d", "rotational", "rotational_guess", "removable", "dirty")},
    {_json("d", "signatures")}, {_json("d", "mountpoints")}, {_json("d", "members")},
    'fields', {"coalesce(f.fields, '{}'::json)" if POSTGRESQL else "json(coalesce(f.fields, '{}'))"})"""
_NIC = f"""{OBJECT}(
    {_columns("i", "name", "mac", "type", "address", "prefix", "gateway", "mtu", "speed_mbps", "bond_mode")},
    {_columns("i", "vlan_id", "raw_device")},
    {_yes_no("i", "link")}, {_json("i", "slaves")}, {_json("i", "addresses")})"""
_NODE = f"""{OBJECT}(
    {_columns("n", "node_id", "status", "ssh_port", "ssh_user", "hostname", "memory_bytes", "host_key", "host_key_fingerprint")},
    'mgmt_address', {"host(n.mgmt_address)" if POSTGRESQL else "n.mgmt_address"},
    'zone_id', z.zone_id, 'role', r.role, 'sub_roles', {"r.sub_roles" if POSTGRESQL else "json(r.sub_roles)"},
    'product', {OBJECT}('vendor', n.product_vendor, 'name', n.product_name, 'serial', n.product_serial),
    'cpu', {OBJECT}('arch', n.cpu_arch, 'model', n.cpu_model, 'sockets', n.cpu_sockets, 'cores', n.cpu_cores,
        'threads', n.cpu_threads),
    'os', {OBJECT}('name', n.os_name, 'version', n.os_version, 'kernel', n.kernel),
    {_columns("n", "root_part", "root_size_bytes", "swap_part", "swap_size_bytes", "rest_part", "rest_size_bytes")},
    {_columns("n", "default_gateway", "default_interface", "mgmt_interface", "qemu_version", "error", "collected_at")},
    {_columns("n", "clock_offset_ms", "clock_uncertainty_ms", "clock_measured_at", "clock_source")},
    {_json("n", "warnings")}, {_json("n", "os_legs")},
    'disks', (SELECT {_array(_DISK, 'd."order", d.name')} FROM nodes_disk d LEFT JOIN f ON f.disk_id = d.id
        WHERE d.node_id = n.id),
    'networks', (SELECT {_array(_NIC, "i.name")} FROM nodes_networkinterface i WHERE i.node_id = n.id))"""
_NODES = f"""WITH f AS ({_FIELDS}) SELECT {_array(_NODE, "n.mgmt_address")}
    FROM (SELECT * FROM nodes_node WHERE %s ORDER BY mgmt_address LIMIT %s) n
    LEFT JOIN zones_role r ON r.node_id = n.id LEFT JOIN zones_zone z ON z.id = r.zone_id"""
_EVENT = f"{OBJECT}({_columns('e', 'seq', 'ts', 'node', 'phase', 'step', 'stream', 'level', 'line')})"
_EVENTS = f"""SELECT {_array(_EVENT, "e.seq")} FROM (SELECT * FROM jobs_event
    WHERE job_id = (SELECT id FROM jobs_job WHERE job_id = %s) AND seq > %s ORDER BY seq LIMIT %s) e"""


def _answer(query: str, *values: Any) -> HttpResponse:
    with connection.cursor() as cursor:
        # As text: the driver would make Python's objects of it.
        cursor.execute(f"SELECT ({query}){'::text' if POSTGRESQL else ''}", values)
        (found,) = cursor.fetchone()
    return HttpResponse(found, content_type="application/json")


def nodes(request: HttpRequest) -> HttpResponse:
    """Answer with the first nodes."""
    return _answer(_NODES % ("true", "%s"), int(request.GET["page_size"]))


def node(request: HttpRequest, node_id: str) -> HttpResponse:
    """Answer with one node."""
    return _answer(_NODES % ("node_id = %s", "1"), node_id)


def events(request: HttpRequest, job_id: str) -> HttpResponse:
    """Answer with lines of a log."""
    return _answer(_EVENTS, job_id, int(request.GET["after"]), int(request.GET["limit"]))


class _Corrections(serializers.ModelSerializer[DiskCorrection]):
    class Meta:
        model = DiskCorrection
        fields = "__all__"


class _Disks(serializers.ModelSerializer[Disk]):
    corrections = _Corrections(many=True)

    class Meta:
        model = Disk
        fields = "__all__"


class _Interfaces(serializers.ModelSerializer[NetworkInterface]):
    class Meta:
        model = NetworkInterface
        fields = "__all__"


class _Roles(serializers.ModelSerializer[Role]):
    zone_id = serializers.CharField(source="zone.zone_id")

    class Meta:
        model = Role
        fields = ("zone_id", "role", "sub_roles")


class _Nodes(serializers.ModelSerializer[Node]):
    disks = _Disks(many=True)
    interfaces = _Interfaces(many=True)
    role = _Roles(allow_null=True, default=None)

    class Meta:
        model = Node
        fields = "__all__"


class _Events(serializers.ModelSerializer[Event]):
    class Meta:
        model = Event
        exclude = ("id", "job")


class _Pages(PageNumberPagination):
    page_size = 100
    page_size_query_param = "page_size"


class _Plain:
    authentication_classes = permission_classes = filter_backends = ()
    pagination_class = _Pages


class NodeViewSet(_Plain, viewsets.ReadOnlyModelViewSet[Node]):
    """Nodes with their parts."""

    queryset = Node.objects.select_related("role__zone").prefetch_related("disks__corrections", "interfaces")
    serializer_class = _Nodes
    lookup_field = "node_id"


class EventViewSet(_Plain, viewsets.ReadOnlyModelViewSet[Event]):
    """Lines of the newest job's log."""

    serializer_class = _Events

    def get_queryset(self) -> Any:
        """Select lines after a number."""
        return Event.objects.filter(job=Job.objects.latest("pk"), seq__gt=int(self.request.GET["after"]))


_router = SimpleRouter()
_router.register("nodes", NodeViewSet, "node")
_router.register("events", EventViewSet, "event")
urlpatterns = [
    path("floor/nodes/", nodes),
    path("floor/nodes/<str:node_id>/", node),
    path("floor/events/<str:job_id>/", events),
    path("drf/", include(_router.urls)),
]

"""Requests and responses of zones: their roles, networks and examples."""

from __future__ import annotations

from rest_framework import serializers

from installer.api.plans.serializers import FileRequest
from installer.api.serializers import Request, Shape, one_of
from zones.core.rendering import SYNTAXES
from zones.models import ROLES, Zone
from zones.states import PlanStatus


class ZoneShape(Shape):
    """A zone."""

    zone_id = serializers.CharField()
    region_id = serializers.CharField()
    deploy_mode = serializers.ChoiceField(Zone.DeployMode.choices)
    network_mode = serializers.ChoiceField(Zone.NetworkMode.choices)
    is_global = serializers.BooleanField()
    qemu_version = serializers.CharField()
    node_count = serializers.IntegerField()
    created_at = serializers.DateTimeField()


class RoleShape(Shape):
    """The role of a node in its zone."""

    node_id = serializers.CharField()
    mgmt_address = serializers.CharField()
    hostname = serializers.CharField()
    zone_id = serializers.CharField()
    role = serializers.ChoiceField(ROLES)
    sub_roles = serializers.ListField(child=serializers.CharField())
    pair_node_id = serializers.CharField(allow_null=True)
    plan_id = serializers.CharField(allow_null=True)


class EipPoolShape(Shape):
    """A public segment and the VG node that carries it."""

    id = serializers.IntegerField()
    zone_id = serializers.CharField()
    node_id = serializers.CharField(help_text="VG node that carries the segment")
    mgmt_address = serializers.CharField()
    network = serializers.CharField()
    gateway = serializers.CharField()
    ha_group = serializers.CharField()
    plan_id = serializers.CharField(allow_null=True)


class VbcShape(Shape):
    """A base network, its VIPs and the hypers that carry it."""

    id = serializers.IntegerField()
    zone_id = serializers.CharField()
    ipv4_network = serializers.CharField(allow_null=True)
    ipv4_vip = serializers.CharField(allow_null=True)
    ipv6_network = serializers.CharField(allow_null=True)
    ipv6_vip = serializers.CharField(allow_null=True)
    master = serializers.CharField(help_text="management address of the hyper that holds the VIP")
    mgmt_ips = serializers.ListField(child=serializers.CharField())
    plan_id = serializers.CharField(allow_null=True)


class ListedRoleShape(Shape):
    """The role of a node in a regenerated node list."""

    address = serializers.CharField()
    hostname = serializers.CharField()
    role = serializers.ChoiceField(ROLES)
    sub_roles = serializers.ListField(child=serializers.CharField())


class RouteShape(Shape):
    """A return route."""

    network = serializers.CharField()
    via = serializers.CharField(help_text="the VIP")
    family = one_of([("ipv4", "IPv4"), ("ipv6", "IPv6")])


class ListedShape(Shape):
    """A plan after its node lists were regenerated."""

    plan_id = serializers.CharField()
    status = one_of(PlanStatus.choices)
    roles = ListedRoleShape(many=True)
    files = serializers.ListField(child=serializers.CharField(), help_text="paths of changed node lists")


class AdoptRequest(Request):
    """Request to register a running zone."""

    variables = FileRequest()
    settings = FileRequest()
    check = serializers.BooleanField(
        default=False, help_text="return what would be recorded (200) without recording it"
    )
    content_hash = serializers.CharField(
        max_length=64, default="", allow_blank=True, help_text="`content_hash` of the viewed preview"
    )


class RoutesQuery(Request):
    """Syntax and selection of return routes."""

    syntax = serializers.ChoiceField(SYNTAXES, default="iproute2")
    group = serializers.CharField(max_length=128, default="", allow_blank=True)
    job = serializers.CharField(max_length=10, default="", allow_blank=True)


class ArchiveShape(Shape):
    """An example zone."""

    name = serializers.CharField(help_text="`MODE/ZONE`, as in `copy_template --archive`")
    deploy_mode = serializers.CharField()
    zone_id = serializers.CharField()
    about = serializers.CharField()
    files = serializers.DictField(child=serializers.CharField(), help_text="text by file name")

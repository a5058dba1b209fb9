"""Response shapes for zones and plans, for the OpenAPI document."""

from __future__ import annotations

from rest_framework import serializers

from installer.api.shapes import FindingShape, Shape, one_of
from zones.models import ROLES, Plan, Zone
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
    node_id = serializers.CharField(help_text="the VG node that carries it")
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


class PlanRowShape(Shape):
    """A plan in a list."""

    plan_id = serializers.CharField()
    zone_id = serializers.CharField()
    revision = serializers.IntegerField()
    kind = serializers.ChoiceField(Plan.Kind.choices)
    status = one_of(PlanStatus.choices)
    content_hash = serializers.CharField()
    comment = serializers.CharField()
    created_by = serializers.CharField()
    created_at = serializers.DateTimeField()
    decided_by = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    applied_at = serializers.DateTimeField(allow_null=True)
    job_id = serializers.CharField()


class PlanVbcShape(Shape):
    """A base network assigned by a plan."""

    ipv4_vbc = serializers.CharField()
    ipv4_vip = serializers.CharField()
    ipv6_vbc = serializers.CharField()
    ipv6_vip = serializers.CharField()
    master = serializers.CharField()
    mgmt_ips = serializers.ListField(child=serializers.CharField())


class PlanFileShape(Shape):
    """A file that a plan writes."""

    path = serializers.CharField()
    address = serializers.CharField()
    status = one_of(["added", "changed", "removed", "same"])
    content = serializers.CharField()
    content_hash = serializers.CharField(help_text="names this text when it is edited: SHA-256")
    edited_by = serializers.CharField(help_text="who edited it by hand; empty when nobody did")
    edited_at = serializers.DateTimeField(allow_null=True)
    diff = serializers.CharField(required=False, help_text="against what the zone has now")
    edit_diff = serializers.CharField(required=False, help_text="what the edit by hand changed")


class DestroyedDiskShape(Shape):
    """A disk that the installation formats."""

    node = serializers.CharField(help_text="management address")
    hostname = serializers.CharField()
    name = serializers.CharField()
    model = serializers.CharField()
    serial = serializers.CharField()
    size_bytes = serializers.IntegerField()
    holds = serializers.ListField(child=serializers.CharField(), help_text="what the last collection found")
    becomes = serializers.CharField()
    erased_first = serializers.BooleanField(help_text="the plan erases what it holds before it is formatted")


class PlanShape(PlanRowShape):
    """A plan with its findings, roles, networks and files."""

    destroys = DestroyedDiskShape(
        many=True,
        help_text="disks that the installation formats, odd ones first; none once the plan is closed",
    )
    findings = FindingShape(many=True)
    roles = serializers.DictField(child=serializers.JSONField(), help_text="by management address")
    vbcs = PlanVbcShape(many=True)
    vbc_count = serializers.IntegerField()
    summary = serializers.JSONField(help_text="files counted by status; nodes that change alike, folded")
    eips = serializers.ListField(child=serializers.JSONField())
    files = PlanFileShape(many=True, required=False)


class LeftOutShape(PlanShape):
    """A plan after nodes were left out."""

    again = serializers.ListField(
        child=serializers.CharField(), help_text="hostnames in service whose settings change: scaled again"
    )
    changed_files = serializers.ListField(child=serializers.CharField(), help_text="their paths")


class ConfiguredShape(Shape):
    """The result of checking the configuration of one zone."""

    zone_id = serializers.CharField()
    findings = FindingShape(many=True)
    plan = PlanShape(allow_null=True, help_text="null when only checked")


class ConfiguredListShape(Shape):
    """The results of checking configuration files, by zone."""

    zones = ConfiguredShape(many=True)


class DryStepShape(Shape):
    """A command that a job would run."""

    node = serializers.CharField()
    phase = serializers.CharField()
    component = serializers.CharField()
    command = serializers.CharField()


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

"""Requests and responses of orders: the table, its YAML, findings with their cells, drafts."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from installer.api.serializers import MAX_FILE_CHARS, MAX_NODES, Request, Shape, one_of

_WORDS = 64
_SHORT = 200


def _text(**more: Any) -> serializers.CharField:
    return serializers.CharField(
        **{"allow_blank": True, "trim_whitespace": False, "max_length": _SHORT, **more}
    )


def _words(**more: Any) -> serializers.ListField:
    return serializers.ListField(child=_text(), max_length=_WORDS, **more)


def _file(**more: Any) -> serializers.CharField:
    return _text(max_length=MAX_FILE_CHARS, default="", **more)


class OrderNodeField(Request):
    """A node that gets a role."""

    address = _text()
    role = _text()
    sub_roles = _words()
    note = _text(default="", help_text="comment behind the line of the node")


class SegmentsField(Request):
    """Public segments of a VG node."""

    address = _text()
    segments = _words()


class OrderVbcField(Request):
    """A VBC that is given by hand."""

    mgmt_ips = serializers.ListField(child=_text(), max_length=MAX_NODES)
    ipv4_vbc = _text(default="")
    ipv4_vip = _text(default="", help_text="VIP|Master")
    ipv6_vbc = _text(default="")
    ipv6_vip = _text(default="")


class OrderField(Request):
    """A settings file as a table."""

    zone_id = _text(default="")
    nodes = OrderNodeField(many=True)
    pairs = serializers.ListField(child=_words(), max_length=MAX_NODES)
    eips = SegmentsField(many=True)
    vbc = OrderVbcField(many=True)
    kept = _file(help_text="YAML of everything that the table does not show")
    remarks = serializers.ListField(
        child=_text(max_length=2000), max_length=1000, default=list, help_text="other comments of the file"
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that there are not too many rows. Raises :class:`ValidationError`."""
        for name in ("nodes", "eips", "vbc"):
            if len(attrs[name]) > MAX_NODES:
                raise serializers.ValidationError({name: [f"at most {MAX_NODES} rows"]})
        for row in attrs["nodes"]:
            # A comment is one line.
            row["note"] = " ".join(row["note"].split())
        attrs["remarks"] = [" ".join(line.split("\n")) for line in attrs["remarks"] if line.startswith("#")]
        return attrs


class CheckOrderRequest(Request):
    """Request to check an order: as a table, or as the text of its settings file."""

    order = OrderField(required=False, allow_null=True)
    text = _file(help_text="settings file; used if there is no table")
    variables = _file(help_text="variables file of a new zone")


class ProposeOrderRequest(Request):
    """Request to propose an order."""

    addresses = serializers.ListField(child=_text(), max_length=MAX_NODES)
    variables = _file(help_text="variables file of a new zone")


class SaveDraftRequest(Request):
    """Request to save one's draft."""

    settings = _file()
    variables = _file()
    version = serializers.IntegerField(
        min_value=0, max_value=2**31 - 1, help_text="version that this one was made from; 0: none"
    )


class OrderFindingShape(Shape):
    """A finding, and the cells of the table that it is about."""

    code = serializers.CharField()
    field = serializers.CharField(allow_blank=True)
    detail = serializers.CharField()
    remedy = serializers.CharField(required=False)
    level = one_of(["error", "warning", "info"])
    file = serializers.CharField(required=False)
    line = serializers.IntegerField(required=False)
    node = serializers.CharField(required=False)
    cells = serializers.ListField(
        child=serializers.ListField(child=serializers.CharField()),
        help_text="[address of the node, column] for each cell; empty: the whole file",
    )


class PlannedVbcShape(Shape):
    """A VBC that the plan would add."""

    mgmt_ips = serializers.ListField(child=serializers.CharField())
    ipv4_vbc = serializers.CharField()
    ipv4_vip = serializers.CharField()
    ipv6_vbc = serializers.CharField()
    ipv6_vip = serializers.CharField()
    master = serializers.CharField()


class OrderSummaryShape(Shape):
    """What a plan of this order would contain; without values while the file cannot be read."""

    deploy_mode = serializers.CharField(required=False)
    network_mode = serializers.CharField(required=False)
    nodes = serializers.IntegerField(required=False)
    roles = serializers.DictField(child=serializers.IntegerField(), required=False)
    formats = serializers.IntegerField(required=False, help_text="number of disks that are formatted")
    by_hand = serializers.BooleanField(required=False, help_text="VBCs are given in the file")
    vbc = PlannedVbcShape(many=True, required=False)
    sub_roles = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField()),
        required=False,
        help_text="possible ones by role",
    )


class CheckedOrderShape(Shape):
    """An order with its YAML and its findings."""

    name = serializers.CharField(help_text="name of the settings file")
    kind = one_of(["scale", "zone"])
    text = serializers.CharField()
    order = OrderField(allow_null=True, help_text="null if the text cannot be read")
    ok = serializers.BooleanField(help_text="no finding prevents a plan")
    findings = OrderFindingShape(many=True)
    summary = OrderSummaryShape()


class FitShape(Shape):
    """Whether a node may have a role, and why not."""

    role = serializers.CharField()
    fits = serializers.BooleanField()
    why = serializers.ListField(child=serializers.CharField())


class CandidateShape(Shape):
    """A node that can be chosen."""

    node_id = serializers.CharField()
    address = serializers.CharField()
    hostname = serializers.CharField()
    rack = serializers.CharField(help_text="from the host name")
    status = serializers.CharField()
    disks = serializers.CharField()
    usable = serializers.BooleanField()
    problems = serializers.ListField(child=serializers.CharField())
    fits = FitShape(many=True)


class ProposedOrderShape(CheckedOrderShape):
    """A proposed order; `advice` says what is left to a person."""

    advice = OrderFindingShape(many=True)
    candidates = CandidateShape(many=True)
    more = serializers.IntegerField(help_text="number of further candidates that are not listed")


class OrderDraftShape(Shape):
    """A draft of an order."""

    person = serializers.CharField()
    version = serializers.IntegerField()
    settings = serializers.CharField()
    variables = serializers.CharField()
    updated_at = serializers.DateTimeField()

"""Base classes of requests and responses, and what several objects share: named nodes, findings, problems."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

MAX_NODES = 4096
MAX_FILE_CHARS = 1_000_000


class Request(serializers.Serializer[Any]):
    """Base of all requests: an unknown field is an error, not ignored."""

    def to_internal_value(self, data: Any) -> Any:
        """Validate the fields. Raises :class:`ValidationError` naming every invalid or unknown field."""
        known = {name for name, field in self.fields.items() if not field.read_only}
        unknown = sorted(set(data) - known) if hasattr(data, "keys") else []
        if unknown:
            said = gettext("unknown field: no fields are allowed here")
            if known:
                text = gettext("unknown field: use %(names)s")
                said = text % {"names": ", ".join(sorted(known))}
            raise serializers.ValidationError({str(name)[:80]: [said] for name in unknown[:20]})
        return super().to_internal_value(data)


class NothingRequest(Request):
    """Request of a verb without parameters."""


class AddressList(serializers.ListField):
    """Addresses, ranges ``A-B`` or networks in CIDR form."""

    child = serializers.CharField(max_length=100)

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"max_length": MAX_NODES, **kwargs})


class NodesRequest(Request):
    """Nodes, by address or by id."""

    addresses = AddressList(required=False, help_text="addresses, ranges A-B or networks in CIDR notation")
    node_ids = serializers.ListField(
        child=serializers.CharField(max_length=10), max_length=MAX_NODES, required=False
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Check that nodes are named. Raises :class:`ValidationError` if not."""
        if not attrs.get("addresses") and not attrs.get("node_ids"):
            raise serializers.ValidationError({"addresses": ["specify nodes: addresses or node_ids"]})
        return attrs


class Shape(serializers.Serializer[Any]):
    """Description of a response; not used to parse or render."""


def one_of(values: Sequence[Any]) -> serializers.Field[Any, Any, Any, Any]:
    """Describe one of several choices inline: many shapes have a status, each with different values."""
    words = [value[0] if isinstance(value, tuple) else value for value in values]
    kind = "integer" if isinstance(words[0], int) else "string"
    described = extend_schema_field({"allOf": [{"type": kind, "enum": words}]})
    # A new class for each call: the schema is attached to the class.
    field: type[serializers.ReadOnlyField] = described(type("OneOf", (serializers.ReadOnlyField,), {}))
    return field()


class FindingShape(Shape):
    """A finding: its code, what is wrong, where, and what to do."""

    code = serializers.CharField()
    field = serializers.CharField(allow_blank=True)
    detail = serializers.CharField()
    remedy = serializers.CharField(required=False)
    level = serializers.ChoiceField(["error", "warning", "info"], required=False)
    file = serializers.CharField(required=False)
    line = serializers.IntegerField(required=False)
    node = serializers.CharField(required=False)


class TextDifferenceShape(Shape):
    """A file that changed since it was viewed."""

    place = serializers.CharField(help_text="path of the file")
    diff = serializers.CharField()


class DifferenceShape(Shape):
    """Changes since the object was viewed."""

    changes = serializers.ListField(child=serializers.CharField(), help_text="who changed what, and when")
    texts = TextDifferenceShape(many=True)


@extend_schema_serializer(component_name="Problem")
class ProblemShape(Shape):
    """An error response (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    findings = FindingShape(many=True, required=False)
    job_id = serializers.CharField(required=False)
    difference = DifferenceShape(required=False, help_text="what changed since the object was viewed")

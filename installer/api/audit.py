"""/audit/: who did what, when, from where, and why."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import serializers

from common.audit import worded
from common.models import AuditEntry
from installer.api import filters
from installer.api.base import RowsViewSet, flat_rows, problems
from installer.api.pagination import GrowingPages
from installer.api.serializers import Shape

_COLUMNS = ("id", "actor", "via", "address", "verb", "subject", "reason", "detail")
_ROW = {"at": "at", **dict(zip(_COLUMNS, _COLUMNS, strict=True))}


class AuditShape(Shape):
    """An entry of the audit trail."""

    id = serializers.IntegerField()
    at = serializers.DateTimeField()
    actor = serializers.CharField()
    via = serializers.CharField(help_text="interface: admin, api or command")
    address = serializers.CharField(help_text="where the request came from; empty for a command")
    verb = serializers.CharField()
    subject = serializers.CharField(help_text="id of the node, job, zone or plan, or the name of an account")
    reason = serializers.CharField()
    detail = serializers.JSONField()


class AuditFilter(filters.Filters):
    """Filters of the audit trail."""

    actor = filters.text()
    verb = filters.text()
    via = filters.text()
    subject = filters.text()


@extend_schema_view(
    list=extend_schema(responses={200: AuditShape(many=True), **problems(400, 404)}),
    retrieve=extend_schema(responses={200: AuditShape, **problems(404)}),
)
class AuditViewSet(RowsViewSet):
    """The audit trail, newest first."""

    view_permission = "common.view_auditentry"
    serializer_class = AuditShape
    filterset_class = AuditFilter
    pagination_class = GrowingPages
    search_fields = ("subject", "actor", "verb", "reason")
    ordering_fields = ("id",)
    lookup_field = "id"
    lookup_value_regex = "[0-9]{1,18}"

    def get_queryset(self) -> QuerySet[Any]:
        """Select entries."""
        return AuditEntry.objects.all()

    def rows(self, found: QuerySet[AuditEntry]) -> list[dict[str, Any]]:
        """Return entries, their details in the language of the reader; one query however many there are."""
        return [{**row, "detail": worded(row["detail"])} for row in flat_rows(found, _ROW)]

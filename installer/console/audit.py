"""The audit: a read-only list."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy

from common.audit import worded
from common.models import AuditEntry
from installer.console.base import ConsoleAdmin

SHOWN_CHARS = 160


@admin.register(AuditEntry)
class AuditAdmin(ConsoleAdmin):
    """Newest first; filter by user, verb and interface, search by node, job, zone or plan."""

    list_display = ("at", "actor", "via", "address", "verb", "subject", "reason", "what")
    list_display_links = ("at",)
    search_fields = ("subject", "actor", "verb", "reason")
    actions = None
    page_template = "console/audit.html"

    @admin.display(description=gettext_lazy("detail"))
    def what(self, entry: AuditEntry) -> str:
        """Show the start of the detail; the page of the entry shows all of it."""
        if not entry.detail:
            return ""
        text = json.dumps(worded(entry.detail), ensure_ascii=False)
        return text if len(text) <= SHOWN_CHARS else text[:SHOWN_CHARS] + "…"

    def get_list_filter(self, request: HttpRequest) -> Any:
        """Offer the users and verbs that occur: both are plain text in the log."""
        every = admin.AllValuesFieldListFilter
        return (("verb", every), ("via", every), ("actor", every))

    def page_context(self, request: HttpRequest, item: AuditEntry) -> dict[str, Any]:
        """Return the entry with its detail for the template."""
        return {"item": item, "detail": json.dumps(worded(item.detail), ensure_ascii=False, indent=2)}

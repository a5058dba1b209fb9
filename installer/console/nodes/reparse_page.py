"""Stored output of nodes, parsed again with the current parsers: the difference first."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect

from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from installer.console.nodes.changes import change_rows
from installer.console.nodes.forms import NodesForm
from nodes import services
from nodes.models import Node
from nodes.services.reparse import Reparsed
from nodes.states import COLLECTABLE

# Parsing one takes some hundredths of a second; a page must be ready within the web server's time limit.
MAX_NODES = 300


class ReparseVerbs(ConsoleAdmin):
    """Mixin for the admin of nodes."""

    @admin.action(description="Read again what was collected…", permissions=["run"])
    def reparse(self, request: HttpRequest, queryset: QuerySet[Node]) -> HttpResponse | None:
        """Show first what would differ."""
        if verbs.too_many(request, queryset.count(), MAX_NODES, "reparse_nodes -I FILE"):
            return None
        return self._differences(request, queryset)

    def reparse_form(self, request: HttpRequest) -> HttpResponse:
        """Store the new result on POST."""
        verbs.need(verbs.may_run(request))
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of("changelist"))
        form = NodesForm(request.POST)
        if form.is_valid():
            done = verbs.attempt(
                request,
                lambda: services.reparse_nodes(
                    addresses=form.cleaned_data["nodes"],
                    actor=verbs.actor(request),
                    force=bool(request.POST.get("force")),
                ),
            )
            if done is not None:
                _say(request, done)
                return HttpResponseRedirect(self.url_of("changelist"))
        for errors in form.errors.values():
            messages.error(request, " ".join(map(str, errors)))
        chosen = Node.objects.filter(node_id__in=request.POST.get("nodes", "").split()[:MAX_NODES])
        if not chosen.exists():
            return HttpResponseRedirect(self.url_of("changelist"))
        return self._differences(request, chosen)

    def _differences(self, request: HttpRequest, chosen: QuerySet[Node]) -> HttpResponse:
        addresses = [str(address) for address in chosen.values_list("mgmt_address", flat=True)]
        found = verbs.attempt(
            request,
            lambda: services.reparse_nodes(addresses=addresses, actor=verbs.actor(request), dry_run=True),
        )
        if found is None:
            return HttpResponseRedirect(self.url_of("changelist"))
        return self.page(
            request,
            "console/node_reparse.html",
            "Read again what was collected",
            nodes=" ".join(item.node.node_id for item in found),
            rows=[_row(item) for item in found if item.changes or item.error],
            same=[item.node for item in found if not item.changes and not item.error],
            differ=sum(bool(item.changes) for item in found),
            unread=sum(bool(item.error) for item in found),
            in_service=[
                (item.node.mgmt_address, pill(item.node.status))
                for item in found
                if item.node.status not in COLLECTABLE
            ],
            storable=any(item.collection for item in found),
        )


def _row(item: Reparsed) -> dict[str, Any]:
    tone = ("failed", "cannot be read") if item.error else ("changed", "differs")
    return {
        "node": item.node,
        "pill": pill(*tone),
        "error": item.error,
        "changes": change_rows(item.changes),
    }


def _say(request: HttpRequest, done: Sequence[Reparsed]) -> None:
    unread = [item for item in done if item.error]
    differ = sum(bool(item.changes) for item in done)
    messages.success(
        request, f"{verbs.count(len(done) - len(unread), 'node')} read again, {differ} of them differed"
    )
    for item in unread[: verbs.SHOWN_FINDINGS]:
        messages.warning(request, f"{item.node}: {item.error}")
    if len(unread) > verbs.SHOWN_FINDINGS:
        messages.warning(
            request, f"and {len(unread) - verbs.SHOWN_FINDINGS} more could not be read: collect them"
        )

"""Taking nodes out of service: the consequences first, then the button."""

from __future__ import annotations

from contextlib import suppress

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy, ngettext

from common.audit import MAX_REASON_CHARS
from common.confirmation import asked_for
from common.errors import VerbError
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from installer.console.nodes.forms import NodesForm
from nodes.models import Node
from zones.services.retire import Retired, retire_nodes

MAX_NODES = 300


class RetireVerbs(ConsoleAdmin):
    """Mixin for the admin of nodes."""

    @admin.action(description=gettext_lazy("Retire…"), permissions=["run"])
    def retire(self, request: HttpRequest, queryset: QuerySet[Node]) -> HttpResponse | None:
        """Show the consequences first."""
        if verbs.too_many(request, queryset.count(), MAX_NODES, "retire_nodes -I FILE"):
            return None
        return self._consequences(request, queryset)

    def retire_form(self, request: HttpRequest) -> HttpResponse:
        """Remove the posted nodes from their zone, and show what remains to be done."""
        verbs.need(verbs.may_run(request))
        form = NodesForm(request.POST or None)
        if not form.is_valid():
            for errors in form.errors.values():
                messages.error(request, " ".join(map(str, errors)))
            return HttpResponseRedirect(self.url_of("changelist"))
        done = verbs.attempt(
            request,
            lambda: retire_nodes(
                addresses=form.cleaned_data["nodes"],
                actor=verbs.actor(request),
                reason=verbs.posted(request, "reason", MAX_REASON_CHARS),
                confirm=verbs.posted(request, "confirm", 2000),
            ),
        )
        if done is None:
            return self._consequences(
                request, Node.objects.filter(mgmt_address__in=form.cleaned_data["nodes"]), again=True
            )
        text = ngettext(
            "%(n)s node of zone %(zone)s retired.", "%(n)s nodes of zone %(zone)s retired.", len(done.nodes)
        )
        messages.success(request, text % {"n": len(done.nodes), "zone": done.zone_id})
        return self._show(request, done, done=True)

    def _consequences(
        self, request: HttpRequest, chosen: QuerySet[Node], *, again: bool = False
    ) -> HttpResponse:
        """Show what would follow; ``again``: the refusal has already been shown."""
        addresses = [str(address) for address in chosen.values_list("mgmt_address", flat=True)]

        def call() -> Retired:
            return retire_nodes(addresses=addresses, actor=verbs.actor(request), dry_run=True)

        retired = None
        if again:
            with suppress(VerbError):
                retired = call()
        else:
            retired = verbs.attempt(request, call)
        if retired is None:
            return HttpResponseRedirect(self.url_of("changelist"))
        return self._show(request, retired, done=False)

    def _show(self, request: HttpRequest, retired: Retired, *, done: bool) -> HttpResponse:
        return self.page(
            request,
            "console/node_retire.html",
            gettext("Retired: remaining tasks") if done else gettext("Retire nodes"),
            retired=retired,
            done=done,
            ids=" ".join(node.node_id for node in retired.nodes),
            rows=[(pill(item.level), item) for item in retired.findings],
            settings=retired.settings,
            reason_chars=MAX_REASON_CHARS,
            reason=verbs.posted(request, "reason", MAX_REASON_CHARS),
            asked=asked_for([node.label for node in retired.nodes]),
            back=self.url_of("changelist"),
        )

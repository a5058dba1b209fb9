"""Disk corrections: one on the page of its node, or the disk of one name on many nodes after a preview."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy, ngettext

from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.nodes.actions import SHOWN_NODES
from installer.console.nodes.forms import DiskForm
from installer.console.nodes.history import FIELD_WORDS, shown_value
from installer.console.return_path import onward
from installer.console.units import size_text
from nodes.models import CORRECTABLE, Disk, Node
from nodes.services.modify import modify_disks


class ModifyVerbs(ConsoleAdmin):
    """Mixin for the admin of nodes."""

    @admin.action(description=gettext_lazy("Correct a disk…"), permissions=["run"])
    def correct_disks(self, request: HttpRequest, queryset: QuerySet[Node]) -> HttpResponse:
        """Ask for the correction first."""
        ids = " ".join(queryset.values_list("node_id", flat=True))
        return self._ask_correction(request, DiskForm(initial={"nodes": ids}))

    def disks_form(self, request: HttpRequest) -> HttpResponse:
        """Preview which disk is affected on each node; once that was seen, correct exactly those. Takes a POST."""
        verbs.need(verbs.may_run(request))
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of("changelist"))
        form = DiskForm(request.POST)
        if not form.is_valid():
            return self._ask_correction(request, form)
        wanted = {"addresses": form.cleaned_data["nodes"], "actor": verbs.actor(request), **form.changes()}
        if "seen" in request.POST:
            seen = _seen(request.POST["seen"], wanted["addresses"])
            done = verbs.attempt(
                request,
                lambda: modify_disks(**wanted, seen=seen, seen_at=verbs.posted_moment(request, "seen_at")),
            )
            if done is not None:
                text = ngettext(
                    "Disk %(disk)s corrected on %(n)s node.",
                    "Disk %(disk)s corrected on %(n)s nodes.",
                    len(done),
                )
                messages.success(request, text % {"disk": done[0].name, "n": len(done)})
                return HttpResponseRedirect(self.url_of("changelist"))
        would = verbs.attempt(request, lambda: modify_disks(**wanted, dry_run=True))
        _tell_replaced(request, would or ())
        return self._preview(request, form, would) if would else self._ask_correction(request, form)

    def _ask_correction(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        ids = str(form["nodes"].value() or "").split()
        nodes = list(Node.objects.filter(node_id__in=ids).order_by("address_order"))
        return self.page(
            request,
            "console/ask.html",
            gettext("Correct a disk"),
            form=form,
            nodes=nodes[:SHOWN_NODES],
            more=max(len(nodes) - SHOWN_NODES, 0),
            button=gettext("Preview"),
            action=self.url_of("disks_form"),
            back=self.url_of("changelist"),
        )

    def _preview(self, request: HttpRequest, form: forms.Form, would: Sequence[Disk]) -> HttpResponse:
        disks = Disk.objects.filter(pk__in=[disk.pk for disk in would]).prefetch_related("corrections")
        before = disks.in_bulk()
        return self.page(
            request,
            "console/node_modify.html",
            gettext("Correct a disk"),
            form=form,
            rows=[_row(before[disk.pk], disk) for disk in would],
            seen=json.dumps({str(disk.node.mgmt_address): disk.known_by for disk in would}),
        )

    def disk(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Correct one disk, or keep or drop a conflicting correction, on a POST from the page of a node."""
        verbs.need(verbs.may_run(request))
        node = self.get_item(request, object_id)
        if request.method == "POST":
            form = DiskForm(
                {**request.POST.dict(), "nodes": node.node_id, "clear": request.POST.getlist("clear")}
            )
            if form.is_valid():
                changes = {
                    **form.changes(),
                    **_kept(node, form.changes()["disk"], request.POST.get("keep", "")),
                }
                address = str(node.mgmt_address)
                done = verbs.attempt(
                    request,
                    lambda: modify_disks(
                        addresses=[address],
                        actor=verbs.actor(request),
                        seen={address: request.POST.get("known_by", "")},
                        seen_at=verbs.posted_moment(request, "seen_at"),
                        **changes,
                    ),
                )
                if done:
                    messages.success(request, gettext("Disk %(disk)s corrected.") % {"disk": changes["disk"]})
                    _tell_replaced(request, done)
                elif verbs.outdated(request):
                    return self.change_view(request, object_id)
            for field, errors in form.errors.items():
                messages.error(request, f"{form[field].label}: {' '.join(map(str, errors))}")
        return HttpResponseRedirect(onward(request, self.page_url(node)))


def _tell_replaced(request: HttpRequest, disks: Sequence[Disk]) -> None:
    """Report the replaced corrections of other users, in one message."""
    replaced = [sentence for disk in disks for sentence in disk.replaced]
    if replaced:
        listed = "; ".join(replaced[:5])
        if len(replaced) > 5:
            listed = gettext("%(list)s and %(n)s more") % {"list": listed, "n": len(replaced) - 5}
        messages.warning(request, gettext("This replaces another correction: %(list)s") % {"list": listed})


def _seen(text: str, addresses: Sequence[str]) -> dict[str, str]:
    """Return by address what the preview showed; for a node it did not show, a value that no disk matches."""
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    known = told if isinstance(told, dict) else {}
    return {address: str(known.get(address, "")) for address in addresses}


def _row(before: Disk, after: Disk) -> dict[str, Any]:
    """Return one node of a preview: its disk, with effective values before and after."""
    return {
        "node": after.node,
        "disk": after,
        "size": size_text(after.observed_size_bytes),
        "changes": [
            (
                FIELD_WORDS[name],
                shown_value(name, before.effective(name)),
                shown_value(name, after.effective(name)),
            )
            for name in CORRECTABLE
            if before.effective(name) != after.effective(name)
        ],
    }


def _kept(node: Node, disk: str, field: str) -> dict[str, Any]:
    """Return the value of a correction unchanged: setting it again confirms it against the present observation."""
    if not field:
        return {}
    row = node.disks.filter(name=disk, present=True).first()
    found = row.corrections.filter(field=field).first() if row else None
    return {field: found.value, "reason": found.reason} if found else {}

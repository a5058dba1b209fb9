"""Scale-outs: the list, the page of one, and the buttons on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.decorators import method_decorator
from django.utils.translation import gettext, gettext_lazy, ngettext
from django.views.decorators.debug import sensitive_post_parameters

from common.secrets import Secret
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from installer.console.operations import scale_out_page
from installer.console.units import moment_text
from jobs.models import Job
from nodes.addresses import read_ip_list
from nodes.services.collect import collect_nodes
from nodes.services.establish import establish_ssh
from operations.models import ScaleOut
from operations.scale_out.service import (
    MAX_NOTE_CHARS,
    add_to_scale_out,
    begin_scale_out,
    close_scale_out,
    confirm_routes,
    note_scale_out,
    of_snapshot,
    remove_from_scale_out,
)
from zones.models import Zone

MAX_ADDRESSES = 200_000
SHOWN_ZONES = 200


@admin.register(ScaleOut)
class ScaleOutAdmin(ConsoleAdmin):
    """Scale-outs, newest first."""

    public_id = "scale_out_id"
    page_template = "console/scale_out.html"
    list_before_template = "console/scale_out_links.html"
    list_display = ("scale_out_id", "zone_id", "shown_status", "kind", "number", "created_by", "made")
    list_filter = ("kind",)
    search_fields = ("scale_out_id", "zone_id", "created_by")
    actions = None
    list_views = (("begin", "begin"),)
    object_views = (("do", "do"),)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Allow viewing to those who may view zones."""
        return bool(request.user.has_perm("zones.view_zone"))

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Allow the list to those who may view zones."""
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[ScaleOut]:
        """Select scale-outs with their number of nodes."""
        found: QuerySet[ScaleOut] = super().get_queryset(request)
        return found.annotate(node_count=Count("members"))

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list."""
        extra = {
            **(extra_context or {}),
            "may_run": verbs.may_run(request),
            "begin_url": self.url_of("begin"),
        }
        answer: HttpResponse = super().changelist_view(request, extra)
        return answer

    @admin.display(description=gettext_lazy("status"), ordering="closed_at")
    def shown_status(self, scale_out: ScaleOut) -> str:
        """Show whether it is open."""
        if scale_out.closed_at:
            return pill("succeeded", gettext("closed"))
        return pill("configured", gettext("open"))

    @admin.display(description=gettext_lazy("nodes"), ordering="node_count")
    def number(self, scale_out: Any) -> int:
        """Show the number of its nodes."""
        return int(scale_out.node_count)

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def made(self, scale_out: ScaleOut) -> str:
        """Show when it was begun."""
        return moment_text(scale_out.created_at)

    def page_context(self, request: HttpRequest, item: ScaleOut) -> dict[str, Any]:
        """Return what the page needs."""
        zone = Zone.objects.filter(zone_id=item.zone_id).first()
        return {
            **scale_out_page.context(request, item),
            "zone": zone,
            "do_url": self.url_of("do", item.scale_out_id),
            "note_chars": MAX_NOTE_CHARS,
        }

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """Show the page of a scale-out."""
        item = self.get_item(request, object_id)
        text = (
            gettext("Zone %(zone)s into its region")
            if item.kind == ScaleOut.Kind.ZONE
            else gettext("Scale-out of %(zone)s")
        )
        return self.page(
            request,
            self.page_template,
            text % {"zone": item.zone_id},
            **self.page_context(request, item),
        )

    def begin(self, request: HttpRequest) -> HttpResponse:
        """Ask for the zone and the nodes; on POST begin the scale-out."""
        verbs.need(verbs.may_run(request))
        given = {
            "zone": (request.POST.get("zone") or request.GET.get("zone", ""))[:64].strip(),
            "kind": request.POST.get("kind") or ScaleOut.Kind.NODES.value,
            "addresses": request.POST.get("addresses", "")[:MAX_ADDRESSES],
            "note": verbs.posted(request, "note", MAX_NOTE_CHARS),
        }
        if request.method == "POST":
            begun = verbs.attempt(request, lambda: _begin(request, given))
            if begun:
                return HttpResponseRedirect(scale_out_page.page_url(begun))
        return self.page(
            request,
            "console/scale_out_begin.html",
            gettext("Begin a scale-out"),
            given=given,
            kinds=ScaleOut.Kind.choices,
            zones=list(Zone.objects.values_list("zone_id", flat=True)[:SHOWN_ZONES]),
            note_chars=MAX_NOTE_CHARS,
            back=self.url_of("changelist"),
        )

    @method_decorator(sensitive_post_parameters("password"))
    def do(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Do what a button says, then show the page again; takes a POST."""
        verbs.need(verbs.may_run(request))
        item = self.get_item(request, object_id)
        here = scale_out_page.page_url(item)
        if request.method == "POST":
            call = _calls(request, item).get(request.POST.get("verb", ""))
            done = verbs.attempt(request, call) if call else None
            if isinstance(done, Job):
                verbs.begun(request, done)
            elif verbs.outdated(request):
                return self.change_view(request, object_id)
        return HttpResponseRedirect(here)


def _begin(request: HttpRequest, given: dict[str, str]) -> ScaleOut:
    text = given["addresses"].strip()
    return begin_scale_out(
        zone_id=given["zone"],
        kind=given["kind"] if given["kind"] in ScaleOut.Kind.values else ScaleOut.Kind.NODES,
        addresses=read_ip_list(text.encode(), "addresses") if text else [],
        note=given["note"],
        actor=verbs.actor(request),
    )


def _calls(request: HttpRequest, item: ScaleOut) -> dict[str, Callable[[], Any]]:
    """Return what each button does."""
    named: dict[str, Any] = {"scale_out_id": item.scale_out_id, "actor": verbs.actor(request)}
    return {
        "add": lambda: _add(request, named),
        "remove_nodes": lambda: _on_nodes(request, item, "remove_nodes"),
        "collect": lambda: _on_nodes(request, item, "collect"),
        "establish_ssh": lambda: _on_nodes(request, item, "establish_ssh"),
        "retry_ssh": lambda: _on_nodes(request, item, "retry_ssh"),
        "compare_keys": lambda: _on_nodes(request, item, "compare_keys"),
        "note": lambda: note_scale_out(
            note=verbs.posted(request, "note", MAX_NOTE_CHARS),
            made_from=verbs.posted(request, "made_from", MAX_NOTE_CHARS),
            **named,
        ),
        "confirm_routes": lambda: confirm_routes(**named),
        "close": lambda: close_scale_out(**named),
    }


def _add(request: HttpRequest, named: dict[str, Any]) -> Any:
    text = request.POST.get("addresses", "")[:MAX_ADDRESSES]
    chosen = [*request.POST.getlist("address")]
    typed = read_ip_list(text.encode(), "addresses") if text.strip() else []
    if not typed and not chosen:
        messages.error(request, gettext("No node is selected."))
        return None
    port = request.POST.get("port", "")
    added = add_to_scale_out(
        addresses=[*typed, *chosen],
        port=int(port) if port.isascii() and port.isdigit() and len(port) < 6 else 22,
        user=verbs.posted(request, "user", 32) or "root",
        **named,
    )
    text = ngettext("%(n)s node added.", "%(n)s nodes added.", len(added)) % {"n": len(added)}
    messages.success(request, text)
    return added


def _on_nodes(request: HttpRequest, item: ScaleOut, name: str) -> Any:
    """Do the action on the nodes that the button was about; when these are others by now, only say so."""
    stage_name = request.POST.get("stage", "")
    _, found = of_snapshot(item)
    wanted = [
        action.nodes
        for stage in found
        if stage.name == stage_name
        for action in (stage.action, *stage.others)
        if action and action.name == name
    ]
    nodes = next((nodes for nodes in wanted if scale_out_page.seen(nodes) == request.POST.get("seen")), ())
    if not nodes:
        text = gettext(
            "The nodes have changed since this page was shown: nothing was done. Look again below."
        )
        messages.warning(request, text)
        return None
    if name == "remove_nodes":
        out = remove_from_scale_out(
            scale_out_id=item.scale_out_id, addresses=nodes, actor=verbs.actor(request)
        )
        text = ngettext("%(n)s node taken out.", "%(n)s nodes taken out.", out) % {"n": out}
        messages.success(request, text)
        return out
    if name == "collect":
        return collect_nodes(addresses=nodes, actor=verbs.actor(request))
    password = request.POST.get("password", "")[:1024]
    return establish_ssh(
        addresses=nodes,
        actor=verbs.actor(request),
        user=verbs.posted(request, "user", 32) or None,
        password=Secret(password) if password else None,
        replace_host_keys=nodes if name == "compare_keys" else (),
    )

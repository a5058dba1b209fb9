"""The buttons on nodes. Each calls one service function and reports its result."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy, ngettext

from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.nodes.forms import AddForm, DeleteForm, NodesForm
from installer.console.return_path import keeping, onward
from jobs.models import Job
from nodes.addresses import read_ip_list
from nodes.models import Node
from nodes.services.add import add_nodes
from nodes.services.collect import collect_nodes
from nodes.services.delete import delete_nodes

SHOWN_NODES = 60


class NodeVerbs(ConsoleAdmin):
    """Mixin for the admin of nodes."""

    def has_run_permission(self, request: HttpRequest) -> bool:
        """Decide whether the list offers an action."""
        return verbs.may_run(request)

    @admin.action(description=gettext_lazy("Collect hardware"), permissions=["run"])
    def collect(self, request: HttpRequest, queryset: QuerySet[Node]) -> HttpResponse | None:
        """Collect the hardware of nodes; nodes in service are refused."""
        return self._collect(request, _addresses(queryset), force=False)

    @admin.action(
        description=gettext_lazy("Collect hardware, including nodes in service"), permissions=["run"]
    )
    def collect_force(self, request: HttpRequest, queryset: QuerySet[Node]) -> HttpResponse | None:
        """Collect the hardware of nodes, also of those in service."""
        return self._collect(request, _addresses(queryset), force=True)

    def _collect(self, request: HttpRequest, addresses: Sequence[str], *, force: bool) -> HttpResponse | None:
        job = verbs.attempt(
            request,
            lambda: collect_nodes(addresses=addresses, actor=verbs.actor(request), force=force),
        )
        if job is None:
            return None
        verbs.begun(request, job, len(addresses))
        # Not back to the filtered list: the nodes have just left it.
        return HttpResponseRedirect(onward(request, self.url_of("changelist")))

    @admin.action(description=gettext_lazy("Delete…"), permissions=["run"])
    def delete_nodes(self, request: HttpRequest, queryset: QuerySet[Node]) -> HttpResponse:
        """Show what will be deleted, and ask for confirmation."""
        return self._ask(request, DeleteForm(initial={"nodes": ids(queryset)}), "remove_form", queryset)

    def remove_form(self, request: HttpRequest) -> HttpResponse:
        """Delete the nodes of a POST."""

        def run(form: forms.Form) -> int:
            data = form.cleaned_data
            return delete_nodes(
                addresses=data["nodes"], actor=verbs.actor(request), confirm=data.get("confirm", "")
            )

        return self._run(request, DeleteForm, "remove_form", run)

    def _run(
        self,
        request: HttpRequest,
        form_class: type[NodesForm],
        verb: str,
        call: Callable[[Any], Any],
    ) -> HttpResponse:
        verbs.need(verbs.may_run(request))
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of("changelist"))
        form = form_class(request.POST)
        if form.is_valid():
            done = verbs.attempt(request, lambda: call(form))
            if done is not None:
                _say_done(request, done, len(form.cleaned_data["nodes"]))
                return HttpResponseRedirect(onward(request, self.url_of("changelist")))
        ids = request.POST.get("nodes", "").split()
        return self._ask(request, form, verb, Node.objects.filter(node_id__in=ids))

    def _ask(self, request: HttpRequest, form: forms.Form, verb: str, chosen: QuerySet[Node]) -> HttpResponse:
        title, button, danger = QUESTIONS[verb]
        nodes = list(chosen.order_by("address_order")[: SHOWN_NODES + 1])
        return self.page(
            request,
            "console/ask.html",
            str(title),
            form=form,
            nodes=nodes[:SHOWN_NODES],
            more=max(chosen.count() - SHOWN_NODES, 0),
            button=button,
            danger=danger,
            verb=verb,
            action=keeping(request, self.url_of(verb)),
            back=onward(request, self.url_of("changelist")),
        )

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Add the addresses of a text area: all of them or none."""
        verbs.need(verbs.may_run(request))
        form = AddForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            nodes = verbs.attempt(request, lambda: _add(request, form.cleaned_data))
            if nodes is not None:
                text = ngettext(
                    "%(n)s node added. Next, select it below and establish SSH.",
                    "%(n)s nodes added. Next, select them below and establish SSH.",
                    len(nodes),
                )
                messages.success(request, text % {"n": len(nodes)})
                return HttpResponseRedirect(f"{self.url_of('changelist')}?status__exact=new")
        return self.page(
            request,
            "console/ask.html",
            gettext("Add nodes"),
            form=form,
            button=gettext("Add nodes"),
            action=self.url_of("add"),
            back=self.url_of("changelist"),
        )

    def do(self, request: HttpRequest, object_id: str, verb: str) -> HttpResponse:
        """Run an action of the list for this one node, as the buttons of its page do."""
        verbs.need(verbs.may_run(request))
        node = self.get_item(request, object_id)
        here = Node.objects.filter(pk=node.pk)
        if request.method != "POST" or verb not in DOABLE:
            raise Http404
        answer = getattr(self, DOABLE[verb])(request, here)
        return answer or HttpResponseRedirect(self.page_url(node))


# verb -> title, button, dangerous
QUESTIONS = {
    "ssh_form": (gettext_lazy("Establish SSH"), gettext_lazy("Establish SSH"), False),
    "remove_form": (gettext_lazy("Delete nodes"), gettext_lazy("Delete"), True),
}
DOABLE = {
    "collect": "collect",
    "collect-force": "collect_force",
    "ssh": "establish_ssh",
    "erase": "erase_disks",
    "retire": "retire",
    "delete": "delete_nodes",
}


def _addresses(nodes: QuerySet[Node]) -> list[str]:
    return [str(address) for address in nodes.values_list("mgmt_address", flat=True)]


def ids(nodes: Iterable[Node]) -> str:
    """Return the ids of nodes, as the hidden field of a form holds them."""
    return " ".join(node.node_id for node in nodes)


def _add(request: HttpRequest, data: dict[str, Any]) -> list[Node]:
    addresses = read_ip_list(data["addresses"].encode(), "addresses")
    return add_nodes(addresses=addresses, actor=verbs.actor(request), port=data["port"], user=data["user"])


def _say_done(request: HttpRequest, done: Any, nodes: int) -> None:
    if isinstance(done, Job):
        verbs.begun(request, done, nodes)
    else:
        text = ngettext("%(n)s node deleted.", "%(n)s nodes deleted.", done)
        messages.success(request, text % {"n": done})

"""Nodes: the list with its verbs, and the page of one node."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import Count, Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.html import format_html
from django.utils.translation import gettext, gettext_lazy, ngettext

from installer import slots
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill, words
from installer.console.nodes.erase_page import EraseVerbs
from installer.console.nodes.establish_page import EstablishVerbs
from installer.console.nodes.exec_page import ExecVerbs
from installer.console.nodes.listed_disks import NO_DISKS, ListedDisks, listed_disks
from installer.console.nodes.modify_page import ModifyVerbs
from installer.console.nodes.page import node_context, raw_collection
from installer.console.nodes.retire_page import RetireVerbs
from installer.console.nodes.transfer_page import TransferVerbs
from installer.console.units import disks_text, memory_text, moment_text
from installer.console.verbs import may_run
from nodes.models import Disk, Node
from nodes.search import matching
from nodes.services.export_nodes import FORMATS
from nodes.shared_drives import on_drives
from nodes.states import NodeStatus


@admin.register(Node)
class NodeAdmin(EstablishVerbs, ModifyVerbs, EraseVerbs, ExecVerbs, RetireVerbs, TransferVerbs, ConsoleAdmin):
    """Servers by management address."""

    public_id = "node_id"
    page_template = "console/node.html"
    empty_text = gettext_lazy("No nodes yet. Add them by their management addresses, or import a file.")
    list_before_template = "console/node_chips.html"
    list_display = (
        "address",
        "hostname",
        "shown_status",
        "place",
        "hardware",
        "disks",
        "serial",
        "collected",
    )
    list_display_links = ("address",)
    list_filter = (
        "status",
        ("role__zone", admin.RelatedOnlyFieldListFilter),
        ("role__role", admin.AllValuesFieldListFilter),
        ("cpu_arch", admin.AllValuesFieldListFilter),
    )
    # Shows the field; what it finds: get_search_results.
    search_fields = ("mgmt_address",)
    search_help_text = gettext_lazy("address, host name, serial number or MAC")
    actions = (
        "collect",
        "collect_force",
        "establish_ssh",
        "correct_disks",
        "erase_disks",
        "export_json",
        "export_csv",
        "retire",
        "delete_nodes",
    )
    list_views = (
        ("ssh", "ssh_form"),
        ("disks", "disks_form"),
        ("remove", "remove_form"),
        ("erase", "erase_form"),
        ("erase/<slug:permit_id>", "erase_confirm"),
        ("retire", "retire_form"),
        ("import", "import_form"),
        ("key", "key_page"),
        ("export/<slug:kind>", "export"),
    )
    object_views = (
        ("disk", "disk"),
        ("raw/<int:number>", "raw"),
        ("do/<slug:verb>", "do"),
        ("exec", "exec_page"),
    )

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Allow adding to those who may run verbs: the page calls add_nodes."""
        return may_run(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Node]:
        """Select nodes with their places."""
        nodes: QuerySet[Node] = super().get_queryset(request)
        return nodes.select_related("role__zone").defer("host_key")

    def items(self, request: HttpRequest) -> QuerySet[Node]:
        """Select nodes with their disks."""
        disks = Disk.objects.filter(present=True).prefetch_related("corrections")
        return super().items(request).prefetch_related(Prefetch("disks", disks))

    def prepare_rows(self, items: list[Any]) -> None:
        """Look up the disks of the nodes on the page."""
        found = listed_disks([node.pk for node in items])
        for node in items:
            node.listed_disks = found.get(node.pk, NO_DISKS)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Node], search_term: str
    ) -> tuple[QuerySet[Node], bool]:
        """Search as REST does; no node comes twice."""
        return matching(queryset, search_term.replace("\x00", "").split()), False

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the list of nodes, with the number of nodes in each status."""
        counts = dict(Node.objects.order_by().values_list("status").annotate(n=Count("pk")))
        chips = [
            (status, pill(status, f"{words(status)} {counts[status]}"))
            for status in NodeStatus.values
            if status in counts
        ]
        chosen = request.GET.get("status__exact", "")
        extra = {
            **(extra_context or {}),
            "chips": chips,
            "chosen": chosen,
            "all": sum(counts.values()),
            "export_kinds": FORMATS,
        }
        answer: HttpResponse = super().changelist_view(request, extra)
        return answer

    @admin.display(description=gettext_lazy("address"), ordering="address_order")
    def address(self, node: Node) -> str:
        """Show the management address, by which users know a node."""
        return str(node.mgmt_address)

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def shown_status(self, node: Node) -> str:
        """Show the status as colour, symbol and word, with the reason of a failure."""
        if node.error:
            return format_html('<span title="{}">{}</span>', node.error, pill(node.status))
        return pill(node.status)

    @admin.display(description=gettext_lazy("zone / role"), ordering="role__zone__zone_id")
    def place(self, node: Node) -> str:
        """Show where it serves, from the approval of its plan on."""
        role = getattr(node, "role", None)
        return f"{role.zone.zone_id} / {role.role}" if role else "–"

    @admin.display(description=gettext_lazy("hardware"))
    def hardware(self, node: Node) -> str:
        """Show cores and memory."""
        if node.collected_at is None:
            return gettext("not collected")
        cores = ngettext("%(n)s core", "%(n)s cores", node.cpu_cores) % {"n": node.cpu_cores}
        return f"{cores} {node.cpu_arch}, {memory_text(node.memory_bytes)}"

    @admin.display(description=gettext_lazy("data disks"))
    def disks(self, node: Node) -> str:
        """Show usable data disks by effective values, marked when a correction (also of the OS disk) is in conflict."""
        found: ListedDisks = node.listed_disks  # type: ignore[attr-defined]
        text = f"{disks_text(found.usable)} {on_drives(found.drives)}".strip() or "–"
        if found.conflict:
            return format_html("{} {}", text, pill("warning", gettext("conflict")))
        return format_html("{} {}", text, pill("info", gettext("corrected"))) if found.corrected else text

    @admin.display(description=gettext_lazy("serial"), ordering="product_serial")
    def serial(self, node: Node) -> str:
        """Show the serial number of the machine."""
        return node.product_serial

    @admin.display(description=gettext_lazy("collected"), ordering="collected_at")
    def collected(self, node: Node) -> str:
        """Show the time of the last collection."""
        return moment_text(node.collected_at)

    def page_context(self, request: HttpRequest, item: Node) -> dict[str, Any]:
        """Return what the page of the node needs."""
        return {**node_context(item), "may_run": may_run(request)}

    def raw(self, request: HttpRequest, object_id: str, number: int) -> HttpResponse:
        """Serve the raw output of one collection."""
        slots.hold(request)
        return raw_collection(self.get_item(request, object_id), number)

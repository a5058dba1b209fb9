"""Erasing data disks: choose, review the preview, type the number of disks, watch the job."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone
from django.utils.translation import gettext, gettext_lazy

from common.errors import Finding, Refused, VerbError
from common.wording import moment_words
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from installer.console.return_path import keeping, onward
from installer.console.units import disks_text, size_text
from nodes.describe import prefetched
from nodes.erasing.script import MODES
from nodes.models import Disk, ErasePermit, Node
from nodes.services.erase import erase_data_disks, preview_erase

# Each node is a checkbox of the form, and a form has at most 1,000 fields.
MAX_NODES = 500


@dataclass(frozen=True, slots=True)
class Wish:
    """The current choice on the page: public ids of the nodes it lists, and what is ticked."""

    listed: Sequence[str]
    addresses: Sequence[str]
    disks: Sequence[str] = ()
    mode: str = "quick"


class EraseVerbs(ConsoleAdmin):
    """Mixin for the admin of nodes."""

    @admin.action(description=gettext_lazy("Erase data disks…"), permissions=["run"])
    def erase_disks(self, request: HttpRequest, queryset: QuerySet[Node]) -> HttpResponse | None:
        """Ask for the disks first."""
        if verbs.too_many(request, queryset.count(), MAX_NODES, "erase_data_disks -I FILE"):
            return None
        found = list(queryset.values_list("node_id", "mgmt_address"))
        wish = Wish([node_id for node_id, _ in found], [str(address) for _, address in found])
        return self._choose(request, wish)

    def erase_form(self, request: HttpRequest) -> HttpResponse:
        """Create a preview of the posted choice, or show for each node why it is refused.

        With ``choose`` (the way back from a preview) the choice is shown again.
        """
        verbs.need(verbs.may_run(request))
        if request.method != "POST":
            return HttpResponseRedirect(self.url_of("changelist"))
        left_out = request.POST.get("without", "").split()
        wish = Wish(
            request.POST.get("nodes", "").split(),
            [address for address in request.POST.getlist("address") if address not in left_out],
            request.POST.getlist("disk"),
            request.POST.get("mode", ""),
        )
        if "choose" in request.POST:
            return self._choose(request, wish)
        try:
            permit = preview_erase(
                addresses=wish.addresses, disks=wish.disks, mode=wish.mode, actor=verbs.actor(request)
            )
        except Refused as refusal:
            return self._choose(request, wish, refusal.findings)
        except VerbError as error:
            verbs.tell(request, error)
            return self._choose(request, wish)
        return HttpResponseRedirect(keeping(request, self.url_of("erase_confirm", permit.permit_id)))

    def _choose(self, request: HttpRequest, wish: Wish, findings: Sequence[Finding] = ()) -> HttpResponse:
        nodes = list(prefetched().filter(node_id__in=wish.listed).order_by("address_order"))
        here = {str(node.mgmt_address) for node in nodes}
        return self.page(
            request,
            "console/node_erase.html",
            gettext("Erase data disks"),
            nodes=[_row(node, wish, findings) for node in nodes],
            listed=" ".join(node.node_id for node in nodes),
            names=_names(nodes, wish.disks),
            modes=MODES,
            mode=wish.mode,
            findings=findings,
            loose=[finding for finding in findings if finding.node not in here],
            refused=sorted({finding.node for finding in findings if finding.node in here}),
        )

    def erase_confirm(self, request: HttpRequest, permit_id: str) -> HttpResponse:
        """Show the preview; on POST with the number of disks, start the job."""
        verbs.need(verbs.may_run(request))
        permit = ErasePermit.objects.filter(permit_id=permit_id).first()
        if permit is None:
            messages.error(
                request,
                gettext("This preview no longer exists: select the nodes and create a new one."),
            )
            return HttpResponseRedirect(self.url_of("changelist"))
        if request.method == "POST":
            return self._erase(request, permit)
        return self.page(
            request,
            "console/node_erase_confirm.html",
            gettext("Erase data disks"),
            permit=permit,
            nodes=_by_node(permit.disks),
            disks=len(permit.disks),
            size=size_text(sum(disk["size_bytes"] for disk in permit.disks)),
            closed=_closed(permit, request.user.get_username()),
            job_url=verbs.job_url(permit.job_id) if permit.job_id else "",
            listed=" ".join(dict.fromkeys(disk["node_id"] for disk in permit.disks)),
            addresses=list(dict.fromkeys(disk["mgmt_address"] for disk in permit.disks)),
            names=list(dict.fromkeys(disk["name"] for disk in permit.disks)),
        )

    def _erase(self, request: HttpRequest, permit: ErasePermit) -> HttpResponse:
        """Start the job; after a refusal, reload the page, which shows the current state of the preview."""
        count = len(permit.disks)
        job = None
        if request.POST.get("count", "").strip() != str(count):
            text = gettext("Nothing was erased. To confirm, type the number of disks: %(n)s.")
            messages.error(request, text % {"n": count})
        else:
            job = verbs.attempt(
                request,
                lambda: erase_data_disks(permit_id=permit.permit_id, actor=verbs.actor(request)),
            )
        here = keeping(request, self.url_of("erase_confirm", permit.permit_id))
        return HttpResponseRedirect(onward(request, verbs.job_url(job.job_id)) if job else here)


def _row(node: Node, wish: Wish, findings: Sequence[Finding]) -> dict[str, Any]:
    address = str(node.mgmt_address)
    data = [disk for disk in node.disks.all() if disk.present and not disk.is_os]
    return {
        "node": node,
        "status": pill(node.status),
        "disks": disks_text((disk.effective("type"), disk.observed_size_bytes) for disk in data),
        "chosen": address in wish.addresses,
        "findings": [finding for finding in findings if finding.node == address],
    }


def _names(nodes: Sequence[Node], chosen: Sequence[str]) -> list[dict[str, Any]]:
    """List every name of a data disk on these nodes, with the disks it refers to on each."""
    data: dict[str, list[Disk]] = {}
    systems: Counter[str] = Counter()
    for node in nodes:
        for disk in (disk for disk in node.disks.all() if disk.present):
            if disk.is_os or disk.name in node.os_legs:
                systems[disk.name] += 1
            else:
                data.setdefault(disk.name, []).append(disk)
    return [
        {
            "name": name,
            "chosen": name in chosen,
            "count": len(disks),
            "what": disks_text((disk.effective("type"), disk.observed_size_bytes) for disk in disks),
            "dirty": sum(disk.dirty for disk in disks),
            "systems": systems[name],
        }
        for name, disks in sorted(data.items(), key=lambda item: (len(item[0]), item[0]))
    ]


def _by_node(disks: Sequence[dict[str, Any]]) -> list[list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for disk in disks:
        found.setdefault(disk["node_id"], []).append(
            {**disk, "size": size_text(disk["size_bytes"]), "collected_moment": _moment(disk["collected_at"])}
        )
    return list(found.values())


def _moment(stamp: str | None) -> datetime | None:
    return datetime.fromisoformat(stamp) if stamp else None


def _closed(permit: ErasePermit, person: str) -> str:
    """Return why this preview can no longer be used; empty while it can."""
    if permit.used_at:
        return gettext("This preview has been used: each preview erases once.")
    if permit.made_by != person:
        text = gettext("This preview was created by %(name)s. To erase disks, create a preview yourself.")
        return text % {"name": permit.made_by}
    if permit.expires_at <= timezone.now():
        text = gettext("This preview expired at %(time)s. Nothing was erased.")
        return text % {"time": moment_words(permit.expires_at, "time")}
    return ""

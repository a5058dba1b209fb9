"""The form that applies an approved plan: nodes into a zone, or a new zone into its region."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy

from installer import slots
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from installer.console.return_path import onward
from jobs.services.submit import Pace
from nodes.models import Node
from operations.changes import approved_change
from operations.models import Change
from operations.scaling.scale import dry_run, scale_qingcloud
from operations.scaling.scale_zone import dry_run_zone, scale_qingcloud_zone
from zones.models import Plan, Zone
from zones.services.revisions import open_addresses


class PaceForm(forms.Form):
    """How fast, and when to stop."""

    canary = forms.IntegerField(
        min_value=0,
        max_value=1000,
        required=False,
        label=gettext_lazy("Canary"),
        help_text=gettext_lazy(
            "Number of nodes to install first; the others start when all of these have succeeded. Empty: none."
        ),
    )
    batch = forms.IntegerField(
        min_value=0,
        max_value=1000,
        required=False,
        label=gettext_lazy("Batch"),
        help_text=gettext_lazy("Number of nodes to install at a time after that. Empty: all at once."),
    )
    max_failures = forms.IntegerField(
        min_value=0,
        max_value=1000,
        required=False,
        label=gettext_lazy("Maximum number of failed nodes"),
        help_text=gettext_lazy(
            "The job stops when more nodes fail. Empty: no limit (with a canary: the first failure stops the job)."
        ),
    )

    def pace(self) -> Pace:
        """Return the pace for the service."""
        data = self.cleaned_data
        return Pace(canary=data["canary"] or 0, batch=data["batch"] or 0, max_failures=data["max_failures"])

    def more(self) -> dict[str, str]:
        """Return additional arguments of the verb."""
        return {}


class ZoneForm(PaceForm):
    """The same for a zone that is new in its region."""

    cache_servers = forms.CharField(
        max_length=4000,
        required=False,
        label=gettext_lazy("memcached servers"),
        help_text=gettext_lazy("HOST:PORT;HOST:PORT. Empty: every zoocassa of the region's global zone."),
        widget=forms.TextInput(attrs={"spellcheck": "false"}),
    )

    def more(self) -> dict[str, str]:
        """Return additional arguments of the verb."""
        return {"cache_servers": self.cleaned_data["cache_servers"]}


def answer(page: ConsoleAdmin, request: HttpRequest, zone: Zone, plan: Plan) -> HttpResponse:
    """Show the form; on POST also the dry run, or start the job."""
    joins = plan.kind == Plan.Kind.ZONE and not zone.is_global
    form = (ZoneForm if joins else PaceForm)(request.POST or None)
    chosen = request.POST.getlist("address") if request.method == "POST" else open_addresses(plan)
    work: list[dict[str, Any]] | None = None
    if request.method == "POST" and form.is_valid():
        named: dict[str, Any] = {"zone_id": zone.zone_id, "addresses": chosen, **form.more()}
        if "dry" in request.POST:
            slots.hold(request)
            rehearse = dry_run_zone if joins else dry_run
            work = verbs.attempt(request, lambda: rehearse(**named))
        else:
            begin = scale_qingcloud_zone if joins else scale_qingcloud
            job = verbs.attempt(request, lambda: begin(**named, actor=verbs.actor(request), pace=form.pace()))
            if job:
                return HttpResponseRedirect(onward(request, verbs.job_url(job.job_id)))
    nodes = Node.objects.filter(mgmt_address__in=plan.roles).order_by("hostname", "address_order")
    return page.page(
        request,
        "console/scale.html",
        _title(zone, joins=joins),
        zone=zone,
        joins=joins,
        unapproved=joins and approved_change(zone, Change.Kind.HAPROXY) is None,
        plan=plan,
        form=form,
        nodes=[(node, plan.roles[str(node.mgmt_address)], pill(node.status)) for node in nodes],
        chosen=set(chosen),
        work=_by_node(work) if work is not None else None,
    )


def _title(zone: Zone, *, joins: bool) -> str:
    text = gettext("Add %(zone)s to region %(region)s") if joins else gettext("Scale %(zone)s")
    return text % {"zone": zone.zone_id, "region": zone.region_id}


def _by_node(work: list[dict[str, Any]]) -> list[tuple[str, list[dict[str, Any]]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in work:
        found.setdefault(str(row["node"] or gettext("installer")), []).append(row)
    return list(found.items())

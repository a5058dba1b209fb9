"""Commands and packages on groups of nodes in service, and the statistics of a zone."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext, gettext_lazy, ngettext

from common.errors import NotFound
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from installer.console.zones.totals import totals
from jobs.lookups import busy, holder
from jobs.models import Job
from operations.commands.core import MAX_COMMAND, looking_commands, only_looks
from operations.commands.service import ACTION, MAX_TIMEOUT_S, exec_nodes
from operations.mirror.service import update_hyper_mirror
from operations.packages.service import build_global_conf, update_nodes
from operations.packages.vendor import GLOBAL_CONF, list_packages
from operations.statistics.service import rebuild_cache
from operations.supervisor.service import restart_services
from zones.core.world import MIRROR_MODES
from zones.models import Zone
from zones.services.groups import list_groups, list_machine_groups, read_node

EARLIER = 8


class GroupForm(forms.Form):
    """A group of the zone, or one of its nodes."""

    group = forms.ChoiceField(label=gettext_lazy("Group"))
    host = forms.CharField(
        required=False,
        max_length=253,
        label=gettext_lazy("Or one node"),
        help_text=gettext_lazy("Host name, address or node id; the group is then ignored."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, data: Any, groups: list[tuple[str, int]], *, zone_id: str, **more: Any) -> None:
        super().__init__(data, **more)
        self.zone_id = zone_id
        self.sizes = dict(groups)
        choices = [(name, f"{name} ({verbs.nodes_text(size)})") for name, size in groups]
        field = self.fields["group"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def clean_host(self) -> str:
        """Refuse a group here: the field for groups shows its size before anything runs."""
        host = str(self.cleaned_data["host"]).strip()
        if host in self.sizes:
            size = self.sizes[host]
            text = ngettext(
                "%(name)s is a group of %(n)s node: choose it under Group.",
                "%(name)s is a group of %(n)s nodes: choose it under Group.",
                size,
            )
            raise forms.ValidationError(text % {"name": host, "n": size})
        try:
            return read_node(host, zone_id=self.zone_id).node_id if host else ""
        except NotFound as refusal:
            raise forms.ValidationError([item.sentence() for item in refusal.findings]) from None

    def named(self) -> str:
        """Return the group for the service."""
        return str(self.cleaned_data["host"] or self.cleaned_data["group"])

    def size(self) -> int:
        """Return the number of selected nodes."""
        return 1 if self.cleaned_data["host"] else self.sizes[self.cleaned_data["group"]]


class ExecForm(GroupForm):
    """A command and how to run it."""

    command = forms.CharField(
        max_length=MAX_COMMAND,
        label=gettext_lazy("Command"),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "supervisorctl status"}
        ),
    )
    timeout_s = forms.IntegerField(
        min_value=1,
        max_value=MAX_TIMEOUT_S,
        initial=60,
        label=gettext_lazy("Time limit per node in seconds"),
    )
    concurrency = forms.IntegerField(
        min_value=0,
        max_value=1000,
        required=False,
        label=gettext_lazy("Nodes at once"),
        help_text=gettext_lazy("Empty: the limit of the worker."),
    )
    sure = forms.BooleanField(required=False)


class RestartForm(GroupForm):
    """Programs to restart, on one machine after another."""

    services = forms.CharField(
        max_length=700,
        label=gettext_lazy("Services"),
        help_text=gettext_lazy("Names as printed by supervisorctl status, separated by spaces."),
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "placeholder": "ws_server billing_resource"}
        ),
    )


class UpdateForm(GroupForm):
    """Packages for a group."""

    packages = forms.MultipleChoiceField(label=gettext_lazy("Packages"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, data: Any, groups: list[tuple[str, int]], **more: Any) -> None:
        super().__init__(data, groups, **more)
        field = self.fields["packages"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [
            (
                GLOBAL_CONF,
                gettext("%(package)s: current configuration of the zone") % {"package": GLOBAL_CONF},
            ),
            *((name, file) for name, file in list_packages() if name != GLOBAL_CONF),
        ]


def answer(page: ConsoleAdmin, request: HttpRequest, zone: Zone) -> HttpResponse:
    """Show the forms; on POST the page of the job, or the forms as typed with the reason of the refusal."""
    verb = request.POST.get("verb", "") if request.method == "POST" else ""
    found = _forms(zone, verb, request.POST)
    form = found.get(verb)
    ask_sure = False
    if form is None or form.is_valid():
        ask_sure = isinstance(form, ExecForm) and _must_ask(request, form)
        call = None if ask_sure else _call(request, zone, verb, form)
        job = verbs.attempt(request, call) if call else None
        if job:
            return HttpResponseRedirect(_page_of(job))
    running = holder(zone.exclusive_scope)
    return page.page(
        request,
        "console/maintain.html",
        gettext("Maintain %(zone)s") % {"zone": zone.zone_id},
        zone=zone,
        forms=found,
        ask_sure=ask_sure,
        size=form.size() if ask_sure and form else 0,
        looking=looking_commands(),
        may_decide=verbs.may_decide(request),
        busy=busy(zone.exclusive_scope) if running else None,
        busy_url=verbs.job_url(running.job_id) if running else "",
        has_mirror=zone.deploy_mode in MIRROR_MODES,
        counts=totals(zone),
        earlier=_earlier(zone),
    )


def _forms(zone: Zone, verb: str, posted: Any) -> dict[str, GroupForm]:
    """Return the forms, each with its own prefix; the submitted one keeps its values."""
    groups = list_groups(zone_id=zone.zone_id)
    machines = list_machine_groups(zone_id=zone.zone_id)
    hypers = [(name, size) for name, size in groups if name.startswith("hyper")]

    def data(name: str) -> Any:
        return posted if verb == name else None

    return {
        "exec": ExecForm(data("exec"), machines, prefix="exec", zone_id=zone.zone_id),
        "update": UpdateForm(data("update"), groups, prefix="update", zone_id=zone.zone_id),
        "restart": RestartForm(data("restart"), machines, prefix="restart", zone_id=zone.zone_id),
        "mirror": GroupForm(data("mirror"), hypers, prefix="mirror", zone_id=zone.zone_id),
    }


def _must_ask(request: HttpRequest, form: ExecForm) -> bool:
    """Decide whether to ask for confirmation: for a command that is not read-only, if the user may run it."""
    data = form.cleaned_data
    return verbs.may_decide(request) and not data["sure"] and not only_looks(data["command"])


def _call(request: HttpRequest, zone: Zone, verb: str, form: Any) -> Callable[[], Job] | None:
    """Return the service function of the button; None for an unknown button."""
    zone_id, actor = zone.zone_id, verbs.actor(request)
    calls: dict[str, Callable[[], Job]] = {
        "exec": lambda: exec_nodes(
            group=form.named(),
            command=form.cleaned_data["command"],
            zone_id=zone_id,
            timeout_s=form.cleaned_data["timeout_s"],
            concurrency=form.cleaned_data["concurrency"] or 0,
            anything=verbs.may_decide(request),
            actor=actor,
        ),
        "update": lambda: update_nodes(
            group=form.named(), packages=form.cleaned_data["packages"], zone_id=zone_id, actor=actor
        ),
        "restart": lambda: restart_services(
            zone_id=zone_id, names=form.cleaned_data["services"].split(), group=form.named(), actor=actor
        ),
        "mirror": lambda: update_hyper_mirror(group=form.named(), zone_id=zone_id, actor=actor),
        "build": lambda: build_global_conf(zone_id=zone_id, actor=actor),
        "count": lambda: rebuild_cache(zone_id=zone_id, actor=actor),
    }
    return calls.get(verb)


def _page_of(job: Job) -> str:
    if job.action == ACTION:
        return reverse("admin:jobs_job_answers", args=[job.job_id])
    return verbs.job_url(job.job_id)


def _earlier(zone: Zone) -> list[tuple[Job, str]]:
    jobs = Job.objects.filter(zone_id=zone.zone_id, action=ACTION)[:EARLIER]
    return [(job, pill(job.status)) for job in jobs]

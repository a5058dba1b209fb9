"""Jobs: the list, and the page to watch one through the night."""

from __future__ import annotations

from datetime import UTC
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin
from django.core.exceptions import BadRequest
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.templatetags.static import static
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, gettext_lazy, ngettext

from common.audit import MAX_REASON_CHARS
from installer import slots
from installer.console import verbs
from installer.console.base import ConsoleAdmin
from installer.console.jobs import command_output_page
from installer.console.jobs.causes import causes
from installer.console.labels import pill
from installer.console.pictures.load_job import job_timeline
from installer.console.pictures.svg import patterns
from installer.console.return_path import keeping
from installer.console.units import duration_text, moment_text
from installer.logfile import log_file
from jobs import liveness, lookups, queries, registry
from jobs.models import Job, Step
from jobs.services.cancel import cancel_job
from jobs.services.pause import pause_job
from jobs.services.resume import resume_job
from jobs.services.settle import phases_by_word, settle_job
from jobs.states import JOB_ACTIVE, JOB_ENDED, JOB_PAUSABLE, JOB_RESUMABLE, JobStatus, StepStatus
from nodes.models import Node

# Icons of the tab: by tone, and how far a running job is.
_ICONS = ("idle", "good", "bad", "warn", "busy-0", "busy-25", "busy-50", "busy-75")
ERROR_CHARS = 120
# A longer text than a person looks for.
MAX_TEXT_CHARS = 200


def with_progress(jobs: QuerySet[Job]) -> QuerySet[Job]:
    """Add ``steps_done`` and ``steps_total`` to jobs, counted by the database for the rows shown only."""
    steps = (
        Step.objects.filter(job=OuterRef("pk")).order_by().values("job").annotate(n=Count("pk")).values("n")
    )
    return jobs.annotate(
        steps_total=Coalesce(Subquery(steps), 0),
        steps_done=Coalesce(Subquery(steps.filter(status=StepStatus.SUCCEEDED)), 0),
    )


def job_pill(job: Job) -> SafeString:
    """Render the coloured label of a job, and a second one while it is paused."""
    held = job.paused_by and job.status in JOB_ACTIVE
    return format_html("{} {}", pill(job.status), pill("paused")) if held else pill(job.status)


@admin.register(Job)
class JobAdmin(ConsoleAdmin):
    """All jobs, newest first."""

    public_id = "job_id"
    page_template = "console/job.html"
    empty_text = gettext_lazy("No jobs yet. Each verb that works on nodes starts one, such as Collect.")
    object_views = (
        ("cancel", "cancel"),
        ("pause", "pause"),
        ("resume", "resume"),
        ("settle", "settle"),
        ("log", "log"),
        ("causes", "causes"),
        ("answers", "answers"),
    )
    list_display = (
        "job_id",
        "shown_status",
        "action",
        "zone_id",
        "progress",
        "begun",
        "took",
        "created_by",
        "wrong",
    )
    list_filter = (
        "status",
        ("action", admin.AllValuesFieldListFilter),
        ("zone_id", admin.AllValuesFieldListFilter),
    )
    search_fields = ("job_id", "action", "zone_id", "created_by")
    actions = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Job]:
        """Select jobs with their progress."""
        return with_progress(super().get_queryset(request))

    @admin.display(description=gettext_lazy("status"), ordering="status")
    def shown_status(self, job: Job) -> str:
        """Show the status as colour, symbol and word."""
        return job_pill(job)

    @admin.display(description=gettext_lazy("progress"))
    def progress(self, job: Any) -> str:
        """Show a bar, and the steps that succeeded out of all."""
        return format_html(
            '<progress class="con-bar" max="{}" value="{}"></progress> <span class="con-num">{}/{}</span>',
            max(job.steps_total, 1),
            job.steps_done,
            job.steps_done,
            job.steps_total,
        )

    @admin.display(description=gettext_lazy("created"), ordering="created_at")
    def begun(self, job: Job) -> str:
        """Show the time of the request."""
        return moment_text(job.created_at)

    @admin.display(description=gettext_lazy("took"))
    def took(self, job: Job) -> str:
        """Show the time from its start to its end, or until now, without the waiting between an end and a resume."""
        running = timezone.now() if job.status in JOB_ACTIVE else None
        return duration_text(job.started_at, job.finished_at or running, without_s=job.idle_s)

    @admin.display(description=gettext_lazy("error"))
    def wrong(self, job: Job) -> str:
        """Show the start of the error; the page has all of it."""
        shown = job.error if len(job.error) <= ERROR_CHARS else job.error[:ERROR_CHARS] + "…"
        return format_html('<span class="con-clip" title="{}">{}</span>', job.error, shown) if shown else ""

    def page_context(self, request: HttpRequest, item: Job) -> dict[str, Any]:
        """Return what the page of the job needs."""
        status = queries.job_status(item)
        names, may_run, plan_id = _host_names(status), verbs.may_run(request), _plan_id(item)
        return {
            "job": item,
            "status_pill": job_pill(item),
            "timeline": job_timeline(item, names),
            "picture_patterns": patterns(),
            "start": {
                "status": status,
                "last_seq": item.last_seq,
                "status_url": reverse("job-detail", args=[item.job_id]),
                "events_url": reverse("job-events", args=[item.job_id]),
                "names": names,
                "causes": causes(status, names),
                "causes_url": self.url_of("causes", item.job_id),
                "ready_url": reverse("readyz"),
                "ended": sorted(JOB_ENDED),
                "icons": {name: static(f"console/job-{name}.svg") for name in _ICONS},
                "may": {
                    "run": may_run,
                    "resume": item.action in registry.names() and not registry.is_once(item.action),
                    "leave_out_url": reverse("admin:zones_plan_leave_out", args=[plan_id]) if plan_id else "",
                },
            },
            "phases": [row["phase"] for row in status["phases"]],
            "may_run": may_run,
            "can_pause": item.status in JOB_PAUSABLE and not item.paused_by,
            "paused": item.status in JOB_PAUSABLE and bool(item.paused_by),
            "can_cancel": item.status in JOB_ACTIVE and item.status != JobStatus.CANCELLING,
            "can_cancel_now": item.status in JOB_ACTIVE and not item.cancel_now,
            "can_resume": item.status in JOB_RESUMABLE,
            "once": registry.is_once(item.action),
            "anew_url": f"{reverse('admin:nodes_node_ssh_form')}?{urlencode({'job': item.job_id})}",
            "left": list(lookups.orphans().filter(job=item).order_by("pk").values_list("address", flat=True)),
            "by_word": phases_by_word(item),
            "stalled": item.status in JOB_ACTIVE and not liveness.alive(),
            "plan_id": plan_id,
            "has_answers": command_output_page.has_answers(item),
            "known": item.action in registry.names(),
            "pace": _pace(item),
        }

    def cancel(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Stop the job before the next component, or at once with ``now``; takes a POST."""
        verbs.need(verbs.may_run(request))
        if request.method == "POST":
            now = request.POST.get("now") == "1"
            verbs.attempt(
                request,
                lambda: cancel_job(job_id=object_id, actor=verbs.actor(request), now=now),
            )
        return HttpResponseRedirect(keeping(request, verbs.job_url(object_id)))

    def pause(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Start no further step until resumed; what runs on the nodes continues. Takes a POST."""
        verbs.need(verbs.may_run(request))
        if request.method == "POST":
            verbs.attempt(request, lambda: pause_job(job_id=object_id, actor=verbs.actor(request)))
        return HttpResponseRedirect(keeping(request, verbs.job_url(object_id)))

    def resume(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Continue with what is left, on all nodes or on the ones named; takes a POST."""
        verbs.need(verbs.may_run(request))
        if request.method == "POST":
            verbs.attempt(
                request,
                lambda: resume_job(
                    job_id=object_id,
                    actor=verbs.actor(request),
                    addresses=request.POST.getlist("address"),
                    from_phase=request.POST.get("from_phase", ""),
                ),
            )
        return HttpResponseRedirect(keeping(request, verbs.job_url(object_id)))

    def settle(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Confirm that the abandoned job has stopped on the nodes ticked; takes a POST."""
        verbs.need(verbs.may_run(request))
        if request.method == "POST":
            verbs.attempt(
                request,
                lambda: settle_job(
                    job_id=object_id,
                    actor=verbs.actor(request),
                    addresses=request.POST.getlist("address"),
                    reason=request.POST.get("reason", "")[:MAX_REASON_CHARS],
                ),
            )
        return HttpResponseRedirect(keeping(request, verbs.job_url(object_id)))

    def answers(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show what nodes answered to a command, identical answers once."""
        return command_output_page.answer(self, request, self.get_item(request, object_id))

    def causes(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Answer with the errors of the nodes, in the words of the page."""
        status = queries.job_status(self.get_item(request, object_id))
        return JsonResponse({"causes": causes(status, _host_names(status))})

    def log(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Stream the log, or what the address selects of it, as text; memory stays flat however long it is."""
        job = self.get_item(request, object_id)
        slots.hold(request)
        return log_file(job, **_wanted(request))  # type: ignore[return-value]


def _wanted(request: HttpRequest) -> dict[str, Any]:
    """Return which lines the address selects. Raises :class:`BadRequest`: what is not understood must not be left out."""
    wanted: dict[str, Any] = {key: request.GET.get(key, "")[:64] for key in ("node", "phase", "level")}
    wanted["text"] = request.GET.get("q", "")[:MAX_TEXT_CHARS]
    for name in ("since", "until"):
        if text := request.GET.get(name):
            try:
                moment = parse_datetime(text)
                wanted[name] = moment and (
                    moment if moment.tzinfo else moment.replace(tzinfo=UTC)
                ).astimezone(UTC)
            except (ValueError, OverflowError):
                wanted[name] = None
            if wanted[name] is None:
                raise BadRequest(gettext("%(name)s: no time") % {"name": name})
    return wanted


def _host_names(status: dict[str, Any]) -> dict[str, str]:
    """Map public ids to host names: users look for a machine by its name."""
    ids = [row["node_id"] for row in status["nodes"]]
    return dict(Node.objects.filter(node_id__in=ids).values_list("node_id", "hostname"))


def _plan_id(job: Job) -> str:
    """Return the plan that a scaling job applies."""
    return str(job.params.get("plan_id", "")) if isinstance(job.params, dict) else ""


def _pace(job: Job) -> str:
    limit = job.params.get("max_failures") if isinstance(job.params, dict) else None
    if limit is None:
        return ""
    text = ngettext(
        "stops after more than %(n)s failed node", "stops after more than %(n)s failed nodes", int(limit)
    )
    return text % {"n": limit}

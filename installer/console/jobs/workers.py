"""Workers: which are alive, what each one does, and the state of the steps of dead workers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext, gettext_lazy, ngettext
from django_q import admin as _queue  # noqa: F401 (registers what is taken off here)
from django_q.models import Failure, OrmQ, Schedule, Success

from common.wording import moment_words
from installer.console.base import ConsoleAdmin
from installer.console.labels import pill, words
from installer.console.units import span_text
from installer.console.verbs import need
from jobs.models import Worker
from jobs.services.workers import workers_seen
from jobs.states import STEP_OPEN

# The queue's own pages could run any function as the worker, and show and delete entries past the services.
for _model in (Failure, OrmQ, Schedule, Success):
    admin.site.unregister(_model)

# Addresses shown at once; all of them are a click away.
SHOWN_NODES = 6
INSTALLER = gettext_lazy("installer")


@admin.register(Worker)
class WorkerAdmin(ConsoleAdmin):
    """One page for all of them; it reloads every few seconds (static/console/again.js)."""

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show the page of all workers."""
        need(self.has_view_permission(request))
        seen = workers_seen()
        return self.page(
            request,
            "console/workers.html",
            gettext("Workers"),
            list_url="",
            seen=seen,
            workers=[_shown(worker) for worker in seen["workers"]],
            summary=_summary(seen),
        )

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **kwargs: Any) -> HttpResponse:
        """Redirect to the list, which has all details: a worker has no page."""
        return HttpResponseRedirect(self.url_of("changelist"))


def _summary(seen: dict[str, Any]) -> str:
    """Render ``2 of 3 workers alive · 4 entries in the queue · 120 steps waiting or running``."""
    known, queued, steps = len(seen["workers"]), seen["queued"], seen["open_steps"]
    alive = ngettext("%(alive)s of %(n)s worker alive", "%(alive)s of %(n)s workers alive", known)
    entries = ngettext("%(n)s entry in the queue", "%(n)s entries in the queue", queued)
    waiting = ngettext("%(n)s step waiting or running", "%(n)s steps waiting or running", steps)
    parts = (alive % {"alive": seen["alive"], "n": known}, entries % {"n": queued}, waiting % {"n": steps})
    return " · ".join(parts)


def _shown(worker: dict[str, Any]) -> dict[str, Any]:
    return {
        **worker,
        "pill": pill("alive" if worker["alive"] else "dead"),
        "heard": _ago(worker["silent_s"]),
        "started": _moment(worker["started_at"]),
        "heard_at": _moment(worker["heartbeat_at"]),
        "doing": [
            {**row, "since": _moment(row["since"]), **_places([_place(node) for node in row["nodes"]])}
            for row in worker["doing"]
        ],
        "lost": [
            {
                **row,
                "became": _became(row),
                **_places([address or str(INSTALLER) for address in row["nodes"]]),
            }
            for row in worker["lost"]
        ],
    }


def _ago(seconds: int) -> str:
    if not seconds:
        return gettext("just now")
    return gettext("%(time)s ago") % {"time": span_text(seconds)}


def _became(row: dict[str, Any]) -> str:
    """Describe the current state of steps that were taken over from a dead worker."""
    if row["worker"]:
        return gettext("running, taken over by %(worker)s") % {"worker": row["worker"]}
    return gettext("waiting for a worker") if row["status"] in STEP_OPEN else words(row["status"])


def _place(node: dict[str, Any]) -> str:
    """Render ``172.16.80.1 network``: a node and its current component."""
    return f"{node['mgmt_address'] or INSTALLER} {node['step']}".rstrip()


def _places(names: list[str]) -> dict[str, Any]:
    return {"places": names[:SHOWN_NODES], "more": names[SHOWN_NODES:]}


def _moment(stamp: str | None) -> str:
    return moment_words(datetime.fromisoformat(stamp)) if stamp else ""

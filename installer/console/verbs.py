"""Between a button and its service function: the user, the permission, and the result."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from common.actor import Actor
from common.errors import Busy, Denied, Difference, Outdated, Refused, VerbError
from common.text import plain
from installer.auditing import record_refusal
from installer.console.wording import error_html, finding_html
from installer.groups import DECIDE_PLAN, RUN_VERBS
from jobs.models import Job

T = TypeVar("T")
SHOWN_FINDINGS = 30
LEVELS = {"error": messages.ERROR, "warning": messages.WARNING, "info": messages.INFO}


def actor(request: HttpRequest) -> Actor:
    """Return the signed-in user, acting through the browser."""
    address = request.META.get("REMOTE_ADDR", "")
    return Actor(request.user.get_username(), "admin", address, decides=may_decide(request))


def may_run(request: HttpRequest) -> bool:
    """Decide whether the user may change nodes and configuration and run jobs."""
    return bool(request.user.has_perm(RUN_VERBS))


def may_decide(request: HttpRequest) -> bool:
    """Decide whether the user may approve and reject plans."""
    return bool(request.user.has_perm(DECIDE_PLAN))


def posted(request: HttpRequest, name: str, limit: int) -> str:
    """Return a text of the form without characters that no database or log accepts, such as NUL; at most ``limit`` long."""
    return plain(request.POST.get(name, "").replace("\r\n", "\n")).strip()[:limit]


def posted_moment(request: HttpRequest, name: str) -> datetime | None:
    """Parse a time of the form, such as when its page was rendered; None when absent."""
    try:
        moment = parse_datetime(request.POST.get(name, "")[:40])
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def seen_change(request: HttpRequest) -> dict[str, str]:
    """Return the reviewed change that the page showed, for the service that applies it."""
    return {
        "change_id": posted(request, "change", 20),
        "content_hash": posted(request, "content_hash", 64),
    }


def seen_plan(request: HttpRequest) -> dict[str, str]:
    """Return the version of the plan that the page showed, for the service that decides on it or changes it."""
    return {
        "content_hash": posted(request, "content_hash", 64),
        "seen_status": posted(request, "seen_status", 16),
    }


def outdated(request: HttpRequest) -> Difference | None:
    """Return what changed since the page of this request was rendered; None when nothing was refused for it."""
    return getattr(request, "console_outdated", None)


def need(allowed: bool) -> None:
    """Raise ``PermissionDenied`` (403) unless allowed."""
    if not allowed:
        raise PermissionDenied


def attempt(request: HttpRequest, call: Callable[[], T]) -> T | None:
    """Call the service function and return its result; after a refusal show the reason and return None."""
    try:
        return call()
    except VerbError as error:
        tell(request, error)
        return None


def tell(request: HttpRequest, error: VerbError) -> None:
    """Show one message for each finding: its code, its place, what is wrong and what to do."""
    if isinstance(error, Outdated):
        request.console_outdated = error.difference  # type: ignore[attr-defined]
    if isinstance(error, Refused):
        for finding in error.findings[:SHOWN_FINDINGS]:
            messages.add_message(request, LEVELS[finding.level], finding_html(finding))
        more = len(error.findings) - SHOWN_FINDINGS
        if more > 0:
            text = ngettext(
                "%(n)s more finding. Fix the ones above first, then try again.",
                "%(n)s more findings. Fix the ones above first, then try again.",
                more,
            )
            messages.error(request, text % {"n": more})
    elif isinstance(error, Busy) and error.job_id:
        messages.error(request, format_html("{} {}", error_html(error.message), job_link(error.job_id)))
    else:
        if isinstance(error, Denied):
            record_refusal(actor(request), f"{request.method} {request.path}"[:128], why=error.message)
        messages.error(request, error_html(error.message))


def too_many(request: HttpRequest, nodes: int, limit: int, command: str) -> bool:
    """Decide whether there are more nodes than one page takes; if so, show the command that takes them."""
    if nodes > limit:
        messages.error(
            request,
            gettext("%(nodes)s nodes are selected, the limit is %(limit)s: select fewer, or use %(command)s.")
            % {"nodes": nodes, "limit": limit, "command": command},
        )
    return nodes > limit


def begun(request: HttpRequest, job: Job, nodes: int = 0) -> None:
    """Show that a job was started, with a link to it."""
    if nodes:
        text = ngettext("%(action)s started on %(n)s node.", "%(action)s started on %(n)s nodes.", nodes)
    else:
        text = gettext("%(action)s started.")
    sentence = text % {"action": job.action, "n": nodes}
    messages.success(request, format_html("{} {}", sentence, job_link(job.job_id)))


def job_link(job_id: str) -> SafeString:
    """Return a link to a job."""
    text = gettext("Open job %(job)s") % {"job": job_id}
    return format_html('<a class="con-link" href="{}">{}</a>', job_url(job_id), text)


def job_url(job_id: str) -> str:
    """Return the URL of a job."""
    return reverse("admin:jobs_job_change", args=[job_id])


def nodes_text(number: int) -> str:
    """Render ``1 node``, ``3 nodes``."""
    return ngettext("%(n)s node", "%(n)s nodes", number) % {"n": number}

"""Between a button and its service function: who presses it, may they, and what came of it."""

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

from common.actor import Actor
from common.errors import Busy, Denied, Difference, Outdated, Refused, VerbError
from common.text import plain
from installer.auditing import record_refusal
from installer.groups import DECIDE_PLAN, RUN_VERBS
from jobs.models import Job

T = TypeVar("T")
SHOWN_FINDINGS = 30
LEVELS = {"error": messages.ERROR, "warning": messages.WARNING, "info": messages.INFO}


def actor(request: HttpRequest) -> Actor:
    """The signed-in person, coming through the browser."""
    address = request.META.get("REMOTE_ADDR", "")
    return Actor(request.user.get_username(), "admin", address, decides=may_decide(request))


def may_run(request: HttpRequest) -> bool:
    """May change nodes and configuration and run jobs."""
    return bool(request.user.has_perm(RUN_VERBS))


def may_decide(request: HttpRequest) -> bool:
    """May approve and reject plans."""
    return bool(request.user.has_perm(DECIDE_PLAN))


def posted(request: HttpRequest, name: str, limit: int) -> str:
    """A text of the form without what no database and no log takes, such as NUL; at most ``limit`` characters."""
    return plain(request.POST.get(name, "").replace("\r\n", "\n")).strip()[:limit]


def posted_moment(request: HttpRequest, name: str) -> datetime | None:
    """A moment of the form, such as when the page was made from which it came; None when it does not say."""
    try:
        moment = parse_datetime(request.POST.get(name, "")[:40])
    except ValueError:
        return None
    return moment if moment and moment.tzinfo else None


def seen_change(request: HttpRequest) -> dict[str, str]:
    """The reviewed change that was on the page, for the service that applies it."""
    return {
        "change_id": posted(request, "change", 20),
        "content_hash": posted(request, "content_hash", 64),
    }


def seen_plan(request: HttpRequest) -> dict[str, str]:
    """The version of the plan that was on the page, for the service that decides on it or changes it."""
    return {
        "content_hash": posted(request, "content_hash", 64),
        "seen_status": posted(request, "seen_status", 16),
    }


def outdated(request: HttpRequest) -> Difference | None:
    """What changed since the page was opened from which this request came; None when nothing was refused for it."""
    return getattr(request, "console_outdated", None)


def need(allowed: bool) -> None:
    """Raises ``PermissionDenied`` (403) unless allowed."""
    if not allowed:
        raise PermissionDenied


def attempt(request: HttpRequest, call: Callable[[], T]) -> T | None:
    """The answer of the service function; None when it refused, and then the page says why."""
    try:
        return call()
    except VerbError as error:
        tell(request, error)
        return None


def tell(request: HttpRequest, error: VerbError) -> None:
    """One message for each finding: its code, its place, what is wrong and what to do."""
    if isinstance(error, Outdated):
        request.console_outdated = error.difference  # type: ignore[attr-defined]
    if isinstance(error, Refused):
        for finding in error.findings[:SHOWN_FINDINGS]:
            messages.add_message(request, LEVELS[finding.level], finding.sentence())
        more = len(error.findings) - SHOWN_FINDINGS
        if more > 0:
            messages.error(request, f"and {more} more findings: mend these first, then try again")
    elif isinstance(error, Busy) and error.job_id:
        link = job_url(error.job_id)
        messages.error(
            request, format_html('{} <a class="con-link" href="{}">open {}</a>', error, link, error.job_id)
        )
    else:
        if isinstance(error, Denied):
            record_refusal(actor(request), f"{request.method} {request.path}"[:128], why=str(error)[:500])
        messages.error(request, str(error))


def too_many(request: HttpRequest, nodes: int, limit: int, command: str) -> bool:
    """More nodes than one page takes; then the page says what does."""
    if nodes > limit:
        messages.error(
            request, f"{nodes} nodes are chosen, {limit} go at once here: choose fewer, or use {command}"
        )
    return nodes > limit


def begun(request: HttpRequest, job: Job, nodes: int = 0) -> None:
    """Say that a job was started, with the way to it."""
    on = f" on {count(nodes, 'node')}" if nodes else ""
    messages.success(
        request,
        format_html(
            '{}{} was started: <a class="con-link" href="{}">watch job {}</a>',
            job.action,
            on,
            job_url(job.job_id),
            job.job_id,
        ),
    )


def job_url(job_id: str) -> str:
    """The page of a job."""
    return reverse("admin:jobs_job_change", args=[job_id])


def count(number: int, noun: str) -> str:
    """``1 node``, ``3 nodes``."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"

"""What nodes answered to a command or a package: identical answers once, and how the others differ."""

from __future__ import annotations

import hashlib
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext

from installer.console.base import ConsoleAdmin
from installer.console.labels import pill
from jobs.models import Job
from jobs.states import JOB_ACTIVE, STEP_OPEN
from operations.commands.grouped_output import GroupedOutput, difference
from operations.commands.service import ANSWERING, read_answers

# Identical answers are shown once; with more different ones than this a page is of no use.
SHOWN_ANSWERS = 40
SHOWN_NAMES = 12
SHOWN_CHARS = 20_000


def has_answers(job: Job) -> bool:
    """Decide whether the job has such a page."""
    return job.action in ANSWERING


def answer(page: ConsoleAdmin, request: HttpRequest, job: Job) -> HttpResponse:
    """Render the page, reloaded (static/console/again.js) until all nodes have answered. Raises 404 for other actions."""
    if not has_answers(job):
        raise Http404(f"job {job.job_id} is a {job.action} job, which has no command output")
    folded = read_answers(job.job_id)
    active = job.status in JOB_ACTIVE
    return page.page(
        request,
        "console/command_output.html",
        gettext("Output of %(job)s") % {"job": job.job_id},
        job=job,
        status_pill=pill(job.status),
        active=active,
        command=job.params.get("command") or f"{job.action} {', '.join(job.params.get('packages', []))}",
        group=job.params.get("group", ""),
        summary=_summary(folded),
        answers=[_shown(folded[0], item) for item in folded[:SHOWN_ANSWERS]],
        more=max(0, len(folded) - SHOWN_ANSWERS),
        left=job.steps.filter(status__in=STEP_OPEN).count(),
        silent=job.steps.filter(status__in=("cancelled", "skipped")).count(),
    )


def _summary(grouped: list[GroupedOutput]) -> str:
    """Render ``38 nodes: RUNNING; 2 differ``."""
    if not grouped:
        return gettext("No output yet.")
    usual, *rest = grouped
    count, others = len(usual.nodes), sum(len(item.nodes) for item in rest)
    text = ngettext("%(n)s node: %(output)s", "%(n)s nodes: %(output)s", count)
    head = text % {"n": count, "output": usual.headline}
    if not others:
        return head
    return "; ".join([head, ngettext("%(n)s differs", "%(n)s differ", others) % {"n": others}])


def _shown(usual: GroupedOutput, item: GroupedOutput) -> dict[str, Any]:
    text = item.text[:SHOWN_CHARS]
    return {
        # The key depends on the answer only, not on its nodes, so what the user opened or closed is recognised again.
        "key": "answer-" + hashlib.sha256(f"{item.failed} {item.plain}".encode()).hexdigest()[:16],
        "count": len(item.nodes),
        "names": item.nodes[:SHOWN_NAMES],
        "rest": item.nodes[SHOWN_NAMES:],
        "headline": item.headline,
        "failed": item.failed,
        "pill": _pill(usual, item),
        "text": text,
        "cut": len(text) < len(item.text),
        "diff": "" if item is usual else difference(usual, item)[:SHOWN_CHARS],
        "usual": item is usual,
    }


def _pill(usual: GroupedOutput, item: GroupedOutput) -> str:
    if item.failed:
        return pill("failed", gettext("failed") if item is usual else gettext("differs, failed"))
    return pill("succeeded", gettext("same")) if item is usual else pill("changed", gettext("differs"))

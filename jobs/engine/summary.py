"""What a job that did not succeed says at its end: how many nodes failed, which, and how to go on."""

from __future__ import annotations

from collections.abc import Iterable

from jobs import registry
from jobs.models import Job
from jobs.states import StepStatus

_NAMED = 5


def summary(job: Job) -> str:
    """One sentence with the way on; empty when every step succeeded."""
    here = job.steps.filter(target="", status=StepStatus.FAILED).values_list("phase", "error").first()
    if here:
        return f"{here[0]} failed on the installer: {here[1]}"
    failed = _failed_nodes(job)
    if failed:
        return (
            f"{failed}; see get_log {job.job_id} --level error, "
            f"mend the cause, then {_again(job) or f'resume_job {job.job_id}'}"
        )
    open_ends = job.steps.filter(status__in=(StepStatus.CANCELLED, StepStatus.SKIPPED)).count()
    if open_ends:
        again = _again(job)
        then = f"for these nodes {again}" if again else f"resume_job {job.job_id} goes on with them"
        return f"{open_ends} {'step was' if open_ends == 1 else 'steps were'} not done; {then}"
    return ""


def _failed_nodes(job: Job) -> str:
    """``1 of 4 nodes failed (10.0.0.2)``, and nodes that only a phase of its own visits named apart.

    A person counts the nodes that were given: the hypers whose mirror list a scaling rewrites are others.
    """
    nodes = job.steps.exclude(target="")
    given = set(nodes.exclude(phase__in=_visiting(job)).values_list("target", flat=True))
    parts = []
    failed = nodes.filter(status=StepStatus.FAILED)
    count, names = _named(failed.filter(target__in=given).values_list("target", "address"))
    if count:
        parts.append(f"{count} of {len(given)} nodes failed ({names})")
    others = nodes.exclude(target__in=given)
    broken = others.filter(status=StepStatus.FAILED).order_by("position").values_list("phase", flat=True)
    for phase in dict.fromkeys(broken):
        visited = others.filter(phase=phase)
        count, names = _named(visited.filter(status=StepStatus.FAILED).values_list("target", "address"))
        total = visited.values("target").distinct().count()
        parts.append(f"{phase} failed on {count} of {total} {'other ' if given else ''}nodes ({names})")
    return "; ".join(parts)


def _named(found: Iterable[tuple[str, str]]) -> tuple[int, str]:
    addresses = dict(found)
    shown = list(addresses.values())[:_NAMED]
    return len(addresses), ", ".join(shown) + (", …" if len(addresses) > len(shown) else "")


def _visiting(job: Job) -> list[str]:
    """Phases whose targets are not the nodes that the job was given."""
    if job.action not in registry.names():
        return []
    return [phase.name for phase in registry.find(job.action).phases if phase.own_targets]


def _again(job: Job) -> str:
    return registry.find(job.action).again if job.action in registry.names() else ""

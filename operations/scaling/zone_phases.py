"""The job scale_qingcloud_zone: everything that nodes need, then what the region needs to see the new zone."""

from __future__ import annotations

from jobs.models import Job
from jobs.registry import Action, register
from operations.cache.handler import cache_phase
from operations.haproxy.approved_change import take_change, tell_unproven
from operations.haproxy.handler import haproxy_phase
from operations.scaling import phases
from operations.supervisor.handler import services_phase


def register_actions() -> None:
    """Register the job with the engine."""
    regional = (cache_phase(), services_phase(), haproxy_phase())
    register(
        Action(
            "scale_qingcloud_zone",
            (*phases.phases(), *regional),
            started=started,
            ended=ended,
        )
    )


def started(job: Job) -> None:
    """Check the nodes once more; when resumed, take the change of the proxies that is approved now."""
    phases.started(job)
    take_change(job)


def ended(job: Job) -> None:
    """Settle the state of the nodes, and name proxies that were started but not verified."""
    phases.ended(job)
    tell_unproven(job)

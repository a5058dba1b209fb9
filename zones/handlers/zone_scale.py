"""The job scale_qingcloud_zone: all that nodes need, then what the region needs to see the new zone."""

from __future__ import annotations

from jobs.models import Job
from jobs.registry import Action, register
from zones.handlers import scale
from zones.handlers.haproxy_change import take_change, tell_unproven
from zones.handlers.zone_cache import cache_phase
from zones.handlers.zone_haproxy import haproxy_phase
from zones.handlers.zone_upkeep import services_phase


def register_actions() -> None:
    """Make the job known to the engine."""
    regional = (cache_phase(), services_phase(), haproxy_phase())
    register(
        Action(
            "scale_qingcloud_zone",
            (*scale.phases(), *regional),
            started=started,
            ended=ended,
        )
    )


def started(job: Job) -> None:
    """The last look at the nodes; resumed, the change of the proxies that is approved now."""
    scale.started(job)
    take_change(job)


def ended(job: Job) -> None:
    """What became of the nodes, and of proxies that were begun."""
    scale.ended(job)
    tell_unproven(job)

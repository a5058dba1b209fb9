"""The job scale_qingcloud_zone: all that nodes need, then what the region needs to see the new zone."""

from __future__ import annotations

from jobs.registry import Action, register
from zones.handlers import scale
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
            started=scale.started,
            ended=scale.ended,
        )
    )

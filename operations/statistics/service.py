"""rebuild_cache: recount a zone's totals, here and in BOSS V2 where the zone has it."""

from __future__ import annotations

from common.actor import Actor
from jobs.models import Job
from jobs.services.submit import submit
from nodes.services.lookups import targets
from zones.services.lookups import find_zone
from zones.services.zone_vms import boss_nodes


def rebuild_cache(*, zone_id: str, actor: Actor) -> Job:
    """Start the recount. Raises :class:`Busy`; :class:`Refused` for a BOSS that cannot be logged in to."""
    zone = find_zone(zone_id)
    return submit(
        action="rebuild_cache",
        targets=[],
        actor=actor,
        zone_id=zone.zone_id,
        exclusive_scope=zone.exclusive_scope,
        phase_targets={"rebuild_cache": targets(boss_nodes(zone))},
    )

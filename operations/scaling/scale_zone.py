"""scale_qingcloud_zone: a new zone joins a region, from its approved plan to proxies that serve."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Any

from django.utils.translation import gettext

from common.actor import Actor
from common.errors import Refused
from common.messages import message
from jobs.models import Job
from jobs.services.submit import Pace
from nodes.services.lookups import targets
from operations.cache.service import cache_params, wanted
from operations.haproxy.service import FILE, proxies, zone_haproxy
from operations.scaling.node_work import describe_work
from operations.scaling.scale import Regional, begin, checked, describe_in_service
from operations.supervisor.core import GLOBAL_SERVICES
from zones.models import Plan, Zone
from zones.services.lookups import find_zone
from zones.services.zone_vms import global_zone, vm_nodes

ACTION = "scale_qingcloud_zone"


def scale_qingcloud_zone(
    *,
    zone_id: str,
    addresses: Sequence[str],
    actor: Actor,
    pace: Pace | None = None,
    cache_servers: str = "",
) -> Job:
    """Start installing a new zone and making it known in its region.

    After the nodes: caches of the region, services of the global web services one by one, the zone's proxies one
    by one (which waits for the approval of their change). ``cache_servers`` replaces the region's memcached.
    Raises :class:`Busy` (R20), :class:`Refused` as scale_qingcloud does, and for machines that the console
    cannot log in to.
    """
    zone = find_zone(zone_id)
    return begin(ACTION, zone, addresses, actor, pace, partial(_regional, zone, cache_servers))


def dry_run_zone(*, zone_id: str, addresses: Sequence[str], cache_servers: str = "") -> list[dict[str, Any]]:
    """List every command in order, as scale_qingcloud does, then the regional steps. Touches nothing."""
    zone = find_zone(zone_id)
    plan, nodes = checked(zone, addresses)
    more = _regional(zone, cache_servers, plan)
    rows = [*describe_work(plan, nodes)]
    rows[-1:-1] = describe_in_service(zone, plan)
    pattern, servers = more.params["cache_pattern"], more.params["cache_servers"]
    clear = gettext("delete keys that match %(pattern)s on %(servers)s")
    clear %= {"pattern": pattern, "servers": servers}
    rows.append(_row("installer", "clear_zone_cache", clear))
    restart = f"supervisorctl restart {' '.join(GLOBAL_SERVICES)}"
    rows += [
        _row(item.address, "restart_services", restart) for item in more.phase_targets["restart_services"]
    ]
    listeners = gettext("the reviewed change of %(file)s, with these listeners:") % {"file": FILE}
    text = f"{listeners}\n{zone_haproxy(zone_id=zone_id)}"
    return rows + [_row(item.address, "haproxy", text) for item in more.phase_targets["haproxy"]]


def _row(node: str, phase: str, command: str) -> dict[str, Any]:
    return {"node": node, "phase": phase, "component": "", "command": command}


def _regional(zone: Zone, cache_servers: str, plan: Plan) -> Regional:
    if plan.kind != Plan.Kind.ZONE:
        raise Refused.because(message("Z06", plan=plan.plan_id, zone=zone.zone_id))
    at = global_zone(zone.region_id)
    zone_haproxy(zone_id=zone.zone_id)
    servers, pattern = wanted(zone, cache_servers)
    return Regional(
        cache_params(servers, pattern),
        {
            "restart_services": targets(vm_nodes(at, "webservice")),
            "haproxy": targets(proxies(zone)),
        },
    )

"""clear_zone_cache: delete the cached zone lists, so that users see a new zone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings

from common.actor import Actor
from common.errors import Refused
from common.messages import message
from common.pasted import refuse_pasted
from jobs.models import Job
from jobs.services.submit import submit
from operations.cache.core import ZONE_PATTERN, CacheServer, parse_servers
from operations.cache.memcached_client import ServerKeys, on_all
from zones.models import Zone
from zones.services.lookups import find_zone
from zones.services.zone_vms import global_zone, vm_addresses

ACTION = "clear_zone_cache"


def clear_zone_cache(*, zone_id: str, actor: Actor, servers: str = "", pattern: str = "") -> Job:
    """Start deleting matching entries on every memcached of the zone's region.

    ``servers`` (``HOST:PORT;HOST:PORT``) and ``pattern`` (one of :func:`patterns`) replace the zone's own.
    Raises :class:`Busy`, :class:`Refused`.
    """
    zone = find_zone(zone_id)
    found, expression = wanted(zone, servers, pattern)
    return submit(
        action=ACTION,
        targets=[],
        actor=actor,
        zone_id=zone.zone_id,
        exclusive_scope=zone.exclusive_scope,
        params=cache_params(found, expression),
    )


def look_at_cache(*, zone_id: str, servers: str = "", pattern: str = "") -> list[ServerKeys]:
    """List the keys that would be deleted, server by server. Changes nothing. Raises :class:`Refused`."""
    found, expression = wanted(find_zone(zone_id), servers, pattern)
    return on_all(found, expression, delete=False)


def keys_json(found: Sequence[ServerKeys]) -> list[dict[str, Any]]:
    """Return the output of a dry run: ``incomplete`` marks a server that lists only some of its keys."""
    return [
        {
            "server": str(item.server),
            "keys": item.seen,
            "matching": len(item.keys),
            "incomplete": item.incomplete,
            "error": item.error,
            "names": [key.decode("utf-8", "backslashreplace") for key in item.keys],
        }
        for item in found
    ]


def cache_params(servers: Sequence[CacheServer], pattern: re.Pattern[bytes]) -> dict[str, object]:
    """Return the parameters that a job needs to delete from these servers."""
    return {
        "cache_servers": ";".join(str(server) for server in servers),
        "cache_pattern": pattern.pattern.decode(),
    }


def wanted(
    zone: Zone, servers: str = "", pattern: str = ""
) -> tuple[tuple[CacheServer, ...], re.Pattern[bytes]]:
    """Return servers and pattern, from the region's global zone where not given. Raises :class:`Refused`."""
    for field, text in (("pattern", pattern), ("servers", servers)):
        refuse_pasted([text], field=field)
    if pattern and pattern not in patterns():
        raise Refused.because(
            message("M01", "pattern", pattern=pattern, patterns=patterns()), field="pattern"
        )
    expression = re.compile((pattern or ZONE_PATTERN).encode())
    if not servers:
        return region_servers(zone), expression
    try:
        return parse_servers(servers), expression
    except ValueError as error:
        raise Refused.because(message("M01", "servers", reason=error), field="servers") from None


def patterns() -> tuple[str, ...]:
    """Return the regular expressions that keys may be searched for: the runbook's, and those of the settings."""
    return ZONE_PATTERN, *settings.INSTALLER_CACHE_PATTERNS


def region_servers(zone: Zone) -> tuple[CacheServer, ...]:
    """Return the memcached of every zoocassa of the region's global zone. Raises :class:`Refused`."""
    at = global_zone(zone.region_id)
    addresses = vm_addresses(at, "zoocassa")
    if not addresses:
        raise Refused.because(message("G04", zone=at.zone_id), field="servers")
    return tuple(CacheServer(address) for address in addresses)

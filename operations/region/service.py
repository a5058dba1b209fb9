"""A sub-zone joins its region's global zone: the listener for its front gate, and the manual steps on the global side."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from common import audit
from common.actor import Actor
from common.errors import Difference, Finding, NotFound, Outdated, Refused
from common.messages import message
from jobs.queries import stamp
from operations.haproxy.service import global_side, protocol_remedy, site_protocol
from operations.models import ChecklistTick
from operations.region.core import ChecklistItem, JoinFacts, join_checklist
from zones.core.rendering.haproxy import render_front_gate
from zones.models import Plan, Zone
from zones.services.lookups import find_zone, locked_zone
from zones.services.zone_vms import how_to_give, planned_vms, vm_addresses
from zones.states import PLAN_OPEN


def zone_front_gate(*, zone_id: str, port: int, server_port: int = 0) -> str:
    """Return the listener for haproxy on the global proxies, ready to paste.

    ``port`` is the port of the global proxies for this zone, ``server_port`` that of the front gate (0: the
    same). Raises :class:`Refused`.
    """
    zone = find_zone(zone_id)
    global_side(zone)
    gates = vm_addresses(zone, "proxy", planned_vms(zone))
    try:
        return render_front_gate(zone_id, gates, port=port, server_port=server_port or port)
    except ValueError as error:
        raise Refused.because(
            message("L01", "port", reason=error)
            if gates
            else message("L01", "no_gate", reason=error, remedy=how_to_give(zone, "proxy"))
        ) from None


def zone_checklist(*, zone_id: str) -> list[dict[str, Any]]:
    """Return what has to be done on the global side, each item with who ticked it and when; a fixed number of queries.

    ``{"item", "title", "how", "ticked_by", "ticked_at", "comment", "changed"}``; ``changed``: the item's wording
    has changed since it was ticked. Raises :class:`Refused`.
    """
    zone = find_zone(zone_id)
    items = _items(zone)
    ticks = {tick.item: tick for tick in zone.ticks.all()}
    return [_row(item, text, ticks.get(item.key)) for item, text in items]


def tick_checklist(*, zone_id: str, item: str, actor: Actor, comment: str = "") -> ChecklistTick:
    """Tick an item as it reads now. Raises :class:`Refused` when it is already ticked."""
    zone = find_zone(zone_id)
    text = next((text for entry, text in _items(zone) if entry.key == item), None)
    if text is None:
        raise NotFound.because(message("L02", zone=zone_id, item=item[:64]))
    with transaction.atomic():
        # Also where there is no tick yet: when two people tick at the same moment, the second one is shown the first.
        locked_zone(zone_id)
        before = zone.ticks.filter(item=item).first()
        if before and before.text == text:
            raise Refused.because(
                message(
                    "L03",
                    by=before.ticked_by,
                    item=item,
                    zone=zone_id,
                    at=stamp(before.ticked_at),
                )
            )
        values = {"text": text, "comment": comment, "ticked_by": actor.name, "ticked_at": timezone.now()}
        tick, _ = ChecklistTick.objects.update_or_create(zone=zone, item=item, defaults=values)
        audit.record(actor, "tick_checklist", zone_id, reason=comment, item=item, text=text)
    return tick


def untick_checklist(
    *, zone_id: str, item: str, actor: Actor, comment: str = "", ticked_at: datetime | None = None
) -> None:
    """Remove a tick; the audit keeps who had ticked it and when.

    ``ticked_at`` names the tick that was reviewed, as the list shows it. Raises :class:`Outdated` when it does not
    name another person's tick: only what was seen can be removed. Raises :class:`Refused` when there is no tick.
    """
    zone = find_zone(zone_id)
    with transaction.atomic():
        locked_zone(zone_id)
        tick = zone.ticks.filter(item=item).first()
        if tick is None:
            raise Refused.because(message("L04", item=item[:64], zone=zone_id))
        if tick.ticked_by not in actor.names:
            _refuse_unseen(zone_id, tick, ticked_at)
        before = {"ticked_by": tick.ticked_by, "ticked_at": stamp(tick.ticked_at), "said": tick.comment}
        tick.delete()
        audit.record(actor, "untick_checklist", zone_id, reason=comment, item=item, **before)


def _refuse_unseen(zone_id: str, tick: ChecklistTick, ticked_at: datetime | None) -> None:
    # The list shows milliseconds.
    if ticked_at and abs(tick.ticked_at - ticked_at) < timedelta(milliseconds=1):
        return
    at = stamp(tick.ticked_at)
    ticked = (
        message(
            "L06",
            "ticked_with_comment",
            by=tick.ticked_by,
            item=tick.item,
            zone=zone_id,
            at=at,
            comment=tick.comment,
        )
        if tick.comment
        else message("L06", "ticked", by=tick.ticked_by, item=tick.item, zone=zone_id, at=at)
    )
    said = (
        message("L06", "since_you_looked", ticked=ticked, at=at)
        if ticked_at
        else message("L06", "not_named", ticked=ticked, at=at)
    )
    raise Outdated([Finding(said, field="ticked_at")], Difference((ticked,)))


def _items(zone: Zone) -> list[tuple[ChecklistItem, str]]:
    """Return the items, each with its text as a tick stores it: the same in whatever language people look at it."""
    facts = _facts(zone)
    try:
        items = join_checklist(facts)
        with translation.override(None):
            stored = join_checklist(facts)
        return [(item, text.how) for item, text in zip(items, stored, strict=True)]
    except ValueError as error:
        raise Refused.because(
            message("L05", reason=error, remedy=protocol_remedy(global_side(zone)))
        ) from None


def _facts(zone: Zone) -> JoinFacts:
    at = global_side(zone)
    plan = Plan.objects.filter(zone=zone, status__in=PLAN_OPEN).first()
    variables = zone.variables or (plan.variables if plan else {})
    return JoinFacts(
        zone_id=zone.zone_id,
        global_zone_id=at.zone_id,
        sdn=zone.network_mode == Zone.NetworkMode.SDN,
        fusion=zone.deploy_mode == Zone.DeployMode.FUSION,
        global_protocol=site_protocol(at),
        proxies=tuple(vm_addresses(zone, "proxy", planned_vms(zone))),
        gateway=_gateway(variables),
        global_gateway=_gateway(at.variables),
        qemu_version=zone.qemu_version or (plan.qemu_version if plan else ""),
        global_qemu_version=at.qemu_version,
        global_proxies=tuple(vm_addresses(at, "proxy")),
        web_services=tuple(vm_addresses(at, "webservice")),
        caches=tuple(vm_addresses(at, "zoocassa")),
        boss=tuple(vm_addresses(at, "boss")),
    )


def _gateway(variables: dict[str, Any]) -> str:
    return str(variables.get("base", {}).get("mgmt_network_gateway") or "")


def _row(item: ChecklistItem, text: str, tick: ChecklistTick | None) -> dict[str, Any]:
    shown = asdict(item)
    return {
        "item": shown.pop("key"),
        **shown,
        "ticked_by": tick.ticked_by if tick else "",
        "ticked_at": stamp(tick.ticked_at) if tick else None,
        "comment": tick.comment if tick else "",
        "changed": bool(tick and tick.text != text),
    }

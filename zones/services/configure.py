"""config_qingcloud: from files to a plan that can be reviewed, or to every finding at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import translation

from common.actor import Actor
from common.errors import Finding, Refused
from common.messages import message
from jobs.services.submit import record_done
from zones.core.gc_pause import collector_paused
from zones.core.plan import PlanResult
from zones.core.plan_input import Options
from zones.core.plans import make_plans
from zones.core.rules import Context, renamed_from
from zones.core.world import World
from zones.load import load_world, with_pools
from zones.models import Plan, Zone
from zones.services import revisions
from zones.services.address_probe import answering
from zones.services.config_files import ConfigFile, Loaded, ZoneFiles, read_files
from zones.services.erase_first import erase_targets, with_users
from zones.services.lookups import lock_allocations
from zones.services.rekey import rekey
from zones.services.replaced_plan import what_gave_way, whose
from zones.states import PLAN_OPEN, PlanStatus


@dataclass(frozen=True, slots=True)
class Configured:
    """The result for one zone: its new draft (None when only checked), and warnings."""

    zone_id: str
    plan: Plan | None
    findings: tuple[Finding, ...]


SHOWN = 200
"""Findings in the log of the configuration; the plan has them all."""


MAX_ANSWERED = 128
"""When more addresses of the pools answer than this, something answers for all of them: the answers mean nothing."""


class _OnlyChecked(Exception):
    """Rolls back the transaction of a check."""


def config_qingcloud(
    *,
    variables: Sequence[ConfigFile],
    settings: Sequence[ConfigFile],
    actor: Actor,
    force: bool = False,
    check: bool = False,
    rekey_from: str = "",
    rekey_confirmed: bool = False,
) -> list[Configured]:
    """Check the files of one or several zones and make a draft plan of each; all or none.

    ``force`` supersedes an approved plan and configures a configured zone again; ``check`` changes nothing.
    ``rekey_from`` is the former id of a zone whose ``zone_id`` changed: refused with the list of rows that move
    until ``rekey_confirmed``. Raises :class:`Refused` with every finding of every file.

    Addresses about to be given from a pool are probed first: one that answers is left out.
    """
    loaded = read_files(variables, settings)
    done: list[Configured] = []
    try:
        with transaction.atomic(), collector_paused():
            lock_allocations()
            errors = [*loaded.findings]
            if rekey_from:
                errors += rekey(
                    old_id=rekey_from,
                    zones=loaded.zones,
                    force=force,
                    confirmed=rekey_confirmed or check,
                    actor=actor,
                )
            done = _configure(loaded, actor, force, errors)
            if check:
                raise _OnlyChecked
    except _OnlyChecked:
        return [Configured(item.zone_id, None, item.findings) for item in done]
    return done


def _configure(loaded: Loaded, actor: Actor, force: bool, errors: list[Finding]) -> list[Configured]:
    replaced: dict[str, tuple[Plan, str]] = {}
    for files in loaded.zones:
        try:
            replaced |= _make_room(files.zone_id, force, actor)
        except Refused as refusal:
            errors += refusal.findings
    named = {address for files in loaded.zones for address in files.documents.settings.roles}
    world = with_pools(with_users(load_world(), named), named)
    results = _plans(loaded, world, force)
    for files, result in zip(loaded.zones, results, strict=True):
        if not result.ok:
            errors += [*result.findings, *_rename_hint(files, world)]
    erase = []
    for result in results:
        try:
            erase.append(erase_targets(result))
        except Refused as refusal:
            errors += refusal.findings
    if errors:
        raise Refused(errors)
    return [
        _store(files, result, targets, actor, replaced.get(files.zone_id))
        for files, result, targets in zip(loaded.zones, results, erase, strict=True)
    ]


def _plans(loaded: Loaded, world: World, force: bool) -> tuple[PlanResult, ...]:
    """Make plans that assign no address that answers; each candidate is probed first, once."""
    asked: frozenset[str] = frozenset(world.used_addresses)
    answered: frozenset[str] = frozenset()
    while True:
        options = {files.zone_id: Options(force=force, occupied=answered) for files in loaded.zones}
        results = make_plans([files.documents for files in loaded.zones], world, options)
        fresh = frozenset(address for result in results for address in result.given) - asked
        if not fresh or len(answered) > MAX_ANSWERED:
            return results
        found = answering(fresh)
        if not found:
            return results
        asked |= fresh
        answered |= found


def _rename_hint(files: ZoneFiles, world: World) -> list[Finding]:
    """Return what to do when the nodes of an unknown zone all belong to another one: its id was changed."""
    old_id = renamed_from(Context(files.documents, world))
    if not old_id:
        return []
    name = files.documents.settings.name
    return [
        Finding(
            message("R23", "new_id", zone=old_id, new=files.zone_id),
            level="info",
            field="zone_id",
            file=name,
        )
    ]


def _store(
    files: ZoneFiles,
    result: PlanResult,
    erase: Mapping[str, list[dict[str, Any]]],
    actor: Actor,
    replaced: tuple[Plan, str] | None,
) -> Configured:
    zone = Zone.objects.filter(zone_id=files.zone_id).first() or revisions.new_zone(result)
    plan = revisions.create(zone, result, files.sources, actor, erase)
    if replaced:
        before, people = replaced
        plan.findings = [*plan.findings, *what_gave_way(before, plan, people)]
        plan.save(update_fields=["findings"])
    findings = tuple(plan.findings)
    # A log is in English, whatever language the one who configures reads.
    with translation.override(None):
        lines = [item.sentence() for item in findings[:SHOWN]]
    if len(findings) > SHOWN:
        lines.append(f"and {len(findings) - SHOWN} more findings: show_plan {plan.plan_id}")
    lines.append(
        f"plan {plan.plan_id}: {len(result.roles)} nodes, {len(result.files)} files, "
        f"{len(result.added_vbcs)} new VBCs; review it with show_plan {plan.plan_id}"
    )
    # One text: separate lines would be a transaction each.
    record_done(action="config_qingcloud", zone_id=zone.zone_id, actor=actor, lines=["\n".join(lines)])
    return Configured(zone.zone_id, plan, findings)


def _make_room(zone_id: str, force: bool, actor: Actor) -> dict[str, tuple[Plan, str]]:
    """Make room for one open plan per zone: a draft is replaced, an approved plan only with force.

    Returns, by zone, the plan that gave way and whose it was, where that was not the actor's alone.
    """
    zone = Zone.objects.select_for_update().filter(zone_id=zone_id).first()
    plan = Plan.objects.select_for_update().filter(zone=zone, status__in=PLAN_OPEN).first() if zone else None
    if plan is None:
        return {}
    if plan.status == PlanStatus.APPROVED and not force:
        raise Refused.because(message("P20", plan=plan.plan_id, zone=zone_id))
    people = whose(plan, actor)
    revisions.close(plan, "supersede")
    return {zone_id: (plan, people)} if people else {}

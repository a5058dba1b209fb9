"""config_qingcloud: from files to a plan that can be reviewed, or to every finding at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import translation

from common.actor import Actor
from common.errors import Finding, Outdated, Refused
from common.messages import message
from common.readings import Readings
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
from zones.services.lookups import is_passing, lock_allocations
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


ATTEMPTS = 3
"""How often a plan is computed without the lock, where what it rests on keeps changing meanwhile; then under the lock."""

ATTEMPTS_LOST = 2
"""How many of these the database may end."""


class _OnlyChecked(Exception):
    """Rolls back the transaction of a check."""


class _Changed(Exception):
    """Rolls back the transaction: the plan was computed from what has changed since."""


@dataclass(frozen=True, slots=True)
class _Request:
    """What one call asks for."""

    loaded: Loaded
    actor: Actor
    force: bool
    check: bool
    rekey_from: str
    rekey_confirmed: bool

    @property
    def named(self) -> frozenset[str]:
        """Return the management addresses that its files name."""
        return frozenset(address for item in self.loaded.zones for address in item.documents.settings.roles)


@dataclass(frozen=True, slots=True)
class _Computed:
    """The plans, and what they rest on."""

    results: tuple[PlanResult, ...]
    errors: tuple[Finding, ...]
    readings: Readings


@dataclass(slots=True)
class _Probed:
    """Addresses that were probed for machines, and those that answered."""

    asked: frozenset[str] = frozenset()
    answered: frozenset[str] = frozenset()


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

    The plans are computed, and addresses about to be given from a pool probed (one that answers is left out), before
    allocations are locked. Under the lock what was read is read again: where it changed, the plans are computed again,
    after a few times under the lock, so that neither busy collections nor other zones keep a zone from its plan.

    Args:
        variables: The variables files of new zones.
        settings: The settings files.
        actor: The user who asks for it.
        force: Supersede an approved plan, and configure a configured zone again.
        check: Change nothing.
        rekey_from: The former id of a zone whose ``zone_id`` changed: refused with the list of rows that move
            until ``rekey_confirmed``.
        rekey_confirmed: Whether that list was confirmed.

    Raises:
        Refused: Every finding of every file.
        Outdated: P23 the database kept ending the connection.
        Busy: A job of the region runs whose zone is to get another id.
    """
    loaded = read_files(variables, settings)
    request = _Request(loaded, actor, force, check, rekey_from, rekey_confirmed)
    probed = _Probed()
    changed = lost = 0
    with collector_paused():
        while True:
            try:
                if changed < ATTEMPTS:
                    return _keep(request, _compute(request, probed))
                with transaction.atomic():
                    lock_allocations()
                    return _keep(request, _compute(request, probed), locked=True)
            except _Changed:
                changed += 1
            except (OperationalError, InterfaceError) as error:
                if not is_passing(error):
                    raise
                lost += 1
                if lost == ATTEMPTS_LOST:
                    raise Outdated.because(message("P23", times=lost)) from error


def _compute(request: _Request, probed: _Probed) -> _Computed:
    """Compute the plans from what is read now. Nothing is changed or kept locked."""
    zones, readings = request.loaded.zones, Readings()
    if request.rekey_from or _open_plans(zones).exists():
        # Planned is with what is free once the former plans gave way: so it is read, then taken back.
        with transaction.atomic():
            lock_allocations()
            _make_room(request)
            world = _read_world(request, readings)
            transaction.set_rollback(True)
    else:
        world = _read_world(request, readings)
    results = _plans(request.loaded, world, request.force, probed)
    errors: list[Finding] = []
    for files, result in zip(zones, results, strict=True):
        if not result.ok:
            errors += [*result.findings, *_rename_hint(files, world)]
    return _Computed(results, tuple(errors), readings)


def _open_plans(zones: Sequence[ZoneFiles]) -> QuerySet[Plan]:
    return Plan.objects.filter(zone__zone_id__in=[files.zone_id for files in zones], status__in=PLAN_OPEN)


def _read_world(request: _Request, readings: Readings) -> World:
    named = request.named
    return with_pools(with_users(load_world(named, readings), named, readings), named, readings)


def _keep(request: _Request, computed: _Computed, *, locked: bool = False) -> list[Configured]:
    """Store the plans, unless what they rest on changed before allocations were locked.

    Raises :class:`_Changed`, :class:`Refused`.
    """
    done: list[Configured] = []
    try:
        with transaction.atomic():
            lock_allocations()
            errors, replaced = _make_room(request)
            if not locked and computed.readings.changed():
                raise _Changed
            errors += computed.errors
            erase = []
            for result in computed.results:
                try:
                    erase.append(erase_targets(result))
                except Refused as refusal:
                    errors += refusal.findings
            if errors:
                raise Refused(errors)
            done = [
                _store(files, result, targets, request.actor, replaced.get(files.zone_id))
                for files, result, targets in zip(request.loaded.zones, computed.results, erase, strict=True)
            ]
            if request.check:
                raise _OnlyChecked
    except _OnlyChecked:
        return [Configured(item.zone_id, None, item.findings) for item in done]
    return done


def _make_room(request: _Request) -> tuple[list[Finding], dict[str, tuple[Plan, str]]]:
    """Move a zone to its new id, and make open plans give way; return what speaks against it, and the former plans.

    Raises :class:`Refused` or :class:`Busy` where the zone cannot be moved.
    """
    errors = [*request.loaded.findings]
    if request.rekey_from:
        errors += rekey(
            old_id=request.rekey_from,
            zones=request.loaded.zones,
            force=request.force,
            confirmed=request.rekey_confirmed or request.check,
            actor=request.actor,
        )
    replaced: dict[str, tuple[Plan, str]] = {}
    for files in request.loaded.zones:
        try:
            replaced |= supersede(files.zone_id, request.force, request.actor)
        except Refused as refusal:
            errors += refusal.findings
    return errors, replaced


def _plans(loaded: Loaded, world: World, force: bool, probed: _Probed) -> tuple[PlanResult, ...]:
    """Make plans that assign no address that answers; each candidate is probed first, once."""
    while True:
        options = {files.zone_id: Options(force=force, occupied=probed.answered) for files in loaded.zones}
        results = make_plans([files.documents for files in loaded.zones], world, options)
        given = frozenset(address for result in results for address in result.given)
        fresh = given - probed.asked - world.used_addresses.keys()
        if not fresh or len(probed.answered) > MAX_ANSWERED:
            return results
        found = answering(fresh)
        probed.asked |= fresh
        if not found:
            return results
        probed.answered |= found


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


def supersede(zone_id: str, force: bool, actor: Actor) -> dict[str, tuple[Plan, str]]:
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

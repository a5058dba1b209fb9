"""config_qingcloud: from files to a plan that can be reviewed, or to every finding at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from jobs.actor import Actor
from jobs.errors import Finding, Refused
from jobs.services import record_done
from zones.core.plan import make_plan
from zones.core.request import Options
from zones.load import load_world
from zones.models import Plan, Zone
from zones.services import revisions
from zones.services.files import ConfigFile, ZoneFiles, read_files
from zones.services.find import lock_allocations
from zones.states import PLAN_OPEN, PlanStatus


@dataclass(frozen=True, slots=True)
class Configured:
    """What became of one zone: its new draft (None when only checked), and warnings."""

    zone_id: str
    plan: Plan | None
    findings: tuple[Finding, ...]


class _OnlyChecked(Exception):
    """Undoes the transaction of a check."""


def config_qingcloud(
    *,
    variables: Sequence[ConfigFile],
    settings: Sequence[ConfigFile],
    actor: Actor,
    force: bool = False,
    check: bool = False,
) -> list[Configured]:
    """Check the files of one or several zones and make a draft plan of each; all or none.

    ``force`` supersedes an approved plan; ``check`` changes nothing. Raises :class:`Refused` with every
    finding of every file.
    """
    files = read_files(variables, settings)
    done: list[Configured] = []
    try:
        with transaction.atomic():
            lock_allocations()
            done = _configure_all(files, actor, force)
            if check:
                raise _OnlyChecked
    except _OnlyChecked:
        return [Configured(item.zone_id, None, item.findings) for item in done]
    return done


def _configure_all(files: Sequence[ZoneFiles], actor: Actor, force: bool) -> list[Configured]:
    done: list[Configured] = []
    errors: list[Finding] = []
    for zone_files in files:
        try:
            done.append(_configure(zone_files, actor, force))
        except Refused as refusal:
            errors += refusal.findings
    if errors:
        raise Refused(errors)
    return done


def _configure(files: ZoneFiles, actor: Actor, force: bool) -> Configured:
    zone = Zone.objects.select_for_update().filter(zone_id=files.zone_id).first()
    if zone is not None:
        _make_room(zone, force)
    world = load_world()
    result = make_plan(files.documents, world, Options(force=force))
    findings = (*files.documents.findings, *result.findings)
    if not result.ok:
        raise Refused(findings)
    zone = zone or revisions.new_zone(result)
    plan = revisions.create(zone, result, files.sources, findings, actor)
    record_done(
        action="config_qingcloud",
        zone_id=zone.zone_id,
        actor=actor,
        lines=[
            *(item.sentence() for item in findings),
            f"plan {plan.plan_id}: {len(result.roles)} nodes, {len(result.files)} files, "
            f"{len(result.added_vbcs)} new VBCs; review it with show_plan {plan.plan_id}",
        ],
    )
    return Configured(zone.zone_id, plan, findings)


def _make_room(zone: Zone, force: bool) -> None:
    """One open plan per zone: a draft gives way, an approved plan only with force."""
    plan = Plan.objects.select_for_update().filter(zone=zone, status__in=PLAN_OPEN).first()
    if plan is None:
        return
    if plan.status == PlanStatus.APPROVED and not force:
        raise Refused.because(
            "P20",
            f"plan {plan.plan_id} of zone {zone.zone_id} is approved and waits to be applied",
            f"apply it (scale_qingcloud -z {zone.zone_id}), reject it, or add -f to put this one in its place",
        )
    revisions.close(plan, "supersede")

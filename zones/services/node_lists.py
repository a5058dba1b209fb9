"""gen_node_list: node lists that follow a role edited by hand in a settings file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from common import audit
from common.actor import Actor
from common.errors import Finding, Refused
from common.messages import message
from zones.core.allocation import vms_of
from zones.core.data_disks import used_disks
from zones.core.diff import LISTS
from zones.core.documents import VariablesDocument
from zones.core.plan import disk_identities
from zones.core.rendering import ZoneAfter, render_node_lists
from zones.core.rendering.settings_reader import SettingsError, read_settings
from zones.core.rules.disks import disk_problems
from zones.core.world import NodeView
from zones.load import planned_nodes
from zones.models import Plan, PlanFile, Role
from zones.services import revisions
from zones.services.lookups import files_to_configure, find_plan, find_zone, locked_plan
from zones.states import PLAN_OPEN


@dataclass(frozen=True, slots=True)
class Listed:
    """The plan, and what changed in it: ``{"address", "hostname", "role", "sub_roles"}`` and paths of lists."""

    plan: Plan
    roles: tuple[Mapping[str, Any], ...]
    files: tuple[str, ...]


def gen_node_list(*, zone_id: str, actor: Actor) -> Listed:
    """Bring roles and node lists of the zone's open plan in line with its settings files.

    A change makes an approval void. Raises :class:`Refused` without an open plan, or when disks do not fit.
    """
    with transaction.atomic():
        zone = find_zone(zone_id)
        found = Plan.objects.filter(zone=zone, status__in=PLAN_OPEN).first()
        if found is None:
            raise Refused.because(
                message("P40", "no_open_plan", zone=zone_id, files=files_to_configure(zone))
            )
        plan = locked_plan(found.plan_id)
        changed = changed_roles(plan)
        was = revisions.before(plan)
        former = dict(plan.files.filter(path__startswith=LISTS).values_list("path", "content"))
        if changed:
            revisions.reopen(plan)
            _take_roles(plan, changed)
        files = _write_lists(plan)
        if changed or files:
            texts = {path: former.get(path) for path in files}
            revisions.rehash(plan, was, texts, actor=actor, verb="gen_node_list")
            audit.record(actor, "gen_node_list", plan.plan_id, roles=changed, hash=plan.content_hash)
    roles = tuple({"address": address, **plan.roles[address]} for address in changed)
    return Listed(find_plan(plan_id=plan.plan_id), roles, files)


def changed_roles(plan: Plan) -> dict[str, dict[str, Any]]:
    """Return role and sub-roles by address where an edited settings file differs from the plan."""
    found = {}
    edited = plan.files.exclude(edited_by="").exclude(address="")
    for address, content in edited.values_list("address", "content"):
        try:
            values = read_settings(content)
        except SettingsError as error:
            raise Refused.because(
                message(
                    "D17",
                    "of_hostname",
                    hostname=plan.roles[address]["hostname"],
                    plan=plan.plan_id,
                    reason=error,
                ),
                node=address,
                line=error.line,
            ) from None
        subs = [word for word in values.get("sub_roles", "").split(",") if word]
        said = {"role": values.get("role", ""), "sub_roles": subs}
        if any(plan.roles[address][key] != value for key, value in said.items()):
            found[address] = said
    return found


def check_roles(plan: Plan) -> None:
    """Raise :class:`Refused` while a role was edited and the node lists do not follow it yet."""
    changed = changed_roles(plan)
    if changed:
        names = ", ".join(plan.roles[address]["hostname"] for address in list(changed)[:5])
        raise Refused.because(message("P14", plan=plan.plan_id, nodes=names, zone=plan.zone.zone_id))


def _take_roles(plan: Plan, changed: Mapping[str, Mapping[str, Any]]) -> None:
    views = planned_nodes({address: {**plan.roles[address], **said} for address, said in changed.items()})
    findings = []
    for view in views:
        erased = {disk["name"] for disk in plan.roles[view.address].get("erase", ())}
        role = changed[view.address]["role"]
        unused = erased - {disk.name for disk in used_disks(role, view)}
        if unused:
            findings.append(
                Finding(
                    message(
                        "P70",
                        "not_formatted_by_role",
                        hostname=view.hostname,
                        role=role,
                        disks=sorted(unused),
                    ),
                    node=view.address,
                )
            )
        chosen = plan.roles[view.address].get("vpool", {}).get("layout", "") if role == "hyper-repl" else ""
        for problem in disk_problems(role, view, chosen, erased=erased):
            if problem.level == "error":
                edited = message("R17", "of_edited_role", hostname=view.hostname, problem=problem.said)
                findings.append(Finding(edited, node=view.address))
    if findings:
        raise Refused(findings)
    for address, said in changed.items():
        plan.roles[address] = {**plan.roles[address], **said}
    plan.disk_identities |= {key: list(value) for key, value in disk_identities(views).items()}


def _write_lists(plan: Plan) -> tuple[str, ...]:
    """Write the lists that changed; return the paths of those written, created or removed."""
    wanted = {file.path: file.content for file in render_node_lists(_zone_after(plan))}
    have = {file.path: file for file in plan.files.filter(path__startswith=LISTS)}
    gone = sorted(have.keys() - wanted.keys())
    new = sorted(wanted.keys() - have.keys())
    other = [path for path in sorted(have.keys() & wanted.keys()) if have[path].content != wanted[path]]
    for path in other:
        have[path].content = wanted[path]
    PlanFile.objects.bulk_update([have[path] for path in other], ["content"], batch_size=500)
    PlanFile.objects.bulk_create(PlanFile(plan=plan, path=path, content=wanted[path]) for path in new)
    plan.files.filter(path__in=gone).delete()
    return (*gone, *new, *other)


def _zone_after(plan: Plan) -> ZoneAfter:
    """Return as much of the zone as node lists need: names and roles."""
    nodes = [
        NodeView(
            node_id=given["node_id"],
            address=address,
            hostname=given["hostname"],
            status="",
            role=given["role"],
            sub_roles=tuple(given["sub_roles"]),
        )
        for address, given in plan.roles.items()
    ]
    if plan.kind == Plan.Kind.SCALE:
        old = Role.objects.filter(zone=plan.zone).exclude(node__mgmt_address__in=plan.roles)
        rows = old.exclude(node__status="retired").select_related("node")
        nodes += [
            NodeView(
                node_id=row.node.node_id,
                address=str(row.node.mgmt_address),
                hostname=row.node.hostname,
                status=row.node.status,
                role=row.role,
                sub_roles=tuple(row.sub_roles),
            )
            for row in rows
        ]
    return ZoneAfter(
        zone_id=plan.zone.zone_id,
        region_id=plan.zone.region_id,
        deploy_mode=plan.zone.deploy_mode,
        network_mode=plan.zone.network_mode,
        variables=VariablesDocument("", {}),
        nodes=tuple(nodes),
        vms=vms_of(plan.vms),
    )

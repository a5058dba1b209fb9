"""Plans in the database: written with everything they reserve, and closed with everything they held."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Max, Q

from common import audit
from common.actor import Actor
from common.errors import Finding, Refused
from common.messages import Message, message
from nodes.models import Node
from nodes.states import NodeStatus, move_nodes
from zones.core.diff import LISTS, OF_CREATION
from zones.core.plan import PlanResult, content_hash, disk_identities, roles_json
from zones.core.plan_summary import summarize
from zones.core.rendering import SERVER_YAML, RenderedFile
from zones.core.rendering.node_settings import check_settings
from zones.core.rendering.settings_reader import SettingsError
from zones.core.server_yaml import read_emulators
from zones.core.world import NodeView, identity_text
from zones.load import planned_nodes
from zones.models import EipPool, Plan, PlanChange, PlanFile, Role, VbcAssignment, Zone, ZoneFile
from zones.services import carry_edits
from zones.services.config_files import ConfigFile
from zones.services.erase_first import filled_since
from zones.services.reserve import BATCH, reserve
from zones.states import PlanStatus, move_plans

# Besides plans, set_qemu_version writes this one.
MAINTAINED = SERVER_YAML
MAX_DISKS = 450
# Nodes that a closed plan releases; an active one keeps its plan until all of it is applied.
RELEASABLE = frozenset({NodeStatus.CONFIGURED, NodeStatus.SCALE_FAILED})


def new_zone(result: PlanResult) -> Zone:
    """Return the row of a zone that a plan creates; whether it is the global one is settled when the plan is approved."""
    base = dict(result.variables.get("base", {}))
    return Zone.objects.create(
        zone_id=result.zone_id,
        region_id=result.region_id,
        deploy_mode=base["deploy_mode"],
        network_mode=base["network_mode"],
        variables=dict(result.variables),
    )


def create(
    zone: Zone,
    result: PlanResult,
    sources: Sequence[ConfigFile],
    actor: Actor,
    erase: Mapping[str, list[dict[str, Any]]] | None = None,
) -> Plan:
    """Store a draft with its files and reservations, in the caller's transaction. Raises :class:`Refused`.

    ``erase``: the disks that are erased first, with what is on them, by address.
    """
    revision = (zone.plans.aggregate(last=Max("revision"))["last"] or 0) + 1
    plan = Plan.objects.create(
        plan_id=f"{zone.zone_id}-{revision}",
        zone=zone,
        revision=revision,
        kind=result.kind,
        content_hash="",
        sources=[source.as_source() for source in sources],
        findings=list(result.findings),
        roles=_roles(result, erase or {}),
        vms=_vms(result),
        variables=dict(result.variables),
        qemu_version=_qemu_version(result),
        disk_identities={key: list(value) for key, value in result.disk_identities.items()},
        host_keys=dict(result.host_keys),
        created_by=actor.name,
    )
    plan.findings += _write_files(plan, result)
    plan.save(update_fields=["findings", "content_hash", "summary", "removed"])
    _keep_change(plan, {}, actor=actor, verb="config_qingcloud")
    reserve(plan, result)
    audit.record(actor, "config_qingcloud", plan.plan_id, zone_id=zone.zone_id, hash=plan.content_hash)
    return plan


def _roles(result: PlanResult, erase: Mapping[str, list[dict[str, Any]]]) -> dict[str, dict[str, Any]]:
    roles = roles_json(result.roles)
    for address, disks in erase.items():
        roles[address]["erase"] = disks
    return roles


def _vms(result: PlanResult) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for vm in result.vms:
        found.setdefault(vm.role, []).append(vm.address)
    return found


def _qemu_version(result: PlanResult) -> str:
    text = next((file.content for file in result.files if file.path == MAINTAINED), "")
    try:
        return read_emulators(text)[1]
    except ValueError:
        return ""  # a finding of the plan says so


def _write_files(plan: Plan, result: PlanResult) -> list[Finding]:
    """Store the files beside the zone's current ones, with the edits of the previous plan carried over."""
    partial = plan.kind == Plan.Kind.SCALE
    has = _current_files(plan, result.files)
    addresses = {role["node_id"]: address for address, role in plan.roles.items()}
    edits = carry_edits.edits_before(plan)
    rows, findings, files, same = [], [], [], []
    for file in result.files:
        # A large zone has such a list for every host, and a plan changes few of them.
        if file.path.startswith(LISTS) and has.get(file.path) == file.content and file.path not in edits:
            same.append(file.path)
            files.append(file)
            continue
        row = PlanFile(
            plan=plan,
            path=file.path,
            address=addresses.get(file.node_id or "", ""),
            content=file.content,
            base=has.get(file.path, ""),
        )
        if file.path in edits:
            findings += carry_edits.carry(row, edits.pop(file.path), plan.zone)
        rows.append(row)
        files.append(RenderedFile(row.path, row.content))
    findings += [carry_edits.lost(edit) for edit in edits.values()]
    PlanFile.objects.bulk_create(rows, batch_size=BATCH)
    _copy_current(plan, same)
    rendered = {file.path for file in files}
    plan.content_hash = content_hash(files, result.disk_identities, result.host_keys, plan.roles)
    plan.summary = summarize(has, files, partial=partial).as_dict()
    plan.removed = {
        path: content
        for path, content in has.items()
        if not (partial and path.startswith(OF_CREATION)) and path not in rendered
    }
    return findings


def _current_files(plan: Plan, files: Iterable[RenderedFile]) -> dict[str, str]:
    """Return the zone's files that the plan replaces, removes or repeats: scaling leaves those of other nodes alone."""
    rows = ZoneFile.objects.filter(zone=plan.zone)
    if plan.kind == Plan.Kind.SCALE:
        stay = Q()
        for folder in OF_CREATION:
            stay |= Q(path__startswith=folder)
        own = [file.path for file in files if file.path.startswith(OF_CREATION)]
        rows = rows.filter(~stay | Q(path__in=own))
    return dict(rows.values_list("path", "content"))


def _copy_current(plan: Plan, paths: Sequence[str]) -> None:
    """Give the plan these files as the zone has them, in the database: it has one for each host."""
    if not paths:
        return
    names = connection.ops.quote_name
    one = (
        "jsonb_array_elements_text(%s::jsonb)"
        if connection.vendor == "postgresql"
        else "value FROM json_each(%s)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {names(PlanFile._meta.db_table)}"  # noqa: S608 -- names of our own models
            " (plan_id, path, address, content, base, rendered, edited_by)"
            f" SELECT %s, path, '', content, content, '', '' FROM {names(ZoneFile._meta.db_table)}"
            f" WHERE zone_id = %s AND path IN (SELECT {one})",
            [plan.pk, plan.zone_id, json.dumps(paths)],
        )


def close(plan: Plan, event: str, **fields: Any) -> None:
    """Reject or supersede an open plan and free what it held. Raises :class:`Refused` once it is being applied.

    The caller holds :func:`zones.services.lookups.lock_allocations`.
    """
    _take_back_roles(plan)
    VbcAssignment.objects.filter(plan=plan).delete()
    EipPool.objects.filter(plan=plan).delete()
    if not move_plans(Plan.objects.filter(pk=plan.pk), event, **fields):
        raise Refused.because(message("P22", plan=plan.plan_id))


def reopen(plan: Plan) -> None:
    """Make an approved plan that was changed a draft again; it keeps what it reserves. Raises :class:`Refused`."""
    if plan.status != PlanStatus.APPROVED:
        return
    _take_back_roles(plan)
    unapprove(plan)


def unapprove(plan: Plan) -> None:
    """Make an approved plan wait for its approval again; the caller settles the nodes that got a role by it."""
    move_plans(Plan.objects.filter(pk=plan.pk), "reopen", decided_by="", decided_at=None)
    plan.refresh_from_db(fields=["status", "decided_by", "decided_at"])


def differently_set(plan: Plan, nodes: Iterable[Node]) -> list[Node]:
    """Return those nodes for which the zone has a settings file and the plan a different one."""
    by_address = {str(node.mgmt_address): node for node in nodes}
    files = plan.files.filter(address__in=list(by_address)).values_list("path", "address", "content")
    wanted = {path: (address, content) for path, address, content in files}
    has = ZoneFile.objects.filter(zone=plan.zone, path__in=list(wanted)).values_list("path", "content")
    return [by_address[wanted[path][0]] for path, content in has if content != wanted[path][1]]


def _take_back_roles(plan: Plan) -> None:
    nodes = Node.objects.filter(role__plan=plan)
    past = [str(node) for node in nodes.exclude(status__in=RELEASABLE)[:5]]
    if past:
        raise Refused.because(
            message("P21", "one_past", plan=plan.plan_id, nodes=past, job=plan.job_id)
            if len(past) == 1
            else message("P21", "some_past", plan=plan.plan_id, nodes=past, job=plan.job_id)
        )
    pks = list(nodes.values_list("pk", flat=True))
    Role.objects.filter(plan=plan).delete()
    move_nodes(Node.objects.filter(pk__in=pks), "unconfigure")


@dataclass(frozen=True, slots=True)
class Before:
    """What a plan's hash covers besides its files, as it was before a change."""

    content_hash: str
    facts: Mapping[str, Any]


FACTS = ("roles", "disk_identities", "host_keys")


def before(plan: Plan) -> Before:
    """Remember the plan as it is now, for :func:`rehash`."""
    return Before(plan.content_hash, {name: deepcopy(getattr(plan, name)) for name in FACTS})


def rehash(
    plan: Plan, was: Before, texts: Mapping[str, str | None], *, actor: Actor, verb: str, reason: str = ""
) -> None:
    """Write the hash and the summary of the plan as it is now, and record who changed it and its former content.

    ``texts``: former content by path of each file that changed, None where there was none.
    """
    rows = list(plan.files.values_list("path", "content", "base"))
    files = [RenderedFile(path, content) for path, content, _ in rows]
    base = {path: old for path, _, old in rows if old} | plan.removed
    plan.content_hash = content_hash(files, plan.disk_identities, plan.host_keys, plan.roles)
    plan.summary = summarize(base, files, partial=plan.kind == Plan.Kind.SCALE).as_dict()
    plan.save(update_fields=["content_hash", "summary", *FACTS])
    facts = {name: value for name, value in was.facts.items() if getattr(plan, name) != value}
    kept = {"before_hash": was.content_hash, "texts": dict(texts), "facts": facts}
    _keep_change(plan, kept, actor=actor, verb=verb, reason=reason)


def _keep_change(plan: Plan, kept: Mapping[str, Any], *, actor: Actor, verb: str, reason: str = "") -> None:
    PlanChange.objects.create(
        plan=plan,
        after_hash=plan.content_hash,
        verb=verb,
        changed_by=actor.name,
        names=sorted(actor.signs),
        reason=reason,
        **kept,
    )


def authors(plan: Plan) -> frozenset[str]:
    """Return every name under which a person made or changed the plan, in whatever way.

    An edit that was carried over has one name; the change of the previous plan has all of them.
    """
    edited = dict(plan.files.exclude(edited_by="").values_list("path", "edited_by"))
    found = {plan.created_by, *edited.values()}
    for names in plan.changes.values_list("names", flat=True):
        found.update(names)
    before = PlanChange.objects.filter(plan__zone=plan.zone, changed_by__in=set(edited.values()))
    for names, texts in before.values_list("names", "texts"):
        if edited.keys() & texts.keys():
            found.update(names)
    return frozenset(found)


def hash_now(plan: Plan) -> tuple[str, list[Finding]]:
    """Return the hash of the plan's files with current disks and host keys, and what differs."""
    from_plan = planned_nodes(plan.roles, drives=False)
    disks = disk_identities(from_plan)
    keys = {view.node_id: view.host_key_fingerprint for view in from_plan}
    settled = _settled(plan)
    disks |= {node_id: tuple(plan.disk_identities.get(node_id) or ()) for node_id in settled}
    keys |= {node_id: plan.host_keys.get(node_id, "") for node_id in settled}
    files = [RenderedFile(*row) for row in plan.files.values_list("path", "content")]
    findings = []
    for view in from_plan:
        approved = plan.disk_identities.get(view.node_id) or []
        if list(disks[view.node_id]) != approved:
            gone = [item for item in approved if item not in disks[view.node_id]]
            new = [item for item in disks[view.node_id] if item not in approved]
            was, now = ((", ".join(map(identity_text, some)) or "none")[:MAX_DISKS] for some in (gone, new))
            said = message("P31", approved=was, now=now)
            findings.append(Finding(said, node=view.address))
        if keys[view.node_id] != plan.host_keys.get(view.node_id):
            findings.append(Finding(message("P32"), node=view.address))
    missing = set(plan.roles) - {view.address for view in from_plan}
    findings += [Finding(message("P33"), node=address) for address in sorted(missing)]
    findings += filled_since(from_plan, plan.roles)
    waiting = [view for view in from_plan if view.node_id not in settled]
    findings += _renamed(waiting, plan.roles, files)
    findings += _maintained_since(plan)
    findings += _unreadable(files)
    found = content_hash(files, disks, keys, plan.roles)
    if found != plan.content_hash and not findings:
        findings.append(Finding(message("P30", "other_file")))
    return found, findings


def _settled(plan: Plan) -> frozenset[str]:
    """Return nodes that this plan brought into service and no longer changes: they live on while others wait."""
    done = list(
        Node.objects.filter(role__plan=plan, status=NodeStatus.ACTIVE).only("node_id", "mgmt_address")
    )
    again = {node.node_id for node in differently_set(plan, done)} if done else set()
    return frozenset(node.node_id for node in done) - again


_INTERFACE = re.compile(r'^[ \t]*mgmt_network_interface="([^"]*)"', re.MULTILINE)
RENAMED, MAINTENANCE = "Z30", "P34"


def _renamed(
    nodes: Iterable[NodeView], roles: Mapping[str, Mapping[str, Any]], files: Iterable[RenderedFile]
) -> Iterator[Finding]:
    """Yield nodes whose management interface no longer has the name in their settings (a new kernel, another card)."""
    texts = {file.path: file.content for file in files if file.path.startswith("settings/")}
    for node in nodes:
        match = _INTERFACE.search(texts.get(f"settings/{roles[node.address]['hostname']}", ""))
        if match and node.mgmt_interface and match[1] != node.mgmt_interface:
            yield Finding(
                message("Z30", interface=node.mgmt_interface, planned=match[1]),
                node=node.address,
            )


def _unreadable(files: Iterable[RenderedFile]) -> Iterator[Finding]:
    """Yield settings files that no node would read: an older release allowed more in what people wrote into them."""
    for file in files:
        # Pure ASCII without an escape means the same in both.
        if not file.path.startswith("settings/") or (file.content.isascii() and "\\" not in file.content):
            continue
        try:
            check_settings(file.content)
        except SettingsError as error:
            yield Finding(message("D17", "in_file", path=file.path, reason=error))


def _maintained_since(plan: Plan) -> list[Finding]:
    """Check for later maintenance: it writes a file of the zone beside its plans, and an older plan would revert it."""
    planned = plan.files.filter(path=MAINTAINED).values_list("base", "content").first()
    now = maintained_now(plan)
    if planned is None or now is None or now in planned:
        return []
    return [Finding(message("P34", path=MAINTAINED))]


def maintained_now(plan: Plan) -> str | None:
    """Return the file that maintenance writes, as the zone has it; None where it has none."""
    texts = ZoneFile.objects.filter(zone=plan.zone, path=MAINTAINED).values_list("content", flat=True)
    return texts.first()


def _without(plan: Plan, address: str) -> Message:
    return message("P30", "go_on_without", plan=plan.plan_id, address=address)


def _ways_out(plan: Plan, findings: Sequence[Finding]) -> Iterator[Message]:
    """Yield what to do about each change since the plan was made."""
    names = [source["name"] for source in plan.sources]
    files = [
        *(word for name in names if name.startswith("variables") for word in ("-v", name)),
        *(word for name in names if not name.startswith("variables") for word in ("-s", name)),
    ]
    serving = Node.objects.filter(role__plan=plan, status=NodeStatus.ACTIVE)
    active = {str(address) for address in serving.values_list("mgmt_address", flat=True)}
    stays = begun(plan)
    for item in findings:
        if item.node in active:
            yield message("P30", "set_back", address=item.node)
        elif item.code == RENAMED:
            yield message("P30", "rename_back", address=item.node, otherwise=_without(plan, item.node))
        elif item.node and stays:
            # Such a plan cannot be replaced by another one (P21).
            yield _without(plan, item.node)
        elif item.code == MAINTENANCE and stays:
            yield message("P30", "take_over", zone=plan.zone.zone_id, plan=plan.plan_id, path=MAINTAINED)
        else:
            yield message("P30", "configure_again", files=files)


def begun(plan: Plan) -> bool:
    """Return whether nodes came into service by this plan, or are on their way: then it cannot be rejected (P21)."""
    return Node.objects.filter(role__plan=plan).exclude(status__in=RELEASABLE).exists()


def check_unchanged(plan: Plan) -> None:
    """Raise :class:`Refused` naming every change since the plan was made: its approval is then void."""
    _, findings = hash_now(plan)
    if findings:
        raise Refused(
            Finding(item.message.within("of_plan", plan=plan.plan_id, instead=instead), node=item.node)
            for item, instead in zip(findings, _ways_out(plan, findings), strict=True)
        )


def open_addresses(plan: Plan) -> list[str]:
    """Return addresses of the plan whose nodes are not yet in service, or not with the plan's current settings."""
    active = Node.objects.filter(
        mgmt_address__in=plan.roles, role__zone=plan.zone, status=NodeStatus.ACTIVE
    ).only("mgmt_address")
    changed = differently_set(plan, active.filter(role__plan=plan)) if plan.job_id else []
    done = {str(node.mgmt_address) for node in active} - {str(node.mgmt_address) for node in changed}
    return sorted(set(plan.roles) - done)

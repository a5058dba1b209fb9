"""Plans in the database: written with everything they reserve, and closed with everything they held."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from django.db.models import Max

from jobs import audit
from jobs.actor import Actor
from jobs.errors import Finding, Refused
from nodes.models import Node
from nodes.states import NodeStatus, move_nodes
from zones.core.plan import PlanResult, content_hash, disk_identities
from zones.core.rendering import RenderedFile
from zones.core.world import NodeView, VbcView
from zones.load import load_nodes
from zones.models import EipPool, Plan, PlanFile, Role, VbcAssignment, VbcMember, Zone, ZoneFile
from zones.services.files import ConfigFile
from zones.states import move_plans

# Nodes that a closed plan gives back; one that is active keeps its plan until all of it is applied.
RELEASABLE = frozenset({NodeStatus.CONFIGURED, NodeStatus.SCALE_FAILED})


def new_zone(result: PlanResult) -> Zone:
    """The row of a zone that a plan creates."""
    base = dict(result.variables.get("base", {}))
    return Zone.objects.create(
        zone_id=result.zone_id,
        region_id=result.region_id,
        deploy_mode=base["deploy_mode"],
        network_mode=base["network_mode"],
        is_global=bool(base.get("is_global_zone")),
        variables=dict(result.variables),
    )


def create(
    zone: Zone,
    result: PlanResult,
    sources: Sequence[ConfigFile],
    actor: Actor,
) -> Plan:
    """Store a draft with its files and reservations, in the caller's transaction. Raises :class:`Refused`."""
    revision = (zone.plans.aggregate(last=Max("revision"))["last"] or 0) + 1
    plan = Plan.objects.create(
        plan_id=f"{zone.zone_id}-{revision}",
        zone=zone,
        revision=revision,
        kind=result.kind,
        content_hash=result.content_hash,
        sources=[source.as_source() for source in sources],
        findings=[item.as_dict() for item in result.findings],
        roles={
            role.address: {
                "node_id": role.node_id,
                "hostname": role.hostname,
                "role": role.role,
                "sub_roles": list(role.sub_roles),
                "pair": role.pair_address,
            }
            for role in result.roles
        },
        vms=_vms(result),
        variables=dict(result.variables),
        qemu_version=_qemu_version(result),
        disk_identities={key: list(value) for key, value in result.disk_identities.items()},
        host_keys=dict(result.host_keys),
        created_by=actor.name,
    )
    _write_files(plan, result.files)
    _reserve(plan, result)
    audit.record(actor, "config_qingcloud", plan.plan_id, zone_id=zone.zone_id, hash=plan.content_hash)
    return plan


def _vms(result: PlanResult) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for vm in result.vms:
        found.setdefault(vm.role, []).append(vm.address)
    return found


def _qemu_version(result: PlanResult) -> str:
    for source in result.files:
        if source.path == "server/server.yaml":
            last = source.content.strip().splitlines()[-1]
            if last.strip().startswith("default:"):
                return last.partition(":")[2].strip().strip("'")
    return ""


def _write_files(plan: Plan, files: Sequence[RenderedFile]) -> None:
    has = dict(ZoneFile.objects.filter(zone=plan.zone).values_list("path", "content"))
    addresses = {role["node_id"]: address for address, role in plan.roles.items()}
    PlanFile.objects.bulk_create(
        [
            PlanFile(
                plan=plan,
                path=file.path,
                address=addresses.get(file.node_id or "", ""),
                content=file.content,
                base=has.get(file.path, ""),
            )
            for file in files
        ],
        batch_size=200,
    )


def _reserve(plan: Plan, result: PlanResult) -> None:
    nodes = {str(node.mgmt_address): node for node in Node.objects.filter(mgmt_address__in=_named(result))}
    _free_of_other_plans(nodes.values())
    for vbc in result.added_vbcs:
        row = VbcAssignment.objects.create(
            zone=plan.zone,
            plan=plan,
            master=nodes[vbc.ipv4_master or vbc.ipv6_master],
            ipv6_master=_other_master(vbc, nodes),
            ipv4_network=vbc.ipv4_network or None,
            ipv4_vip=vbc.ipv4_vip or None,
            ipv6_network=vbc.ipv6_network or None,
            ipv6_vip=vbc.ipv6_vip or None,
        )
        VbcMember.objects.bulk_create(VbcMember(vbc=row, node=nodes[address]) for address in vbc.members)
    new = {role.address for role in result.roles}
    EipPool.objects.bulk_create(
        EipPool(
            zone=plan.zone,
            plan=plan,
            vg=nodes[eip.vg_address],
            network=eip.network,
            gateway=eip.gateway,
            ha_group=eip.ha_group,
        )
        for eip in result.eips
        if eip.vg_address in new
    )


def _named(result: PlanResult) -> set[str]:
    return {role.address for role in result.roles}.union(*(vbc.members for vbc in result.added_vbcs))


def _other_master(vbc: VbcView, nodes: dict[str, Node]) -> Node | None:
    if vbc.ipv6_master and vbc.ipv4_master and vbc.ipv6_master != vbc.ipv4_master:
        return nodes[vbc.ipv6_master]
    return None


def _free_of_other_plans(nodes: Iterable[Node]) -> None:
    pks = [node.pk for node in nodes]
    held = VbcMember.objects.filter(node__in=pks).select_related("node", "vbc__plan", "vbc__zone")
    findings = [
        Finding(
            "R16",
            f"{item.node} carries the VBC {item.vbc} of zone {item.vbc.zone.zone_id} already",
            f"leave it out, or reject plan {item.vbc.plan.plan_id}" if item.vbc.plan else "leave it out",
            node=str(item.node.mgmt_address),
        )
        for item in held
    ]
    if findings:
        raise Refused(findings)


def close(plan: Plan, event: str, **fields: Any) -> None:
    """Reject or supersede an open plan and free what it held. Raises :class:`Refused` once it is being applied."""
    nodes = Node.objects.filter(role__plan=plan)
    begun = [str(node) for node in nodes.exclude(status__in=RELEASABLE)[:5]]
    if begun:
        raise Refused.because(
            "P21",
            f"plan {plan.plan_id} is being applied: {', '.join(begun)} {'is' if len(begun) == 1 else 'are'} "
            "past the point where it could be taken back",
            f"let its job end, or resume it: get_status {plan.job_id}",
        )
    pks = list(nodes.values_list("pk", flat=True))
    Role.objects.filter(plan=plan).delete()
    move_nodes(Node.objects.filter(pk__in=pks), "unconfigure")
    VbcAssignment.objects.filter(plan=plan).delete()
    EipPool.objects.filter(plan=plan).delete()
    if not move_plans(Plan.objects.filter(pk=plan.pk), event, **fields):
        raise Refused.because(
            "P22", f"plan {plan.plan_id} has been decided meanwhile", f"show_plan {plan.plan_id}"
        )


def hash_now(plan: Plan) -> tuple[str, list[Finding]]:
    """The hash of the plan's files with disks and host keys as they are now, and what is different."""
    nodes = load_nodes(list(Node.objects.filter(mgmt_address__in=plan.roles)))
    from_plan = [_as_planned(view, plan) for view in nodes]
    disks = disk_identities(from_plan)
    keys = {view.node_id: view.host_key_fingerprint for view in from_plan}
    files = [RenderedFile(file.path, file.content) for file in plan.files.all()]
    findings = []
    for view in from_plan:
        if list(disks[view.node_id]) != plan.disk_identities.get(view.node_id):
            findings.append(
                Finding(
                    "P31", "the disks to be formatted are not the ones that were approved", node=view.address
                )
            )
        if keys[view.node_id] != plan.host_keys.get(view.node_id):
            findings.append(
                Finding("P32", "its host key is not the one that was approved", node=view.address)
            )
    missing = set(plan.roles) - {view.address for view in from_plan}
    findings += [Finding("P33", "it was deleted since", node=address) for address in sorted(missing)]
    found = content_hash(files, disks, keys)
    if found != plan.content_hash and not findings:
        findings.append(Finding("P30", "a rendered file is not the one that was approved"))
    return found, findings


def _as_planned(view: NodeView, plan: Plan) -> NodeView:
    role = plan.roles[view.address]
    return replace(view, role=role["role"], sub_roles=tuple(role["sub_roles"]))


def check_unchanged(plan: Plan) -> None:
    """Raises :class:`Refused` naming every change since the plan was made: its approval is void then."""
    _, findings = hash_now(plan)
    if findings:
        remedy = f"configure again (config_qingcloud -f -s scale_settings.{plan.zone.zone_id}.yaml), review and approve"
        raise Refused(
            Finding(item.code, f"{plan.plan_id}: {item.detail}", remedy, node=item.node) for item in findings
        )

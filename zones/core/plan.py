"""One configuration revision: what it allocates, what it renders, and the hash an approval is bound to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from common.errors import Finding
from common.messages import message
from zones.core.allocation import Allocation, VmView, allocate, check_start
from zones.core.allocation.groups import pairs_of
from zones.core.data_disks import used_disks
from zones.core.plan_input import Documents, Options
from zones.core.pools import parse_eip
from zones.core.rendering import RenderedFile, ZoneAfter, render_zone
from zones.core.rendering.node_settings import unfit_settings
from zones.core.rendering.vpool import VpoolChoice
from zones.core.rules import Context, check
from zones.core.rules.free_disks import erase_entries
from zones.core.rules.vpool import chosen_vpool, vpool_entries
from zones.core.server_yaml_plan import server_yaml_after
from zones.core.world import EipView, NodeView, VbcView, World

_DEFAULT_SUB_ROLES = {"vg": ("vgateway",), "ks": ()}


@dataclass(frozen=True, slots=True)
class RoleAssignment:
    """What one node becomes; ``pair_address`` is its DRBD peer, empty for other roles.

    ``erase``: names of its disks that are erased before they are formatted. ``vpool``: the layout of its pool where
    that is not left to the advice.
    """

    node_id: str
    address: str
    hostname: str
    role: str
    sub_roles: tuple[str, ...]
    pair_address: str = ""
    erase: tuple[str, ...] = ()
    vpool: VpoolChoice | None = None


@dataclass(frozen=True, slots=True)
class PlanResult:
    """A plan, or the findings that prevent one: with an error among them there are no files.

    ``vbcs``, ``eips`` and ``vms`` are those of the whole zone afterwards, ``added_vbcs`` the new ones; ``roles``
    are those of this file's nodes. ``disk_identities`` are the disks that will be formatted, by node id.
    """

    kind: str
    zone_id: str
    region_id: str
    findings: tuple[Finding, ...]
    files: tuple[RenderedFile, ...] = ()
    roles: tuple[RoleAssignment, ...] = ()
    vbcs: tuple[VbcView, ...] = ()
    added_vbcs: tuple[VbcView, ...] = ()
    eips: tuple[EipView, ...] = ()
    vms: tuple[VmView, ...] = ()
    variables: Mapping[str, Any] = field(default_factory=dict)
    disk_identities: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    host_keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def ok(self) -> bool:
        """Return whether no finding prevents the plan."""
        return not any(item.level == "error" for item in self.findings)

    @property
    def given(self) -> frozenset[str]:
        """Return the addresses that new VBCs and the zone's VMs get."""
        return frozenset(vip for vbc in self.added_vbcs for vip in vbc.vips) | {vm.address for vm in self.vms}

    @property
    def content_hash(self) -> str:
        """Return the hash that an approval is bound to."""
        return content_hash(self.files, self.disk_identities, self.host_keys, roles_json(self.roles))


def roles_json(roles: Iterable[RoleAssignment]) -> dict[str, dict[str, Any]]:
    """Return what each node becomes, by its management address, as a plan stores it."""
    return {
        role.address: {
            "node_id": role.node_id,
            "hostname": role.hostname,
            "role": role.role,
            "sub_roles": list(role.sub_roles),
            "pair": role.pair_address,
            **({"erase": [{"name": name} for name in role.erase]} if role.erase else {}),
            **({"vpool": {"layout": role.vpool.layout, "reason": role.vpool.reason}} if role.vpool else {}),
        }
        for role in roles
    }


def content_hash(
    files: Iterable[RenderedFile],
    disk_identities: Mapping[str, Iterable[str]],
    host_keys: Mapping[str, str],
    roles: Mapping[str, Mapping[str, Any]],
) -> str:
    """Return the SHA-256 (hex) over all that runs: files, identities of the disks to be formatted, host keys, and roles.

    A role includes what is erased: each disk with what was on it when the plan was made. Order does not matter.
    """
    digest = hashlib.sha256()
    for item in sorted(files, key=lambda item: item.path):
        _feed(digest, "file", item.path, item.content)
    for node_id in sorted(disk_identities):
        _feed(digest, "disks", node_id, *sorted(disk_identities[node_id]))
    for node_id in sorted(host_keys):
        _feed(digest, "host key", node_id, host_keys[node_id])
    for address in sorted(roles):
        given = roles[address]
        _feed(digest, "role", address, *(given[key] for key in ("node_id", "hostname", "role", "pair")))
        _feed(digest, "sub-roles", address, *sorted(given["sub_roles"]))
        for disk in given.get("erase", ()):
            _feed(digest, "erase", address, json.dumps(disk, sort_keys=True))
    return digest.hexdigest()


def _feed(digest: hashlib._Hash, *parts: str) -> None:
    """Feed parts with their lengths, so that no two different lists of parts feed the same bytes."""
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        digest.update(len(data).to_bytes(8, "big") + data)
    digest.update(b"\xff" * 8)


def disk_identities(nodes: Iterable[NodeView]) -> dict[str, tuple[str, ...]]:
    """Return the identities of the disks that installing formats, by node id; nodes must have their role."""
    return {
        node.node_id: tuple(disk.identity for disk in used_disks(node.role or "", node)) for node in nodes
    }


def make_plan(documents: Documents, world: World, options: Options | None = None) -> PlanResult:
    """Make the plan of one zone. All findings at once; with an error among them nothing is allocated or rendered."""
    ctx = Context(documents, world, options or Options())
    found = preview(ctx)
    region = ctx.variables.region_id or (ctx.zone.region_id if ctx.zone else "")
    refused = PlanResult(documents.kind, ctx.zone_id, region, found.findings)
    if found.allocation is None:
        return refused
    return render_plan(ctx, refused, found.allocation)


@dataclass(frozen=True, slots=True)
class Preview:
    """What is known of a plan before it is rendered; ``allocation`` is None where a finding prevents the plan."""

    findings: tuple[Finding, ...]
    allocation: Allocation | None = None


def preview(ctx: Context) -> Preview:
    """Check a configuration and allocate for it, but render nothing: quick enough to answer while a person types."""
    findings = [*check(ctx), *check_start(ctx), *vpool_entries(ctx), *erase_entries(ctx)]
    if any(item.level == "error" for item in findings):
        return Preview(tuple(findings))
    allocation = allocate(ctx)
    findings += [*allocation.findings, *server_yaml_after(ctx).findings, *_named_as_vms(ctx, allocation)]
    refused = any(item.level == "error" for item in findings)
    return Preview(tuple(findings), None if refused else allocation)


def render_plan(ctx: Context, plan: PlanResult, allocation: Allocation) -> PlanResult:
    """Return ``plan`` with its files, and everything that its approval is bound to."""
    named = [_with_role(item.node, item.entry.role, item.entry.sub_roles) for item in ctx.named if item.node]
    zone = _zone_after(ctx, allocation, named, plan.region_id)
    unfit = [finding for node in named for finding in unfit_settings(zone, node)]
    if unfit:
        return replace(plan, findings=(*plan.findings, *unfit))
    roles = [
        RoleAssignment(
            node.node_id,
            node.address,
            node.hostname,
            node.role or "",
            node.sub_roles,
            zone.pairs.get(node.address, ""),
            tuple(disk.name for disk in ctx.erased(node)),
            zone.vpool.get(node.address),
        )
        for node in named
    ]
    return replace(
        plan,
        files=render_zone(zone),
        roles=tuple(roles),
        vbcs=zone.vbcs,
        added_vbcs=allocation.added_vbcs,
        eips=zone.eips,
        vms=zone.vms,
        variables=ctx.variables.as_dict(),
        disk_identities=disk_identities(named),
        host_keys={node.node_id: node.host_key_fingerprint for node in named},
    )


def _with_role(node: NodeView, role: str, sub_roles: tuple[str, ...]) -> NodeView:
    return replace(node, role=role, sub_roles=sub_roles or _DEFAULT_SUB_ROLES.get(role, ("hyper",)))


def _zone_after(ctx: Context, allocation: Allocation, named: list[NodeView], region_id: str) -> ZoneAfter:
    new_ids = frozenset(node.node_id for node in named)
    old = ctx.zone.nodes if ctx.zone and ctx.kind == "scale" else ()
    stay = [node for node in old if node.node_id not in new_ids and node.status != "retired"]
    return ZoneAfter(
        zone_id=ctx.zone_id,
        region_id=region_id,
        deploy_mode=ctx.deploy_mode,
        network_mode=ctx.network_mode,
        variables=ctx.variables,
        nodes=(*stay, *named),
        new_node_ids=new_ids,
        vbcs=allocation.vbcs,
        eips=_eips(ctx, frozenset(node.address for node in named)),
        vms=allocation.vms,
        pairs=_pairs(ctx),
        vpool=_vpools(ctx),
        erase={node.address: tuple(disk.reference for disk in ctx.erased(node)) for node in named},
        server_yaml=server_yaml_after(ctx).text,
    )


def _vpools(ctx: Context) -> dict[str, VpoolChoice]:
    choices = {named.entry.address: chosen_vpool(ctx, named) for named in ctx.with_role("hyper-repl")}
    return {address: choice for address, choice in choices.items() if choice}


def _pairs(ctx: Context) -> dict[str, str]:
    peers: dict[str, str] = {}
    for pair in pairs_of(ctx):
        if len(pair) == 2:
            first, second = (named.entry.address for named in pair)
            peers[first], peers[second] = second, first
    return peers


def _eips(ctx: Context, named: frozenset[str]) -> tuple[EipView, ...]:
    """Return segments of VGs that stay, then those of this file."""
    old = ctx.zone.eips if ctx.zone and ctx.kind == "scale" else ()
    kept = [eip for eip in old if eip.vg_address not in named]
    for entry in ctx.settings.eips:
        eip = parse_eip(entry.text)
        kept.append(EipView(entry.vg_address, eip.network.text, eip.gateway.text, eip.ha_group))
    return tuple(kept)


def _named_as_vms(ctx: Context, allocation: Allocation) -> list[Finding]:
    """Check that no node of the file has the name of a management VM: a name must lead to one machine only."""
    taken = {name for vm in allocation.vms for name in (vm.name, f"{ctx.zone_id}-{vm.name}")}
    found = []
    for named in ctx.named:
        if named.node is not None and named.node.hostname.lower() in taken:
            said = message("R16", "named_as_vm", node=named.label, example=f"{ctx.zone_id}r01n01")
            found.append(ctx.finding(said, "roles", named.entry.address, node=named.entry.address))
    return found

"""Rules about who may get which role, and how many: R01, R02, R03, R12, R13, R14."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from common.codes.registry import Level
from common.errors import Finding
from common.messages import Message, message
from zones.core.rules.context import Context, Named
from zones.core.world import HYPER_ROLES

SCALED_KS = frozenset({"seed", "snapshot", "vbr"})
FUSED = frozenset({"hyper", "seed", "snapshot", "vbr"})
UNMIXED = ("pgpool", "pgserver", "zoocassa")
FUSED_VMS = 3
MANY_KS = 4


def r01(ctx: Context) -> Iterable[Finding]:
    """Check that scaling adds only hypers, VGs, and KS nodes with seed, snapshot or vbr; no VMs."""
    if ctx.kind != "scale":
        return
    if ctx.settings.has_vms:
        yield ctx.finding(message("R01", "vms_filled"), "vms")
    for named in ctx.named:
        if named.entry.role == "ks":
            yield from _scaled_ks(ctx, named)
        else:
            wrong, allowed = _foreign(ctx, named)
            if wrong:
                said = message(
                    "R01",
                    "wrong_sub_role",
                    role=named.entry.role,
                    node=named.label,
                    sub_roles=wrong,
                    allowed=allowed,
                )
                yield ctx.finding(said, "roles", named.entry.address, "sub_roles", node=named.entry.address)


def _scaled_ks(ctx: Context, named: Named) -> Iterator[Finding]:
    subs = named.entry.sub_roles
    path = ("roles", named.entry.address, "sub_roles")
    wrong = [sub for sub in subs if sub not in SCALED_KS]
    if wrong:
        said = message("R01", "never_added", node=named.label, sub_roles=wrong)
        yield ctx.finding(said, *path, node=named.entry.address)
    elif not subs:
        said = message("R01", "no_sub_role", node=named.label)
        yield ctx.finding(said, *path, node=named.entry.address)


def allowed_sub_roles(role: str, deploy_mode: str) -> frozenset[str]:
    """Return the sub-roles that a node of that role may have."""
    if role == "ks":
        return SCALED_KS | frozenset(UNMIXED)
    if role == "vg":
        return frozenset({"vgateway"})
    return FUSED if deploy_mode == "fusion" else frozenset({"hyper"})


def _foreign(ctx: Context, named: Named) -> tuple[list[str], list[str]]:
    """Return the sub-roles that the role never has, and those that it may have (in fusion more, on hypers)."""
    allowed = allowed_sub_roles(named.entry.role, ctx.deploy_mode)
    return [sub for sub in named.entry.sub_roles if sub not in allowed], sorted(allowed)


def r02(ctx: Context) -> Iterable[Finding]:
    """Check standard mode: hypers are added in pairs, even if the zone has an odd number; a hyper-pair node is in one pair."""
    odd = ctx.deploy_mode == "standard" and len(ctx.hypers) % 2
    paired = ctx.with_role("hyper-pair")
    refused = odd and ctx.kind == "scale"
    if refused:
        said = (
            message("R02", "odd_growth", hypers=len(ctx.hypers))
            if len(ctx.named) > 1
            else message("R02", "single_growth", hypers=len(ctx.hypers))
        )
        yield ctx.finding(said, "roles")
    elif odd and ctx.kind != "scale":
        said = message("R02", "odd_begin", hypers=len(ctx.hypers))
        yield ctx.finding(said, "roles", level="warning")
    if ctx.settings.pairs:
        yield from _listed_pairs(ctx, paired)
    elif ctx.deploy_mode == "standard" and len(paired) % 2 and not refused:
        level: Level = "warning" if odd and ctx.kind != "scale" else "error"
        yield ctx.finding(_unpaired(len(paired), len(ctx.hypers)), "roles", level=level)


def _unpaired(nodes: int, hypers: int) -> Message:
    """Return what makes an odd number of hyper-pair nodes even, and leaves no odd number of hypers."""
    if hypers % 2 and hypers > 1:
        return message("R02", "unpaired", nodes=nodes)
    if hypers % 2:
        return message("R02", "single_pair_node", nodes=nodes)
    if hypers > 2:
        return message("R02", "unpaired_of_both", nodes=nodes)
    return message("R02", "single_of_both", nodes=nodes)


def when_odd(roles: Iterable[str]) -> Message:
    """Return what to do once an odd number of hypers remains; ``roles``: those of the remaining ones."""
    if sum(role == "hyper-pair" for role in roles) % 2:
        return message("R02", "take_both_out")
    return message("R02", "odd_serves")


def _listed_pairs(ctx: Context, paired: tuple[Named, ...]) -> Iterator[Finding]:
    known = {named.entry.address for named in paired}
    for index, pair in enumerate(ctx.settings.pairs):
        path = ("pairs", str(index))
        if len(set(pair.addresses)) != 2 or len(pair.addresses) != 2:
            said = message("R02", "no_pair", pair=pair.addresses or ["(empty)"])
            yield ctx.finding(said, *path)
        for address in dict.fromkeys(pair.addresses):
            if address not in known:
                said = message("R02", "no_pair_node", address=address)
                yield ctx.finding(said, *path, node=address)
    times = Counter(address for pair in ctx.settings.pairs for address in set(pair.addresses))
    for named in paired:
        count = times[named.entry.address]
        if count == 1:
            continue
        said = message("R02", "not_in_one_pair", node=named.label, pairs=count)
        yield ctx.finding(said, "pairs", node=named.entry.address)


def r03(ctx: Context) -> Iterable[Finding]:
    """Check hypers in fusion and devops: any number is allowed; devops warns when it is odd."""
    if ctx.deploy_mode == "devops" and len(ctx.hypers) % 2:
        said = message("R03", "odd_hypers", hypers=len(ctx.hypers))
        yield ctx.finding(said, "roles", level="warning")
    paired = len(ctx.with_role("hyper-pair"))
    if ctx.deploy_mode in ("devops", "fusion") and paired % 2 and not ctx.settings.pairs:
        said = message("R03", "odd_pair_nodes", nodes=paired)
        yield ctx.finding(said, "roles", level="warning")


def r12(ctx: Context) -> Iterable[Finding]:
    """Check that pgpool, pgserver and zoocassa are all on physical nodes or all on VMs."""
    if ctx.kind == "scale":
        return
    for role in UNMIXED:
        physical = [named.label for named in ctx.named if role in named.entry.sub_roles]
        if not physical:
            continue
        nodes, node = len(physical), physical[0]
        virtual, given = ctx.settings.vms.get(role, ()), ctx.variables.by_role().get(role, ())
        had = ctx.zone.vms.get(role, ()) if ctx.zone else ()
        if virtual:
            said = message("R12", "vms", role=role, nodes=nodes, node=node, vms=len(virtual))
            yield ctx.finding(said, "vms", role)
        elif given:
            said = message("R12", "vms_by_address", role=role, nodes=nodes, node=node, vms=len(given))
            yield ctx.variable_finding(said, "advance", "mgmt_network_address", role)
        elif had:
            said = message("R12", "vms_of_the_zone", role=role, nodes=nodes, node=node, vms=len(had))
            yield ctx.finding(said, "roles")


def r13(ctx: Context) -> Iterable[Finding]:
    """Warn when pgpool and pgserver share a node although there are enough KS nodes."""
    ks = ctx.with_role("ks")
    if ctx.kind == "scale" or len(ks) < MANY_KS:
        return
    hosts = {role: set(ctx.settings.vms.get(role, ())) for role in ("pgpool", "pgserver")}
    for named in ks:
        for role, addresses in hosts.items():
            if role in named.entry.sub_roles:
                addresses.add(named.entry.address)
    for address in sorted(hosts["pgpool"] & hosts["pgserver"]):
        said = message("R13", address=address, ks=len(ks))
        yield ctx.finding(said, "roles", address, level="warning", node=address)


def r14(ctx: Context) -> Iterable[Finding]:
    """Check fusion: only seed, vbr and snapshot on hypers; the other roles go to ks0, ks1, ks2 automatically."""
    fusion = ctx.deploy_mode == "fusion"
    for named in ctx.named:
        path = ("roles", named.entry.address)
        wrong, allowed = _foreign(ctx, named)
        if fusion and named.entry.role == "ks":
            said = message("R14", "ks_in_fusion", node=named.label)
            yield ctx.finding(said, *path, "role", node=named.entry.address)
        elif ctx.kind != "scale" and wrong:
            said = message(
                "R14",
                "wrong_sub_role",
                role=named.entry.role,
                node=named.label,
                sub_roles=wrong,
                allowed=allowed,
            )
            yield ctx.finding(said, *path, "sub_roles", node=named.entry.address)
    if ctx.kind != "scale":
        for role, hosts in ctx.settings.vms.items():
            yield from _placed(ctx, role, hosts)


def _placed(ctx: Context, role: str, hosts: tuple[str, ...]) -> Iterator[Finding]:
    fusion = ctx.deploy_mode == "fusion"
    if fusion and role != "ks":
        yield ctx.finding(message("R14", "placed_by_itself", role=role), "vms", role)
        return
    if not fusion and role == "ks":
        yield ctx.finding(message("R14", "fusion_only", role=role), "vms", role)
        return
    if fusion and hosts and len(hosts) != FUSED_VMS and ctx.kind == "zone":
        said = message("R14", "not_three_hosts", hosts=len(hosts))
        yield ctx.finding(said, "vms", role)
    for host in hosts:
        entry = ctx.settings.roles.get(host)
        if entry is None or entry.role not in (HYPER_ROLES if fusion else ("ks",)):
            said = (
                message("R14", "no_hyper", role=role, address=host)
                if fusion
                else message("R14", "no_ks_node", role=role, address=host)
            )
            yield ctx.finding(said, "vms", role, node=host)

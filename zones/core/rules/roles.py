"""Rules about who may get which role, and how many: R01, R02, R03, R12, R13, R14."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from common.codes.registry import Level
from common.errors import Finding
from zones.core.rules.context import Context, Named
from zones.core.text import counted
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
        detail = "the section vms is filled, but management VMs are placed only when a zone is created"
        yield ctx.finding("R01", detail, "remove the section vms", "vms")
    for named in ctx.named:
        if named.entry.role == "ks":
            yield from _scaled_ks(ctx, named)
        else:
            yield from _foreign(ctx, named, "R01")


def _scaled_ks(ctx: Context, named: Named) -> Iterator[Finding]:
    subs = named.entry.sub_roles
    path = ("roles", named.entry.address, "sub_roles")
    wrong = [sub for sub in subs if sub not in SCALED_KS]
    remedy = "keep only sub-roles out of seed, snapshot, vbr"
    if wrong:
        detail = f"KS node {named.label} has {', '.join(wrong)}, which cannot be added to a running zone"
        yield ctx.finding("R01", detail, remedy, *path, node=named.entry.address)
    elif not subs:
        detail = f"KS node {named.label} has no sub-role"
        yield ctx.finding(
            "R01", detail, "give it one of seed, snapshot, vbr", *path, node=named.entry.address
        )


def allowed_sub_roles(role: str, deploy_mode: str) -> frozenset[str]:
    """Return the sub-roles that a node of that role may have."""
    if role == "ks":
        return SCALED_KS | frozenset(UNMIXED)
    if role == "vg":
        return frozenset({"vgateway"})
    return FUSED if deploy_mode == "fusion" else frozenset({"hyper"})


def _foreign(ctx: Context, named: Named, code: str) -> Iterator[Finding]:
    """Check for sub-roles that the role never has (fusion's extra ones on hypers are allowed)."""
    role = named.entry.role
    allowed = allowed_sub_roles(role, ctx.deploy_mode)
    wrong = [sub for sub in named.entry.sub_roles if sub not in allowed]
    if wrong:
        detail = f"{role} node {named.label} has the sub-role {', '.join(wrong)}"
        remedy = "allowed here: " + ", ".join(sorted(allowed))
        path = ("roles", named.entry.address, "sub_roles")
        yield ctx.finding(code, detail, remedy, *path, node=named.entry.address)


def r02(ctx: Context) -> Iterable[Finding]:
    """Check standard mode: hypers are added in pairs, even if the zone has an odd number; a hyper-pair node is in one pair."""
    odd = ctx.deploy_mode == "standard" and len(ctx.hypers) % 2
    paired = ctx.with_role("hyper-pair")
    refused = odd and ctx.kind == "scale"
    if refused:
        detail = f"the file adds {counted(len(ctx.hypers), 'hyper')}, but a standard zone grows in pairs"
        out = " or leave one out" if len(ctx.named) > 1 else ""
        yield ctx.finding("R02", detail, f"add one hyper{out}", "roles")
    elif odd and ctx.kind != "scale":
        detail = f"the zone begins with {counted(len(ctx.hypers), 'hyper')}, an odd number"
        yield ctx.finding("R02", detail, "fine; later it grows in pairs", "roles", level="warning")
    if ctx.settings.pairs:
        yield from _listed_pairs(ctx, paired)
    elif ctx.deploy_mode == "standard" and len(paired) % 2 and not refused:
        detail = f"{counted(len(paired), 'hyper-pair node')} cannot be paired"
        level: Level = "warning" if odd and ctx.kind != "scale" else "error"
        yield ctx.finding("R02", detail, _even(len(ctx.hypers)), "roles", level=level)


def _even(hypers: int) -> str:
    """Return what makes an odd number of hyper-pair nodes even, and leaves no odd number of hypers."""
    if hypers % 2:
        return "add or leave out one hyper-pair node" if hypers > 1 else "add one hyper-pair node"
    out = ", or leave one of each kind out" if hypers > 2 else ""
    return f"their number and that of the other hypers must be even: add one of each kind{out}"


def when_odd(roles: Iterable[str]) -> str:
    """Return what to do once an odd number of hypers remains; ``roles``: those of the remaining ones."""
    if sum(role == "hyper-pair" for role in roles) % 2:
        return (
            "take the hyper-pair node without a peer out as well: leave_out_nodes, or retire_nodes, where it is in "
            "service; then scale both in again as a pair"
        )
    return "nothing: the zone serves with an odd number, and scaling adds hypers in pairs"


def _listed_pairs(ctx: Context, paired: tuple[Named, ...]) -> Iterator[Finding]:
    known = {named.entry.address for named in paired}
    for index, pair in enumerate(ctx.settings.pairs):
        path = ("pairs", str(index))
        if len(set(pair.addresses)) != 2 or len(pair.addresses) != 2:
            detail = f"the pair {', '.join(pair.addresses) or '(empty)'} is not two different nodes"
            yield ctx.finding("R02", detail, "write two management addresses", *path)
        for address in dict.fromkeys(pair.addresses):
            if address not in known:
                detail = f"{address} is in a pair but is no hyper-pair node of this file"
                yield ctx.finding("R02", detail, "correct the address or its role", *path, node=address)
    times = Counter(address for pair in ctx.settings.pairs for address in set(pair.addresses))
    for named in paired:
        count = times[named.entry.address]
        if count == 1:
            continue
        detail = f"hyper-pair node {named.label} is in {counted(count, 'pair')}"
        yield ctx.finding("R02", detail, "put it into exactly one pair", "pairs", node=named.entry.address)


def r03(ctx: Context) -> Iterable[Finding]:
    """Check hypers in fusion and devops: any number is allowed; devops warns when it is odd."""
    if ctx.deploy_mode == "devops" and len(ctx.hypers) % 2:
        detail = (
            f"the file adds {counted(len(ctx.hypers), 'hyper')}: an odd number leaves one without a partner"
        )
        remedy = "fine for a test cloud; add one hyper for redundancy"
        yield ctx.finding("R03", detail, remedy, "roles", level="warning")
    paired = len(ctx.with_role("hyper-pair"))
    if ctx.deploy_mode in ("devops", "fusion") and paired % 2 and not ctx.settings.pairs:
        detail = f"{counted(paired, 'hyper-pair node')}: the last one has no DRBD peer, its volumes are not mirrored"
        yield ctx.finding("R03", detail, "add one hyper-pair node", "roles", level="warning")


def r12(ctx: Context) -> Iterable[Finding]:
    """Check that pgpool, pgserver and zoocassa are all on physical nodes or all on VMs."""
    if ctx.kind == "scale":
        return
    for role in UNMIXED:
        physical = [named.label for named in ctx.named if role in named.entry.sub_roles]
        if not physical:
            continue
        on = f"{role} is on {counted(len(physical), 'physical node')} ({physical[0]}) and on"
        virtual, given = ctx.settings.vms.get(role, ()), ctx.variables.by_role().get(role, ())
        had = ctx.zone.vms.get(role, ()) if ctx.zone else ()
        if virtual:
            remedy = f"remove {role} from vms or from the sub-roles"
            yield ctx.finding("R12", f"{on} {counted(len(virtual), 'VM')}", remedy, "vms", role)
        elif given:
            detail = f"{on} {counted(len(given), 'VM')} by mgmt_network_address"
            remedy = f"remove {role} from mgmt_network_address or from the sub-roles"
            yield ctx.variable_finding("R12", detail, remedy, "advance", "mgmt_network_address", role)
        elif had:
            remedy = f"remove {role} from the sub-roles"
            yield ctx.finding("R12", f"{on} {counted(len(had), 'VM')} of the zone", remedy, "roles")


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
        detail = f"pgpool and pgserver share {address} although there are {len(ks)} KS nodes"
        remedy = "put them on different nodes"
        yield ctx.finding("R13", detail, remedy, "roles", address, level="warning", node=address)


def r14(ctx: Context) -> Iterable[Finding]:
    """Check fusion: only seed, vbr and snapshot on hypers; the other roles go to ks0, ks1, ks2 automatically."""
    fusion = ctx.deploy_mode == "fusion"
    for named in ctx.named:
        if fusion and named.entry.role == "ks":
            detail = f"{named.label} is to be a KS node, but a fusion zone has none"
            remedy = "place seed, snapshot or vbr as a sub-role of a hyper"
            path = ("roles", named.entry.address, "role")
            yield ctx.finding("R14", detail, remedy, *path, node=named.entry.address)
        elif ctx.kind != "scale":
            yield from _foreign(ctx, named, "R14")
    if ctx.kind == "scale":
        return
    for role, hosts in ctx.settings.vms.items():
        if fusion != (role == "ks"):
            where = "goes into ks0, ks1, ks2 by itself" if fusion else "exists in fusion zones only"
            yield ctx.finding("R14", f"the VM role {role} {where}", f"remove vms.{role}", "vms", role)
            continue
        if fusion and hosts and len(hosts) != FUSED_VMS and ctx.kind == "zone":
            detail = (
                f"vms.ks names {counted(len(hosts), 'host')}, but a fusion zone has the VMs ks0, ks1 and ks2"
            )
            remedy = "name three hosts, one for each (the same one more than once if need be)"
            yield ctx.finding("R14", detail, remedy, "vms", role)
        allowed = HYPER_ROLES if fusion else ("ks",)
        for host in hosts:
            entry = ctx.settings.roles.get(host)
            if entry is None or entry.role not in allowed:
                detail = (
                    f"{role} is to run on {host}, which is no {'hyper' if fusion else 'KS node'} of this file"
                )
                remedy = f"name a {'hyper' if fusion else 'KS node'} of this file"
                yield ctx.finding("R14", detail, remedy, "vms", role, node=host)

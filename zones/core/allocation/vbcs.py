"""VBC networks, VIPs and Masters for hypers that have none."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from common.errors import Finding
from common.messages import message
from zones.core.allocation.addresses import Taken, Walker, upper_half
from zones.core.allocation.groups import vbc_groups
from zones.core.nets import BITS, Address, Network, SpanIndex, Use, network_of, parse_network
from zones.core.pools import parse_eip
from zones.core.rules.context import Context, Named
from zones.core.rules.vbcs import vbc_key
from zones.core.world import VbcView

DEFAULT_PREFIX = {4: 24, 6: 64}


@dataclass(frozen=True, slots=True)
class VbcResult:
    """``kept`` existing VBCs, unchanged and in their order, then ``added`` ones."""

    kept: tuple[VbcView, ...]
    added: tuple[VbcView, ...]
    findings: tuple[Finding, ...] = ()


def allocate_vbcs(ctx: Context, taken: Taken) -> VbcResult:
    """Allocate the VBCs of the zone after this configuration; ``taken`` grows by the VIPs that are assigned.

    Deterministic, and what exists never moves: only hypers without a VBC get one.
    """
    kept = _kept(ctx)
    if ctx.network_mode != "sdn":
        return VbcResult(kept, ())
    # Machines in service already have networks: rule R07 requires them to be given, none is made up.
    if ctx.kind == "adopt" or not ctx.variables.flag("base", "installer_allocate_vbc"):
        return _manual(ctx, kept)
    groups = vbc_groups(ctx, (address for vbc in kept for address in vbc.members))
    found = [VbcView(tuple(named.entry.address for named in group)) for group in groups]
    findings: list[Finding] = []
    for version in (4, 6):
        base = _base(ctx, version)
        if base is not None and groups:
            found = _fill(ctx, version, base, groups, found, taken, findings)
    return VbcResult(kept, tuple(found), tuple(findings))


def _kept(ctx: Context) -> tuple[VbcView, ...]:
    """Return the zone's VBCs; on a new configuration of the zone, without hypers that are no longer in it."""
    had = ctx.zone.vbcs if ctx.zone else ()
    if ctx.kind == "scale":
        return had
    here = {named.entry.address for named in ctx.hypers}
    kept = []
    for vbc in had:
        members = tuple(address for address in vbc.members if address in here)
        if members:
            master4 = vbc.ipv4_master if not vbc.ipv4_master or vbc.ipv4_master in here else members[0]
            master6 = vbc.ipv6_master if not vbc.ipv6_master or vbc.ipv6_master in here else members[0]
            kept.append(replace(vbc, members=members, ipv4_master=master4, ipv6_master=master6))
    return tuple(kept)


def check_start(ctx: Context) -> list[Finding]:
    """Check that the start of the VBC networks lies inside the base network and is large enough."""
    found = []
    for version, key in ((4, "vm_base_network_start"), (6, "vm_base_network_ipv6_start")):
        base = _base(ctx, version)
        text = ctx.variables.text("base", key)
        if base is None and text and version == 6:
            said = message("A03", "no_base", field=key)
            found.append(ctx.variable_finding(said, "base", key))
        if base is not None and base.tiny:
            said = message("A03", "base_too_small", network=base.text, prefix=BITS[version] - 2)
            found.append(ctx.variable_finding(said, "base", key.removesuffix("_start")))
        elif base is not None and _start(ctx, base, key) is None:
            said = message("A03", "outside_base", field=key, network=text, base=base.text)
            found.append(ctx.variable_finding(said, "base", key))
        elif base is not None and (start := _start(ctx, base, key)) is not None and start.tiny:
            said = message("A03", "start_too_small", prefix=start.prefix, field=key, least=BITS[version] - 2)
            found.append(ctx.variable_finding(said, "base", key))
    return found


def _manual(ctx: Context, kept: tuple[VbcView, ...]) -> VbcResult:
    given = [
        VbcView(
            entry.members,
            entry.ipv4_network,
            entry.ipv4_vip,
            entry.ipv4_master,
            entry.ipv6_network,
            entry.ipv6_vip,
            entry.ipv6_master,
        )
        for entry in ctx.settings.vbc
    ]
    known = {vbc_key(vbc) for vbc in kept}
    return VbcResult(kept, tuple(vbc for vbc in given if vbc_key(vbc) not in known))


def _base(ctx: Context, version: int) -> Network | None:
    text = ctx.variables.text("base", "vm_base_network" if version == 4 else "vm_base_network_ipv6")
    return parse_network(text) if text else None


def _fill(
    ctx: Context,
    version: int,
    base: Network,
    groups: tuple[tuple[Named, ...], ...],
    vbcs: list[VbcView],
    taken: Taken,
    findings: list[Finding],
) -> list[VbcView]:
    """Fill in the networks, VIPs and Masters of one family."""
    key = "vm_base_network_start" if version == 4 else "vm_base_network_ipv6_start"
    start = _start(ctx, base, key)
    if start is None:  # check_start has refused it
        return vbcs
    subnets = _free_subnets(base, start, SpanIndex(_uses(ctx)))
    walker = _vip_walker(ctx, version, groups, taken)
    filled: list[VbcView] = []
    for group, vbc in zip(groups, vbcs, strict=True):
        subnet, vip = next(subnets, None), walker.take()
        if subnet is None or vip is None:
            lacking = len(groups) - len(filled)
            findings.append(_exhausted(ctx, base, start, walker, lacking, subnet is None, key))
            return filled + vbcs[len(filled) :]
        _refuse_outside(ctx, group, vip, findings)
        master = group[0].entry.address
        if version == 4:
            filled.append(replace(vbc, ipv4_network=subnet.text, ipv4_vip=vip.text, ipv4_master=master))
        else:
            filled.append(replace(vbc, ipv6_network=subnet.text, ipv6_vip=vip.text, ipv6_master=master))
    return filled


def _start(ctx: Context, base: Network, key: str) -> Network | None:
    text = ctx.variables.text("base", key)
    if not text:
        prefix = DEFAULT_PREFIX[base.version]
        if base.version == 6 and base.prefix >= prefix:
            prefix = ctx.variables.integer("advance", "vxnet_ipv6_prefixlen") or 120
        return network_of(Address(base.version, base.first), max(base.prefix, prefix))
    start = parse_network(text)
    return start if base.covers(start) else None


def _free_subnets(base: Network, start: Network, used: SpanIndex) -> Iterator[Network]:
    size = start.last - start.first + 1
    first = start.first
    while first + size - 1 <= base.last:
        subnet = Network(base.version, first, first + size - 1, start.prefix)
        hit = used.overlap(subnet.span)
        if hit is None:
            yield subnet
            first += size
        else:
            beyond = max(hit.span.last + 1, first + size)
            first = start.first + -(-(beyond - start.first) // size) * size


def _uses(ctx: Context) -> Iterator[Use]:
    """Yield the networks that a VBC must not overlap."""
    yield from (use for _, use in ctx.world.vbc_networks())
    yield from (use for _, use in ctx.world.eip_networks())
    yield from ctx.mgmt_uses()
    for pools in ctx.pools.values():
        yield from (Use(pool.span, pool.text) for pool in pools)
    yield from ctx.foreign_pools()
    for entry in ctx.settings.eips:
        network = parse_eip(entry.text).network
        yield Use(network.span, network.text)


def _vip_walker(ctx: Context, version: int, groups: tuple[tuple[Named, ...], ...], taken: Taken) -> Walker:
    pools = ctx.pools["vip_pools"]
    if not ctx.variables.texts("advance", "vip_pools"):
        node = groups[0][0].node
        network = node.mgmt_network if node else None
        pools = (upper_half(network),) if network else ()
    return Walker(pools, version, taken)


def _exhausted(
    ctx: Context, base: Network, start: Network, walker: Walker, lacking: int, subnets: bool, key: str
) -> Finding:
    if subnets:
        name = key.removesuffix("_start")
        said = (
            message(
                "A01",
                "used_from_start",
                vbcs=lacking,
                prefix=start.prefix,
                start=start.text,
                base=base.text,
                field=name,
                start_field=key,
            )
            if start.first > base.first
            else message(
                "A01",
                "used_up",
                vbcs=lacking,
                prefix=start.prefix,
                start=start.text,
                base=base.text,
                field=name,
            )
        )
        return ctx.variable_finding(said, "base", name)
    family, pools = "IPv4" if base.version == 4 else "IPv6", walker.describe()
    held = sum(pool.last - pool.first + 1 for pool in walker.pools)
    said = (
        message("A02", "vips_pool_too_small", vbcs=lacking, pools=pools, held=held, family=family)
        if walker.pools and ctx.variables.texts("advance", "vip_pools")
        else message("A02", "vips_no_pool", vbcs=lacking, pools=pools, held=held, family=family)
    )
    return ctx.variable_finding(said, "advance", "vip_pools")


def _refuse_outside(ctx: Context, group: tuple[Named, ...], vip: Address, findings: list[Finding]) -> None:
    node = group[0].node
    network = node.mgmt_network if node else None
    if node is None or network is None or network.version != vip.version or network.usable(vip):
        return
    said = message("A04", vip=vip.text, hostname=node.hostname, network=network.text)
    findings.append(ctx.variable_finding(said, "advance", "vip_pools"))

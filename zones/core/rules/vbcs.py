"""Rules about VBCs given by hand: R06, R07."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial

from common.errors import Finding
from zones.core.documents.settings import VbcEntry
from zones.core.nets import Network, Span, SpanIndex, Use, collisions, parse_address, parse_network
from zones.core.pools import parse_eip
from zones.core.rules.context import Context
from zones.core.text import counted
from zones.core.world import VbcView


def r06(ctx: Context) -> Iterable[Finding]:
    """Check that every manual VBC is complete, carried by hypers, and clear of everything else."""
    if not ctx.settings.vbc:
        return
    own = _networks(ctx)
    for index, entry in enumerate(ctx.settings.vbc):
        yield from _members(ctx, index, entry)
        yield from _form(ctx, index, entry)
        yield from _vips(ctx, index, entry, own)
    yield from _each_hyper_once(ctx)
    yield from _each_vip_once(ctx)
    yield from _disjoint(ctx)


def _at(ctx: Context, index: int, key: str, detail: str, remedy: str, node: str = "") -> Finding:
    return ctx.finding("R06", detail, remedy, "vbc", str(index), key, node=node)


def _members(ctx: Context, index: int, entry: VbcEntry) -> Iterator[Finding]:
    hypers = {named.entry.address for named in ctx.hypers}
    if not entry.members:
        yield _at(ctx, index, "mgmt_ips", "the VBC names no hyper", "fill in mgmt_ips")
    for address, times in Counter(entry.members).items():
        if times > 1:
            yield _at(ctx, index, "mgmt_ips", f"mgmt_ips names {address} twice", "remove one", address)
        if address not in hypers:
            detail = f"mgmt_ips names {address}, which is no hyper of this file"
            yield _at(ctx, index, "mgmt_ips", detail, "correct the address or its role", address)
    for key, master in (("ipv4_vip", entry.ipv4_master), ("ipv6_vip", entry.ipv6_master)):
        if master and master not in entry.members:
            detail = f"the Master {master} is not among mgmt_ips"
            yield _at(ctx, index, key, detail, "choose one of mgmt_ips as Master", master)


def _form(ctx: Context, index: int, entry: VbcEntry) -> Iterator[Finding]:
    if not entry.ipv4_network:
        yield _at(ctx, index, "ipv4_vbc", "the VBC has no ipv4_vbc", "fill in a network of vm_base_network")
    pairs = (("ipv4", entry.ipv4_network, entry.ipv4_vip), ("ipv6", entry.ipv6_network, entry.ipv6_vip))
    for family, network, vip in pairs:
        if network and not vip:
            detail = f"{family}_vbc is filled but {family}_vip is not"
            yield _at(ctx, index, f"{family}_vip", detail, "write VIP|Master")
        if vip and not network and family == "ipv6":
            yield _at(ctx, index, "ipv6_vbc", "ipv6_vip is filled but ipv6_vbc is not", "fill in the network")
    base6 = ctx.variables.text("base", "vm_base_network_ipv6")
    bases = (ctx.base_network, parse_network(base6) if base6 else None)
    for key, text, base in zip(
        ("ipv4_vbc", "ipv6_vbc"), (entry.ipv4_network, entry.ipv6_network), bases, strict=True
    ):
        if text and parse_network(text).tiny:
            detail = f"{text} is too small to hold a gateway and a VM"
            yield _at(ctx, index, key, detail, "choose a larger network")
        if text and base is not None and not base.covers(parse_network(text)):
            detail = f"{text} is not inside the zone's base network {base.text}"
            yield _at(ctx, index, key, detail, f"choose a network inside {base.text}")


def _vips(ctx: Context, index: int, entry: VbcEntry, own: SpanIndex) -> Iterator[Finding]:
    replaced = {old for vbc in _replaced(ctx) for old in vbc.vips}
    for key, vip, master in (
        ("ipv4_vip", entry.ipv4_vip, entry.ipv4_master),
        ("ipv6_vip", entry.ipv6_vip, entry.ipv6_master),
    ):
        if not vip:
            continue
        known = (
            "" if vip in replaced or _on_its_master(ctx, vip, entry) else ctx.world.used_addresses.get(vip)
        )
        owner = known or ("a machine that answers" if vip in ctx.options.occupied else "")
        owner = owner or _given_elsewhere(ctx, vip)
        if owner:
            yield _at(ctx, index, key, f"the VIP {vip} is in use by {owner}", "choose a free address")
        network = _mgmt_network(ctx, master)
        address = parse_address(vip)
        if network is not None and network.version == address.version and not network.usable(address):
            detail = f"the VIP {vip} is no host address of the management network {network.text}"
            yield _at(ctx, index, key, detail, "choose a free address of that network")
        elif inside := own.overlap(Span(address.version, address.value, address.value)):
            detail = f"the VIP {vip} lies in the VBC network {inside.owner}; the route to that goes through the VIP"
            yield _at(ctx, index, key, detail, "choose a free address of the management network")


def _on_its_master(ctx: Context, vip: str, entry: VbcEntry) -> bool:
    """Return whether a running zone's VIP was seen on a hyper of its VBC, where it belongs."""
    if ctx.kind != "adopt":
        return False
    members = (ctx.world.node_by_address.get(address) for address in entry.members)
    seen = {text.partition("/")[0] for node in members if node for nic in node.nics for text in nic.addresses}
    return vip in seen


def _networks(ctx: Context) -> SpanIndex:
    """Return the networks of all VBCs of the file."""
    texts = (text for entry in ctx.settings.vbc for text in (entry.ipv4_network, entry.ipv6_network) if text)
    return SpanIndex(Use(parse_network(text).span, text) for text in texts)


def _given_elsewhere(ctx: Context, vip: str) -> str:
    """Return what has the address according to the zone's variables; empty when nothing has it."""
    if vip == ctx.variables.text("base", "mgmt_network_gateway"):
        return "the management gateway"
    if vip in ctx.variables.texts("base", "mgmt_network_dns_servers"):
        return "a DNS server (mgmt_network_dns_servers)"
    roles = [role for role, addresses in ctx.variables.by_role().items() if vip in addresses]
    return f"the {roles[0]} VM of mgmt_network_address" if roles else ""


def _replaced(ctx: Context) -> tuple[VbcView, ...]:
    """Return the VBCs that a zone had and that configuring it again replaces."""
    return ctx.zone.vbcs if ctx.zone and ctx.kind != "scale" else ()


def _mgmt_network(ctx: Context, master: str) -> Network | None:
    node = ctx.world.node_by_address.get(master)
    return node.mgmt_network if node else None


_FIELDS = ("ipv4_network", "ipv4_vip", "ipv4_master", "ipv6_network", "ipv6_vip", "ipv6_master")


def vbc_key(vbc: VbcView | VbcEntry) -> tuple[object, ...]:
    """Return a key that is equal for the same VBC; the order of the members does not matter."""
    return (frozenset(vbc.members), *(getattr(vbc, field) for field in _FIELDS))


def _each_hyper_once(ctx: Context) -> Iterator[Finding]:
    times = Counter(address for entry in ctx.settings.vbc for address in set(entry.members))
    had = ctx.zone.vbcs if ctx.zone else ()
    known = {vbc_key(vbc) for vbc in had} if ctx.kind != "scale" else set()
    again = [entry for entry in ctx.settings.vbc if vbc_key(entry) in known]
    repeated = {address for entry in again for address in entry.members}
    carried = {address: vbc for vbc in had for address in vbc.members}
    for named in ctx.hypers:
        address = named.entry.address
        if address in carried and ctx.kind == "scale":
            networks = " ".join(carried[address].networks)
            detail = f"hyper {named.label} carries the VBC {networks} of the zone already"
            remedy = "it is in service already: take it out of this file"
            yield ctx.finding("R06", detail, remedy, "roles", address, node=address)
        elif times[address] != 1:
            detail = f"hyper {named.label} is in {counted(times[address], 'VBC')}"
            yield ctx.finding("R06", detail, "put it into exactly one VBC", "vbc", node=address)
        elif address in carried and address not in repeated:
            networks = " ".join(carried[address].networks)
            detail = f"hyper {named.label} carries the VBC {networks} of the zone already"
            remedy = f"write that VBC exactly as it is in service: {_as_written(carried[address])}"
            yield ctx.finding("R06", detail, remedy, "vbc", node=address)


def _as_written(vbc: VbcView) -> str:
    """Return the same VBC as an item of the section vbc."""
    fields = [f"mgmt_ips: [{', '.join(vbc.members)}]"]
    for family, network, vip, master in (
        ("ipv4", vbc.ipv4_network, vbc.ipv4_vip, vbc.ipv4_master),
        ("ipv6", vbc.ipv6_network, vbc.ipv6_vip, vbc.ipv6_master),
    ):
        quote = "'" if family == "ipv6" else ""
        fields += [f"{family}_vbc: {quote}{network}{quote}"] if network else []
        fields += [f"{family}_vip: {quote}{vip}|{master}{quote}"] if vip else []
    return f"{{{', '.join(fields)}}}"


def _each_vip_once(ctx: Context) -> Iterator[Finding]:
    seen: dict[str, int] = {}
    for index, entry in enumerate(ctx.settings.vbc):
        for key, vip in (("ipv4_vip", entry.ipv4_vip), ("ipv6_vip", entry.ipv6_vip)):
            if vip and seen.setdefault(vip, index) != index:
                detail = f"the VIP {vip} stands at two VBCs of this file"
                yield _at(ctx, index, key, detail, "give each VBC its own VIP")


def _disjoint(ctx: Context) -> Iterator[Finding]:
    own: dict[str, tuple[int, str]] = {}
    uses = []
    for index, entry in enumerate(ctx.settings.vbc):
        for key, text in (("ipv4_vbc", entry.ipv4_network), ("ipv6_vbc", entry.ipv6_network)):
            if not text:
                continue
            label = f"{text} of VBC {index + 1}"
            own[label] = (index, key)
            uses.append(Use(parse_network(text).span, label))
    for wider, use in collisions(uses):
        index, key = own[use.owner]
        yield _at(ctx, index, key, f"{use.owner} overlaps {wider.owner}", "make the VBC networks disjoint")
    others = SpanIndex(_foreign_uses(ctx))
    for use in uses:
        hit = others.overlap(use.span)
        if hit is not None:
            index, key = own[use.owner]
            detail = f"{use.owner} overlaps {hit.owner}"
            yield _at(ctx, index, key, detail, "choose a network that nothing else uses")


def _foreign_uses(ctx: Context) -> Iterator[Use]:
    """Yield all networks but this file's VBCs; when a zone is configured again, its own old ones do not count."""
    yield from ctx.mgmt_uses()
    yield from (use for _, use in ctx.world.eip_networks())
    for zone_id, use in ctx.world.vbc_networks():
        if ctx.kind == "scale" or zone_id != ctx.zone_id:
            yield use
    for key, pools in ctx.pools.items():
        yield from (Use(pool.span, f"the pool {pool.text} ({key})") for pool in pools)
    yield from ctx.foreign_pools()
    for entry in ctx.settings.eips:
        try:
            network = parse_eip(entry.text).network
        except ValueError:
            continue
        yield Use(network.span, f"the EIP network {network.text} of this file")


def r07(ctx: Context) -> Iterable[Finding]:
    """Check that either the installer allocates VBCs or the file gives them; vlan has none; running machines have theirs."""
    allocate = ctx.variables.flag("base", "installer_allocate_vbc")
    say = partial(ctx.finding, "R07")
    where = ctx.settings.vbc[0].line if ctx.settings.vbc else None
    # A zone that was adopted with its VBCs may be configured again with the same file.
    had = {vbc_key(vbc) for vbc in ctx.zone.vbcs} if ctx.zone else set()
    if ctx.network_mode == "vlan":
        if allocate:
            detail = "a vlan zone has no VBCs, but installer_allocate_vbc is 1"
            path = ("base", "installer_allocate_vbc")
            yield ctx.variable_finding("R07", detail, "set installer_allocate_vbc to 0", *path)
        if ctx.settings.has_vbc:
            yield say(
                "a vlan zone has no VBCs, but vbc is filled", "remove the section vbc", "vbc", line=where
            )
    elif ctx.network_mode == "sdn" and ctx.kind == "adopt":
        if ctx.hypers and not ctx.settings.has_vbc:
            first, *_ = ctx.hypers
            detail = (
                f"the zone runs already, so its {counted(len(ctx.hypers), 'hyper')} have VBC networks, "
                "but the file does not give them; none is allocated to machines that run"
            )
            remedy = (
                "write them under vbc, one item for each: "
                f"{{mgmt_ips: [{first.entry.address}, …], ipv4_vbc: NETWORK, ipv4_vip: VIP|MASTER}}"
            )
            yield say(detail, remedy, "vbc")
    elif ctx.network_mode == "sdn":
        if allocate and any(vbc_key(entry) not in had for entry in ctx.settings.vbc):
            detail = "installer_allocate_vbc is 1, so the installer allocates VBCs, but vbc is filled as well"
            # The file that adds nodes cannot change the variables of a running zone.
            other = ", or set installer_allocate_vbc to 0" if ctx.kind == "zone" else ""
            yield say(detail, f"remove the section vbc{other}", "vbc", line=where)
        if not allocate and not ctx.settings.has_vbc and ctx.hypers:
            detail = f"installer_allocate_vbc is 0 and vbc is missing: {counted(len(ctx.hypers), 'hyper')} without a VBC"
            other = ", or set installer_allocate_vbc to 1" if ctx.kind == "zone" else ""
            yield say(detail, f"fill in the section vbc{other}", "vbc")

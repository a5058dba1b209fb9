"""Rules about VBCs given by hand: R06, R07."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from common.errors import Finding
from common.messages import Message, message
from common.wording import _
from zones.core.documents.settings import VbcEntry
from zones.core.nets import Network, Owner, Span, SpanIndex, Use, collisions, parse_address, parse_network
from zones.core.pools import parse_eip
from zones.core.rules.context import Context, pool_owner
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


def _at(ctx: Context, index: int, key: str, said: Message, node: str = "") -> Finding:
    return ctx.finding(said, "vbc", str(index), key, node=node)


def _members(ctx: Context, index: int, entry: VbcEntry) -> Iterator[Finding]:
    hypers = {named.entry.address for named in ctx.hypers}
    if not entry.members:
        yield _at(ctx, index, "mgmt_ips", message("R06", "no_hyper"))
    for address, times in Counter(entry.members).items():
        if times > 1:
            yield _at(ctx, index, "mgmt_ips", message("R06", "hyper_twice", address=address), address)
        if address not in hypers:
            said = message("R06", "unknown_hyper", address=address)
            yield _at(ctx, index, "mgmt_ips", said, address)
    for key, master in (("ipv4_vip", entry.ipv4_master), ("ipv6_vip", entry.ipv6_master)):
        if master and master not in entry.members:
            said = message("R06", "foreign_master", master=master)
            yield _at(ctx, index, key, said, master)


def _form(ctx: Context, index: int, entry: VbcEntry) -> Iterator[Finding]:
    if not entry.ipv4_network:
        yield _at(ctx, index, "ipv4_vbc", message("R06", "no_network"))
    pairs = (("ipv4", entry.ipv4_network, entry.ipv4_vip), ("ipv6", entry.ipv6_network, entry.ipv6_vip))
    for family, network, vip in pairs:
        if network and not vip:
            said = message("R06", "no_vip", family=family)
            yield _at(ctx, index, f"{family}_vip", said)
        if vip and not network and family == "ipv6":
            yield _at(ctx, index, "ipv6_vbc", message("R06", "no_ipv6_network"))
    base6 = ctx.variables.text("base", "vm_base_network_ipv6")
    bases = (ctx.base_network, parse_network(base6) if base6 else None)
    for key, text, base in zip(
        ("ipv4_vbc", "ipv6_vbc"), (entry.ipv4_network, entry.ipv6_network), bases, strict=True
    ):
        if text and parse_network(text).tiny:
            yield _at(ctx, index, key, message("R06", "too_small", network=text))
        if text and base is not None and not base.covers(parse_network(text)):
            said = message("R06", "outside_base", network=text, base=base.text)
            yield _at(ctx, index, key, said)


def _vips(ctx: Context, index: int, entry: VbcEntry, own: SpanIndex) -> Iterator[Finding]:
    replaced = {old for vbc in _replaced(ctx) for old in vbc.vips}
    for key, vip, master in (
        ("ipv4_vip", entry.ipv4_vip, entry.ipv4_master),
        ("ipv6_vip", entry.ipv6_vip, entry.ipv6_master),
    ):
        if not vip:
            continue
        known = (
            None if vip in replaced or _on_its_master(ctx, vip, entry) else ctx.world.used_addresses.get(vip)
        )
        answers = message("R06", "answering_machine") if vip in ctx.options.occupied else ""
        owner = known.said if known else answers or _given_elsewhere(ctx, vip)
        if owner:
            yield _at(ctx, index, key, message("R06", "vip_in_use", vip=vip, owner=owner))
        network = _mgmt_network(ctx, master)
        address = parse_address(vip)
        if network is not None and network.version == address.version and not network.usable(address):
            said = message("R06", "vip_no_host", vip=vip, network=network.text)
            yield _at(ctx, index, key, said)
        elif inside := own.overlap(Span(address.version, address.value, address.value)):
            said = message("R06", "vip_inside_vbc", vip=vip, network=inside.owner)
            yield _at(ctx, index, key, said)


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
        return message("R06", "management_gateway")
    if vip in ctx.variables.texts("base", "mgmt_network_dns_servers"):
        return message("R06", "dns_server")
    roles = [role for role, addresses in ctx.variables.by_role().items() if vip in addresses]
    return message("R06", "vm_by_address", role=roles[0]) if roles else ""


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
            said = message("R06", "hyper_in_service", node=named.label, networks=carried[address].networks)
            yield ctx.finding(said, "roles", address, node=address)
        elif times[address] != 1:
            said = message("R06", "not_in_one_vbc", node=named.label, vbcs=times[address])
            yield ctx.finding(said, "vbc", node=address)
        elif address in carried and address not in repeated:
            vbc = carried[address]
            said = message("R06", "other_vbc", node=named.label, networks=vbc.networks, vbc=_as_written(vbc))
            yield ctx.finding(said, "vbc", node=address)


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
                yield _at(ctx, index, key, message("R06", "vip_twice", vip=vip))


def _disjoint(ctx: Context) -> Iterator[Finding]:
    own: dict[str, tuple[int, str]] = {}
    uses = []
    for index, entry in enumerate(ctx.settings.vbc):
        for key, text in (("ipv4_vbc", entry.ipv4_network), ("ipv6_vbc", entry.ipv6_network)):
            if not text:
                continue
            label = message("R06", "network_of_vbc", network=text, number=index + 1)
            own[label] = (index, key)
            uses.append(Use(parse_network(text).span, label))
    for wider, use in collisions(uses):
        index, key = own[use.owner]
        yield _at(ctx, index, key, message("R06", "vbcs_overlap", network=use.owner, other=wider.owner))
    others = SpanIndex(_foreign_uses(ctx))
    for use in uses:
        hit = others.overlap(use.span)
        if hit is not None:
            index, key = own[use.owner]
            yield _at(ctx, index, key, message("R06", "overlap", network=use.owner, owner=hit.owner))


def _foreign_uses(ctx: Context) -> Iterator[Use]:
    """Yield all networks but this file's VBCs; when a zone is configured again, its own old ones do not count."""
    yield from ctx.mgmt_uses()
    yield from (use for _, use in ctx.world.eip_networks())
    for zone_id, use in ctx.world.vbc_networks():
        if ctx.kind == "scale" or zone_id != ctx.zone_id:
            yield use
    for key, pools in ctx.pools.items():
        yield from (Use(pool.span, pool_owner(pool, key)) for pool in pools)
    yield from ctx.foreign_pools()
    for entry in ctx.settings.eips:
        try:
            network = parse_eip(entry.text).network
        except ValueError:
            continue
        yield Use(network.span, Owner(_("the EIP network {network} of this file"), {"network": network.text}))


def r07(ctx: Context) -> Iterable[Finding]:
    """Check that either the installer allocates VBCs or the file gives them; vlan has none; running machines have theirs."""
    allocate = ctx.variables.flag("base", "installer_allocate_vbc")
    where = ctx.settings.vbc[0].line if ctx.settings.vbc else None
    if ctx.network_mode == "vlan":
        if allocate:
            said = message("R07", "allocated_in_vlan")
            yield ctx.variable_finding(said, "base", "installer_allocate_vbc")
        if ctx.settings.has_vbc:
            said = message("R07", "given_in_vlan")
            yield ctx.finding(said, "vbc", line=where)
    elif ctx.network_mode == "sdn" and ctx.kind == "adopt":
        if ctx.hypers and not ctx.settings.has_vbc:
            first, *_ = ctx.hypers
            said = message("R07", "not_given_of_running", hypers=len(ctx.hypers), address=first.entry.address)
            yield ctx.finding(said, "vbc")
    elif ctx.network_mode == "sdn":
        # A zone that was adopted with its VBCs may be configured again with the same file.
        had = {vbc_key(vbc) for vbc in ctx.zone.vbcs} if ctx.zone else set()
        if allocate and any(vbc_key(entry) not in had for entry in ctx.settings.vbc):
            yield ctx.finding(_both(ctx), "vbc", line=where)
        if not allocate and not ctx.settings.has_vbc and ctx.hypers:
            yield ctx.finding(_neither(ctx), "vbc")


def _both(ctx: Context) -> Message:
    # The file that adds nodes cannot change the variables of a running zone.
    if ctx.kind == "zone":
        return message("R07", "both")
    return message("R07", "both_in_scaling")


def _neither(ctx: Context) -> Message:
    if ctx.kind == "zone":
        return message("R07", "neither", hypers=len(ctx.hypers))
    return message("R07", "neither_in_scaling", hypers=len(ctx.hypers))

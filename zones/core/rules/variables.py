"""Rules about a variables file: R08, R09, R10, R11, R22. Stored variables were checked when they were configured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from common.errors import Finding
from common.messages import message
from zones.core.documents.schema import COMPONENTS
from zones.core.nets import Address, Use, collisions
from zones.core.pools import Pool, parse_pool
from zones.core.rules.context import POOL_FIELDS, Context
from zones.core.rules.roles import FUSED_VMS


def r08(ctx: Context) -> Iterable[Finding]:
    """Check that cloud_type is not public."""
    if ctx.documents.variables is not None and ctx.variables.text("common", "cloud_type") == "public":
        said = message("R08")
        yield ctx.variable_finding(said, "common", "cloud_type")


def r09(ctx: Context) -> Iterable[Finding]:
    """Check that each end of a pool has its mask, both are in one network, start precedes end, and pools are disjoint."""
    if ctx.documents.variables is None:
        return
    places: dict[str, tuple[str, ...]] = {}
    uses: list[Use] = []
    for key in POOL_FIELDS:
        for index, text in enumerate(ctx.variables.texts("advance", key)):
            path = ("advance", key, str(index))
            try:
                pool = parse_pool(text)
            except ValueError as error:
                said = message("R09", "malformed", field=key, reason=error)
                yield ctx.variable_finding(said, *path)
                continue
            yield from _reserved(ctx, key, pool, path)
            owner = message("R09", "pool", pool=text, field=key, number=index + 1)
            places[owner] = path
            uses.append(Use(pool.span, owner))
    for wider, use in collisions(uses):
        said = message("R09", "overlap", pool=use.owner, other=wider.owner)
        yield ctx.variable_finding(said, *places[use.owner])


def _reserved(ctx: Context, key: str, pool: Pool, path: tuple[str, ...]) -> Iterator[Finding]:
    network = pool.network
    ends = (Address(network.version, pool.first), Address(network.version, pool.last))
    if not all(network.usable(end) for end in ends):
        said = (
            message("R09", "ends_of_network", field=key, pool=pool.text, network=network.text)
            if network.version == 4
            else message("R09", "ends_of_ipv6_network", field=key, pool=pool.text, network=network.text)
        )
        yield ctx.variable_finding(said, *path)


def r10(ctx: Context) -> Iterable[Finding]:
    """Check addresses given per role: they override the pools; fusion allows only those of zoocassa; each is free and unique."""
    given = ctx.variables.by_role() if ctx.documents.variables is not None else {}
    seen: dict[str, str] = {}
    own = {address for roles in (ctx.zone.vms.values() if ctx.zone else ()) for address in roles}
    for role, addresses in given.items():
        path = ("advance", "mgmt_network_address", role)
        if ctx.deploy_mode == "fusion" and role != "zoocassa":
            said = message("R10", "not_in_fusion", role=role)
            yield ctx.variable_finding(said, *path)
        for address in addresses:
            if seen.setdefault(address, role) != role or addresses.count(address) > 1:
                said = message("R10", "twice", address=address)
                yield ctx.variable_finding(said, *path)
            owner = ctx.world.used_addresses.get(address) if address not in own else None
            if owner:
                said = message("R10", "in_use", address=address, role=role, owner=owner.said)
                yield ctx.variable_finding(said, *path)
            elif address in ctx.options.occupied:
                said = message("R10", "answers", address=address, role=role)
                yield ctx.variable_finding(said, *path)
        yield from _kept(ctx, role, addresses)
        hosts = ctx.settings.vms.get(role, ())
        if hosts and len(addresses) != len(hosts):
            said = (
                message("R10", "too_few", vms=len(hosts), role=role, addresses=len(addresses))
                if len(addresses) < len(hosts)
                else message("R10", "too_many", vms=len(hosts), role=role, addresses=len(addresses))
            )
            yield ctx.variable_finding(said, *path)
        if ctx.deploy_mode == "fusion" and role == "zoocassa" and len(addresses) > FUSED_VMS:
            said = message("R10", "too_many_in_fusion", addresses=len(addresses))
            yield ctx.variable_finding(said, *path)
    if given and ctx.pools["mgmt_network_pools"]:
        said = message("R10", "beats_pools", roles=sorted(given))
        yield ctx.variable_finding(said, "advance", "mgmt_network_address", level="info")


def _kept(ctx: Context, role: str, addresses: tuple[str, ...]) -> Iterator[Finding]:
    """Check that a zone that is configured again keeps the addresses of its VMs: a given one never moves."""
    fused = ctx.deploy_mode == "fusion" and role == "zoocassa"
    had = ctx.zone.vms.get("ks" if fused else role, ()) if ctx.zone else ()
    if had and not set(addresses) <= set(had):
        said = message("R10", "kept", role=role, addresses=addresses, kept=had)
        yield ctx.variable_finding(said, "advance", "mgmt_network_address", role, level="warning")


def r11(ctx: Context) -> Iterable[Finding]:
    """Check that a zone added to a region is not its global zone; a region has one, also among adopted zones."""
    if ctx.kind == "scale" or not ctx.variables.flag("base", "is_global_zone"):
        return
    region = ctx.variables.region_id
    path = ("base", "is_global_zone")
    if ctx.kind == "adopt" or (ctx.zone and ctx.zone.is_global):
        yield from _second_global(ctx, region)
        return
    others = [
        zone.zone_id for zone in ctx.world.zones if zone.region_id == region and zone.zone_id != ctx.zone_id
    ]
    if others:
        said = message("R11", "not_first", region=region, zone=min(others))
        yield ctx.variable_finding(said, *path)
    else:
        said = message("R11", "first", region=region)
        yield ctx.variable_finding(said, *path, level="warning")


def _second_global(ctx: Context, region: str) -> Iterator[Finding]:
    for zone in ctx.world.zones:
        if zone.is_global and zone.region_id == region and zone.zone_id != ctx.zone_id:
            said = message("R11", "second_global", region=region, zone=zone.zone_id)
            yield ctx.variable_finding(said, "base", "is_global_zone")


def r22(ctx: Context) -> Iterable[Finding]:
    """Check that a component that is deployed has its fields filled."""
    if ctx.documents.variables is None:
        return
    for component, required in COMPONENTS.items():
        if not ctx.variables.flag(component, f"deploy_{component}"):
            continue
        values = ctx.variables.values.get(component, {})
        listed = [key for key, value in values.items() if value in ("", ())]
        empty = dict.fromkeys([*(key for key in required if values.get(key) in (None, "", ())), *listed])
        for key in empty:
            said = message("R22", component=component, field=key)
            yield ctx.variable_finding(said, component, key)

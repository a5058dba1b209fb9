"""Rules about a variables file: R08, R09, R10, R11, R22. Stored variables were checked when they were configured."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from common.errors import Finding
from zones.core.documents.schema import COMPONENTS
from zones.core.nets import Address, Use, collisions
from zones.core.pools import Pool, parse_pool
from zones.core.rules.context import POOL_FIELDS, Context
from zones.core.rules.roles import FUSED_VMS
from zones.core.text import counted


def r08(ctx: Context) -> Iterable[Finding]:
    """Check that cloud_type is not public."""
    if ctx.documents.variables is not None and ctx.variables.text("common", "cloud_type") == "public":
        detail = "cloud_type is public, which is kept for the provider's own cloud"
        yield ctx.variable_finding("R08", detail, "write private", "common", "cloud_type")


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
                remedy = "write START/MASK-END/MASK, for example 172.16.80.100/24-172.16.80.140/24"
                yield ctx.variable_finding("R09", f"{key}: {error}", remedy, *path)
                continue
            yield from _reserved(ctx, key, pool, path)
            owner = f"{text} ({key}, item {index + 1})"
            places[owner] = path
            uses.append(Use(pool.span, owner))
    for wider, use in collisions(uses):
        detail = f"the pool {use.owner} overlaps {wider.owner}"
        yield ctx.variable_finding("R09", detail, "make the pools disjoint", *places[use.owner])


def _reserved(ctx: Context, key: str, pool: Pool, path: tuple[str, ...]) -> Iterator[Finding]:
    network = pool.network
    ends = (Address(network.version, pool.first), Address(network.version, pool.last))
    if not all(network.usable(end) for end in ends):
        what = "network or broadcast" if network.version == 4 else "subnet-router"
        detail = f"{key}: {pool.text} holds the {what} address of {network.text}"
        yield ctx.variable_finding("R09", detail, "leave the first and last address out", *path)


def r10(ctx: Context) -> Iterable[Finding]:
    """Check addresses given per role: they override the pools; fusion allows only those of zoocassa; each is free and unique."""
    given = ctx.variables.by_role() if ctx.documents.variables is not None else {}
    seen: dict[str, str] = {}
    own = {address for roles in (ctx.zone.vms.values() if ctx.zone else ()) for address in roles}
    for role, addresses in given.items():
        path = ("advance", "mgmt_network_address", role)
        if ctx.deploy_mode == "fusion" and role != "zoocassa":
            detail = f"mgmt_network_address gives {role}, but in fusion only zoocassa may be given"
            yield ctx.variable_finding("R10", detail, f"remove {role}", *path)
        for address in addresses:
            if seen.setdefault(address, role) != role or addresses.count(address) > 1:
                detail = f"mgmt_network_address: {address} stands twice"
                yield ctx.variable_finding("R10", detail, "give each VM its own address", *path)
            owner = ctx.world.used_addresses.get(address) if address not in own else None
            if not owner and address in ctx.options.occupied:
                owner = "a machine that answers"
            if owner:
                detail = f"mgmt_network_address: {address} ({role}) is in use by {owner}"
                yield ctx.variable_finding("R10", detail, "choose a free address", *path)
        yield from _kept(ctx, role, addresses)
        hosts = ctx.settings.vms.get(role, ())
        if hosts and len(addresses) != len(hosts):
            only = "only " if len(addresses) < len(hosts) else ""
            detail = f"the file places {counted(len(hosts), role + ' VM')}, but gives {only}{counted(len(addresses), 'address')}"
            yield ctx.variable_finding("R10", detail, "give one address for each VM", *path)
        if ctx.deploy_mode == "fusion" and role == "zoocassa" and len(addresses) > FUSED_VMS:
            detail = f"mgmt_network_address gives {len(addresses)} of zoocassa, but a fusion zone has the VMs ks0, ks1 and ks2"
            yield ctx.variable_finding("R10", detail, "give three addresses", *path)
    if given and ctx.pools["mgmt_network_pools"]:
        detail = f"{', '.join(sorted(given))}: the given addresses beat mgmt_network_pools"
        yield ctx.variable_finding(
            "R10", detail, "nothing to do", "advance", "mgmt_network_address", level="info"
        )


def _kept(ctx: Context, role: str, addresses: tuple[str, ...]) -> Iterator[Finding]:
    """Check that a zone that is configured again keeps the addresses of its VMs: a given one never moves."""
    fused = ctx.deploy_mode == "fusion" and role == "zoocassa"
    had = ctx.zone.vms.get("ks" if fused else role, ()) if ctx.zone else ()
    if had and not set(addresses) <= set(had):
        detail = (
            f"mgmt_network_address gives {role} {', '.join(addresses)}, but its VMs keep {', '.join(had)}"
        )
        remedy = "write the addresses that the VMs have"
        path = ("advance", "mgmt_network_address", role)
        yield ctx.variable_finding("R10", detail, remedy, *path, level="warning")


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
        detail = f"is_global_zone is 1, but region {region} exists already (zone {min(others)})"
        yield ctx.variable_finding("R11", detail, "set is_global_zone to 0", *path)
    else:
        detail = f"is_global_zone is 1 and no other zone of region {region} is known here"
        remedy = "right for the first zone of a region; otherwise set it to 0"
        yield ctx.variable_finding("R11", detail, remedy, *path, level="warning")


def _second_global(ctx: Context, region: str) -> Iterator[Finding]:
    for zone in ctx.world.zones:
        if zone.is_global and zone.region_id == region and zone.zone_id != ctx.zone_id:
            detail = f"is_global_zone is 1, but the global zone of region {region} is {zone.zone_id}"
            path = ("base", "is_global_zone")
            yield ctx.variable_finding("R11", detail, "set is_global_zone to 0", *path)


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
            detail = f"deploy_{component} is 1, but {component}.{key} is empty"
            remedy = f"fill it in, or set deploy_{component} to 0"
            yield ctx.variable_finding("R22", detail, remedy, component, key)

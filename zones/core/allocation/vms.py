"""Management VMs of a new zone: which exist, where they run, which addresses they get."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from common.errors import Finding
from common.messages import message
from zones.core.allocation.addresses import Taken, Walker, upper_half
from zones.core.documents.settings import VM_ROLES
from zones.core.rules.context import Context
from zones.core.rules.roles import FUSED_VMS, MANY_KS

REDUNDANT = ("proxy", "dnsmaster", "webservice", "pgpool", "pgserver")
QUORUM = "zoocassa"
COMPONENT_VMS = ("boss", "bm", "cronus", "warehouse", "v2v")


@dataclass(frozen=True, slots=True)
class VmView:
    """One management VM; ``host`` is the management address of its physical node, empty when unknown."""

    role: str
    name: str
    address: str
    host: str = ""


def allocate_vms(ctx: Context, taken: Taken) -> tuple[tuple[VmView, ...], tuple[Finding, ...]]:
    """Allocate the zone's VMs after this configuration; addresses that the zone already has are kept.

    An adopted zone is already running: only addresses given in its variables are used, none is made up.
    """
    had: Mapping[str, tuple[str, ...]] = ctx.zone.vms if ctx.zone else {}
    if ctx.kind == "scale":
        return vms_of(had), ()
    places = _placement(ctx)
    given = ctx.variables.by_role()
    if ctx.deploy_mode == "fusion":
        given = {"ks": given.get(QUORUM, ())}
    walker = _walker(ctx, taken)
    found: dict[str, list[tuple[str, str]]] = {}
    lacking: list[str] = []
    for role in VM_ROLES:
        hosts = places.get(role, [])
        known = list(had.get(role, ()) or given.get(role, ()))
        count = max(len(hosts), len(known))
        for index in range(count):
            address = known[index] if index < len(known) else ""
            if not address and ctx.kind == "zone":
                taken_now = walker.take()
                address = taken_now.text if taken_now else ""
                if not address:
                    lacking.append(role)
            if address:
                found.setdefault(role, []).append((address, hosts[index] if index < len(hosts) else ""))
    return _named(found), _lack(ctx, walker, lacking)


def vms_of(addresses: Mapping[str, Sequence[str]]) -> tuple[VmView, ...]:
    """Return the VMs at these addresses by role, named as when they were allocated; their hosts are unknown."""
    return _named({role: [(address, "") for address in found] for role, found in addresses.items()})


def _named(found: Mapping[str, list[tuple[str, str]]]) -> tuple[VmView, ...]:
    return tuple(
        VmView(role, f"{role}{index}", address, host)
        for role in VM_ROLES
        for index, (address, host) in enumerate(found.get(role, ()))
    )


def _placement(ctx: Context) -> dict[str, list[str]]:
    """Return the hosts per role: as the file says, else spread over the KS nodes (fusion: the first three hypers).

    A VM whose address is given has a host, too.
    """
    given = {role: list(hosts) for role, hosts in ctx.settings.vms.items()}
    fusion = ctx.deploy_mode == "fusion"
    hosts = [named.entry.address for named in (ctx.hypers if fusion else ctx.with_role("ks"))]
    if not hosts or ctx.kind == "adopt":
        return given
    if fusion:
        return given or {"ks": [hosts[index % len(hosts)] for index in range(FUSED_VMS)]}
    addresses = ctx.variables.by_role()
    physical = {sub for named in ctx.named for sub in named.entry.sub_roles}
    counts = dict.fromkeys(REDUNDANT, min(2, len(hosts)))
    counts[QUORUM] = 3 if len(hosts) >= 3 else 1
    for component in COMPONENT_VMS:
        if ctx.variables.flag(component, f"deploy_{component}"):
            counts[component] = 1
    turn = 0
    for role in VM_ROLES:
        if role in given or role in physical:
            continue
        count = max(counts.get(role, 0), len(addresses.get(role, ())))
        start = turn % len(hosts)
        free = _apart(ctx, role, given, [*hosts[start:], *hosts[:start]], count)
        given[role] = [free[index % len(free)] for index in range(count)]
        turn += count
    return given


def _apart(
    ctx: Context, role: str, given: Mapping[str, list[str]], hosts: list[str], count: int
) -> list[str]:
    """Choose hosts for a role: pgpool and pgserver avoid each other's hosts where there is room (R13)."""
    other = {"pgpool": "pgserver", "pgserver": "pgpool"}.get(role)
    if other is None or len(hosts) < MANY_KS:
        return hosts
    taken = {
        *given.get(other, ()),
        *(item.entry.address for item in ctx.named if other in item.entry.sub_roles),
    }
    free = [host for host in hosts if host not in taken]
    return free if len(free) >= count else hosts


def _walker(ctx: Context, taken: Taken) -> Walker:
    pools = ctx.pools["mgmt_network_pools"]
    if not ctx.variables.texts("advance", "mgmt_network_pools"):
        networks = [named.node.mgmt_network for named in ctx.named if named.node]
        first = next((network for network in networks if network), None)
        pools = (upper_half(first),) if first else ()
    return Walker(pools, 4, taken)


def _lack(ctx: Context, walker: Walker, lacking: list[str]) -> tuple[Finding, ...]:
    if not lacking:
        return ()
    held = sum(pool.last - pool.first + 1 for pool in walker.pools)
    pools, vms, roles = walker.describe(), len(lacking), list(dict.fromkeys(lacking))
    said = (
        message("A02", "vms_pool_too_small", vms=vms, roles=roles, pools=pools, held=held)
        if ctx.variables.texts("advance", "mgmt_network_pools")
        else message("A02", "vms_no_pool", vms=vms, roles=roles, pools=pools, held=held)
    )
    return (ctx.variable_finding(said, "advance", "mgmt_network_pools"),)

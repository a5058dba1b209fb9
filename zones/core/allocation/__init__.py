"""Deterministic allocation of VBC networks, VIPs and management addresses; what exists never moves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from common.errors import Finding
from common.messages import message
from zones.core.allocation.addresses import Taken, known_addresses
from zones.core.allocation.vbcs import VbcResult, allocate_vbcs, check_start
from zones.core.allocation.vms import VmView, allocate_vms, vms_of
from zones.core.nets import format_address
from zones.core.rules.context import Context
from zones.core.world import VbcView

__all__ = [
    "Allocation",
    "VbcResult",
    "VmView",
    "allocate",
    "allocate_vbcs",
    "check_start",
    "taken_addresses",
    "vms_of",
]


@dataclass(frozen=True, slots=True)
class Allocation:
    """What the zone has afterwards; ``added_vbcs`` is the part of ``vbcs`` that is new."""

    vbcs: tuple[VbcView, ...]
    added_vbcs: tuple[VbcView, ...]
    vms: tuple[VmView, ...]
    findings: tuple[Finding, ...]


def allocate(ctx: Context) -> Allocation:
    """Allocate for documents that no rule refuses; exhausted pools are findings."""
    taken = taken_addresses(ctx)
    vms, vm_findings = allocate_vms(ctx, taken)
    vbcs = allocate_vbcs(ctx, taken)
    findings = (*vm_findings, *vbcs.findings, *_left_out(ctx))
    return Allocation((*vbcs.kept, *vbcs.added), vbcs.added, vms, findings)


def taken_addresses(ctx: Context) -> Taken:
    """Return every address that is not given: used anywhere, answering, or reserved by the files."""
    reserved = [ctx.variables.text("base", "mgmt_network_gateway")]
    reserved += ctx.variables.texts("base", "mgmt_network_dns_servers")
    reserved += [address for addresses in ctx.variables.by_role().values() for address in addresses]
    reserved += [vip for entry in ctx.settings.vbc for vip in (entry.ipv4_vip, entry.ipv6_vip) if vip]
    return Taken([*ctx.world.used_addresses, *ctx.options.occupied, *reserved])


def _left_out(ctx: Context) -> Iterator[Finding]:
    """Yield a finding per pool: the addresses that would have been given, had they not answered."""
    answered = sorted(known_addresses(ctx.options.occupied))
    for key in ("vip_pools", "mgmt_network_pools"):
        found = [
            format_address(version, value)
            for version, value in answered
            if any(
                pool.network.version == version and pool.first <= value <= pool.last
                for pool in ctx.pools[key]
            )
        ]
        if found:
            said = message("A05", field=key, addresses=found)
            yield ctx.variable_finding(said, "advance", key, level="warning")

"""Propose an order for chosen nodes: roles, pairs, public segments and VBCs, as far as the console can know them.

What it cannot know stays empty, with a finding that says what to enter:

======  =========================================================================
Y01     the hardware of a node fits several roles, or none
Y02     no public segment of the zone waits for another VG node
Y03     both nodes of a pair are in one rack, because no other rack has one left
======  =========================================================================
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import cycle

from common.errors import Finding
from common.messages import message
from zones.core.allocation import allocate_vbcs, check_start, taken_addresses
from zones.core.data_disks import used_disks
from zones.core.documents import SettingsDocument
from zones.core.documents.settings import EipEntry, PairEntry, RoleEntry
from zones.core.order.fitness import Fitness, Place, fitness
from zones.core.order.table import Order, OrderNode, OrderVbc, Segments
from zones.core.rules import Context
from zones.core.rules.eips import r05
from zones.core.rules.roles import FUSED, SCALED_KS
from zones.core.world import HYPER_ROLES, DiskView, EipView, NodeView, VbcView, hostname_key, whole

_RACK = re.compile(r"r([0-9]+)n[0-9]+$", re.ASCII)
_FIRST_CHOICE = "hyper-repl"


@dataclass(frozen=True)
class Proposal:
    """An order to begin with; ``fitness`` says of each node why its role was chosen, or none."""

    order: Order
    findings: tuple[Finding, ...]
    fitness: Mapping[str, Fitness]


def rack_of(hostname: str) -> str:
    """Return the rack in a host name ``<zone>r<rack>n<number>``; empty where the name has none."""
    found = _RACK.search(hostname)
    return found.group(1) if found else ""


def propose(place: Place, addresses: Iterable[str]) -> Proposal:
    """Propose an order for these nodes; those that cannot be ordered now, or are unknown, get no role."""
    known = place.world.node_by_address
    nodes = sorted(
        (whole(known[address]) for address in set(addresses) if address in known),
        key=lambda node: (hostname_key(node.hostname), node.address),
    )
    fits = fitness(place, [node.address for node in nodes])
    findings: list[Finding] = []
    roles: dict[str, str] = {}
    for node in nodes:
        role = _role(place, node, fits[node.address])
        if role:
            roles[node.address] = role
        elif fits[node.address].usable:
            findings.append(_undecided(place, node, fits[node.address]))
    chosen = [node for node in nodes if node.address in roles]
    subs = _sub_roles(place, chosen, roles)
    pairs = _pairs([node for node in chosen if roles[node.address] == "hyper-pair"], findings)
    settings = _settings(place, roles, subs, pairs)
    eips = _eips(place, settings, [node for node in chosen if roles[node.address] == "vg"], findings)
    entries = tuple(EipEntry(row.address, text, 0) for row in eips for text in row.segments)
    vbc = _vbc(place, replace(settings, eips=entries))
    rows = tuple(
        OrderNode(node.address, roles[node.address], subs[node.address], note_of(node)) for node in chosen
    )
    return Proposal(Order(place.zone_id, rows, pairs, eips, vbc), tuple(findings), fits)


def note_of(node: NodeView) -> str:
    """Return the comment behind a node's line: its host name, and the disks that a role could use."""
    words = f"{node.hostname} {disks_of(node)}"
    return " ".join("".join(char for char in words if char.isprintable()).split())


def disks_of(node: NodeView) -> str:
    """Return the usable data disks in short: ``3×ssd 3.2 TB + 1×sata 4 TB``."""
    found = Counter((disk.type, disk.size_bytes // 10**9) for disk in node.usable_disks)
    return " + ".join(f"{count}×{kind} {_size(size)}" for (kind, size), count in sorted(found.items()))


def _size(gb: int) -> str:
    return f"{gb / 1000:.2f}".rstrip("0").rstrip(".") + " TB" if gb >= 1000 else f"{gb} GB"


def _role(place: Place, node: NodeView, fit: Fitness) -> str:
    """Return the only role that the hardware speaks for; empty where that is not clear."""
    if not fit.usable:
        return ""
    hypers = [role for role in _hyper_roles(place) if role in fit.roles]
    disks = bool(node.usable_disks)
    if "vg" in fit.roles and not (disks and hypers):
        return "vg"
    if "ks" in fit.roles:
        return "" if hypers else "ks"
    return hypers[0] if hypers else ""


def _hyper_roles(place: Place) -> list[str]:
    """Return the kinds of hypers to choose from, the usual one of the zone first."""
    zone = place.zone
    had = Counter(node.role for node in zone.hypers if node.role) if zone else Counter()
    if had:
        return [role for role, _ in had.most_common()]
    variables = place.context(SettingsDocument("", place.kind, place.zone_id)).variables
    if variables.flag("neonsan", "deploy_neonsan"):
        return ["hyper-sanc"]
    # Any hardware fits hyper-sanc: that says nothing where the zone has no remote storage.
    return [_FIRST_CHOICE, *(role for role in HYPER_ROLES if role not in (_FIRST_CHOICE, "hyper-sanc"))]


def _undecided(place: Place, node: NodeView, fit: Fitness) -> Finding:
    name = node.hostname or node.address
    several = [role for role in fit.roles if role in ("vg", "ks", *_hyper_roles(place))]
    if len(several) > 1:
        said = message("Y01", "several", node=name, roles=several)
    else:
        role = _hyper_roles(place)[0]
        reasons = [*fit.why_not(role)[:1], *fit.why_not("ks")[:1], *fit.why_not("vg")[:1]]
        said = message("Y01", "none", node=name, reasons=[reason.detail for reason in reasons])
    return Finding(said, "warning", f"roles.{node.address}", node=node.address)


def _sub_roles(
    place: Place, nodes: Sequence[NodeView], roles: Mapping[str, str]
) -> dict[str, tuple[str, ...]]:
    """Return the sub-roles of each node: seed, snapshot and vbr are shared among the KS nodes, in fusion among hypers."""
    found = {node.address: _own_sub_role(roles[node.address]) for node in nodes}
    fusion = _context(place).deploy_mode == "fusion"
    if fusion and place.kind == "zone":
        hosts = [node.address for node in nodes if roles[node.address] in HYPER_ROLES]
        shared = sorted(FUSED - {"hyper"})
    else:
        hosts = [node.address for node in nodes if roles[node.address] == "ks"]
        shared = sorted(SCALED_KS, key=lambda sub: (_had(place)[sub], sub))
    if not hosts:
        return found
    for number, address in zip(range(max(len(hosts), len(shared))), cycle(hosts), strict=False):
        if fusion and number >= len(shared):
            break
        found[address] = (*found[address], shared[number % len(shared)])
    return found


def _own_sub_role(role: str) -> tuple[str, ...]:
    return {"vg": ("vgateway",), "ks": ()}.get(role, ("hyper",))


def _had(place: Place) -> Counter[str]:
    """Count the sub-roles that nodes of the zone have."""
    nodes = place.zone.nodes if place.zone else ()
    return Counter(sub for node in nodes for sub in node.sub_roles)


def _context(place: Place) -> Context:
    return place.context(SettingsDocument("", place.kind, place.zone_id))


def _pairs(nodes: Sequence[NodeView], findings: list[Finding]) -> tuple[tuple[str, ...], ...]:
    """Pair nodes with equal disks, each with one of another rack as long as there is one; the last may stay alone."""
    alike: dict[tuple[tuple[str, int], ...], list[NodeView]] = defaultdict(list)
    for node in nodes:
        alike[_sizes(used_disks("hyper-pair", node))].append(node)
    pairs = [pair for group in alike.values() for pair in _across_racks(group)]
    # Those without an equal one: with each other.
    paired = {node.address for pair in pairs for node in pair}
    pairs += _across_racks([node for node in nodes if node.address not in paired])
    place = {node.address: number for number, node in enumerate(nodes)}
    pairs.sort(key=lambda pair: place[pair[0].address])
    for first, second in pairs:
        rack = rack_of(first.hostname)
        if rack and rack == rack_of(second.hostname):
            said = message("Y03", first=first.hostname, second=second.hostname, rack=rack)
            findings.append(Finding(said, "warning", "pairs", node=first.address))
    return tuple((first.address, second.address) for first, second in pairs)


def _sizes(disks: Iterable[DiskView]) -> tuple[tuple[str, int], ...]:
    return tuple(sorted((disk.type, disk.size_bytes) for disk in disks))


def _across_racks(nodes: Sequence[NodeView]) -> list[tuple[NodeView, NodeView]]:
    """Pair the first node of the fullest rack with the first of the next fullest, as often as there are two nodes."""
    racks: dict[str, list[NodeView]] = defaultdict(list)
    for node in nodes:
        racks[rack_of(node.hostname)].append(node)
    pairs = []
    for _ in range(len(nodes) // 2):
        fullest = sorted((rack for rack in racks if racks[rack]), key=lambda rack: (-len(racks[rack]), rack))
        first = racks[fullest[0]].pop(0)
        second = racks[fullest[1] if len(fullest) > 1 else fullest[0]].pop(0)
        ordered = sorted((first, second), key=lambda node: (hostname_key(node.hostname), node.address))
        pairs.append((ordered[0], ordered[1]))
    return pairs


def _settings(
    place: Place,
    roles: Mapping[str, str],
    subs: Mapping[str, tuple[str, ...]],
    pairs: Iterable[tuple[str, ...]],
) -> SettingsDocument:
    entries = {address: RoleEntry(address, role, subs[address], 0) for address, role in roles.items()}
    return SettingsDocument(
        "", place.kind, place.zone_id, entries, tuple(PairEntry(pair, 0) for pair in pairs)
    )


def _eips(
    place: Place, settings: SettingsDocument, gateways: Sequence[NodeView], findings: list[Finding]
) -> tuple[Segments, ...]:
    """Give each VG node the segments of an HA group that has one VG node only; the rules must have nothing against it."""
    waiting = list(_waiting(place))
    carried = sorted({_written(eip) for eip in (place.zone.eips if place.zone else ())})
    rows: list[Segments] = []
    for node in gateways:
        group = next((group for group in waiting if _accepted(place, settings, node, group)), ())
        if group:
            waiting.remove(group)
            rows.append(Segments(node.address, tuple(map(_written, group))))
            continue
        name = node.hostname or node.address
        said = (
            message("Y02", "carried", node=name, segments=carried[:6])
            if carried
            else message("Y02", node=name)
        )
        findings.append(Finding(said, "warning", f"eips.{node.address}", node=node.address))
    return tuple(rows)


def _waiting(place: Place) -> Iterator[tuple[EipView, ...]]:
    """Yield the segments of each HA group that only one VG node carries."""
    groups: dict[str, list[EipView]] = defaultdict(list)
    for eip in place.zone.eips if place.zone else ():
        if eip.ha_group:
            groups[eip.ha_group].append(eip)
    for name in sorted(groups):
        if len({eip.vg_address for eip in groups[name]}) == 1:
            yield tuple(groups[name])


def _written(eip: EipView) -> str:
    return "|".join(filter(None, (eip.network, eip.gateway, eip.ha_group)))


def _accepted(place: Place, settings: SettingsDocument, node: NodeView, group: Iterable[EipView]) -> bool:
    entries = tuple(EipEntry(node.address, _written(eip), 0) for eip in group)
    found = r05(place.context(replace(settings, eips=entries)))
    return not any(item.level == "error" for item in found)


def _vbc(place: Place, settings: SettingsDocument) -> tuple[OrderVbc, ...]:
    """Return VBCs for a zone that wants them by hand, as the installer would allocate them; none for any other zone."""
    ctx = place.context(settings)
    if ctx.network_mode != "sdn" or ctx.variables.flag("base", "installer_allocate_vbc") or not ctx.hypers:
        return ()
    return tuple(
        OrderVbc(
            vbc.members,
            vbc.ipv4_network,
            _vip(vbc.ipv4_vip, vbc.ipv4_master),
            vbc.ipv6_network,
            _vip(vbc.ipv6_vip, vbc.ipv6_master),
        )
        for vbc in allocated(ctx)
    )


def allocated(ctx: Context) -> tuple[VbcView, ...]:
    """Return the VBCs that the installer gives the hypers of a file without any, whether or not the zone asks it to."""
    values = {section: dict(fields) for section, fields in ctx.variables.values.items()}
    values.setdefault("base", {})["installer_allocate_vbc"] = 1
    variables = replace(ctx.variables, values=values)
    documents = replace(
        ctx.documents, variables=variables, settings=replace(ctx.settings, vbc=(), has_vbc=False)
    )
    asked = Context(documents, ctx.world, ctx.options)
    if check_start(asked):
        return ()
    return allocate_vbcs(asked, taken_addresses(asked)).added


def _vip(vip: str, master: str) -> str:
    return f"{vip}|{master}" if vip else ""

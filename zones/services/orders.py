"""Orders: nodes for a zone, proposed and checked while a person makes up their mind. Nothing is changed or reserved."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db import transaction

from common.actor import Actor
from common.errors import Finding, Refused
from common.readings import Readings
from nodes.models import Node
from nodes.states import NodeStatus
from zones.core.data_disks import used_disks
from zones.core.documents import load_variables
from zones.core.documents.settings import ROLES, SUB_ROLES
from zones.core.gc_pause import collector_paused
from zones.core.order import Order, order_to_settings, settings_to_order
from zones.core.order.fitness import Fitness, Place, fitness
from zones.core.order.proposal import allocated, disks_of, propose, rack_of
from zones.core.order.table import cells
from zones.core.plan import Preview, preview
from zones.core.rules import Context
from zones.core.rules.roles import SCALED_KS, allowed_sub_roles
from zones.core.world import NodeView, VbcView, World
from zones.load import load_world, with_pools
from zones.models import Plan, Role
from zones.services.config_files import ConfigFile, Loaded, read_files
from zones.services.configure import supersede
from zones.services.erase_first import with_users
from zones.services.lookups import lock_allocations
from zones.services.templates import TEMPLATES, template_text
from zones.states import PLAN_OPEN

MAX_CANDIDATES = 400
"""How many available nodes a table offers; more are ordered by pasting a file."""
_WORLDS = 4
_RETRY = (NodeStatus.CONFIGURED, NodeStatus.SCALE_FAILED)


@dataclass(frozen=True, slots=True)
class CheckedOrder:
    """An order with its YAML and what is to be said about it; ``order`` is None where the text cannot be read.

    ``summary``: what the plan would contain; only its parts that need no finding to be absent.
    """

    text: str
    name: str
    kind: str
    order: Order | None
    findings: tuple[Finding, ...]
    summary: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Return whether a plan can be made of it."""
        return not any(item.level == "error" for item in self.findings)

    def cells(self) -> list[list[list[str]]]:
        """Return, for each finding, the cells of the table that it is about: node and column."""
        return [[list(cell) for cell in cells(item, self.order or Order())] for item in self.findings]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A node that can be chosen, or that the file names; ``fitness`` says which roles it may have."""

    node: NodeView
    rack: str
    disks: str
    fitness: Fitness

    def as_dict(self) -> dict[str, Any]:
        """Return the JSON shape of the table's row."""
        return {
            "node_id": self.node.node_id,
            "address": self.node.address,
            "hostname": self.node.hostname,
            "rack": self.rack,
            "status": self.node.status,
            "disks": self.disks,
            "usable": self.fitness.usable,
            "problems": [item.message.detail for item in self.fitness.problems],
            "fits": [
                {"role": fit.role, "fits": fit.fits, "why": [said.detail for said in fit.why]}
                for fit in self.fitness.fits
            ],
        }


@dataclass(frozen=True, slots=True)
class Proposed:
    """A proposal for chosen nodes; ``candidates`` are all that could be chosen, ``more`` of them are not listed."""

    checked: CheckedOrder
    findings: tuple[Finding, ...]
    candidates: tuple[Candidate, ...]
    more: int


def check_order(
    *, zone_id: str, actor: Actor, order: Order | None = None, text: str = "", variables: str = ""
) -> CheckedOrder:
    """Check an order, given as a table or as the text of its settings file, against everything that is known.

    The rules and the allocation are those of ``config_qingcloud``; addresses are not probed, nothing is rendered, and no
    lock outlasts the request. A text is returned as it is, a table as its text.

    Args:
        zone_id: The zone; of one that does not exist yet, ``variables`` are needed.
        actor: Who asks.
        order: The table.
        text: The settings file, where there is no table.
        variables: The variables file of a new zone.
    """
    kind = _kind(zone_id, variables)
    if order is not None:
        text = order_to_settings(order, kind)
    read, unreadable = settings_to_order(text, known=_templates())
    name = f"{'scale_settings' if kind == 'scale' else 'settings'}.{zone_id}.yaml"
    loaded = _loaded(name, text, zone_id, variables)
    findings = [*loaded.findings]
    summary: dict[str, Any] = {}
    if len(loaded.zones) == 1:
        documents = loaded.zones[0].documents
        with collector_paused():
            world, refused = _world(zone_id, frozenset(documents.settings.roles), actor)
            ctx = Context(documents, world)
            found = preview(ctx)
        findings += [*refused, *found.findings]
        summary = _summary(ctx, found)
    return CheckedOrder(text, name, kind, None if unreadable else read, tuple(findings), summary)


def propose_order(*, zone_id: str, addresses: Collection[str], actor: Actor, variables: str = "") -> Proposed:
    """Propose roles, pairs, segments and VBCs for chosen nodes, and list the nodes that can be chosen.

    Raises :class:`Refused` with what is wrong with the variables of a new zone: what fits depends on them.
    """
    kind = _kind(zone_id, variables)
    document = None
    if kind == "zone":
        document, wrong = load_variables(f"variables.{zone_id}.yaml", variables.encode("utf-8", "replace"))
        if document is None:
            raise Refused(wrong)
    listed, more = _candidates(zone_id)
    with collector_paused():
        world, _ = _world(zone_id, frozenset(listed) | frozenset(addresses), actor)
        place = Place(zone_id, kind, world, document)
        known = [address for address in {*listed, *addresses} if address in world.node_by_address]
        found = propose(place, addresses)
        fits = found.fitness if set(known) <= found.fitness.keys() else fitness(place, known)
    checked = check_order(zone_id=zone_id, actor=actor, order=found.order, variables=variables)
    rows = [_candidate(world, fits[address]) for address in known]
    rows.sort(key=lambda row: (row.rack, row.node.hostname, row.node.address))
    return Proposed(checked, found.findings, tuple(rows), more)


def _candidate(world: World, fitness: Fitness) -> Candidate:
    node = world.node_by_address[fitness.address]
    assert isinstance(node, NodeView), "candidates are loaded whole"
    return Candidate(node, rack_of(node.hostname), disks_of(node), fitness)


def _kind(zone_id: str, variables: str) -> str:
    """Return whether the zone grows or is made: only a zone that has nodes can be scaled."""
    if variables.strip() or not Role.objects.filter(zone__zone_id=zone_id).exists():
        return "zone"
    return "scale"


def _loaded(name: str, text: str, zone_id: str, variables: str) -> Loaded:
    given = [ConfigFile(f"variables.{zone_id}.yaml", _bytes(variables))] if variables.strip() else []
    return read_files(given, [ConfigFile(name, _bytes(text))])


def _bytes(text: str) -> bytes:
    # Half a character pair of UTF-16, which JSON can hold, is refused as what it is: not UTF-8.
    return text.encode("utf-8", "surrogatepass")


def _candidates(zone_id: str) -> tuple[list[str], int]:
    """Return the nodes that the zone can get: available ones, and its own that are not installed yet."""
    free = Node.objects.filter(status=NodeStatus.AVAILABLE, role__isnull=True)
    own = Node.objects.filter(status__in=_RETRY, role__zone__zone_id=zone_id)
    found = list((free | own).order_by("hostname", "address_order").values_list("mgmt_address", flat=True))
    return found[:MAX_CANDIDATES], max(0, len(found) - MAX_CANDIDATES)


@lru_cache(maxsize=1)
def _templates() -> frozenset[str]:
    """Return the comments of our own templates: they explain, and are no remarks of a person."""
    texts = (template_text(name, "zone-id") for name in TEMPLATES)
    lines = (line.strip() for text in texts for line in text.split("\n"))
    return frozenset(line for line in lines if line.startswith("#"))


@dataclass(slots=True)
class _Kept:
    """A world that was loaded, and what it rests on."""

    zone_id: str
    named: frozenset[str]
    readings: Readings
    world: World
    refused: tuple[Finding, ...]


_kept: OrderedDict[tuple[str, frozenset[str]], _Kept] = OrderedDict()
_lock = threading.Lock()


def _world(zone_id: str, named: frozenset[str], actor: Actor) -> tuple[World, tuple[Finding, ...]]:
    """Return the world with these nodes whole, and why the zone's open plan does not give way.

    The last few are kept: asking whether one still holds costs a fifth of loading it.
    """
    with _lock:
        known = [item for item in reversed(_kept.values()) if item.zone_id == zone_id and named <= item.named]
    for item in known:
        if not item.readings.changed():
            return item.world, item.refused
    made = _load(zone_id, named, actor)
    with _lock:
        _kept[zone_id, named] = made
        _kept.move_to_end((zone_id, named))
        while len(_kept) > _WORLDS:
            _kept.popitem(last=False)
    return made.world, made.refused


def _load(zone_id: str, named: frozenset[str], actor: Actor) -> _Kept:
    readings = Readings()
    world = _read(named, readings)
    plans = Plan.objects.filter(zone__zone_id=zone_id, status__in=PLAN_OPEN)
    readings.rows(plans.order_by("pk").values_list("pk", "status", "content_hash"))
    refused: tuple[Finding, ...] = ()
    if plans.exists():
        # Planned is with what is free once the open plan gave way: so that is read, then taken back.
        with transaction.atomic():
            lock_allocations()
            try:
                supersede(zone_id, False, actor)
                world = _read(named, Readings())
            except Refused as refusal:
                refused = tuple(refusal.findings)
            transaction.set_rollback(True)
    return _Kept(zone_id, named, readings, world, refused)


def _read(named: frozenset[str], readings: Readings) -> World:
    return with_pools(with_users(load_world(named, readings), named, readings), named, readings)


def _summary(ctx: Context, found: Preview) -> dict[str, Any]:
    """Return what a plan would contain; VBCs also where a finding still prevents the plan."""
    vbcs = found.allocation.added_vbcs if found.allocation else _groups(ctx, found)
    names = {named.entry.address: named.node for named in ctx.named if named.node}
    return {
        "deploy_mode": ctx.deploy_mode,
        "network_mode": ctx.network_mode,
        "nodes": len(ctx.named),
        "roles": _counts(named.entry.role for named in ctx.named),
        "formats": sum(
            len(used_disks(ctx.settings.roles[address].role, node)) for address, node in names.items()
        ),
        "by_hand": ctx.network_mode == "sdn" and not ctx.variables.flag("base", "installer_allocate_vbc"),
        "sub_roles": {role: _sub_roles(ctx, role) for role in ROLES},
        "vbc": [
            {
                "mgmt_ips": list(vbc.members),
                "ipv4_vbc": vbc.ipv4_network,
                "ipv4_vip": vbc.ipv4_vip,
                "ipv6_vbc": vbc.ipv6_network,
                "ipv6_vip": vbc.ipv6_vip,
                "master": vbc.ipv4_master or vbc.ipv6_master,
            }
            for vbc in vbcs
        ],
    }


def _sub_roles(ctx: Context, role: str) -> list[str]:
    """Return the sub-roles that a node of that role can be given."""
    allowed = SCALED_KS if role == "ks" and ctx.kind == "scale" else allowed_sub_roles(role, ctx.deploy_mode)
    return [sub for sub in SUB_ROLES if sub in allowed]


_SHAPE = frozenset({"pairs", "eips", "vbc", "base", "advance"})


def _groups(ctx: Context, found: Preview) -> tuple[VbcView, ...]:
    """Return the VBCs that would be allocated, where no finding is about what the allocation reads."""
    wrong = any(item.level == "error" and item.field.partition(".")[0] in _SHAPE for item in found.findings)
    if wrong or ctx.settings.has_vbc or ctx.network_mode != "sdn":
        return ()
    return allocated(ctx)


def _counts(words: Iterable[str]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for word in words:
        found[word] = found.get(word, 0) + 1
    return found

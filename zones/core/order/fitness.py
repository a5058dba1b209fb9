"""Which roles a node may have in a zone, and why not: the rules themselves answer, each role asked for in turn."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from common.errors import Finding
from common.messages import Message
from zones.core.documents import SettingsDocument, VariablesDocument
from zones.core.documents.settings import ROLES, RoleEntry
from zones.core.plan_input import Documents, Options
from zones.core.rules import Context
from zones.core.rules.registry import RULES
from zones.core.world import HYPER_ROLES, World, ZoneView

# Rules about one node whatever its role, and about one node in one role. The others look at all nodes together.
_OF_NODE = ("R16", "R25")
_OF_ROLE = ("R01", "R14", "R17", "R18")
_OF_VLAN_HYPERS = "R19"
# Any one that the role has: without a sub-role the rules would speak about that.
_SUB_ROLES = {"vg": ("vgateway",), "ks": ("seed",)}


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a node may have one role; ``why``: what the rules say against it, or warn about."""

    role: str
    fits: bool
    why: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Fitness:
    """One node: ``problems`` that rule out any role now, and each role in turn."""

    address: str
    problems: tuple[Finding, ...]
    fits: tuple[Fit, ...]

    @property
    def usable(self) -> bool:
        """Return whether the node can be ordered at all."""
        return not any(item.level == "error" for item in self.problems)

    @property
    def roles(self) -> tuple[str, ...]:
        """Return the roles that it may have."""
        return tuple(fit.role for fit in self.fits if fit.fits)

    def why_not(self, role: str) -> tuple[Message, ...]:
        """Return what the rules say about one role."""
        return next((fit.why for fit in self.fits if fit.role == role), ())


@dataclass(frozen=True, slots=True)
class Place:
    """The zone that nodes are ordered for; ``variables`` of a zone that is new."""

    zone_id: str
    kind: str
    world: World
    variables: VariablesDocument | None = None
    options: Options = field(default_factory=Options)

    @property
    def zone(self) -> ZoneView | None:
        """Return the zone as it is now."""
        return self.world.zone_by_id.get(self.zone_id)

    def context(self, settings: SettingsDocument) -> Context:
        """Return what the rules look at for these settings."""
        document = replace(settings, zone_id=self.zone_id, kind=self.kind)
        variables = self.variables if self.kind == "zone" else None
        return Context(Documents(self.kind, document, variables), self.world, self.options)

    def asking(self, addresses: Iterable[str], role: str) -> Context:
        """Return what the rules look at when all these nodes get one role."""
        subs = _SUB_ROLES.get(role, ("hyper",))
        roles = {address: RoleEntry(address, role, subs, 0) for address in addresses}
        return self.context(SettingsDocument("", self.kind, self.zone_id, roles))


def fitness(place: Place, addresses: Collection[str]) -> dict[str, Fitness]:
    """Return, for each node, the roles that it may have in the zone and what speaks against the others."""
    problems = _said(place.asking(addresses, "hyper-sanc"), _OF_NODE)
    by_role = {role: _said(place.asking(addresses, role), _rules(place, role)) for role in ROLES}
    return {
        address: Fitness(
            address,
            tuple(problems[address]),
            tuple(_fit(role, by_role[role][address]) for role in ROLES),
        )
        for address in addresses
    }


def _rules(place: Place, role: str) -> tuple[str, ...]:
    # Without a hyper in the zone, the rule compares the nodes with each other: that says nothing about one of them.
    in_vlan = role in HYPER_ROLES and place.zone is not None and place.zone.hypers
    return (*_OF_ROLE, _OF_VLAN_HYPERS) if in_vlan else _OF_ROLE


def _said(ctx: Context, codes: Iterable[str]) -> Mapping[str, list[Finding]]:
    found: dict[str, list[Finding]] = defaultdict(list)
    for code in codes:
        for item in RULES[code].check(ctx):
            if item.node:
                found[item.node].append(item)
    return found


def _fit(role: str, found: list[Finding]) -> Fit:
    errors = tuple(item.message for item in found if item.level == "error")
    others = tuple(item.message for item in found if item.level != "error")
    return Fit(role, not errors, errors or others)

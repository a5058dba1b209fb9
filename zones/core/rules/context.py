"""Everything a rule may look at, with the look-ups that several rules share."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cached_property

from common.codes.registry import Level
from common.errors import Finding
from common.messages import Message
from common.wording import _
from zones.core.documents import SettingsDocument, VariablesDocument, variables_from_mapping
from zones.core.documents.settings import RoleEntry
from zones.core.nets import Network, Owner, Use, parse_network
from zones.core.plan_input import Documents, Options
from zones.core.pools import Pool, parse_pool
from zones.core.world import HYPER_ROLES, DiskView, NodeView, World, ZoneView, hostname_key, whole

POOL_FIELDS = ("mgmt_network_pools", "eip_network_pools", "vip_pools")


@dataclass(frozen=True, slots=True)
class Named:
    """A node named in the settings file; ``node`` is None when the console does not know it."""

    entry: RoleEntry
    node: NodeView | None

    @property
    def label(self) -> str:
        """Return how a sentence names it: address, with the hostname when known."""
        return f"{self.entry.address} ({self.node.hostname})" if self.node else self.entry.address


@dataclass(frozen=True)
class Context:
    """One zone's documents, the world they meet, and the choices made beside them."""

    documents: Documents
    world: World
    options: Options = field(default_factory=Options)

    @property
    def settings(self) -> SettingsDocument:
        """Return the settings file."""
        return self.documents.settings

    @property
    def kind(self) -> str:
        """Return scale, zone or adopt."""
        return self.documents.kind

    @property
    def zone_id(self) -> str:
        """Return the id of the zone that the settings file is for."""
        return self.settings.zone_id

    @cached_property
    def zone(self) -> ZoneView | None:
        """Return the zone as it is now; None when it is new."""
        return self.world.zone_by_id.get(self.zone_id)

    @cached_property
    def _stored(self) -> tuple[VariablesDocument | None, list[Finding]]:
        if self.documents.variables is not None:
            return self.documents.variables, []
        if self.zone is None:
            return None, []
        document, findings = variables_from_mapping(self.zone.variables)
        return document, [self._of_stored(item) for item in findings]

    @property
    def variables(self) -> VariablesDocument:
        """Return the variables file, or for scaling the zone's stored variables; without values when neither exists."""
        return self._stored[0] or VariablesDocument("", {})

    @property
    def stored_findings(self) -> list[Finding]:
        """Return what is wrong with the zone's stored variables."""
        return self._stored[1]

    @cached_property
    def deploy_mode(self) -> str:
        """Return standard, fusion, devops, or empty when unknown."""
        return self.variables.deploy_mode or (self.zone.deploy_mode if self.zone else "")

    @cached_property
    def network_mode(self) -> str:
        """Return sdn, vlan, or empty when unknown."""
        return self.variables.network_mode or (self.zone.network_mode if self.zone else "")

    @cached_property
    def named(self) -> tuple[Named, ...]:
        """Return every node of the file, in file order."""
        known = self.world.node_by_address
        return tuple(
            Named(entry, whole(known[address]) if address in known else None)
            for address, entry in self.settings.roles.items()
        )

    @cached_property
    def hypers(self) -> tuple[Named, ...]:
        """Return the hypers of the file in hostname order (address order where no hostname is known)."""
        found = [named for named in self.named if named.entry.role in HYPER_ROLES]
        return tuple(sorted(found, key=_order))

    def with_role(self, role: str) -> tuple[Named, ...]:
        """Return the nodes of the file with that role, in hostname order."""
        return tuple(sorted((named for named in self.named if named.entry.role == role), key=_order))

    def erased(self, node: NodeView) -> tuple[DiskView, ...]:
        """Return the node's disks that the file has erased before they are formatted, in the order of collection."""
        names = [entry.disk for entry in self.settings.erase if entry.address == node.address]
        return tuple(disk for disk in node.data_disks if any(disk.is_called(name) for name in names))

    @cached_property
    def base_network(self) -> Network | None:
        """Return ``vm_base_network``; None in vlan mode or when not filled."""
        text = self.variables.text("base", "vm_base_network")
        return parse_network(text) if text else None

    @cached_property
    def pools(self) -> dict[str, tuple[Pool, ...]]:
        """Return the zone's well-formed pools by field name (rule R09 reports the others)."""
        return {key: tuple(_pools(self.variables.texts("advance", key))) for key in POOL_FIELDS}

    @cached_property
    def neighbours(self) -> tuple[tuple[str, VariablesDocument], ...]:
        """Return the stored variables of all other zones, with the zone's id."""
        others = [zone for zone in self.world.zones if zone.zone_id != self.zone_id]
        read = [(zone.zone_id, variables_from_mapping(zone.variables)[0]) for zone in others]
        return tuple((zone_id, document) for zone_id, document in read if document is not None)

    def foreign_pools(self) -> Iterator[Use]:
        """Yield the pools of all other zones."""
        for zone_id, document in self.neighbours:
            yield from pool_uses(zone_id, document)

    def mgmt_uses(self) -> Iterator[Use]:
        """Yield the management networks of all zones and of the nodes of this file."""
        yield from self.world.mgmt_networks
        seen: set[Network] = set()
        for named in self.named:
            network = named.node.mgmt_reach if named.node else None
            if network is not None and network not in seen:
                seen.add(network)
                words = _("the management network {network} of this file's nodes")
                yield Use(network.span, Owner(words, {"network": network.text}))

    def finding(
        self,
        said: Message,
        *path: str,
        level: Level = "error",
        node: str = "",
        line: int | None = None,
    ) -> Finding:
        """Return a finding about the settings file; ``path`` is the field."""
        where = line if line is not None else self.settings.line(*path)
        return Finding(said, level, ".".join(path), self.settings.name, where, node)

    def variable_finding(self, said: Message, *path: str, level: Level = "error") -> Finding:
        """Return a finding about the variables file, or about the stored variables when there is no file."""
        line = self.variables.line(*path)
        found = Finding(said, level, ".".join(path), self.variables.name, line)
        return self._of_stored(found) if self.documents.variables is None and self.zone else found

    def _of_stored(self, item: Finding) -> Finding:
        """Return the same finding with how to reach the text: stored variables are not open in anyone's editor."""
        variables, settings = (f"{stem}.{self.zone_id}.yaml" for stem in ("variables", "settings"))
        said = item.message.within(
            "stored_variables", zone=self.zone_id, variables=variables, settings=settings
        )
        return replace(item, message=said)


def pool_owner(pool: Pool, key: str) -> Owner:
    """Return the owner of the addresses of a pool of this configuration."""
    return Owner(_("the pool {pool} ({field})"), {"pool": pool.text, "field": key})


def pool_uses(zone_id: str, document: VariablesDocument) -> Iterator[Use]:
    """Yield the well-formed pools of one zone's variables."""
    for key in POOL_FIELDS:
        for pool in _pools(document.texts("advance", key)):
            values = {"pool": pool.text, "field": key, "zone": zone_id}
            yield Use(pool.span, Owner(_("the pool {pool} ({field}) of zone {zone}"), values))


def _pools(texts: tuple[str, ...]) -> Iterator[Pool]:
    for text in texts:
        try:
            yield parse_pool(text)
        except ValueError:
            continue


def _order(named: Named) -> tuple[tuple[tuple[int, str], ...], str]:
    return hostname_key(named.node.hostname if named.node else named.entry.address), named.entry.address

"""A zone after the plan, and the files it consists of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from zones.core.allocation.vms import VmView
from zones.core.documents import VariablesDocument
from zones.core.rendering.vpool import VpoolChoice
from zones.core.world import EipView, KnownNode, NodeView, VbcView, hostname_key, whole


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """``path`` is relative to the configuration directory; ``node_id`` is set for a node's settings file."""

    path: str
    content: str
    node_id: str | None = None


@dataclass(frozen=True)
class ZoneAfter:
    """The whole zone after the plan: every node has its role. ``pairs`` maps an address to its DRBD peer's.

    ``erase``: references of disks that are erased before they are formatted, by address.
    """

    zone_id: str
    region_id: str
    deploy_mode: str
    network_mode: str
    variables: VariablesDocument
    nodes: tuple[KnownNode, ...]
    new_node_ids: frozenset[str] = frozenset()
    vbcs: tuple[VbcView, ...] = ()
    eips: tuple[EipView, ...] = ()
    vms: tuple[VmView, ...] = ()
    pairs: Mapping[str, str] = field(default_factory=dict)
    vpool: Mapping[str, VpoolChoice] = field(default_factory=dict)
    erase: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    server_yaml: str = ""

    @cached_property
    def sorted_nodes(self) -> tuple[KnownNode, ...]:
        """Return nodes in hostname order."""
        return tuple(sorted(self.nodes, key=lambda node: (hostname_key(node.hostname), node.address)))

    @cached_property
    def new_nodes(self) -> tuple[NodeView, ...]:
        """Return the nodes whose settings files are rendered, in hostname order."""
        return tuple(whole(node) for node in self.sorted_nodes if node.node_id in self.new_node_ids)

    @cached_property
    def node_by_address(self) -> dict[str, KnownNode]:
        """Return nodes by management address."""
        return {node.address: node for node in self.nodes}

    @cached_property
    def vbc_of(self) -> dict[str, VbcView]:
        """Return the VBC that each hyper carries, by management address."""
        return {address: vbc for vbc in self.vbcs for address in vbc.members}

    @cached_property
    def eips_of(self) -> dict[str, list[EipView]]:
        """Return segments by the VG's management address."""
        found: dict[str, list[EipView]] = {}
        for eip in self.eips:
            found.setdefault(eip.vg_address, []).append(eip)
        return found

    def vm_hostname(self, vm: VmView) -> str:
        """Return the name of a management VM, which is unique in the region."""
        return f"{self.zone_id}-{vm.name}"

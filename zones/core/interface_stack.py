"""Which interfaces carry another one: a bridge lies on its ports, a VLAN on its device, a bond on its slaves."""

from __future__ import annotations

from zones.core.world import NicView, NodeView


def beneath(node: NodeView, nic: NicView) -> tuple[NicView, ...]:
    """Return every interface of ``node`` under ``nic``, the nearest first, without ``nic`` itself."""
    found: dict[str, NicView] = {nic.name: nic}
    pending = [nic]
    for current in pending:
        for name in (current.raw_device, *current.slaves):
            below = node.nic(name) if name and name not in found else None
            if below is not None:
                found[name] = below
                pending.append(below)
    return tuple(pending[1:])

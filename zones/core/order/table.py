"""The table of an order, and the cell of it that a finding is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from common.errors import Finding

COLUMNS = ("node", "role", "sub_roles", "pair", "eips", "vbc")


@dataclass(frozen=True, slots=True)
class OrderNode:
    """One node that gets a role. ``note``: the comment behind its line, such as its host name."""

    address: str
    role: str
    sub_roles: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Segments:
    """The public segments of one VG node, as they are written."""

    address: str
    segments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OrderVbc:
    """One VBC that is given by hand; texts as in the file, VIPs with their Master: ``VIP|Master``."""

    mgmt_ips: tuple[str, ...]
    ipv4_vbc: str = ""
    ipv4_vip: str = ""
    ipv6_vbc: str = ""
    ipv6_vip: str = ""


@dataclass(frozen=True)
class Order:
    """What a settings file asks for, as a table; ``kept`` is YAML with everything that the table does not show.

    ``remarks``: comments of the file that belong to no node. Nothing here has been checked.
    """

    zone_id: str = ""
    nodes: tuple[OrderNode, ...] = ()
    pairs: tuple[tuple[str, ...], ...] = ()
    eips: tuple[Segments, ...] = ()
    vbc: tuple[OrderVbc, ...] = ()
    kept: str = ""
    remarks: tuple[str, ...] = ()

    def as_dict(self) -> dict[str, Any]:
        """Return the table as JSON values; :meth:`from_dict` reads it back."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Order:
        """Return the order that :meth:`as_dict` described."""
        return cls(
            zone_id=values["zone_id"],
            nodes=tuple(
                OrderNode(row["address"], row["role"], tuple(row["sub_roles"]), row["note"])
                for row in values["nodes"]
            ),
            pairs=tuple(tuple(pair) for pair in values["pairs"]),
            eips=tuple(Segments(row["address"], tuple(row["segments"])) for row in values["eips"]),
            vbc=tuple(
                OrderVbc(tuple(row["mgmt_ips"]), *(row[key] for key in _VBC_TEXTS)) for row in values["vbc"]
            ),
            kept=values["kept"],
            remarks=tuple(values["remarks"]),
        )


_VBC_TEXTS = ("ipv4_vbc", "ipv4_vip", "ipv6_vbc", "ipv6_vip")
_BY_SECTION = {"pairs": "pair", "vbc": "vbc", "eips": "eips"}
_BY_CODE = {"R04": "eips"}


def cells(finding: Finding, order: Order) -> Iterator[tuple[str, str]]:
    """Yield the cells that a finding is about: address of the node, and name of the column; none of the whole file's."""
    section, _, rest = finding.field.partition(".")
    column = _BY_CODE.get(finding.code) or _BY_SECTION.get(section, "")
    if section in ("pairs", "vbc") and not finding.node:
        index = rest.partition(".")[0]
        groups = order.pairs if section == "pairs" else tuple(vbc.mgmt_ips for vbc in order.vbc)
        if index.isdecimal() and int(index) < len(groups):
            yield from ((address, column) for address in groups[int(index)])
        return
    if section == "roles" and not column:
        last = rest.rpartition(".sub_roles")
        column = "sub_roles" if last[1] else "role"
    node = finding.node or _address_in(rest, order)
    if node:
        yield node, column or "node"


def _address_in(path: str, order: Order) -> str:
    """Return the node that a field below ``roles``, ``eips`` or ``vpool`` begins with."""
    known = {row.address for row in order.nodes}
    parts = path.split(".")
    return next((text for end in range(len(parts), 0, -1) if (text := ".".join(parts[:end])) in known), "")

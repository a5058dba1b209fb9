"""An order as the text of a settings file: always the same text for the same order, with comments as the templates have."""

from __future__ import annotations

import re
from collections.abc import Iterator
from collections.abc import Mapping as Map

from zones.core.documents.reader import yaml_kind
from zones.core.documents.settings import KEYS
from zones.core.documents.tree import Mapping, Node, Scalar, Sequence, load_tree
from zones.core.order.table import Order, OrderVbc

HEADS = {
    "scale": "# scale_settings.{zone}.yaml: nodes that are added to a zone that exists.",
    "zone": "# settings.{zone}.yaml: which node of a new zone gets which role.",
}
HEAD = re.compile("|".join(re.escape(head).replace(re.escape("{zone}"), r"[^ ]+") for head in HEADS.values()))
ABOUT = {
    "roles": "# each node by its management address: ks | vg | hyper-pair | hyper-repl | hyper-sanc",
    "pairs": "# hyper-pair nodes that mirror each other",
    "vms": "# hosts of the management VMs, by role",
    "eips": "# public segments of each VG node: NETWORK|GATEWAY SUFFIX or NETWORK|GATEWAY SUFFIX|HA GROUP",
    "vbc": "# each hyper in one VBC; ipv4_vip is VIP|Master",
    "vpool": "# the layout of the ZFS pool of a hyper-repl node, where it is not the advised one",
    "erase": "# data disks whose content is erased right before they are formatted",
    "qemu_version": "# the QEMU version of these nodes",
}
_PLACES = {key: place for place, key in enumerate(KEYS)}
OURS = frozenset(ABOUT.values())
# A word that every reader of YAML takes for itself, also between brackets.
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_./-]*|[0-9]+\.[0-9]+\.[0-9]+\.[0-9]+(/[0-9]{1,2})?", re.ASCII)
_ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t", "\r": "\\r"}


def order_to_settings(order: Order, kind: str = "scale") -> str:
    """Write the text of the settings file; ``kind``: ``scale``, or ``zone`` for a new one.

    Reading it gives the same order again. Of a section that is in the table and, unreadable, among what is kept, the
    table counts.
    """
    kept = _kept(order.kept)
    sections = {key: _SECTIONS[key](order, kept.get(key)) for key in _SECTIONS}
    others = {key: list(_section(key, node)) for key, node in kept.items() if key not in _SECTIONS}
    written = sections | others
    lines = [HEADS[kind].format(zone=order.zone_id or "ZONE_ID"), *order.remarks]
    if order.zone_id:
        lines.append(f"zone_id: {scalar(order.zone_id)}")
    for key in (*KEYS, *(key for key in written if key not in KEYS)):
        if written.get(key):
            lines += ["", *([ABOUT[key]] if key in ABOUT else []), *written[key]]
    return "\n".join(lines) + "\n"


def _kept(text: str) -> dict[str, Node]:
    tree = load_tree("", text.encode("utf-8", "surrogatepass"))[0] if text else None
    return dict(tree.entries) if isinstance(tree, Mapping) else {}


def write_kept(entries: Map[str, Node]) -> str:
    """Write what the table does not show, in the order in which the file has it."""
    entries = dict(sorted(entries.items(), key=lambda item: _PLACES.get(item[0], len(KEYS))))
    return "".join(f"{line}\n" for key, node in entries.items() for line in _section(key, node))


def _roles(order: Order, kept: Node | None) -> list[str]:
    if not order.nodes and kept is not None and not isinstance(kept, Mapping):
        return list(_section("roles", kept))
    more = dict(kept.entries) if isinstance(kept, Mapping) else {}
    lines = []
    for row in order.nodes:
        own = more.pop(row.address, None)
        fields = [f"role: {scalar(row.role)}", f"sub_roles: {_list(row.sub_roles)}"]
        if isinstance(own, Mapping):
            fields += [_entry(key, node) for key, node in own.entries.items()]
        note = f"  # {row.note}" if row.note else ""
        lines.append(f"  {_key(row.address)}: {{{', '.join(fields)}}}{note}")
    lines += [f"  {_entry(key, node)}" for key, node in more.items()]
    return ["roles:", *lines] if lines else ["roles: {}"]


def _pairs(order: Order, kept: Node | None) -> list[str]:
    if order.pairs:
        return ["pairs:", *(f"  - {_list(pair)}" for pair in order.pairs)]
    return list(_section("pairs", kept)) if kept is not None else []


def _eips(order: Order, kept: Node | None) -> list[str]:
    if not order.eips and kept is not None and not isinstance(kept, Mapping):
        return list(_section("eips", kept))
    more = dict(kept.entries) if isinstance(kept, Mapping) else {}
    lines = []
    for row in order.eips:
        more.pop(row.address, None)
        lines.append(f"  {_key(row.address)}: [{', '.join(map(quoted, row.segments))}]")
    lines += [f"  {_entry(key, node)}" for key, node in more.items()]
    return ["eips:", *lines] if lines else []


def _vbc(order: Order, kept: Node | None) -> list[str]:
    if order.vbc:
        return ["vbc:", *(line for vbc in order.vbc for line in _vbc_lines(vbc))]
    return list(_section("vbc", kept)) if kept is not None else []


def _vbc_lines(vbc: OrderVbc) -> Iterator[str]:
    yield f"  - mgmt_ips: {_list(vbc.mgmt_ips)}"
    for key in ("ipv4_vbc", "ipv4_vip", "ipv6_vbc", "ipv6_vip"):
        value = getattr(vbc, key)
        if value or key == "ipv4_vbc":
            yield f"    {key}: {scalar(value) if value else quoted('')}"


def _zone_id(order: Order, kept: Node | None) -> list[str]:
    return list(_section("zone_id", kept)) if kept is not None and not order.zone_id else []


_SECTIONS = {"zone_id": _zone_id, "roles": _roles, "pairs": _pairs, "eips": _eips, "vbc": _vbc}


def _section(key: str, node: Node) -> Iterator[str]:
    """Yield a section: an entry a line, each as long as it is."""
    if isinstance(node, Mapping) and node.entries:
        yield f"{_key(key)}:"
        yield from (f"  {_entry(name, value)}" for name, value in node.entries.items())
    elif isinstance(node, Sequence) and node.items:
        yield f"{_key(key)}:"
        yield from (f"  - {_flow(item)}" for item in node.items)
    else:
        yield _entry(key, node)


def _entry(key: str, node: Node) -> str:
    return f"{_key(key)}: {_flow(node)}"


def _flow(node: Node) -> str:
    if isinstance(node, Mapping):
        return "{" + ", ".join(_entry(key, value) for key, value in node.entries.items()) + "}"
    if isinstance(node, Sequence):
        return "[" + ", ".join(map(_flow, node.items)) + "]"
    return _as_it_was(node)


def _as_it_was(node: Scalar) -> str:
    """Return a value that is read as it was: one that YAML takes for a number or a truth value stays without quotes."""
    if not node.plain:
        return quoted(node.value)
    if not node.value:
        return "null"
    kind = yaml_kind(node.value)
    return scalar(node.value) if kind == "str" else node.value


def _list(words: tuple[str, ...]) -> str:
    return f"[{', '.join(map(scalar, words))}]"


def _key(key: str) -> str:
    return key if _WORD.fullmatch(key) else quoted(key)


def scalar(value: str) -> str:
    """Return a word for YAML, in quotes where it could be taken for something else."""
    return value if _WORD.fullmatch(value) and yaml_kind(value) == "str" else quoted(value)


def quoted(value: str) -> str:
    """Return a text in quotes."""
    if value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return '"' + "".join(_ESCAPED.get(char) or _char(char) for char in value) + '"'


def _char(char: str) -> str:
    return char if char.isprintable() else f"\\U{ord(char):08x}"

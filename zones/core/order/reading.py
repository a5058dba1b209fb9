"""The text of a settings file as an order; what the table cannot show is kept beside it, and written back as it was."""

from __future__ import annotations

from collections.abc import Collection

import yaml
from yaml.tokens import Token

from common.errors import Finding
from zones.core.documents.reader import is_empty, yaml_kind
from zones.core.documents.settings import KEYS, VBC_KEYS, free_text
from zones.core.documents.tree import Mapping, Node, Scalar, Sequence, load_tree
from zones.core.order.table import Order, OrderNode, OrderVbc, Segments
from zones.core.order.writing import HEAD, OURS, write_kept

_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def settings_to_order(
    text: str, *, name: str = "", known: Collection[str] = ()
) -> tuple[Order | None, list[Finding]]:
    """Read a settings file into a table.

    Returns the order, and what makes the text unreadable: with such a finding there is no order, because a table of
    half a file would lose the other half. Whether the order makes sense is not checked here.

    Args:
        text: The file.
        name: The file name for the findings.
        known: Comment lines that are not a person's, such as those of a template; they are not kept.
    """
    if not text.strip():
        return Order(), []
    tree, findings = load_tree(name, text.encode("utf-8", "surrogatepass"), free_text)
    if findings or not isinstance(tree, Mapping):
        return None, findings
    notes, remarks = _comments(text, tree, {*OURS, *known})
    return _Reading(tree, notes).order(remarks), []


class _Reading:
    """Moves what the table shows out of the tree; what is left is kept."""

    def __init__(self, tree: Mapping, notes: dict[int, str]) -> None:
        self.kept = dict(tree.entries)
        self.notes = notes

    def order(self, remarks: tuple[str, ...]) -> Order:
        """Return the order."""
        zone_id = _word(self.kept.get("zone_id"))
        if zone_id:
            del self.kept["zone_id"]
        nodes = self._nodes()
        return Order(
            zone_id=zone_id or "",
            nodes=nodes,
            pairs=self._pairs(),
            eips=self._eips({row.address for row in nodes}),
            vbc=self._vbc(),
            kept=write_kept(
                {
                    key: node
                    for key, node in self.kept.items()
                    if not (key in KEYS and is_empty(node)) or key == "zone_id"
                }
            ),
            remarks=remarks,
        )

    def _nodes(self) -> tuple[OrderNode, ...]:
        section = self.kept.get("roles")
        if not isinstance(section, Mapping):
            return ()
        rows: list[OrderNode] = []
        fields: dict[str, Node] = {}
        others: dict[str, Node] = {}
        for key, value in section.entries.items():
            row, more = _row(key, value, self.notes.get(section.key_lines[key], ""))
            if row is None:
                others[key] = value
                continue
            rows.append(row)
            if more:
                fields[key] = Mapping(section.line, more)
        # As they are written: the rows, and then what is no row.
        self._leave("roles", fields | others)
        return tuple(rows)

    def _pairs(self) -> tuple[tuple[str, ...], ...]:
        section = self.kept.get("pairs")
        if not isinstance(section, Sequence):
            return ()
        found = [_words(item) for item in section.items]
        if any(item is None for item in found):
            return ()
        self._leave("pairs", {})
        return tuple(tuple(item or ()) for item in found)

    def _eips(self, nodes: set[str]) -> tuple[Segments, ...]:
        section = self.kept.get("eips")
        if not isinstance(section, Mapping):
            return ()
        rows, left = [], {}
        for key, value in section.entries.items():
            one = _word(value)
            segments = [one] if one else _words(value)
            if segments is None or key not in nodes:
                left[key] = value
            elif segments:
                rows.append(Segments(key, tuple(segments)))
        self._leave("eips", left)
        return tuple(rows)

    def _vbc(self) -> tuple[OrderVbc, ...]:
        section = self.kept.get("vbc")
        if not isinstance(section, Sequence):
            return ()
        found = [_vbc_of(item) for item in section.items]
        rows = tuple(item for item in found if item is not None)
        if len(rows) < len(found):
            return ()
        self._leave("vbc", {})
        return rows

    def _leave(self, key: str, left: dict[str, Node]) -> None:
        if left:
            self.kept[key] = Mapping(0, left)
        else:
            del self.kept[key]


def _row(key: str, value: Node, note: str) -> tuple[OrderNode | None, dict[str, Node]]:
    """Return the row, if this is one, and the fields of it that the table does not show."""
    if key != key.strip() or not key or not isinstance(value, Mapping):
        return None, {}
    role, sub_roles = _word(value.entries.get("role")), _words(value.entries.get("sub_roles"))
    if role is None or sub_roles is None:
        return None, {}
    more = {name: node for name, node in value.entries.items() if name not in ("role", "sub_roles")}
    return OrderNode(key, role, tuple(sub_roles), note), more


def _vbc_of(item: Node) -> OrderVbc | None:
    if not isinstance(item, Mapping) or not item.entries or set(item.entries) - set(VBC_KEYS):
        return None
    members = _words(item.entries.get("mgmt_ips"))
    texts = {}
    for key in VBC_KEYS[1:]:
        node = item.entries.get(key)
        text = "" if node is None or is_empty(node) else _word(node)
        if text is None:
            return None
        texts[key] = text
    return None if members is None else OrderVbc(tuple(members), **texts)


def _word(node: Node | None) -> str | None:
    """Return the word; None for anything that a table could not show as it is."""
    if not isinstance(node, Scalar) or is_empty(node) or not node.value.isprintable():
        return None
    return node.value.strip() if not node.plain or yaml_kind(node.value) == "str" else None


def _words(node: Node | None) -> list[str] | None:
    """Return a list of words; None for anything else."""
    if node is None or is_empty(node):
        return []
    if not isinstance(node, Sequence):
        return None
    found = [_word(item) for item in node.items]
    return None if None in found else [item for item in found if item]


def _comments(text: str, tree: Mapping, ours: set[str]) -> tuple[dict[int, str], tuple[str, ...]]:
    """Return the comments behind nodes by line, and all others that a person wrote."""
    lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    roles = tree.entries.get("roles")
    of_nodes = set(roles.key_lines.values()) if isinstance(roles, Mapping) else set()
    notes, remarks = {}, []
    for number, (line, end) in enumerate(zip(lines, _ends(text, len(lines)), strict=True), 1):
        comment = line[end:].strip()
        if not comment.startswith("#") or comment in ours or HEAD.fullmatch(comment):
            continue
        if end and number in of_nodes:
            notes[number] = comment.lstrip("#").strip()
        else:
            remarks.append(comment)
    return notes, tuple(remarks)


def _ends(text: str, count: int) -> list[int]:
    """Return the column, for each line, behind which nothing but blanks and a comment can be."""
    ends = [0] * count
    for token in yaml.scan(text, Loader=_LOADER):
        begin, end = _span(token)
        for line in range(begin[0], min(end[0], count)):
            # What a quoted text or a block goes on over is no comment.
            ends[line] = 1 << 20
        if end > begin and end[0] < count:
            ends[end[0]] = max(ends[end[0]], end[1])
    return ends


def _span(token: Token) -> tuple[tuple[int, int], tuple[int, int]]:
    begin, end = token.start_mark, token.end_mark
    return (begin.line, begin.column), (end.line, end.column)

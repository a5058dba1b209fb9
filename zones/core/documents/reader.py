"""Read typed fields from a tree, and collect every finding instead of stopping at the first."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from yaml.resolver import Resolver

from common.errors import Finding
from common.messages import Message, message
from zones.core.documents import codes
from zones.core.documents.tree import Mapping, Node, Scalar, Sequence
from zones.core.nets import Address, Network, parse_address, parse_network

T = TypeVar("T")
Path = tuple[str, ...]
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_KINDS = frozenset({"bool", "int", "float", "timestamp"})
_DECIMAL = re.compile(r"-?(0|[1-9][0-9]{0,17})", re.ASCII)
NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,31}", re.ASCII)


def yaml_kind(value: str) -> str:
    """Return the type for which YAML 1.1, which most tools speak, takes a plain scalar: ``str``, ``bool``, ``int`` and so on."""
    resolvers = Resolver.yaml_implicit_resolvers
    for tag, pattern in [*resolvers.get(value[:1], ()), *resolvers.get(None, ())]:
        if pattern.match(value):
            return str(tag.rsplit(":", 1)[1])
    return "str"


def nearest(word: str, known: Iterable[str]) -> str:
    """Return the known word that is most similar to ``word``; empty when none is close."""
    found = difflib.get_close_matches(word[:60], list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


class Reader:
    """Findings and lines of one file while it is read."""

    def __init__(self, name: str, findings: Iterable[Finding] = ()) -> None:
        self.name = name
        self.findings = list(findings)
        self.lines: dict[Path, int] = {}
        self._explained = {item.line for item in self.findings if item.code == codes.LOOK_ALIKE}

    def refuse(self, path: Path, line: int, said: Message) -> None:
        """Add one error at ``line``; none where a character was read as what it looks like: that may be the cause."""
        if line in self._explained:
            return
        self.findings.append(Finding(said, field=".".join(path), file=self.name, line=line))

    def mapping(self, node: Node | None, path: Path) -> Mapping | None:
        """Return the mapping; None when absent, empty, or something else (which is a finding)."""
        if node is None or is_empty(node):
            return None
        if isinstance(node, Mapping):
            self.lines.setdefault(
                path, node.line
            )  # already known where it is the value of a key: the key's line
            for key, line in node.key_lines.items():
                self.lines[(*path, key)] = line
            return node
        said = message("D09", "no_mapping", field=_name(path), what=_what(node))
        self.refuse(path, node.line, said)
        return None

    def known_keys(self, node: Mapping, path: Path, known: Iterable[str]) -> None:
        """Report each key that is not in ``known``."""
        allowed = list(known)
        for key, line in node.key_lines.items():
            if key not in allowed:
                self.refuse(
                    (*path, key[:60]), line, _unknown_key(key[:60], path, nearest(key, allowed), allowed)
                )

    def items(self, node: Node | None, path: Path) -> Iterator[tuple[Path, Node]]:
        """Yield each item of a list with its path; a single word in place of a list is a finding."""
        if node is None or is_empty(node):
            return
        if not isinstance(node, Sequence):
            said = message("D09", "no_list", field=_name(path), what=_what(node))
            self.refuse(path, node.line, said)
            return
        for index, item in enumerate(node.items):
            place = (*path, str(index))
            self.lines[place] = item.line
            yield place, item

    def text(self, node: Node | None, path: Path) -> str:
        """Return the word; empty when absent, null, or refused."""
        scalar = self._scalar(node, path)
        if scalar is None:
            return ""
        kind = yaml_kind(scalar.value) if scalar.plain else "str"
        if kind in _KINDS:
            self.refuse(path, scalar.line, _read_as(kind, _name(path), scalar.value[:60]))
            return ""
        return scalar.value.strip()

    def integer(self, node: Node | None, path: Path, low: int, high: int) -> int | None:
        """Return the whole number between ``low`` and ``high``; None when absent or refused."""
        scalar = self._scalar(node, path)
        if scalar is None:
            return None
        if not _DECIMAL.fullmatch(scalar.value.strip()):
            odd = scalar.plain and yaml_kind(scalar.value) in ("int", "float", "bool")
            field, text = _name(path), scalar.value[:60]
            self.refuse(
                path,
                scalar.line,
                message("D12", "no_plain_number", field=field, value=text, low=low, high=high)
                if odd
                else message("D09", "no_number", field=field, value=text, low=low, high=high),
            )
            return None
        value = int(scalar.value)
        if not low <= value <= high:
            said = message("D15", "out_of_range", field=_name(path), value=value, low=low, high=high)
            self.refuse(path, scalar.line, said)
            return None
        return value

    def choice(self, node: Node | None, path: Path, allowed: Iterable[str]) -> str:
        """Return one of ``allowed``; empty when absent or refused."""
        words = list(allowed)
        value = self.text(node, path)
        if value and value not in words:
            near, field, text = nearest(value, words), _name(path), value[:60]
            self.refuse(
                path,
                node.line if node is not None else 0,
                message("D15", "near_word", field=field, value=text, near=near, words=words)
                if near
                else message("D15", "unknown_word", field=field, value=text, words=words),
            )
            return ""
        return value

    def address(self, node: Node | None, path: Path, version: int | None = None) -> str:
        """Return the address in canonical spelling; ``version`` demands one family. Empty when absent or refused."""
        return self._parsed(node, path, parse_address, version)

    def network(self, node: Node | None, path: Path, version: int | None = None) -> str:
        """Return the network in canonical spelling; otherwise as :meth:`address`."""
        return self._parsed(node, path, parse_network, version)

    def addresses(self, node: Node | None, path: Path, version: int | None = None) -> tuple[str, ...]:
        """Return a list of addresses; refused items are left out."""
        found = [self.address(item, place, version) for place, item in self.items(node, path)]
        return tuple(text for text in found if text)

    def key_address(self, key: str, path: Path, line: int) -> str:
        """Return the management address in a key; empty when refused."""
        return self._parsed(Scalar(key, True, line), path, parse_address, 4)

    def _parsed(
        self,
        node: Node | None,
        path: Path,
        parse: Callable[[str], Address | Network],
        version: int | None,
    ) -> str:
        value = self.text(node, path)
        if not value or node is None:
            return ""
        try:
            found = parse(value)
        except ValueError as error:
            self.refuse(
                path,
                node.line,
                message("D14", "malformed", field=_name(path), reason=error)
                if parse is parse_network
                else message("D13", "malformed", field=_name(path), reason=error),
            )
            return ""
        if version is not None and found.version != version:
            field, text = _name(path), value[:60]
            self.refuse(
                path,
                node.line,
                message("D14", "other_family", field=field, value=text, found=found.version, wanted=version)
                if parse is parse_network
                else message(
                    "D13",
                    "value_of_other_family",
                    field=field,
                    value=text,
                    found=found.version,
                    wanted=version,
                ),
            )
            return ""
        return found.text

    def _scalar(self, node: Node | None, path: Path) -> Scalar | None:
        if node is None or is_empty(node):
            return None
        if isinstance(node, Scalar):
            return node
        self.refuse(path, node.line, message("D09", "no_value", field=_name(path), what=_what(node)))
        return None


def is_empty(node: Node) -> bool:
    """Return whether it stands for "nothing": null, an empty word, list or mapping."""
    if isinstance(node, Scalar):
        return node.value.strip() in _NULL if node.plain else not node.value.strip()
    return not (node.items if isinstance(node, Sequence) else node.entries)


def _name(path: Path) -> str:
    return ".".join(path)[:120] if path else message("D09", "the_file")


def _what(node: Node) -> Message:
    if isinstance(node, Scalar):
        return message("D09", "a_value", value=node.value[:40])
    return message("D09", "a_list") if isinstance(node, Sequence) else message("D09", "a_mapping")


def _unknown_key(key: str, path: Path, near: str, known: list[str]) -> Message:
    if near and path:
        return message("D10", "near_key", key=key, section=_name(path), near=near)
    if near:
        return message("D10", "near_key_at_top", key=key, near=near)
    if path:
        return message("D10", "unknown_key", key=key, section=_name(path), known=known)
    return message("D10", "unknown_key_at_top", key=key, known=known)


def _read_as(kind: str, field: str, value: str) -> Message:
    if kind == "bool":
        return message("D12", "truth_value", field=field, value=value)
    if kind == "timestamp":
        return message("D12", "date", field=field, value=value)
    return message("D12", "number", field=field, value=value)

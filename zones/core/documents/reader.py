"""Reading typed fields out of a tree, collecting every finding instead of stopping at the first."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from yaml.resolver import Resolver

from common.errors import Finding
from zones.core.documents import codes
from zones.core.documents.tree import Mapping, Node, Scalar, Sequence
from zones.core.nets import Address, Network, parse_address, parse_network

T = TypeVar("T")
Path = tuple[str, ...]
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_KINDS = {"bool": "a truth value", "int": "a number", "float": "a number", "timestamp": "a date"}
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
    """Return the known word that ``word`` most likely means; empty when nothing is near."""
    found = difflib.get_close_matches(word[:60], list(known), n=1, cutoff=0.6)
    return found[0] if found else ""


class Reader:
    """Findings and lines of one file while it is read."""

    def __init__(self, name: str, findings: Iterable[Finding] = ()) -> None:
        self.name = name
        self.findings = list(findings)
        self.lines: dict[Path, int] = {}
        self._explained = {item.line for item in self.findings if item.code == codes.LOOK_ALIKE}

    def refuse(self, code: str, path: Path, line: int, detail: str, remedy: str) -> None:
        """Add one error at ``line``; none where a character was read as what it looks like: that may be the cause."""
        if line in self._explained:
            return
        self.findings.append(Finding(code, detail, remedy, field=".".join(path), file=self.name, line=line))

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
        self.refuse(
            codes.WRONG_TYPE, path, node.line, f"{_name(path)} is {_what(node)}", "write 'key: value' lines"
        )
        return None

    def known_keys(self, node: Mapping, path: Path, known: Iterable[str]) -> None:
        """Report each key that is not in ``known``."""
        allowed = list(known)
        for key, line in node.key_lines.items():
            if key not in allowed:
                near = nearest(key, allowed)
                remedy = f"did you mean {near!r}?" if near else "known keys: " + ", ".join(allowed)
                where = f"in {_name(path)}" if path else "at the top of the file"
                self.refuse(
                    codes.UNKNOWN_KEY, (*path, key[:60]), line, f"unknown key {key[:60]!r} {where}", remedy
                )

    def items(self, node: Node | None, path: Path) -> Iterator[tuple[Path, Node]]:
        """Yield each item of a list with its path; a single word in place of a list is a finding."""
        if node is None or is_empty(node):
            return
        if not isinstance(node, Sequence):
            self.refuse(
                codes.WRONG_TYPE, path, node.line, f"{_name(path)} is {_what(node)}", "write a list: [a, b]"
            )
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
            detail = f"{_name(path)}: YAML reads {scalar.value[:60]!r} as {_KINDS[kind]}, not as a word"
            self.refuse(codes.AMBIGUOUS, path, scalar.line, detail, f"write '{scalar.value[:60]}' in quotes")
            return ""
        return scalar.value.strip()

    def integer(self, node: Node | None, path: Path, low: int, high: int) -> int | None:
        """Return the whole number between ``low`` and ``high``; None when absent or refused."""
        scalar = self._scalar(node, path)
        if scalar is None:
            return None
        if not _DECIMAL.fullmatch(scalar.value.strip()):
            odd = scalar.plain and yaml_kind(scalar.value) in ("int", "float", "bool")
            code = codes.AMBIGUOUS if odd else codes.WRONG_TYPE
            detail = f"{_name(path)}: {scalar.value[:60]!r} is not a plain whole number"
            self.refuse(code, path, scalar.line, detail, f"write a number from {low} to {high}")
            return None
        value = int(scalar.value)
        if not low <= value <= high:
            detail = f"{_name(path)} is {value}"
            self.refuse(codes.NOT_ALLOWED, path, scalar.line, detail, f"write a number from {low} to {high}")
            return None
        return value

    def choice(self, node: Node | None, path: Path, allowed: Iterable[str]) -> str:
        """Return one of ``allowed``; empty when absent or refused."""
        words = list(allowed)
        value = self.text(node, path)
        if value and value not in words:
            near = nearest(value, words)
            remedy = (f"did you mean {near!r}? " if near else "") + "allowed: " + ", ".join(words)
            line = node.line if node is not None else 0
            self.refuse(codes.NOT_ALLOWED, path, line, f"{_name(path)} is {value[:60]!r}", remedy)
            return ""
        return value

    def address(self, node: Node | None, path: Path, version: int | None = None) -> str:
        """Return the address in canonical spelling; ``version`` demands one family. Empty when absent or refused."""
        return self._parsed(node, path, parse_address, codes.BAD_ADDRESS, version)

    def network(self, node: Node | None, path: Path, version: int | None = None) -> str:
        """Return the network in canonical spelling; otherwise as :meth:`address`."""
        return self._parsed(node, path, parse_network, codes.BAD_NETWORK, version)

    def addresses(self, node: Node | None, path: Path, version: int | None = None) -> tuple[str, ...]:
        """Return a list of addresses; refused items are left out."""
        found = [self.address(item, place, version) for place, item in self.items(node, path)]
        return tuple(text for text in found if text)

    def key_address(self, key: str, path: Path, line: int) -> str:
        """Return the management address in a key; empty when refused."""
        return self._parsed(Scalar(key, True, line), path, parse_address, codes.BAD_ADDRESS, 4)

    def _parsed(
        self,
        node: Node | None,
        path: Path,
        parse: Callable[[str], Address | Network],
        code: str,
        version: int | None,
    ) -> str:
        value = self.text(node, path)
        if not value or node is None:
            return ""
        try:
            found = parse(value)
        except ValueError as error:
            self.refuse(code, path, node.line, f"{_name(path)}: {error}", "correct it")
            return ""
        if version is not None and found.version != version:
            detail = f"{_name(path)}: {value[:60]!r} is IPv{found.version} where IPv{version} belongs"
            self.refuse(code, path, node.line, detail, f"write an IPv{version} value")
            return ""
        return found.text

    def _scalar(self, node: Node | None, path: Path) -> Scalar | None:
        if node is None or is_empty(node):
            return None
        if isinstance(node, Scalar):
            return node
        self.refuse(codes.WRONG_TYPE, path, node.line, f"{_name(path)} is {_what(node)}", "write one value")
        return None


def is_empty(node: Node) -> bool:
    """Return whether it stands for "nothing": null, an empty word, list or mapping."""
    if isinstance(node, Scalar):
        return node.value.strip() in _NULL if node.plain else not node.value.strip()
    return not (node.items if isinstance(node, Sequence) else node.entries)


def _name(path: Path) -> str:
    return ".".join(path)[:120] if path else "the file"


def _what(node: Node) -> str:
    if isinstance(node, Scalar):
        return f"the value {node.value[:40]!r}"
    return "a list" if isinstance(node, Sequence) else "a mapping"

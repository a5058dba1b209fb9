"""YAML text to a tree of plain values, each with its line.

Built from the parser's event stream with a stack of our own: a hostile file can neither exhaust the C stack
by nesting nor multiply itself by aliases, and every refusal knows its line.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import yaml
from yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from common.errors import Finding
from common.messages import Message, message
from zones.core.documents import codes
from zones.core.documents.pasted import FreeText, no_free_text, put_right
from zones.core.documents.text import decode

MAX_DEPTH = 12
MAX_VALUES = 200_000
_LOADER = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


@dataclass(slots=True)
class Scalar:
    """One value as it was written; ``plain`` when it had no quotes."""

    value: str
    plain: bool
    line: int


@dataclass(slots=True)
class Sequence:
    """A list."""

    line: int
    items: list[Node] = field(default_factory=list)


@dataclass(slots=True)
class Mapping:
    """A mapping in file order; ``key_lines`` has the line of each key."""

    line: int
    entries: dict[str, Node] = field(default_factory=dict)
    key_lines: dict[str, int] = field(default_factory=dict)


Node = Scalar | Sequence | Mapping


class _Refusal(Exception):
    def __init__(self, finding: Finding) -> None:
        self.finding = finding


class _Builder:
    """Consumes events; ``root`` is complete when the stack is empty again."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.findings: list[Finding] = []
        self.root: Node | None = None
        self._stack: list[tuple[Sequence | Mapping, Scalar | None]] = []
        self._values = 0
        self._documents = 0

    def feed(self, event: Event) -> None:
        """Take one event; raise ``_Refusal`` where continuing would be harmful or useless."""
        line = event.start_mark.line + 1 if event.start_mark else 1
        if isinstance(event, AliasEvent) or getattr(event, "anchor", None):
            raise self._refuse(message("D06"), line)
        if isinstance(event, ScalarEvent):
            self._refuse_tag(event.tag, line)
            self._scalar(Scalar(event.value, not event.style, line))
        elif isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._refuse_tag(event.tag, line)
            self._open(Mapping(line) if isinstance(event, MappingStartEvent) else Sequence(line))
        elif isinstance(event, MappingEndEvent | SequenceEndEvent):
            closed, _key = self._stack.pop()
            self._attach(closed)
        elif isinstance(event, DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                raise self._refuse(message("D07", "second_document"), line)

    def _refuse(self, said: Message, line: int) -> _Refusal:
        return _Refusal(Finding(said, file=self.name, line=line))

    def _refuse_tag(self, tag: str | None, line: int) -> None:
        if tag not in (None, "!"):
            raise self._refuse(message("D07", "tag", tag=str(tag)[:60]), line)

    def _count(self, line: int) -> None:
        self._values += 1
        if self._values > MAX_VALUES:
            raise self._refuse(message("D08", "too_many", limit=MAX_VALUES), line)

    def _open(self, container: Sequence | Mapping) -> None:
        self._count(container.line)
        if len(self._stack) >= MAX_DEPTH:
            raise self._refuse(message("D08", "too_deep", limit=MAX_DEPTH), container.line)
        if self._stack and isinstance(self._stack[-1][0], Mapping) and self._stack[-1][1] is None:
            raise self._refuse(message("D07", "no_key"), container.line)
        self._stack.append((container, None))

    def _scalar(self, scalar: Scalar) -> None:
        self._count(scalar.line)
        if self._stack:
            container, key = self._stack[-1]
            if isinstance(container, Mapping) and key is None:
                if scalar.plain and scalar.value == "<<":
                    raise self._refuse(message("D07", "merge_key"), scalar.line)
                self._stack[-1] = (container, scalar)
                return
        self._attach(scalar)

    def _attach(self, node: Node) -> None:
        if not self._stack:
            self.root = node
            return
        container, key = self._stack[-1]
        if isinstance(container, Sequence):
            container.items.append(node)
            return
        if key is None:  # a closed container is never a key: _open refused it
            return
        if key.value in container.entries:
            self._duplicate(container, key)
        else:
            container.entries[key.value] = node
            container.key_lines[key.value] = key.line
        self._stack[-1] = (container, None)

    def _duplicate(self, container: Mapping, key: Scalar) -> None:
        first = container.key_lines[key.value]
        said = message("D05", "key_twice", key=key.value[:60], line=first)
        self.findings.append(Finding(said, file=self.name, line=key.line))


def load_tree(name: str, data: bytes, free: FreeText = no_free_text) -> tuple[Node | None, list[Finding]]:
    """Return the tree of one YAML file, or None with findings that say why not. Never raises on any bytes.

    ``free`` decides which fields hold text for people. With characters that are not what they look like, the tree is that
    of the text as it is meant, so that other problems are found in it.
    """
    text, findings = decode(name, data)
    if not text and findings:
        return None, findings
    text, odd = put_right(name, text, free)
    if findings:
        return None, [*findings, *odd]
    tree, found = _parse(name, text)
    return tree, [*odd, *_not_explained(odd, found)]


def _not_explained(odd: list[Finding], found: list[Finding]) -> list[Finding]:
    """Return the other findings: none about these lines and no syntax error, because these characters may cause either."""
    lines = {item.line for item in odd}
    return [item for item in found if not odd or (item.line not in lines and item.code != codes.SYNTAX)]


def _parse(name: str, text: str) -> tuple[Node | None, list[Finding]]:
    builder = _Builder(name)
    last: Event | None = None
    try:
        for last in yaml.parse(text, Loader=_LOADER):
            builder.feed(last)
    except _Refusal as refusal:
        return None, [*builder.findings, refusal.finding]
    except yaml.YAMLError as error:
        return None, [*builder.findings, _syntax(name, error, last)]
    if builder.root is None:
        return None, [Finding(message("D11", "empty_file"), file=name, line=1)]
    return builder.root, builder.findings


def _syntax(name: str, error: yaml.YAMLError, last: Event | None) -> Finding:
    mark = getattr(error, "problem_mark", None)
    problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "the text is not YAML"
    context = getattr(error, "context", None)
    reason = f"{problem} ({context})" if context else str(problem)
    line = mark.line + 1 if mark else None
    opened = _opened(error, last)
    said = message("D03", "here", reason=reason)
    if line is not None and opened is not None and opened < line - 1:
        said = message("D03", "since", reason=reason, line=opened)
    return Finding(said, file=name, line=line)


def _opened(error: yaml.YAMLError, last: Event | None) -> int | None:
    """Return the line where the quote or bracket opens in which the parser stopped, or which had just ended."""
    context, mark = getattr(error, "context", None) or "", getattr(error, "context_mark", None)
    if mark and ("quoted" in context or "flow" in context):
        return int(mark.line) + 1
    if isinstance(last, ScalarEvent) and last.style in ("'", '"') and last.start_mark:
        return int(last.start_mark.line) + 1
    return None

"""The answers of many nodes, folded: identical answers appear once, with the nodes that gave them. Pure."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass

from common.wording import _, translated, worded

# What differs from node to node and from second to second without meaning anything.
_NOISE = re.compile(r"(?<=pid )\d+, uptime (\d+ days?, )?\d+:\d\d:\d\d|(?<=\(Reading database )\.\.\. .*")
_SELF = _("<this node>")
_NAME_CHARS = 4
_STATE = re.compile(r"^\S+ +(RUNNING|STOPPED|STARTING|BACKOFF|STOPPING|EXITED|FATAL|UNKNOWN)\b", re.MULTILINE)
_INSTALLED = re.compile(r"^(\S+ \S+) (?:installed|is already installed)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class GroupedOutput:
    """Nodes that gave the same answer; ``text`` is the first node's answer. ``failed``: it ended with an error.

    ``plain``: what the answers have in common.

    Where several nodes each printed their own name, ``<this node>`` replaces it.
    """

    nodes: tuple[str, ...]
    text: str
    failed: bool
    plain: str

    @property
    def headline(self) -> str:
        """Return the answer in a few words."""
        installed = _INSTALLED.findall(self.text)
        if installed and not self.failed:
            return ", ".join(installed)
        states = _STATE.findall(self.text)
        if states:
            return " ".join(dict.fromkeys(states))
        first = next(
            (line.strip() for line in self.text.splitlines() if line.strip()), translated(_("no output"))
        )
        return first if len(first) <= 60 else first[:59] + "…"


def fold(answers: Mapping[str, tuple[str, bool]]) -> list[GroupedOutput]:
    """Fold answers, the most frequent first. ``answers``: text and whether it failed, by host name (or address)."""
    groups: dict[tuple[str, bool], list[str]] = {}
    for node, (text, failed) in answers.items():
        groups.setdefault((_plain(node, text), failed), []).append(node)
    found = []
    for (plain, failed), nodes in groups.items():
        text = answers[nodes[0]][0]
        found.append(
            GroupedOutput(tuple(nodes), _unnamed(nodes[0], text) if nodes[1:] else text, failed, plain)
        )
    return sorted(found, key=lambda item: -len(item.nodes))


def _plain(node: str, text: str) -> str:
    """Reduce an answer to its meaning: without noise and without the node's own name."""
    return _NOISE.sub("…", _unnamed(node, text)).strip()


def _unnamed(node: str, text: str) -> str:
    # Shorter names are words that may occur anywhere.
    if len(node) < _NAME_CHARS or node not in text:
        return text
    own = translated(_SELF)
    return re.sub(rf"(?<![\w.-]){re.escape(node)}(?![\w-])", lambda _found: own, text)


def summary(folded: list[GroupedOutput]) -> str:
    """Return a summary: ``38 nodes: RUNNING; 2 differ``."""
    if not folded:
        return translated(_("no node has answered"))
    most, *rest = folded
    others = sum(len(item.nodes) for item in rest)
    template = (
        _("{n:node|nodes}: {answer}; {others:differs|differ}") if others else _("{n:node|nodes}: {answer}")
    )
    return worded(template, {"n": len(most.nodes), "answer": most.headline, "others": others})


def difference(usual: GroupedOutput, other: GroupedOutput) -> str:
    """Return the unified diff from the usual answer to another one; empty when only the ending differs."""
    before, after = usual.plain.splitlines(), other.plain.splitlines()
    names = translated(_("most nodes")), translated(_("these nodes"))
    rows = difflib.unified_diff(before, after, *names, lineterm="", n=1)
    return "\n".join(rows)

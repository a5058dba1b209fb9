"""Sections through parsers: what is needed raises, what is optional becomes a warning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from nodes.collection.errors import CollectionError
from nodes.collection.frames import Section
from nodes.parsers.errors import ParseError

Answer = TypeVar("Answer")

_MISSING = Section("", "missing", 127)


@dataclass(frozen=True)
class Reader:
    """One machine's sections, and the warnings that reading them gave rise to."""

    sections: Mapping[str, Section]
    warnings: list[str] = field(default_factory=list)

    def section(self, name: str) -> Section:
        """The section; ``truncated`` when the stream broke off before it, ``missing`` when never asked for."""
        return self.sections.get(name) or self.sections.get("*") or _MISSING

    def warn(self, sentence: str) -> None:
        """Keeps a plain sentence for the engineer, once."""
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def needed(self, name: str, parser: Callable[[str], Answer], remedy: str) -> Answer:
        """The parsed section. Raises: CollectionError when it cannot be had, ParseError when it is rubbish."""
        section = self.section(name)
        if section.status != "ok":
            raise CollectionError(name, section.why(), remedy)
        return parser(section.stdout)

    def optional(self, name: str, parser: Callable[[str], Answer], matters: str = "") -> Answer | None:
        """The parsed section or ``None``.

        ``matters`` is what is lost without it; a tool that is simply not there is worth a warning only then.
        Output that cannot be understood always is.
        """
        section = self.section(name)
        if section.status == "missing" and not matters:
            return None
        if section.status != "ok":
            if matters or section.status == "truncated":
                self.warn(f"{name} {section.why()}: {matters or 'its facts are not known'}.")
            return None
        try:
            return parser(section.stdout)
        except ParseError as error:
            self.warn(f"{error}: {matters or 'its facts are not known'}.")
            return None

    def partial(self, name: str, parser: Callable[[str], Answer]) -> Answer | None:
        """As :meth:`optional`, also of a tool that failed for some devices and answered for others."""
        section = self.section(name)
        if section.status == "failed" and section.stdout.strip():
            try:
                return parser(section.stdout)
            except ParseError:
                return None
        return self.optional(name, parser)

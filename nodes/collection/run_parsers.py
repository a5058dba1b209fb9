"""Run sections through parsers: what is required raises, what is optional becomes a warning."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from common.messages import Message, message, phrase
from common.wording import _
from nodes.collection.errors import CollectionError
from nodes.collection.frames import Section
from nodes.parsers.errors import ParseError, printable

Answer = TypeVar("Answer")

_MISSING = Section("", "missing", 127)

# The command to run by hand for a section, where its name is not the command.
_COMMANDS = {
    "lsblk-json": "lsblk -J -b -O",
    "lsblk-pairs": "lsblk -P -b",
    "lsblk-tree": "lsblk -b",
    "ip-link": "ip -o -d link",
    "ip-addr": "ip -o addr",
    "ip-json": "ip -j -d addr",
    "clock": "date -u +%s.%N",
    "os-release": "cat /etc/os-release",
    "meminfo": "cat /proc/meminfo",
    "cpuinfo": "cat /proc/cpuinfo",
}


@dataclass(frozen=True)
class Reader:
    """One machine's sections, and the warnings that came up while reading them."""

    sections: Mapping[str, Section]
    warnings: list[Message] = field(default_factory=list)

    def section(self, name: str) -> Section:
        """Return the section; ``truncated`` when the stream broke off before it, ``missing`` when never requested."""
        return self.sections.get(name) or self.sections.get("*") or _MISSING

    def warn(self, template: str, **values: Any) -> None:
        """Keep a sentence for the engineer, once: a marked template and its values."""
        sentence = phrase(template, **values)
        if sentence not in self.warnings:
            self.warnings.append(sentence)

    def needed(self, name: str, parser: Callable[[str], Answer], missing: Message) -> Answer:
        """Return the parsed section; ``missing`` says what to do about a tool that is not there.

        Raises: CollectionError when it is not available, ParseError when it is rubbish.
        """
        section = self.section(name)
        if section.status != "ok":
            raise CollectionError(name, _unavailable(name, section, missing))
        return parser(section.stdout)

    def optional(self, name: str, parser: Callable[[str], Answer], matters: str = "") -> Answer | None:
        """Return the parsed section or ``None``.

        ``matters`` is a marked text, what is lost without it; only then is a missing tool worth a warning.
        Output that cannot be parsed always is.
        """
        section = self.section(name)
        if section.status == "missing" and not matters:
            return None
        if section.status != "ok":
            if matters or section.status == "truncated":
                self._warn_of(phrase("{section}: {why}", section=name, why=section.why()), matters)
            return None
        try:
            return parser(section.stdout)
        except ParseError as error:
            self._warn_of(error.message, matters)
            return None

    def _warn_of(self, what: Message, matters: str) -> None:
        lost = phrase(matters or _("its facts are unknown"))
        self.warn(_("{what}: {lost}."), what=what, lost=lost)

    def partial(self, name: str, parser: Callable[[str], Answer]) -> Answer | None:
        """Return what :meth:`optional` does, also for a tool that failed for some devices and answered for others."""
        section = self.section(name)
        if section.status == "failed" and section.stdout.strip():
            try:
                return parser(section.stdout)
            except ParseError:
                return None
        return self.optional(name, parser)


def _unavailable(name: str, section: Section, missing: Message) -> Message:
    command = _COMMANDS.get(name, name)
    if section.status == "truncated":
        return message("N63", "cut_off", section=name)
    if section.status != "failed":
        return missing
    if section.timed_out:
        return message("N63", "no_answer", section=name, command=command)
    reason = printable(section.reason)
    return message("N63", "failed", section=name, exit_code=section.exit_code, reason=reason, command=command)

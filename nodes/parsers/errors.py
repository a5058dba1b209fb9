"""The errors of collection: what could not be parsed, with an excerpt."""

from __future__ import annotations

from typing import Any

from common.messages import Message, message, phrase

EXCERPT_CHARS = 160


class FactsError(Exception):
    """Base of every error that reading the facts of a machine may raise."""

    @property
    def message(self) -> Message:
        """What could not be read, as code and parameters."""
        said = self.args[0]
        return said if isinstance(said, Message) else Message.literal(str(said))


class ParseError(FactsError):
    """Output of ``tool`` that cannot be parsed: the ``reason``, and an ``excerpt`` of what was seen."""

    def __init__(self, tool: str, reason: str, excerpt: str = "", **params: Any) -> None:
        """Take the reason as a template marked with :func:`common.wording._`, with its ``params``, or as a message."""
        self.tool = tool
        self.reason = reason if isinstance(reason, Message) else phrase(reason, **params)
        self.excerpt = printable(excerpt)
        if self.excerpt:
            super().__init__(
                message("N63", "parse_seen", tool=tool, reason=self.reason, excerpt=self.excerpt)
            )
        else:
            super().__init__(message("N63", "parse", tool=tool, reason=self.reason))

    def __reduce__(self) -> tuple[type[ParseError], tuple[str, str, str]]:
        return type(self), (self.tool, self.reason, self.excerpt)


def printable(text: str) -> str:
    """Return ``text`` on one line without control characters, cut to ``EXCERPT_CHARS``."""
    head = text.strip()[: EXCERPT_CHARS * 4]
    flat = " ".join("".join(char if char.isprintable() else " " for char in head).split())
    return flat if len(flat) <= EXCERPT_CHARS else flat[: EXCERPT_CHARS - 1] + "…"

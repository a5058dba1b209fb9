"""Errors that stop the collection of a whole machine."""

from __future__ import annotations

from common.messages import Message
from nodes.parsers.errors import FactsError


class CollectionError(FactsError):
    """A required fact is missing: the ``section`` of the script, what happened, and what to do."""

    def __init__(self, section: str, said: Message) -> None:
        self.section = section
        super().__init__(said)

    def __reduce__(self) -> tuple[type[CollectionError], tuple[str, Message]]:
        return type(self), (self.section, self.message)

"""Errors that stop the collection of a whole machine."""

from __future__ import annotations

from nodes.parsers.errors import FactsError, printable


class CollectionError(FactsError):
    """A required fact is missing: the ``section`` of the script, what happened, and what to do."""

    def __init__(self, section: str, detail: str, remedy: str) -> None:
        self.section = section
        self.detail = printable(detail)
        self.remedy = remedy
        super().__init__(f"{section}: {self.detail} -> {remedy}")

    def __reduce__(self) -> tuple[type[CollectionError], tuple[str, str, str]]:
        return type(self), (self.section, self.detail, self.remedy)

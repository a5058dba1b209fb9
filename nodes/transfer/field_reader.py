"""Read values from an untrusted document: the right kind and size, or a finding with its place and reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from common.errors import Finding
from common.pasted import pasted

MAX_TEXT = 1000
MAX_ITEMS = 2000
MAX_FINDINGS = 200
CODE = "N50"
_WRITTEN = re.compile(r"[0-9]+[., ][0-9., ]*(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+")
_ROUNDED = "write all its digits; in a spreadsheet, format the column as text first: it shortens long numbers"


@dataclass
class FieldReader:
    """One object of the document. Wrong values become findings (shared with all parts) and defaults."""

    values: Mapping[str, Any]
    path: str
    place: Mapping[str, Any]
    findings: list[Finding]
    node: str = ""

    def wrong(self, key: str, detail: str, remedy: str) -> None:
        """Note that something is wrong."""
        if len(self.findings) < MAX_FINDINGS:
            name = f"{self.path}.{key}" if self.path and key else key or self.path
            self.findings.append(
                Finding(CODE, f"{name}: {detail}", remedy, field=name, node=self.node, **self.place)
            )

    def text(self, key: str, limit: int = MAX_TEXT) -> str:
        """Return a text without control characters; empty when it is missing."""
        value = self.values.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            remedy = _ROUNDED if isinstance(value, float) else "write it in quotes"
            self.wrong(key, f"{_shown(value)} is no text", remedy)
            return ""
        odd = [] if _is_clean(value) else list(pasted(value[:limit]))
        if odd:
            self.wrong(key, odd[0].detail, odd[0].remedy)
            return ""
        if len(value) > limit or not _is_clean(value):
            self.wrong(
                key,
                f"{_shown(value)} is longer than {limit} characters or has control characters in it",
                "shorten or clean it",
            )
            return ""
        return value

    def one_of(self, key: str, words: tuple[str, ...]) -> str:
        """Return one of these words; the first one after a finding."""
        value = self.values.get(key)
        if value not in words:
            self.wrong(key, f"{_shown(value)} is not known", f"use {', '.join(words)}")
            return words[0]
        return str(value)

    def number(self, key: str, low: int, high: int, default: int = 0) -> int:
        """Return a whole number; ``default`` when it is missing."""
        found = self.number_or_none(key, low, high)
        return default if found is None else found

    def number_or_none(self, key: str, low: int, high: int) -> int | None:
        """Return a whole number; None when it is missing."""
        value = self.values.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            remedy = _ROUNDED if _is_rounded(value) else "correct it"
            self.wrong(key, f"{_shown(value)} is no whole number from {low} to {high}", remedy)
            return None
        return value

    def flag(self, key: str) -> bool | None:
        """Return true, false, or None when it is missing."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, bool):
            self.wrong(key, f"{_shown(value)} is neither true nor false", "write true or false")
            return None
        return value

    def moment(self, key: str) -> datetime | None:
        """Return a time in RFC 3339; None when it is missing."""
        value = self.text(key, 40)
        if not value:
            return None
        try:
            found = datetime.fromisoformat(value.replace("Z", "+00:00"))
            found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError):
            self.wrong(key, f"{_shown(value)} is no time", "write it like 2026-03-04T05:06:07Z")
            return None
        if not 2000 <= found.year < 2100:
            self.wrong(key, f"{_shown(value)} is no time at which anything was done", "correct the year")
            return None
        return found

    def texts(self, key: str, limit: int = MAX_TEXT) -> tuple[str, ...]:
        """Return a list of texts; empty when it is missing."""
        found = self._list(key)
        bad = [
            item for item in found if not isinstance(item, str) or len(item) > limit or not _is_clean(item)
        ]
        if bad:
            self.wrong(key, f"{_shown(bad[0])} in it is no clean short text", "correct it")
        return tuple(item for item in found if item not in bad)

    def part(self, key: str) -> FieldReader:
        """Return the object under ``key``; one without values when it is missing."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, dict):
            self.wrong(key, f"{_shown(value)} is no object", "write it as describe_nodes does")
            value = None
        return self._below(key, value or {})

    def parts(self, key: str) -> Iterator[FieldReader]:
        """Yield the objects in the list under ``key``."""
        for position, value in enumerate(self._list(key)):
            name = f"{key}[{position}]"
            if isinstance(value, dict):
                yield self._below(name, value)
            else:
                self.wrong(name, f"{_shown(value)} is no object", "write it as describe_nodes does")

    def distinct(self, key: str, names: list[str], what: str) -> None:
        """Note every duplicate name."""
        for name in sorted({name for name in names if names.count(name) > 1}):
            self.wrong(key, f"{what} {_shown(name)} is there twice", "leave one of them out")

    def checked(self, key: str, value: str, check: Callable[[str], object], what: str) -> str:
        """Return ``value`` when it is empty or ``check`` accepts it; ``check`` raises ValueError."""
        try:
            if value:
                check(value)
        except ValueError:
            odd = next(pasted(value), None)
            detail = odd.detail if odd else f"{_shown(value)} is no {what}"
            self.wrong(key, detail, odd.remedy if odd else "correct it")
            return ""
        return value

    def _below(self, key: str, values: Mapping[str, Any]) -> FieldReader:
        path = f"{self.path}.{key}" if self.path else key
        return FieldReader(values, path, self.place, self.findings, self.node)

    def _list(self, key: str) -> list[Any]:
        value = self.values.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            self.wrong(key, f"it is no list, or has more than {MAX_ITEMS} items", "correct it")
            return []
        return value


def _shown(value: Any) -> str:
    """Return a short piece of it, fit for a terminal."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _is_clean(text: str) -> bool:
    return all(char.isprintable() or char == "\t" for char in text)


def _is_rounded(value: Any) -> bool:
    """Check whether it looks like a number in a spreadsheet's own format: 3.2E+12, 3,200, 5.0."""
    return isinstance(value, float) or (isinstance(value, str) and bool(_WRITTEN.fullmatch(value)))

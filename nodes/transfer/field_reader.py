"""Read values from an untrusted document: of the right type and size, or a finding with place and reason."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from common.errors import Finding
from common.messages import Message, message
from common.pasted import pasted

MAX_TEXT = 1000
MAX_ITEMS = 2000
MAX_FINDINGS = 200
_WRITTEN = re.compile(r"[0-9]+[., ][0-9., ]*(?:[eE][+-]?[0-9]+)?|[0-9]+[eE][+-]?[0-9]+")


@dataclass
class FieldReader:
    """One object of the document. Wrong values become findings (shared with all parts) and defaults."""

    values: Mapping[str, Any]
    path: str
    place: Mapping[str, Any]
    findings: list[Finding]
    node: str = ""

    def name(self, key: str) -> str:
        """Return the place of a value in the document, as messages name it."""
        return f"{self.path}.{key}" if self.path and key else key or self.path

    def wrong(self, key: str, said: Message) -> None:
        """Note that something is wrong; the message names :meth:`name` of the key as ``field``."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(said, field=self.name(key), node=self.node, **self.place))

    def text(self, key: str, limit: int = MAX_TEXT) -> str:
        """Return a text without control characters; empty when it is missing."""
        value = self.values.get(key)
        if value is None:
            return ""
        if not isinstance(value, str):
            shown = _shown(value)
            self.wrong(
                key,
                message("N50", "rounded_text", field=self.name(key), value=shown)
                if isinstance(value, float)
                else message("N50", "no_text", field=self.name(key), value=shown),
            )
            return ""
        odd = [] if _is_clean(value) else list(pasted(value[:limit]))
        if odd:
            self.wrong(key, self._odd(key, odd[0]))
            return ""
        if len(value) > limit or not _is_clean(value):
            self.wrong(
                key,
                message("N50", "too_long", field=self.name(key), value=_shown(value), limit=limit),
            )
            return ""
        return value

    def one_of(self, key: str, words: tuple[str, ...]) -> str:
        """Return one of these words; the first one after a finding."""
        value = self.values.get(key)
        if value not in words:
            self.wrong(
                key, message("N50", "unknown_word", field=self.name(key), value=_shown(value), words=words)
            )
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
            field, shown = self.name(key), _shown(value)
            self.wrong(
                key,
                message("N50", "rounded_number", field=field, value=shown, low=low, high=high)
                if _is_rounded(value)
                else message("N50", "no_number", field=field, value=shown, low=low, high=high),
            )
            return None
        return value

    def flag(self, key: str) -> bool | None:
        """Return true, false, or None when it is missing."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, bool):
            self.wrong(key, message("N50", "no_flag", field=self.name(key), value=_shown(value)))
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
            self.wrong(key, message("N50", "no_time", field=self.name(key), value=_shown(value)))
            return None
        if not 2000 <= found.year < 2100:
            self.wrong(key, message("N50", "wrong_year", field=self.name(key), value=_shown(value)))
            return None
        return found

    def texts(self, key: str, limit: int = MAX_TEXT) -> tuple[str, ...]:
        """Return a list of texts; empty when it is missing."""
        found = self._list(key)
        bad = [
            item for item in found if not isinstance(item, str) or len(item) > limit or not _is_clean(item)
        ]
        if bad:
            self.wrong(key, message("N50", "item_no_text", field=self.name(key), value=_shown(bad[0])))
        return tuple(item for item in found if item not in bad)

    def part(self, key: str) -> FieldReader:
        """Return the object under ``key``; one without values when it is missing."""
        value = self.values.get(key)
        if value is not None and not isinstance(value, dict):
            self.wrong(key, self._no_object(key, value))
            value = None
        return self._below(key, value or {})

    def parts(self, key: str) -> Iterator[FieldReader]:
        """Yield the objects in the list under ``key``."""
        for position, value in enumerate(self._list(key)):
            name = f"{key}[{position}]"
            if isinstance(value, dict):
                yield self._below(name, value)
            else:
                self.wrong(name, self._no_object(name, value))

    def address(self, key: str) -> str:
        """Return an address as text; empty when it is missing."""
        value = self.text(key, 64)
        try:
            if value:
                ip_address(value)
        except ValueError:
            odd = next(pasted(value), None)
            self.wrong(
                key,
                self._odd(key, odd)
                if odd
                else message("N50", "no_address", field=self.name(key), value=_shown(value)),
            )
            return ""
        return value

    def _odd(self, key: str, odd: Finding) -> Message:
        return message("N50", "odd_character", field=self.name(key), odd=odd.message)

    def _no_object(self, key: str, value: Any) -> Message:
        return message("N50", "no_object", field=self.name(key), value=_shown(value))

    def _below(self, key: str, values: Mapping[str, Any]) -> FieldReader:
        path = f"{self.path}.{key}" if self.path else key
        return FieldReader(values, path, self.place, self.findings, self.node)

    def _list(self, key: str) -> list[Any]:
        value = self.values.get(key)
        if value is None:
            return []
        if not isinstance(value, list) or len(value) > MAX_ITEMS:
            self.wrong(key, message("N50", "no_list", field=self.name(key), limit=MAX_ITEMS))
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

"""Put a template of the codes registry and its parameters into words, in the reader's language.

A template is text with ``{name}`` for each parameter, as in :meth:`str.format`. In addition:

* ``{nodes:node|nodes}`` is a number and its noun: ``1 node``, ``3 nodes``. A language without a plural writes one noun.
* ``{names}`` of a list joins its items with a comma, ``{names:and}`` with "and" before the last, ``{names:or}`` with "or",
  ``{texts:;}`` with a semicolon.
* ``{at:datetime}`` and ``{at:time}`` show a moment, stored as ISO 8601, in the reader's time zone:
  ``2026-11-30 10:02:03 UTC``, ``18:02 UTC+8``.
* text between backticks is a command of ours. There, values are quoted as a shell needs it, and lists are words; an
  empty list takes the blank before it away.
* a value that is a message itself is put into words with its commands: ``{said}`` whole, ``{said:detail}`` what is
  wrong, ``{said:remedy}`` what to do.

No Django here: :func:`translate_with` binds a catalog of translations, :func:`show_times_in` the reader's time zone.
"""

from __future__ import annotations

import shlex
import string
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any

_MOMENTS = {"datetime": "%Y-%m-%d %H:%M:%S", "minute": "%Y-%m-%d %H:%M", "time": "%H:%M"}
_FORMATTER = string.Formatter()
_catalog: list[Callable[[str], str]] = [str]
_zone: list[Callable[[], tzinfo]] = [lambda: UTC]


def _(text: str) -> str:
    """Mark a text for translation; it is looked up when it is shown."""
    return text


# Between items of a list, between sentences, and before what to do; before the last item of a list.
COMMA, SEMICOLON, COLON = _(", "), _("; "), _(": ")
_LAST = frozenset({_("and"), _("or")})


def translate_with(translate: Callable[[str], str]) -> None:
    """Look templates up with ``translate``, such as :func:`django.utils.translation.gettext`."""
    _catalog[0] = translate


def show_times_in(zone: Callable[[], tzinfo]) -> None:
    """Show moments in the time zone that ``zone`` returns, such as :func:`django.utils.timezone.get_current_timezone`."""
    _zone[0] = zone


def moment_words(moment: datetime, form: str = "datetime") -> str:
    """Return a moment in the reader's time zone, which is named; ``form``: ``datetime``, ``minute`` or ``time``."""
    local = moment.astimezone(_zone[0]())
    offset = local.utcoffset()
    minutes = int(offset.total_seconds() // 60) if offset else 0
    hours, rest = divmod(abs(minutes), 60)
    zone = f"{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "") if minutes else ""
    return f"{local.strftime(_MOMENTS[form])} UTC{zone}"


def translated(template: str) -> str:
    """Return a text of the registry in the language of the one who looks."""
    return _catalog[0](template) if template else ""


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of a sentence; ``command`` says that it is a command of ours, to be typed as it stands."""

    text: str
    command: bool = False


def parts(template: str, params: Mapping[str, Any]) -> Iterator[Part]:
    """Yield the pieces of a sentence: text and commands in turn. Raises KeyError for a parameter that is missing."""
    for place, piece in enumerate(translated(template).split("`")):
        if piece:
            yield from [Part(_command(piece, params), command=True)] if place % 2 else _text(piece, params)


def worded(template: str, params: Mapping[str, Any]) -> str:
    """Return the sentence as plain text."""
    return "".join(part.text for part in parts(template, params))


def _command(piece: str, params: Mapping[str, Any]) -> str:
    found = ""
    for text, name, _, _ in _FORMATTER.parse(piece):
        found += text
        if name is not None:
            value = params[name]
            items = value if isinstance(value, list) else [value]
            words = " ".join(shlex.quote(str(item)) for item in items)
            found = found + words if items else found.removesuffix(" ")
    return found


def _text(piece: str, params: Mapping[str, Any]) -> Iterator[Part]:
    found = ""
    for text, name, spec, conversion in _FORMATTER.parse(piece):
        found += text
        if name is None:
            continue
        for part in _value(params[name], spec or "", conversion or ""):
            if part.command:
                yield from [Part(found)] if found else []
                yield part
                found = ""
            else:
                found += part.text
    if found:
        yield Part(found)


def _value(value: Any, spec: str, conversion: str) -> Iterator[Part]:
    if isinstance(value, list):
        for place, item in enumerate(value):
            last = place == len(value) - 1
            if place:
                glue = f" {translated(spec)} " if spec in _LAST and last else translated(COMMA)
                yield Part(translated(SEMICOLON) if spec == ";" else glue)
            yield from _value(item, "", conversion)
    elif hasattr(value, "parts") and not conversion:
        yield from value.parts(spec)
    else:
        yield Part(_shown(value, spec, conversion))


def _shown(value: Any, spec: str, conversion: str) -> str:
    if "|" in spec:
        one, _, many = spec.partition("|")
        return f"{value} {one if value == 1 else many}"
    if value is None:
        return ""
    if spec in _MOMENTS:
        return _moment(value, spec)
    return str(_FORMATTER.format_field(_FORMATTER.convert_field(value, conversion or None), spec))


def _moment(value: str, form: str) -> str:
    try:
        return moment_words(datetime.fromisoformat(value), form)
    except ValueError:
        return value  # a secret in it was made illegible

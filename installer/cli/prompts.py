"""Confirmations at the terminal, by typing what they are about."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from django.core.management.base import CommandParser

from common.confirmation import asked_for
from common.errors import Refused


def confirm(say: Callable[[str], None], question: str, count: int, things: str, *, undone: str) -> None:
    """Ask through ``say``. Raises :class:`Refused` unless the number is typed; ``undone`` says what did not happen."""
    words = f"the number of {things}"
    type_in(say, question, str(count), words, undone=undone, remedy=f"type {words}, or give --yes")


def type_in(
    say: Callable[[str], None], question: str, expected: str, words: str, *, undone: str, remedy: str
) -> None:
    """Ask through ``say`` for ``expected``, described by ``words``. Raises :class:`Refused` for any other answer.

    Without a terminal there is no question, and nothing is confirmed.
    """
    answer = ""
    if sys.stdin.isatty():
        say(f"{question}\nType {words} ({expected}) to go on: ")
        answer = typed(len(expected) + 20)
    if answer != expected:
        raise Refused.because("C10", f"not confirmed: {undone}", remedy)


def typed(limit: int) -> str:
    """Read the typed line; empty, which confirms nothing, if it is not text in the encoding of the terminal."""
    try:
        return sys.stdin.readline(limit).strip()
    except UnicodeDecodeError:
        return ""


def add_confirm_argument(parser: CommandParser) -> None:
    """Add ``--confirm``: what would be typed at the terminal."""
    parser.add_argument(
        "--confirm",
        nargs="+",
        default=[],
        metavar="NAME",
        help="the host names that it is about (of more than 5 nodes: their number); without it you are asked",
    )


def confirmed(
    say: Callable[[str], None], options: dict[str, Any], question: str, names: Sequence[str]
) -> str:
    """Return what confirms the verb: the given value, else what is typed now; nothing without a terminal."""
    if options["confirm"] or not sys.stdin.isatty():
        return " ".join(options["confirm"])
    say(f"{question}\nIt cannot be undone. Type {asked_for(names)} to go on: ")
    return typed(10_000)

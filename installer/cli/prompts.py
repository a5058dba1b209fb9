"""Confirmations at the terminal, by typing what they are about."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _

from common.confirmation import asked_for
from common.errors import Refused
from common.messages import Message, message


def confirm(say: Callable[[str], None], question: str, count: int, words: str, *, undone: Message) -> None:
    """Ask through ``say``. Raises :class:`Refused` unless the number, described by ``words``, is typed.

    ``undone`` states what did not happen.
    """
    refused = message("C10", "number", undone=undone, what=words)
    type_in(say, question, str(count), words, refused=refused)


def type_in(
    say: Callable[[str], None], question: str, expected: str, words: str, *, refused: Message
) -> None:
    """Ask through ``say`` for ``expected``, described by ``words``. Raises :class:`Refused` (``refused``) for any other answer.

    Without a terminal there is no question, and nothing is confirmed.
    """
    answer = ""
    if sys.stdin.isatty():
        say(
            f"{question}\n"
            + _("Type {what} ({expected}) to continue: ").format(what=words, expected=expected)
        )
        answer = typed(len(expected) + 20)
    if answer != expected:
        raise Refused.because(refused)


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
        help=_("host names of the nodes (for more than 5 nodes: their number); without it, the command asks"),
    )


def confirmed(
    say: Callable[[str], None], options: dict[str, Any], question: str, names: Sequence[str]
) -> str:
    """Return what confirms the verb: the given value, else what is typed now; nothing without a terminal."""
    if options["confirm"] or not sys.stdin.isatty():
        return " ".join(options["confirm"])
    text = _("This cannot be undone. Type {what} to continue: ").format(what=asked_for(names))
    say(f"{question}\n{text}")
    return typed(10_000)

"""What a person confirms at the terminal, by typing the number of things it is about."""

from __future__ import annotations

import sys
from collections.abc import Callable

from jobs.errors import Refused


def confirm(say: Callable[[str], None], question: str, count: int, things: str, *, undone: str) -> None:
    """Ask through ``say``. Raises :class:`Refused` unless the number is typed; ``undone`` says what did not happen."""
    answer = ""
    if sys.stdin.isatty():
        say(f"{question}\nType the number of {things} ({count}) to go on: ")
        answer = sys.stdin.readline(20).strip()
    if answer != str(count):
        raise Refused.because(
            "C10", f"not confirmed: {undone}", f"type the number of {things}, or give --yes"
        )

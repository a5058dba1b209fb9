"""Recognize read-only commands, which every operator may run, and invalid pasted characters. Pure."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from common.characters import At, characters_at, invisible, odd_blank, out_of_place

MAX_COMMAND = 4000
_PLAIN = re.compile(r"[A-Za-z0-9_./:=+@%,-]+", re.ASCII)
_NAMES: frozenset[str] = frozenset()
# The words a command begins with, and the options allowed beside plain words (None: nothing may follow).
# Options are listed because some of them run programs or reach other machines: systemctl -H, zpool status -c.
_LOOKING: tuple[tuple[tuple[str, ...], frozenset[str] | None], ...] = (
    (("supervisorctl", "status"), _NAMES),
    (("systemctl", "status"), frozenset({"--no-pager", "--all", "--failed", "-l", "-a"})),
    (("systemctl", "is-active"), _NAMES),
    (("dpkg-query", "-W"), _NAMES),
    (("zpool", "status"), frozenset({"-v", "-x", "-L", "-P", "-D", "-t"})),
    (("zpool", "list"), frozenset({"-v", "-H", "-p", "-L", "-P"})),
    (("drbdadm", "status"), _NAMES),
    (("lsblk",), frozenset({"-a", "-b", "-d", "-f", "-J", "-l", "-m", "-o", "-O", "-p", "-S", "-t"})),
    (("uptime",), None),
    (("hostname",), None),
    (("date",), None),
    (("uname", "-a"), None),
    (("free", "-m"), None),
    (("df", "-h"), None),
    (("ip", "addr", "show"), _NAMES),
    (("ip", "route", "show"), _NAMES),
    (("ip", "link", "show"), _NAMES),
)


def out_of_place_in(command: str) -> Iterator[At]:
    """Yield what was pasted into a command and is not what it looks like.

    Odd blanks and invisible characters anywhere; curly quotes, long dashes and full-width signs where no quotes keep them.
    """
    quote = ""
    escaped = False
    at = {(item.line, item.column) for item in characters_at(command, out_of_place)}
    for line, text in enumerate(command.split("\n"), 1):
        for column, char in enumerate(text, 1):
            if (line, column) in at and (not quote or odd_blank(char) or invisible(char)):
                yield At(char, line, column)
            if escaped:
                escaped = False
            elif char == "\\" and quote != "'":
                escaped = True
            elif char in "\"'" and quote in ("", char):
                quote = "" if quote else char


def only_looks(command: str) -> bool:
    """Decide whether the command is one of those that change nothing; any shell syntax makes it False."""
    # A line break ends a command; shlex treats it as a blank.
    if not command.strip().isprintable():
        return False
    try:
        words = tuple(shlex.split(command))
    except ValueError:
        return False
    if not words or shlex.join(words) != " ".join(command.split()) or not all(map(_PLAIN.fullmatch, words)):
        return False
    return any(
        words[: len(head)] == head and _may_follow(words[len(head) :], options) for head, options in _LOOKING
    )


def _may_follow(words: tuple[str, ...], options: frozenset[str] | None) -> bool:
    if options is None:
        return not words
    return all(not word.startswith("-") or word in options for word in words)


def looking_commands() -> list[str]:
    """Return the beginnings of the commands that only read."""
    return [" ".join(head) for head, _ in _LOOKING]

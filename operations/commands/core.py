"""Which commands only read, and may be run by everyone who may run verbs. Pure."""

from __future__ import annotations

import re
import shlex

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

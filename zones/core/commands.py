"""Which commands only look, and may be run by everybody who may run verbs. Pure."""

from __future__ import annotations

import re
import shlex

MAX_COMMAND = 4000
_PLAIN = re.compile(r"[A-Za-z0-9_./:=+@%,-]+", re.ASCII)
# Words that a command begins with, and whether more words (names, options that only show) may follow.
_LOOKING: tuple[tuple[tuple[str, ...], bool], ...] = (
    (("supervisorctl", "status"), True),
    (("systemctl", "status"), True),
    (("systemctl", "is-active"), True),
    (("dpkg-query", "-W"), True),
    (("zpool", "status"), True),
    (("zpool", "list"), True),
    (("drbdadm", "status"), True),
    (("lsblk",), True),
    (("uptime",), False),
    (("hostname",), False),
    (("date",), False),
    (("uname", "-a"), False),
    (("free", "-m"), False),
    (("df", "-h"), False),
    (("ip", "addr", "show"), True),
    (("ip", "route", "show"), True),
    (("ip", "link", "show"), True),
)


def only_looks(command: str) -> bool:
    """Whether the command is one of those that change nothing; anything with shell syntax in it is not."""
    # A line break ends a command; shlex takes it for a blank.
    if not command.strip().isprintable():
        return False
    try:
        words = tuple(shlex.split(command))
    except ValueError:
        return False
    if not words or shlex.join(words) != " ".join(command.split()) or not all(map(_PLAIN.fullmatch, words)):
        return False
    return any(words[: len(head)] == head and (more or len(words) == len(head)) for head, more in _LOOKING)


def looking_commands() -> list[str]:
    """Beginnings of the commands that only look."""
    return [" ".join(head) for head, _ in _LOOKING]

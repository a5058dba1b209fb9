"""``uname -srm`` (man uname(1)) and ``hostname`` (man hostname(1))."""

from __future__ import annotations

import re
from dataclasses import dataclass

from common.wording import _
from nodes.parsers.errors import ParseError

_HOSTNAME = re.compile(r"[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,252}[A-Za-z0-9_])?")


@dataclass(frozen=True, slots=True)
class Kernel:
    """``release`` as ``4.4.0-210-generic``, ``machine`` as ``x86_64``."""

    release: str
    machine: str


def parse(text: str) -> Kernel:
    """Parse kernel and machine of ``Linux 4.4.0-210-generic x86_64``. Raises: ParseError."""
    words = text.split()
    if len(words) != 3 or words[0] != "Linux" or len(words[1]) > 200 or len(words[2]) > 32:
        raise ParseError("uname", _("is not 'Linux RELEASE MACHINE'"), text)
    return Kernel(release=words[1], machine=words[2])


def parse_hostname(text: str) -> str:
    """Parse the host name. Raises: ParseError when it is empty or not a host name."""
    name = text.strip()
    if not _HOSTNAME.fullmatch(name):
        raise ParseError("hostname", _("is not a host name"), text)
    return name

"""What a node's sudoers files grant (sudoers(5)); only whole-machine rules, as installers write them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from lab import confine
from lab.folder import Node, User

MAIN, FOLDER = "/etc/sudoers", "/etc/sudoers.d"
LIMIT = 64 * 1024
RULE = re.compile(r"^\s*(?P<who>[%\w.-]+)\s+\S+\s*=\s*(?:\([^)]*\)\s*)?(?P<tags>(?:[A-Z]+:\s*)*)ALL\s*$")


@dataclass(frozen=True, slots=True)
class Grant:
    """Whether a user may run commands as root, and whether sudo asks for the password."""

    allowed: bool
    password: bool = True


def grant(node: Node, user: User) -> Grant:
    """Return the grant of the last rule that names the user; without one, of the profile's membership of group sudo."""
    decided = Grant(user.sudo)
    for text in _texts(node):
        for line in text.splitlines():
            match = RULE.match(line.split("#")[0])
            if match and match["who"] in (user.name, "ALL", *(["%sudo"] if user.sudo else [])):
                decided = Grant(True, "NOPASSWD" not in match["tags"])
    return decided


def _texts(node: Node) -> list[str]:
    """Return the contents of the files that sudo reads: names with a dot or a tilde at the end are left out."""
    names = [MAIN]
    try:
        listed = confine.listing(node.root, FOLDER)
    except OSError:
        listed = []
    names += [f"{FOLDER}/{name}" for name in sorted(listed) if "." not in name and not name.endswith("~")]
    found = []
    for name in names:
        try:
            found.append(node.read(name, LIMIT).decode("utf-8", errors="replace"))
        except OSError:
            continue
    return found

"""The user at the keyboard, by every name that the machine knows."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

from common.actor import Actor
from common.text import plain

LOGIN_UID = Path("/proc/self/loginuid")
# The kernel's value for a process without a login.
NOBODY_SIGNED_IN = 2**32 - 1


def shell_actor() -> Actor:
    """Return the user behind this process.

    Root acts for the user who called sudo. Any other account may set ``SUDO_USER`` to anything, so it is trusted
    there only if the kernel's record of the sign-in (proc(5), loginuid) agrees or does not exist.
    """
    uid, login, sudo = os.getuid(), login_name(), plain(os.environ.get("SUDO_USER", ""))[:150]
    own = _account(uid)
    believed = sudo if uid == 0 or login in ("", sudo) else ""
    # Anyone with a shell on the installer may do anything anyway; the audit records who did.
    return Actor(
        name=believed or own, via="command", decides=True, login=login, account="" if uid == 0 else own
    )


def login_name() -> str:
    """Return the account that signed in to this session, which sudo and su do not change; empty when unknown."""
    try:
        uid = int(LOGIN_UID.read_text())
    except (OSError, ValueError):
        return ""
    return "" if uid == NOBODY_SIGNED_IN else _account(uid)


def _account(uid: int) -> str:
    try:
        return plain(pwd.getpwuid(uid).pw_name)[:150]
    except KeyError:
        return f"uid-{uid}"

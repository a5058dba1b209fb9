"""Authentication on a node: keys from the node's own authorized_keys, passwords by hash."""

from __future__ import annotations

import logging
import os
import stat

import asyncssh

from lab import confine
from lab.folder import Node, User

log = logging.getLogger("lab")
KEYS_LIMIT = 256 * 1024


class Logins(asyncssh.SSHServer):
    """Authentication of one connection."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self._connection: asyncssh.SSHServerConnection | None = None

    def connection_made(self, conn: asyncssh.SSHServerConnection) -> None:
        """Keep the connection: the keys are set on it when the user is known."""
        self._connection = conn

    def begin_auth(self, username: str) -> bool:
        """Load the user's keys; every user must authenticate."""
        user = self.node.users.get(username)
        if user and self._connection:
            keys = authorized_keys(self.node, user)
            if keys is not None:
                self._connection.set_authorized_keys(keys)
        return True

    def password_auth_supported(self) -> bool:
        """Tell whether the node's sshd has PasswordAuthentication on."""
        return self.node.password_auth

    def validate_password(self, username: str, password: str) -> bool:
        """Check the password of the user."""
        user = self.node.users.get(username)
        return user is not None and user.accepts(password)


def authorized_keys(node: Node, user: User) -> asyncssh.SSHAuthorizedKeys | None:
    """Return the user's keys, or None if there are none or sshd's StrictModes would ignore the file."""
    path = f"{user.home}/.ssh/authorized_keys"
    try:
        for checked in (user.home, f"{user.home}/.ssh", path):
            with confine.resolved(node.root, checked) as fd:
                mode = os.fstat(fd).st_mode
            if mode & (stat.S_IWGRP | stat.S_IWOTH):
                log.warning("%s: keys of %s ignored: %s is writable by others", node.name, user.name, checked)
                return None
        text = node.read(path, KEYS_LIMIT).decode("utf-8", errors="replace")
    except OSError:
        return None
    return _parse(node, text)


def _parse(node: Node, text: str) -> asyncssh.SSHAuthorizedKeys | None:
    """Parse the file as sshd does: an invalid line is skipped and the others count."""
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    good = []
    for line in lines:
        try:
            asyncssh.import_authorized_keys(line)
        except (ValueError, asyncssh.Error) as error:
            log.warning("%s: a line of authorized_keys is ignored: %s", node.name, error)
            continue
        good.append(line)
    return asyncssh.import_authorized_keys("\n".join(good)) if good else None

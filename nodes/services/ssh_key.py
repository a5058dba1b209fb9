"""show_ssh_key: the installer's public key, for nodes where it is installed by hand."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from common.ssh import keypair
from common.ssh.types import fingerprint


@dataclass(frozen=True, slots=True)
class PublicKey:
    """``line`` is ready for authorized_keys; ``fingerprint`` as ssh-keygen -l prints it."""

    line: str
    fingerprint: str


def show_ssh_key() -> PublicKey:
    """Return the key that logs in to nodes; it is generated when there is none yet. Raises :class:`Failed`."""
    line = keypair.ensure(settings.INSTALLER_SSH_KEY)
    return PublicKey(line, fingerprint(line))

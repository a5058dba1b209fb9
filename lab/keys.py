"""Host keys of the nodes: one ed25519 key each, in the node's folder."""

from __future__ import annotations

import os
from pathlib import Path

import asyncssh

from lab.errors import LabError

FILE = "host_key"


def generate(folder: Path) -> None:
    """Write a new host key, replacing the old one: clients then see a different machine."""
    key = asyncssh.generate_private_key("ssh-ed25519")
    draft = folder / f"{FILE}.{os.getpid()}.tmp"
    draft.touch(mode=0o600)
    draft.write_bytes(key.export_private_key())
    draft.replace(folder / FILE)
    (folder / f"{FILE}.pub").write_bytes(key.export_public_key())


def load(folder: Path) -> asyncssh.SSHKey:
    """Read the node's host key.

    Raises:
        LabError: it is missing or damaged.
    """
    try:
        return asyncssh.read_private_key(folder / FILE)
    except (OSError, asyncssh.KeyImportError) as error:
        raise LabError(
            f"{folder / FILE} cannot be read ({error}); run: python -m lab fault … wrong_host_key"
        ) from error


def stamp(folder: Path) -> int:
    """Return a number that changes whenever the key file does; 0 when there is none."""
    try:
        return (folder / FILE).stat().st_mtime_ns
    except OSError:
        return 0


def fingerprint(folder: Path) -> str:
    """Return ``SHA256:…`` of the node's host key, as ssh-keygen -l prints it. Raises: LabError."""
    return load(folder).get_fingerprint()

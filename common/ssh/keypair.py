"""The installer's own SSH key: generated once, never replaced."""

from __future__ import annotations

import os
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from common.errors import Failed
from common.messages import message


def ensure(path: Path) -> str:
    """Generate the Ed25519 key at ``path`` (mode 0600) unless it exists; return its public line."""
    if not path.exists():
        _generate(path)
    return public_line(path)


def public_line(path: Path) -> str:
    """Return ``ssh-ed25519 AAAA… installer``. Raises :class:`Failed` when the key cannot be read."""
    try:
        private = serialization.load_ssh_private_key(path.read_bytes(), password=None)
    except (OSError, ValueError, TypeError) as error:
        raise Failed(message("S07", "unreadable", path=path, reason=str(error))) from None
    public = private.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return f"{public.decode()} installer"


def _generate(path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.OpenSSH, serialization.NoEncryption()
    )
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as handle:
        handle.write(pem)
    try:
        os.link(scratch, path)  # does not replace: of two workers the first one's key stays
    except FileExistsError:
        pass
    finally:
        scratch.unlink()

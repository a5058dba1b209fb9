"""What SSH to a node speaks of: where, who we are, how it ended, what went wrong."""

from __future__ import annotations

import base64
import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path

import paramiko

from jobs.errors import Failed


class SshError(Failed):
    """Could not be done over SSH.

    ``kind``: unreachable, refused, protocol, host_key, auth, expired, timeout, dropped.
    """

    def __init__(self, kind: str, detail: str) -> None:
        self.kind = kind
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a node answers and who we are there. ``host_key`` is ``TYPE BASE64``; empty: not pinned yet."""

    address: str
    port: int = 22
    user: str = "root"
    host_key: str = ""
    key_path: str = ""

    def __str__(self) -> str:
        return f"{self.address} port {self.port}"


@dataclass(frozen=True, slots=True)
class Completed:
    """How a command ended: exit code and both outputs (cut at 16 MiB)."""

    exit_code: int
    stdout: bytes
    stderr: bytes


def fingerprint(host_key: str) -> str:
    """``SHA256:…`` of ``TYPE BASE64``, as ssh-keygen -l prints it."""
    blob = base64.b64decode(host_key.split()[1])
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


_keys: dict[str, paramiko.PKey] = {}
_keys_lock = threading.Lock()


def load_key(path: str) -> paramiko.PKey:
    """The installer's private key, read once per process. Raises :class:`SshError`."""
    with _keys_lock:
        if path not in _keys:
            try:
                _keys[path] = paramiko.PKey.from_path(Path(path))
            except FileNotFoundError:
                raise SshError(
                    "auth", f"the installer has no SSH key at {path}: run establish_ssh once"
                ) from None
            except (paramiko.SSHException, ValueError, OSError) as error:
                raise SshError(
                    "auth", f"the installer's SSH key {path} cannot be read ({reason(error)})"
                ) from None
        return _keys[path]


def reason(error: BaseException) -> str:
    """The shortest words for it."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).strip()

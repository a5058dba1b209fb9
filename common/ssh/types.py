"""Types of SSH to a node: endpoint, completed command, error."""

from __future__ import annotations

import base64
import hashlib
import threading
from dataclasses import dataclass
from pathlib import Path

import paramiko

from common.errors import Failed
from common.messages import Message, message


class SshError(Failed):
    """An SSH operation failed.

    ``kind``: unreachable, refused, protocol (no SSH server spoke, or it closed before the login), unpinned, host_key,
    auth, expired, sudo, shell (our program was not started), nonsense (the answer makes no sense), timeout, dropped.
    """

    def __init__(self, kind: str, said: Message) -> None:
        self.kind = kind
        super().__init__(said)


@dataclass(frozen=True)
class Place:
    """An address and the login for it; its host key is not known, so it is not enough to log in."""

    address: str
    port: int = 22
    user: str = "root"
    key_path: str = ""

    def __str__(self) -> str:
        return f"{self.address} port {self.port}"

    def pinned(self, host_key: str) -> Endpoint:
        """Return the endpoint with this host key. Raises :class:`SshError` when the key is invalid."""
        return Endpoint(self.address, self.port, self.user, self.key_path, host_key)


@dataclass(frozen=True)
class Endpoint(Place):
    """A node to log in to; it always has a host key, ``TYPE BASE64``.

    Raises :class:`SshError` when the key is missing or invalid.
    """

    host_key: str = ""

    def __post_init__(self) -> None:
        if not is_host_key(self.host_key):
            raise SshError("unpinned", message("S04", endpoint=self))


@dataclass(frozen=True, slots=True)
class Completed:
    """How a command ended: exit code and both outputs (cut at 16 MiB)."""

    exit_code: int
    stdout: bytes
    stderr: bytes


def is_host_key(text: str) -> bool:
    """Check that ``text`` is a public key ``TYPE BASE64`` whose encoded type (RFC 4253, section 6.6) is the same."""
    words = text.split(" ")
    if len(words) != 2 or not words[0].isascii():
        return False
    try:
        blob = base64.b64decode(words[1], validate=True)
    except ValueError:
        return False
    kind = words[0].encode()
    return len(blob) > 4 + len(kind) and blob.startswith(len(kind).to_bytes(4, "big") + kind)


def fingerprint(host_key: str) -> str:
    """Return ``SHA256:…`` of ``TYPE BASE64``, as ssh-keygen -l prints it."""
    blob = base64.b64decode(host_key.split()[1])
    return "SHA256:" + base64.b64encode(hashlib.sha256(blob).digest()).decode().rstrip("=")


_keys: dict[str, paramiko.PKey] = {}
_keys_lock = threading.Lock()


def load_key(path: str) -> paramiko.PKey:
    """Load the installer's private key, once per process. Raises :class:`SshError`."""
    with _keys_lock:
        if path not in _keys:
            try:
                _keys[path] = paramiko.PKey.from_path(Path(path))
            except FileNotFoundError:
                raise SshError("auth", message("S07", "missing", path=path)) from None
            except (paramiko.SSHException, ValueError, OSError) as error:
                raise SshError(
                    "auth", message("S07", "unreadable", path=path, reason=reason(error))
                ) from None
        return _keys[path]


def reason(error: BaseException) -> str:
    """Return the shortest description of the error."""
    text = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return str(text).strip()

"""SSH to a node: one connection, commands from argument lists, a plain sentence for every failure."""

from common.ssh.connection import Connection, Running, Stdin, connect, host_key_of
from common.ssh.kept import drop, has_kept, kept
from common.ssh.types import Completed, Endpoint, Place, SshError, fingerprint, is_host_key, load_key

__all__ = [
    "Completed",
    "Connection",
    "Endpoint",
    "Place",
    "Running",
    "SshError",
    "Stdin",
    "connect",
    "drop",
    "fingerprint",
    "has_kept",
    "host_key_of",
    "is_host_key",
    "kept",
    "load_key",
]

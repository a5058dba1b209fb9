"""What all shims share: the node's profile, its state, and the connection to the server."""

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

STATE = "/run/lab/state"


def profile() -> dict[str, Any]:
    """Return the hardware profile of this node."""
    with open("/run/lab/profile.json", encoding="utf-8") as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


def state() -> dict[str, Any]:
    """Return what the tools have changed so far."""
    with open(f"{STATE}/state.json", encoding="utf-8") as file:
        loaded: dict[str, Any] = json.load(file)
    return loaded


def fail(text: str, status: int = 1) -> int:
    """Print a message on standard error; returns ``status``."""
    print(text, file=sys.stderr)
    return status


class Change:
    """Context manager: the state under an exclusive lock, saved atomically unless an exception ends it."""

    def __enter__(self) -> dict[str, Any]:
        import fcntl

        try:
            self.lock = os.open(f"{STATE}/lock", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
        except OSError:
            raise SystemExit("Permission denied: only root may do this") from None
        fcntl.flock(self.lock, fcntl.LOCK_EX)
        self.before = state()
        self.state = state()
        return self.state

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        if kind is None:
            draft = f"{STATE}/state.json.{os.getpid()}"
            with open(draft, "w", encoding="utf-8") as file:
                json.dump(self.state, file, indent=1)
            os.replace(draft, f"{STATE}/state.json")
            if (self.before["disks"], self.before["zpools"]) != (self.state["disks"], self.state["zpools"]):
                from . import sync

                sync.apply(self.before, self.state)
        os.close(self.lock)


def ask(request: dict[str, Any]) -> dict[str, Any] | None:
    """Send a request to the lab's server; returns its answer, or None when it does not answer."""
    import socket

    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as sock:
            sock.connect(f"{STATE}/ctl.sock")
            sock.send(json.dumps(request).encode())
            answer: dict[str, Any] = json.loads(sock.recv(65536))
            return answer
    except (OSError, ValueError):
        return None

"""Lines of JSON over a socket: qemu's own (QMP) and the guest agent's, which needs no network and no SSH."""

from __future__ import annotations

import base64
import json
import socket
import time
from pathlib import Path
from typing import Any


class TalkError(Exception):
    """The machine answered with an error, or not at all."""


class Qmp:
    """What is done to the machine from outside: disks pulled and inserted, cables, power."""

    def __init__(self, path: Path) -> None:
        self._socket = _connect(path)
        self._file = self._socket.makefile("rw")
        self._answer()
        self("qmp_capabilities")

    def __call__(self, command: str, **arguments: Any) -> Any:
        """Return the answer of a command. Raises :class:`TalkError`."""
        self._file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self._file.flush()
        while "return" not in (answer := self._answer()):
            if "error" in answer:
                raise TalkError(f"{command}: {answer['error']['desc']}")
        return answer["return"]

    def _answer(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self._file.readline() or '{"error": {"desc": "qemu has ended"}}')
        return found

    def close(self) -> None:
        """Close the connection."""
        self._file.close()
        self._socket.close()


class Agent:
    """What a person at the guest's own console would type, as root."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def wait(self, timeout_s: float) -> None:
        """Wait until the guest has booted far enough to answer. Raises :class:`TalkError`."""
        deadline = time.monotonic() + timeout_s
        while True:
            try:
                self._ask("guest-ping", timeout_s=2)
                return
            except (OSError, ValueError, TalkError):
                if time.monotonic() > deadline:
                    raise TalkError(f"the guest does not answer after {timeout_s:.0f} s") from None
                time.sleep(0.5)

    def run(self, script: str, stdin: str = "", expect: int | None = 0, timeout_s: float = 120) -> str:
        """Return standard output of a POSIX sh script; ``expect`` is its exit code, None for any."""
        asked = {"path": "/bin/sh", "arg": ["-c", script], "capture-output": True}
        if stdin:
            asked["input-data"] = base64.b64encode(stdin.encode()).decode()
        pid = self._ask("guest-exec", **asked)["pid"]
        deadline = time.monotonic() + timeout_s
        while not (status := self._ask("guest-exec-status", pid=pid))["exited"]:
            assert time.monotonic() < deadline, f"{script}: no end in the guest"
            time.sleep(0.1)
        out, err = (
            base64.b64decode(status.get(key, "")).decode(errors="replace") for key in ("out-data", "err-data")
        )
        code = status.get("exitcode", -status.get("signal", 0))
        assert expect is None or code == expect, f"{script}: exit code {code}\n{out}\n{err}"
        return out

    def _ask(self, command: str, timeout_s: float = 20, **arguments: Any) -> Any:
        with _connect(self._path) as connection:
            connection.settimeout(timeout_s)
            number = time.monotonic_ns() % 10**9
            file = connection.makefile("rwb")
            # 0xFF makes the agent forget half a command of a broken connection.
            sync = json.dumps({"execute": "guest-sync-delimited", "arguments": {"id": number}})
            file.write(b"\xff" + sync.encode() + b"\n")
            file.flush()
            while json.loads(file.readline().rpartition(b"\xff")[2] or b"{}").get("return") != number:
                pass
            file.write(json.dumps({"execute": command, "arguments": arguments}).encode() + b"\n")
            file.flush()
            answer = json.loads(file.readline())
        if "error" in answer:
            raise TalkError(f"{command}: {answer['error']['desc']}")
        return answer["return"]


def _connect(path: Path) -> socket.socket:
    # A folder of pytest's may be longer than the 107 bytes that a socket's name can have.
    connection = socket.socket(socket.AF_UNIX)
    connection.settimeout(60)
    connection.connect(str(path))
    return connection

"""Files copied to the installer and to nodes, completely or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from common import ssh
from common.disk_space import NO_ROOM
from common.failure_reason import reason_of
from common.messages import message
from common.ssh import Connection, Endpoint, Stdin
from jobs.context import StepContext, StepFailed
from operations.scripts import PACKAGE_FOLDER

_STORE = 'cat >"$1.new" && [ "$(wc -c <"$1.new")" -eq "$2" ] && mv "$1.new" "$1"'
# Many nodes share the installer's uplink at once: the slowest rate to wait for, given all that the phase copies.
_SLOWEST_BYTES_PER_S = 200_000
# How often to retry while the installer's disk is full.
_ROOM_S = 2.0


def write_file(context: StepContext, path: Path, data: bytes) -> None:
    """Write a file on the installer in one step; where the disk is full, wait for space.

    Raises StepFailed, StepStopped.
    """
    waits = False
    while (error := _write(path, data)) is not None:
        if error.errno not in NO_ROOM or context.time_left_s() < _ROOM_S:
            raise StepFailed(message("I04", "write", path=path, reason=error.strerror))
        if not waits:
            context.log(f"{path}: {error.strerror}: waiting for free space", level="warning")
        waits = True
        context.wait(_ROOM_S)
        context.checkpoint()


def _write(path: Path, data: bytes) -> OSError | None:
    scratch = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(data)
        scratch.replace(path)
    except OSError as error:
        # A partial file would take the last of the space.
        with suppress(OSError):
            scratch.unlink(missing_ok=True)
        return error
    return None


def put_files(context: StepContext, endpoint: Endpoint, files: Sequence[tuple[str, Stdin]]) -> None:
    """Copy packages (name, and content or local path) into the node's package folder.

    Files are sent as they are read: many nodes get one at the same time. Raises StepFailed, SshError.
    """
    with ssh.kept(endpoint) as connection:
        for name, source in files:
            size_bytes, sha256 = _known(source)
            _put(connection, f"{PACKAGE_FOLDER}/{name}", source, size_bytes)
            context.log(f"{name} copied, sha256 {sha256}")


def _known(source: Stdin) -> tuple[int, str]:
    """Return size in bytes and SHA-256. Raises StepFailed."""
    if isinstance(source, bytes):
        return len(source), hashlib.sha256(source).hexdigest()
    try:
        with source.open("rb") as file:
            return source.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise StepFailed(message("I04", "read", path=source, reason=error.strerror)) from None


def _put(connection: Connection, path: str, source: Stdin, size_bytes: int) -> None:
    connection.run(["mkdir", "-p", str(Path(path).parent)])
    timeout_s = 300 + size_bytes / _SLOWEST_BYTES_PER_S
    argv = ["sh", "-c", _STORE, "sh", path, str(size_bytes)]
    answer = connection.run(argv, stdin=source, timeout_s=timeout_s)
    if answer.exit_code:
        endpoint, reason = connection.endpoint, reason_of([answer.stderr.decode("utf-8", "replace")])
        if not reason:
            raise StepFailed(message("I05", "not_whole", endpoint=endpoint, path=path))
        raise StepFailed(message("I05", endpoint=endpoint, path=path, reason=reason))

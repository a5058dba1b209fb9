"""Files onto this machine and onto nodes, whole or not at all."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from pathlib import Path

from jobs import ssh
from jobs.context import StepContext, StepFailed
from jobs.ssh import Connection, Endpoint
from zones.core.install import PACKAGE_FOLDER

_STORE = 'cat >"$1.new" && [ "$(wc -c <"$1.new")" -eq "$2" ] && mv "$1.new" "$1"'


def write_file(path: Path, data: bytes) -> None:
    """Write a file of the installer in one step. Raises StepFailed."""
    scratch = path.with_name(f".{path.name}.new")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        scratch.write_bytes(data)
        scratch.replace(path)
    except OSError as error:
        raise StepFailed(
            f"{path}: {error.strerror}: free some space or mend the rights there, then resume"
        ) from None


def put_files(context: StepContext, endpoint: Endpoint, files: Sequence[tuple[str, bytes]]) -> None:
    """Copy packages (name and content) into the node's package folder. Raises StepFailed, SshError."""
    with ssh.connect(endpoint) as connection:
        for name, data in files:
            _put(connection, f"{PACKAGE_FOLDER}/{name}", data)
            context.log(f"{name} copied, sha256 {hashlib.sha256(data).hexdigest()}")


def _put(connection: Connection, path: str, data: bytes) -> None:
    connection.run(["mkdir", "-p", str(Path(path).parent)])
    answer = connection.run(["sh", "-c", _STORE, "sh", path, str(len(data))], stdin=data, timeout_s=300)
    if answer.exit_code:
        reason = answer.stderr.decode("utf-8", "replace").strip()[-300:] or "it did not arrive whole"
        raise StepFailed(f"{connection.endpoint}: {path} could not be written: {reason}")


def vendor_lines(names: Sequence[str]) -> str:
    """Shell lines (dpkg(1)) that install copied packages of a site; the first that fails ends the script."""
    lines = [
        f"DEBIAN_FRONTEND=noninteractive dpkg -i {shlex.quote(f'{PACKAGE_FOLDER}/{name}')}" for name in names
    ]
    return "\n".join(["set -eu", *lines, ""]) if lines else ""

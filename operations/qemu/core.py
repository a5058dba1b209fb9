"""The shell script that checks a hyper for the QEMU versions in server.yaml. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Mapping


def folders_script(emulators: Mapping[str, str]) -> str:
    """Return POSIX sh (test(1)) that fails, naming each version whose ``bin`` folder is missing."""
    lines = []
    for version, folder in emulators.items():
        text = (
            f"QEMU {version}: {folder} does not exist here; put qemu-{version}_*.deb into packages/ of the data "
            "folder, or install it here, then resume the job"
        )
        lines.append(f"[ -d {shlex.quote(folder)} ] || {{ echo {shlex.quote(text)} >&2; missing=1; }}")
    return "\n".join(["missing=0", *lines, "exit $missing", ""])

"""What the nodes borrow from this host: its /usr and the Python that runs the shims, both read-only."""

from __future__ import annotations

import os
import sys
import sysconfig
from dataclasses import dataclass
from pathlib import Path

TOP_LEVEL = ("bin", "sbin", "lib", "lib32", "lib64", "libx32")
NODE_PYTHON = "/run/lab/python"


@dataclass(frozen=True, slots=True)
class HostFiles:
    """``binds`` maps a host path to the path inside the node; ``links`` are symlinks to create in its root."""

    binds: tuple[tuple[str, str], ...]
    links: tuple[tuple[str, str], ...]
    python: str  # the interpreter's path inside the node
    python_library: str  # folder of libpython inside the node, where it must be named; else empty


def borrowed() -> HostFiles:
    """Return which folders of this host a node sees, and where."""
    binds = [("/usr", "/usr")]
    links = []
    for name in TOP_LEVEL:
        path = Path("/", name)
        if path.is_symlink():
            links.append((name, str(path.readlink())))
        elif path.is_dir():
            binds.append((str(path), str(path)))
    # Through symlinks, since nothing mounted may be below /etc: the fault full_disk puts an overlay over it.
    for name in ("alternatives", "ld.so.cache"):
        if Path("/etc", name).exists():
            binds.append((f"/etc/{name}", f"/run/lab/{name}"))
            links.append((f"etc/{name}", f"/run/lab/{name}"))
    python, library, extra = _python()
    return HostFiles(tuple(binds + extra), tuple(links), python, library)


def _python() -> tuple[str, str, list[tuple[str, str]]]:
    base = Path(sys.base_prefix).resolve()
    name = f"bin/python{sys.version_info.major}.{sys.version_info.minor}"
    if not (base / name).exists():
        name = "bin/python3"
    if base == Path("/usr") or Path("/usr") in base.parents:
        return str(base / name), "", []
    library = f"{NODE_PYTHON}/lib" if sysconfig.get_config_var("Py_ENABLE_SHARED") else ""
    return f"{NODE_PYTHON}/{name}", library, [(str(base), NODE_PYTHON)]


def tool(name: str) -> str:
    """Return the absolute path of a util-linux tool of this host, or its bare name if it is in no usual folder."""
    for folder in ("/usr/bin", "/bin", "/usr/sbin", "/sbin"):
        candidate = f"{folder}/{name}"
        if os.access(candidate, os.X_OK):
            return candidate
    return name

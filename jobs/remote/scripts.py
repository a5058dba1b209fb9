"""The shell scripts in this folder, each preceded by the functions of ``alive.sh``."""

from __future__ import annotations

import shlex
from pathlib import Path

_HERE = Path(__file__).parent


def _lean(name: str) -> str:
    """Strip comments and indentation: scripts are sent with every connection, including one that drops early."""
    lines = (line.strip() for line in (_HERE / name).read_text().splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("#"))


_ALIVE = _lean("alive.sh")


def _script(name: str) -> str:
    return f'HELPERS={shlex.quote(_ALIVE)}\neval "$HELPERS"\n' + _lean(name)


LAUNCH = _script("launch.sh")
FOLLOW = _script("follow.sh")
END = _script("end.sh")
BOOT = _script("boot.sh")

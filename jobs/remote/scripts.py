"""The shell scripts beside this file, each with the functions of ``alive.sh`` before it."""

from __future__ import annotations

import shlex
from pathlib import Path

_HERE = Path(__file__).parent
_ALIVE = (_HERE / "alive.sh").read_text()


def _script(name: str) -> str:
    return f'HELPERS={shlex.quote(_ALIVE)}\neval "$HELPERS"\n' + (_HERE / name).read_text()


LAUNCH = _script("launch.sh")
FOLLOW = _script("follow.sh")
END = _script("end.sh")
BOOT = _script("boot.sh")

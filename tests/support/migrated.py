"""A database that is up to date, for consoles that run as processes: made once in each test process, then copied."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
NAME = "installer.sqlite3"


def migrate(environment: Mapping[str, str]) -> None:
    """Bring the database of a console up to date, as ``manage.py migrate`` does."""
    if environment.get("DATABASE_URL"):
        _migrate(environment)
        return
    folder = Path(environment["INSTALLER_DATA_DIR"])
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    shutil.copy(_made(), folder / NAME)


@functools.cache
def _made() -> Path:
    # tests.environment removes the folder when this process ends.
    folder = Path(os.environ["INSTALLER_DATA_DIR"]) / "migrated"
    kept = {key: value for key, value in os.environ.items() if key != "DATABASE_URL"}
    _migrate({**kept, "INSTALLER_DATA_DIR": str(folder)})
    return folder / NAME


def _migrate(environment: Mapping[str, str]) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", "migrate", "--verbosity", "0"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stderr[-3000:]

"""Whether the disk of the installer has room: without it nothing is written down, and jobs wait."""

from __future__ import annotations

import errno
import os

from django.conf import settings

# SQLite and a log line want some pages each.
LEAST_BYTES = 1 << 20
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_full() -> bool:
    """Return whether the data folder's file system has no room, or no more files, for anything."""
    try:
        found = os.statvfs(settings.DATA_DIR)
    except OSError:
        return False  # whatever else is wrong with it is said where it is used
    files_left = found.f_favail > 0 or found.f_files == 0
    return found.f_bavail * found.f_frsize < LEAST_BYTES or not files_left


def sentence() -> str:
    """Say what to do; for people who have logged in, since it names the folder."""
    return (
        f"the disk of the installer is full ({settings.DATA_DIR}): free some space there; jobs wait and go on by "
        "themselves then, nothing is lost"
    )

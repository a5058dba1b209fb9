"""Free space on the disks of the installer and its database: without it nothing is stored, and jobs wait."""

from __future__ import annotations

import errno
import os
import time
from pathlib import Path

from django import db
from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext

# SQLite and a log line need a few pages each.
LEAST_BYTES = 1 << 20
NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})
# One process queries PostgreSQL no more often than this.
ASK_S = 3.0
# More rows than work_mem holds go into a file beside the tables for a moment, half a megabyte here: room is there or
# it is not, and no table, catalog or write-ahead log is touched (PostgreSQL, "Resource Consumption", work_mem).
_PROBE = "SET LOCAL temp_tablespaces = ''; SET LOCAL work_mem = '64kB'; SELECT count(*) FROM generate_series(1, 40000)"
_DISK_FULL = "53100"
# Errors without a code: the messages of SQLite and of the operating system, and the word with which a full
# PostgreSQL turns every new connection away (relcache.c, write_relcache_init_file; never translated).
_SAID = ("database or disk is full", "no space left on device", "could not write init file")
_asked = {"at": -ASK_S, "full": False}


def folder_is_full() -> bool:
    """Check whether the file system of the data folder, or of SQLite's file, is out of space or of inodes."""
    return any(_is_full(folder) for folder in {settings.DATA_DIR, _sqlite_folder()})


def database_is_full() -> bool:
    """Check whether PostgreSQL cannot write because its disk is full; other errors are reported where they occur."""
    if connection.vendor != "postgresql":
        return False
    if time.monotonic() - _asked["at"] >= ASK_S:
        _asked.update(full=_probe(), at=time.monotonic())
    return bool(_asked["full"])


def lacks_room(error: BaseException) -> bool:
    """Check whether this database error means that its disk is full."""
    if getattr(error.__cause__, "pgcode", None) == _DISK_FULL:
        return True
    text = str(error).lower()
    return any(said in text for said in _SAID)


def sentence() -> str:
    """Return what to do, for people who have logged in, since it names the path; empty while there is room."""
    if folder_is_full():
        text = gettext(
            "the disk of the installer is full (%(folder)s): free some space there; the jobs then resume automatically, "
            "nothing is lost"
        )
        return text % {"folder": settings.DATA_DIR}
    if database_is_full():
        text = gettext(
            "the disk of the installer's database is full (PostgreSQL at %(host)s): free some space there; the jobs then "
            "resume automatically, nothing is lost"
        )
        return text % {"host": connection.settings_dict["HOST"] or "localhost"}
    return ""


def _sqlite_folder() -> Path:
    name = connection.settings_dict["NAME"]
    there = connection.vendor == "sqlite" and Path(str(name)).is_absolute()
    return Path(str(name)).parent if there else Path(settings.DATA_DIR)


def _is_full(folder: Path) -> bool:
    try:
        found = os.statvfs(folder)
    except OSError:
        return False  # any other error is reported where it occurs
    files_left = found.f_favail > 0 or found.f_files == 0
    return found.f_bavail * found.f_frsize < LEAST_BYTES or not files_left


def _probe() -> bool:
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_PROBE)
            transaction.set_rollback(True)
    except db.Error as error:
        return lacks_room(error)
    return False

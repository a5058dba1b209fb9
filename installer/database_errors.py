"""Remedies for an unusable database, without its error text: that may name hosts and users."""

from __future__ import annotations

from django.conf import settings
from django.db import InterfaceError, OperationalError, ProgrammingError
from django.utils.translation import gettext

from common import disk_space
from common.errors import Finding
from common.messages import message

_MIGRATE = "python manage.py migrate"
# "undefined table" and "undefined column" of PostgreSQL, and the SQLite equivalents.
_ABSENT = frozenset({"42P01", "42703"})
# "query canceled": by the time limit for what only reads (installer.read_timeout).
_CANCELED = "57014"
_SAID = ("no such table", "no such column", "has no column named")


def is_older(error: BaseException) -> bool:
    """Decide whether the database lacks a table or a column that this version of the console needs."""
    if getattr(error.__cause__, "pgcode", None) in _ABSENT:
        return True
    return isinstance(error, OperationalError) and any(said in str(error).lower() for said in _SAID)


def remedy(error: BaseException | None) -> str:
    """Describe what is wrong and what helps; empty if the database is not the cause."""
    if not isinstance(error, OperationalError | InterfaceError | ProgrammingError):
        return ""
    if disk_space.lacks_room(error):
        return gettext("The disk of the database is full: free some space there, then try again")
    if getattr(error.__cause__, "pgcode", None) == _CANCELED:
        return Finding(message("W04", seconds=settings.INSTALLER_READ_TIMEOUT_S)).sentence()
    if is_older(error):
        text = gettext(
            "The database is older than this version of the console: run %(command)s on the installer, then try again"
        )
        return text % {"command": _MIGRATE}
    if isinstance(error, ProgrammingError):
        return ""
    if "locked" in str(error).lower():
        return gettext("The database is busy: try again in a moment")
    return gettext(
        "The database does not answer: check that its server is running, then try again in a moment"
    )

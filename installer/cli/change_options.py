"""Options that name the reviewed change for ``--apply``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _


def add_arguments(parser: CommandParser) -> None:
    """Add ``--change`` and ``--hash``."""
    parser.add_argument(
        "--change",
        default="",
        metavar="CHANGE",
        help=_("with --apply: the reviewed change; refused if another change has been approved since"),
    )
    parser.add_argument(
        "--hash",
        default="",
        metavar="SHA256",
        help=_("with --change: its content hash, as shown by list_changes"),
    )


def chosen(options: dict[str, Any]) -> dict[str, str]:
    """Return the named change as arguments of the service."""
    return {"change_id": options["change"], "content_hash": options["hash"]}

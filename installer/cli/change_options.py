"""Options that name the reviewed change for ``--apply``."""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser


def add_arguments(parser: CommandParser) -> None:
    """Add ``--change`` and ``--hash``."""
    parser.add_argument(
        "--change",
        default="",
        metavar="CHANGE",
        help="with --apply: the change that was looked at; refused when another one is approved by now",
    )
    parser.add_argument(
        "--hash",
        default="",
        metavar="SHA256",
        help="with --change: its content hash, as list_changes shows it",
    )


def chosen(options: dict[str, Any]) -> dict[str, str]:
    """Return the named change as arguments of the service."""
    return {"change_id": options["change"], "content_hash": options["hash"]}

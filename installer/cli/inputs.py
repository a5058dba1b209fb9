"""What users type or pipe in: addresses, files, sizes, a password. Everything is checked here or in a service."""

from __future__ import annotations

import getpass
import os
import sys
from argparse import ArgumentTypeError
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import IO, Any

from django.core.management.base import CommandParser
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from common.audit import MAX_REASON_CHARS
from common.errors import Refused
from common.messages import message
from common.secrets import Secret
from nodes.addresses import read_addresses, read_ip_list

MAX_LIST_BYTES = 1_000_000
MAX_CONFIG_BYTES = 1_000_000
MAX_PASSWORD_CHARS = 1024
FROM_ENVIRONMENT = "INSTALLER_SSH_PASSWORD"


def add_address_arguments(parser: CommandParser, *, flags: tuple[str, ...] = ("-i", "--ip")) -> None:
    """Add ``-i A …`` and ``-I FILE``."""
    parser.add_argument(
        *flags,
        dest="ip",
        nargs="+",
        action="extend",
        default=[],
        metavar="A",
        help=_("addresses, ranges A-B or networks in CIDR notation"),
    )
    parser.add_argument(
        "-I",
        "--ip-list",
        dest="ip_list",
        metavar="FILE",
        help=_("file with one address per line; - reads standard input"),
    )


def addresses(options: dict[str, Any], *, required: bool = True) -> list[str]:
    """Return every address named by ``-i`` and ``-I``, once each and in order. Raises :class:`Refused`."""
    found: list[str] = []
    if options.get("ip_list"):
        name = options["ip_list"]
        found += read_ip_list(data=read_file(name, MAX_LIST_BYTES), file=name)
    if options.get("ip"):
        found += read_addresses(options["ip"])
    if required and not found:
        raise Refused.because(message("C03"))
    return list(dict.fromkeys(found))


def read_file(name: str, limit: int) -> bytes:
    """Read a whole file, or standard input for ``-``. Raises :class:`Refused` (C01 unreadable, C02 too large)."""
    try:
        if name == "-":
            data = sys.stdin.buffer.read(limit + 1)
        else:
            with Path(name).open("rb") as handle:
                data = handle.read(limit + 1)
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise Refused.because(message("C01", reason=reason), file=name) from None
    if len(data) > limit:
        raise Refused.because(message("C02", limit=limit), file=name)
    return data


def split_names(text: str) -> list[str]:
    """Split ``FILE[,FILE]`` into a list."""
    return [name.strip() for name in text.split(",") if name.strip()]


def size_gb(text: str) -> int:
    """Parse a size in GB (10^9 bytes, decimals allowed) into bytes; for argparse."""
    try:
        value = Decimal(text)
    except InvalidOperation:
        raise ArgumentTypeError(
            _("{value} is not a size: use GB, such as 3200 or 1920.5").format(value=repr(text))
        ) from None
    if not value.is_finite() or not Decimal("0.001") <= value <= Decimal(1_000_000):
        raise ArgumentTypeError(
            _("{value} is not between 0.001 and 1000000 GB: is it in bytes?").format(value=repr(text))
        )
    return int(value * 10**9)


def port(text: str) -> int:
    """Parse a TCP port; for argparse."""
    if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= 65535:
        return int(text)
    raise ArgumentTypeError(_("{value} is not a port: use a number from 1 to 65535").format(value=repr(text)))


def count(text: str) -> int:
    """Parse a whole number from 0 to 100,000; for argparse."""
    if text.isascii() and text.isdigit() and len(text) < 7 and int(text) <= 100_000:
        return int(text)
    raise ArgumentTypeError(_("{value} is not a whole number from 0 to 100000").format(value=repr(text)))


def moment(text: str) -> datetime:
    """Parse an RFC 3339 time with its time zone; for argparse."""
    try:
        found = parse_datetime(text[:40])
    except ValueError:
        found = None
    if found is None or found.tzinfo is None:
        raise ArgumentTypeError(
            _("{value} is not a time: use the form 2026-01-31T03:12:00Z").format(value=repr(text[:40]))
        )
    return found


def reason(text: str) -> str:
    """Check the length of a reason; for argparse."""
    if len(text) > MAX_REASON_CHARS:
        raise ArgumentTypeError(
            _("the text has {count} characters; the limit is {limit}").format(
                count=len(text), limit=MAX_REASON_CHARS
            )
        )
    return text


def password(*, from_stdin: bool, prompt: str, stdin: IO[str] | None = None) -> Secret:
    """Read the password from standard input, the environment or a prompt, in this order. Raises :class:`Refused` (C04)."""
    try:
        value = _given_password(from_stdin=from_stdin, prompt=prompt, stdin=stdin or sys.stdin)
        value.encode()
    except UnicodeError:
        # Without the original error: it contains what was typed.
        raise Refused.because(message("C04", "not_text")) from None
    if not value or len(value) > MAX_PASSWORD_CHARS:
        raise Refused.because(
            message("C04", "long_password", limit=MAX_PASSWORD_CHARS)
            if value
            else message("C04", "empty_password")
        )
    return Secret(value)


def _given_password(*, from_stdin: bool, prompt: str, stdin: IO[str]) -> str:
    if from_stdin:
        return stdin.readline(MAX_PASSWORD_CHARS + 1).rstrip("\r\n")
    if FROM_ENVIRONMENT in os.environ:
        # Removed at once, so that processes started later do not inherit it.
        return os.environ.pop(FROM_ENVIRONMENT)
    if stdin.isatty():
        return getpass.getpass(prompt)
    raise Refused.because(message("C04", "no_terminal", variable=FROM_ENVIRONMENT))

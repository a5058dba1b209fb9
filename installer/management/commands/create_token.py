from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser

from installer.cli.base import VerbCommand
from installer.tokens import MAX_DAYS, find_account, issue_token
from jobs.queries import stamp


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MAX_DAYS:
        return int(text)
    raise ArgumentTypeError(f"{text!r} is not a whole number of days from 1 to {MAX_DAYS}")


class Command(VerbCommand):
    help = "Makes a token of the REST face for an account; prints it once on standard output, only its digest is kept."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER", help="name of the account")
        parser.add_argument("--name", default="", metavar="TEXT", help="what it is for, for the list")
        parser.add_argument(
            "--days",
            type=_days,
            metavar="N",
            help=f"how long it lasts, at most {MAX_DAYS} (default: INSTALLER_TOKEN_DAYS)",
        )

    def run(self, options: dict[str, Any]) -> None:
        user = find_account(options["user"])
        issued = issue_token(user=user, actor=self.actor, name=options["name"], days=options["days"])
        self.stdout.write(issued.key)
        self.say(
            f"{issued.token.token_id} lasts until {stamp(issued.token.expires_at)}; it is shown this once"
        )

from __future__ import annotations

from argparse import ArgumentTypeError
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.base import VerbCommand
from installer.tokens import MAX_DAYS, find_account, issue_token
from jobs.queries import stamp


def _days(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= MAX_DAYS:
        return int(text)
    raise ArgumentTypeError(
        _("{value} is not a whole number of days from 1 to {limit}").format(value=repr(text), limit=MAX_DAYS)
    )


class Command(VerbCommand):
    help = gettext_noop(
        "Create a REST API token for an account and print it once. Only its digest is stored."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("user", metavar="USER", help=_("account name"))
        parser.add_argument(
            "--name", default="", metavar="TEXT", help=_("purpose, shown in the list of tokens")
        )
        parser.add_argument(
            "--days",
            type=_days,
            metavar="N",
            help=_("validity in days, at most {limit} (default: INSTALLER_TOKEN_DAYS)").format(
                limit=MAX_DAYS
            ),
        )

    def run(self, options: dict[str, Any]) -> None:
        user = find_account(options["user"])
        issued = issue_token(user=user, actor=self.actor, name=options["name"], days=options["days"])
        self.stdout.write(issued.key)
        self.say(
            _("{token} is valid until {time}; it is not shown again").format(
                token=issued.token.token_id, time=stamp(issued.token.expires_at)
            )
        )

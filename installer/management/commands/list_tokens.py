from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.base import VerbCommand
from installer.models import AccessToken
from installer.tokens import find_account, token_json


class Command(VerbCommand):
    help = "Lists tokens of the REST face, the newest first: whose, what for, until when, used last; never themselves."
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", metavar="USER", help="only those of this account")

    def run(self, options: dict[str, Any]) -> None:
        found = AccessToken.objects.select_related("user")
        if options["user"]:
            found = found.filter(user=find_account(options["user"]))
        rows = [token_json(token) for token in found]
        self.emit(options, rows, rows)

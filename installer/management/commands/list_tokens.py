from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.base import VerbCommand
from installer.models import AccessToken
from installer.tokens import find_account, token_json


class Command(VerbCommand):
    help = gettext_noop("List REST API tokens, newest first, with owner, purpose, expiry and last use.")
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", metavar="USER", help=_("only tokens of this account"))

    def run(self, options: dict[str, Any]) -> None:
        found = AccessToken.objects.select_related("user")
        if options["user"]:
            found = found.filter(user=find_account(options["user"]))
        rows = [token_json(token) for token in found]
        self.emit(options, rows, rows)

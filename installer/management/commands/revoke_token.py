from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.base import VerbCommand
from installer.tokens import revoke_token


class Command(VerbCommand):
    help = "Ends a token of the REST face at once; list_tokens shows their ids."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("token", metavar="ID", help="id of the token, such as t-4fG7kQ2z")

    def run(self, options: dict[str, Any]) -> None:
        revoke_token(token_id=options["token"], actor=self.actor)
        self.say(f"{options['token']} lets nobody in any more")

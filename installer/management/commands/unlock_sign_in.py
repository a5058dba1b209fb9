from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.base import VerbCommand
from installer.signin import unlock_sign_in


class Command(VerbCommand):
    help = "Lets people try passwords again who are locked after too many wrong ones; without options: all of them."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", default="", metavar="USER", help="only locks of this name")
        parser.add_argument("--address", default="", metavar="IP", help="only locks of this address")

    def run(self, options: dict[str, Any]) -> None:
        number = unlock_sign_in(actor=self.actor, name=options["user"], address=options["address"])
        self.say(f"{number} lock{'s' if number != 1 else ''} taken off")

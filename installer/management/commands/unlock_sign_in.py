from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from installer.cli.base import VerbCommand
from installer.signin import unlock_sign_in


class Command(VerbCommand):
    help = gettext_noop(
        "Unlock sign-in after too many wrong passwords. Without options, unlock it for everyone."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--user", default="", metavar="USER", help=_("only locks of this account name"))
        parser.add_argument("--address", default="", metavar="IP", help=_("only locks of this address"))

    def run(self, options: dict[str, Any]) -> None:
        number = unlock_sign_in(actor=self.actor, name=options["user"], address=options["address"])
        self.say(ngettext("{count} lock removed", "{count} locks removed", number).format(count=number))

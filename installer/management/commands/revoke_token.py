from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.base import VerbCommand
from installer.tokens import revoke_token


class Command(VerbCommand):
    help = gettext_noop("Revoke a REST API token immediately. list_tokens shows the ids.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("token", metavar="ID", help=_("token id, such as t-4fG7kQ2z"))

    def run(self, options: dict[str, Any]) -> None:
        revoke_token(token_id=options["token"], actor=self.actor)
        self.say(_("token {token} is revoked").format(token=options["token"]))

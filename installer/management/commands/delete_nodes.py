from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.prompts import add_confirm_argument, confirmed
from nodes.services.delete import delete_nodes, irreplaceable
from nodes.services.lookups import nodes_at


class Command(VerbCommand):
    help = gettext_noop("Delete nodes that are not in a zone. If one node is in use, none is deleted.")

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser)
        add_confirm_argument(parser)

    def run(self, options: dict[str, Any]) -> None:
        addresses = inputs.addresses(options)
        names = [node.label for node in irreplaceable(nodes_at(addresses))]
        question = _("Corrections and the history of these nodes will be lost: {names}.").format(
            names=", ".join(names)
        )
        confirm = confirmed(self.ask, options, question, names) if names else ""
        number = delete_nodes(addresses=addresses, actor=self.actor, confirm=confirm)
        self.say(ngettext("{count} node deleted", "{count} nodes deleted", number).format(count=number))

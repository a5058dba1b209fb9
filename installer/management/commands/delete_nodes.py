from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.prompts import add_confirm_argument, confirmed
from nodes.services import delete_nodes
from nodes.services.delete import irreplaceable
from nodes.services.lookups import nodes_at


class Command(VerbCommand):
    help = "Deletes nodes that are in no zone: all of them, or none when one is in use."

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser)
        add_confirm_argument(parser)

    def run(self, options: dict[str, Any]) -> None:
        addresses = inputs.addresses(options)
        names = [node.label for node in irreplaceable(nodes_at(addresses))]
        question = f"Corrections of people or the past of these nodes is forgotten: {', '.join(names)}."
        confirm = confirmed(self.ask, options, question, names) if names else ""
        number = delete_nodes(addresses=addresses, actor=self.actor, confirm=confirm)
        self.say(f"{number} nodes deleted")

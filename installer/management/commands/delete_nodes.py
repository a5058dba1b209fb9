from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.base import VerbCommand
from nodes.services import delete_nodes


class Command(VerbCommand):
    help = "Deletes nodes that are in no zone: all of them, or none when one is in use."

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser)

    def run(self, options: dict[str, Any]) -> None:
        number = delete_nodes(addresses=inputs.addresses(options), actor=self.actor)
        self.say(f"{number} nodes deleted")

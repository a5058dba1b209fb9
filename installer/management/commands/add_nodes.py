from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.nodes import print_nodes
from nodes.describe import prefetched
from nodes.services import add_nodes


class Command(VerbCommand):
    help = "Adds nodes by their management addresses: all of them, or none when one is refused."
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser, flags=("--ip", "-i"))
        parser.add_argument("--port", type=inputs.port, default=22, help="SSH port (22)")
        parser.add_argument("--user", default="root", help="login name (root)")

    def run(self, options: dict[str, Any]) -> None:
        added = add_nodes(
            addresses=inputs.addresses(options),
            port=options["port"],
            user=options["user"],
            actor=self.actor,
        )
        print_nodes(self, options, prefetched().filter(pk__in=[node.pk for node in added]))
        self.say(f"{len(added)} nodes added; next: establish_ssh, then collect_nodes -s new")

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.base import VerbCommand
from operations.region.service import zone_front_gate


class Command(VerbCommand):
    help = "Prints the haproxy listener by which the global proxies lead to a zone's front gate."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help="the zone that joins")
        parser.add_argument(
            "--port",
            type=inputs.port,
            required=True,
            metavar="N",
            help="what the global proxies listen on: free there, another one for each zone",
        )
        parser.add_argument(
            "--server-port",
            type=inputs.port,
            default=0,
            metavar="N",
            help="what the front gate itself listens on (default: the same)",
        )

    def run(self, options: dict[str, Any]) -> None:
        text = zone_front_gate(
            zone_id=options["zone"], port=options["port"], server_port=options["server_port"]
        )
        self.stdout.write(text, ending="")

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import inputs
from installer.cli.base import VerbCommand
from operations.region.service import zone_front_gate


class Command(VerbCommand):
    help = gettext_noop(
        "Print the haproxy listener that forwards from the global proxies to a zone's front gate."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "-z", "--zone", required=True, metavar="ZONE", help=_("zone that joins the region")
        )
        parser.add_argument(
            "--port",
            type=inputs.port,
            required=True,
            metavar="N",
            help=_("port on the global proxies: unused there, and a different one for each zone"),
        )
        parser.add_argument(
            "--server-port",
            type=inputs.port,
            default=0,
            metavar="N",
            help=_("port of the front gate itself (default: same as --port)"),
        )

    def run(self, options: dict[str, Any]) -> None:
        text = zone_front_gate(
            zone_id=options["zone"], port=options["port"], server_port=options["server_port"]
        )
        self.stdout.write(text, ending="")

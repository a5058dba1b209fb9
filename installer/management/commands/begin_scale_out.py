from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import inputs
from installer.cli.base import VerbCommand
from operations.models import ScaleOut
from operations.scale_out.service import begin_scale_out


class Command(VerbCommand):
    help = gettext_noop(
        "Begin a scale-out: the work of bringing nodes into a zone, with its stages from SSH to the return routes. "
        "Addresses that are not registered yet are added as nodes. Prints the id of the scale-out."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "-z", "--zone", required=True, metavar="ZONE", help=_("zone that the nodes will join")
        )
        inputs.add_address_arguments(parser)
        parser.add_argument(
            "--into-region",
            action="store_true",
            help=_("the zone is new and joins its region, with the regional stages"),
        )
        parser.add_argument("--port", type=inputs.port, default=22, metavar="N", help=_("SSH port"))
        parser.add_argument(
            "--user", default="root", metavar="USER", help=_("SSH user of nodes that are added")
        )
        parser.add_argument("--note", default="", metavar="TEXT", help=_("note for whoever takes over"))

    def run(self, options: dict[str, Any]) -> None:
        scale_out = begin_scale_out(
            zone_id=options["zone"],
            kind=ScaleOut.Kind.ZONE if options["into_region"] else ScaleOut.Kind.NODES,
            addresses=inputs.addresses(options, required=False),
            note=options["note"],
            port=options["port"],
            user=options["user"],
            actor=self.actor,
        )
        self.stdout.write(scale_out.scale_out_id)

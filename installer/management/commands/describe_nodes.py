from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.nodes import print_nodes
from nodes.describe import select
from nodes.states import NodeStatus
from zones.models import ROLES
from zones.services.lookups import find_zone


class Command(VerbCommand):
    help = gettext_noop("List nodes with their hardware. With -i, show every disk and port of these nodes.")
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-s", "--status", choices=NodeStatus.values, default="", help=_("node state"))
        inputs.add_address_arguments(parser)
        parser.add_argument("-z", "--zone", default="", metavar="ZONE", help=_("zone id"))
        parser.add_argument("-r", "--role", choices=ROLES, default="", help=_("role in the zone"))

    def run(self, options: dict[str, Any]) -> None:
        if options["zone"]:
            find_zone(options["zone"])
        found = select(status=options["status"], zone_id=options["zone"], role=options["role"])
        wanted = inputs.addresses(options, required=False)
        if wanted:
            found = found.filter(mgmt_address__in=wanted)
        # Nodes given by address are shown in full; a list file names many.
        print_nodes(self, options, found, whole=bool(options["ip"]))

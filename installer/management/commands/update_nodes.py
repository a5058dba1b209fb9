from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import inputs
from installer.cli.command_output import CommandOutputCommand
from jobs.models import Job
from operations.packages.service import update_nodes


class Command(CommandOutputCommand):
    help = gettext_noop("Install packages on a group of nodes in service and group identical output.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "group",
            metavar="GROUP",
            help=_("all, a role, a sub-role, ZONE-ROLE, a host name, an address or an n-id"),
        )
        parser.add_argument(
            "packages",
            metavar="PACKAGE[,PACKAGE]",
            help=_("pitrix-global-conf, or names of packages in packages/ of the data folder"),
        )
        parser.add_argument("-z", "--zone", default="", metavar="ZONE", help=_("only nodes of this zone"))

    def start(self, options: dict[str, Any]) -> Job:
        """Start the job."""
        return update_nodes(
            group=options["group"],
            packages=inputs.split_names(options["packages"]),
            zone_id=options["zone"],
            actor=self.actor,
        )

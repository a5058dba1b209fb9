from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.command_output import AnswersCommand
from jobs.models import Job
from operations.packages.service import update_nodes


class Command(AnswersCommand):
    help = "Installs packages on a group of nodes in service and shows alike answers once."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "group",
            metavar="GROUP",
            help="all, a role, a sub-role, ZONE-ROLE; or a host name, address or n-id",
        )
        parser.add_argument(
            "packages",
            metavar="PACKAGE[,PACKAGE]",
            help="pitrix-global-conf, or names of packages in the data folder's packages/",
        )
        parser.add_argument("-z", "--zone", default="", metavar="ZONE", help="only nodes of this zone")

    def start(self, options: dict[str, Any]) -> Job:
        """Start the job."""
        return update_nodes(
            group=options["group"],
            packages=inputs.split_names(options["packages"]),
            zone_id=options["zone"],
            actor=self.actor,
        )

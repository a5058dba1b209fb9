from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import inputs
from installer.cli.command_output import CommandOutputCommand
from jobs.models import Job
from operations.commands.service import exec_nodes


class Command(CommandOutputCommand):
    help = gettext_noop("Run a command on a group of nodes and group identical output.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "group",
            metavar="GROUP",
            help=_(
                "all, a role, a sub-role, a role of management VMs (proxy, webservice, …), ZONE-ROLE, a host name, "
                "an address or an n-id"
            ),
        )
        parser.add_argument("command", metavar="COMMAND", help=_("command to run, quoted as one argument"))
        parser.add_argument("-z", "--zone", default="", metavar="ZONE", help=_("only nodes of this zone"))
        parser.add_argument(
            "--timeout",
            type=inputs.count,
            default=60,
            metavar="S",
            help=_("timeout per node in seconds (default: 60)"),
        )
        parser.add_argument(
            "--concurrency",
            type=inputs.count,
            default=0,
            metavar="N",
            help=_("number of nodes to run on at once"),
        )

    def start(self, options: dict[str, Any]) -> Job:
        """Start the job."""
        # Anyone with a shell on the installer may run anything anyway; the audit records who did.
        return exec_nodes(
            group=options["group"],
            command=options["command"],
            zone_id=options["zone"],
            timeout_s=options["timeout"],
            concurrency=options["concurrency"],
            actor=self.actor,
            anything=True,
        )

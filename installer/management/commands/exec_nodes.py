from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.command_output import AnswersCommand
from jobs.models import Job
from operations.commands.service import exec_nodes


class Command(AnswersCommand):
    help = "Runs a command on a group of nodes and shows alike answers once."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "group",
            metavar="GROUP",
            help="all, a role, a sub-role, a role of management VMs (proxy, webservice, …), ZONE-ROLE; "
            "or a host name, address or n-id",
        )
        parser.add_argument("command", metavar="COMMAND", help="as one word: quote it")
        parser.add_argument("-z", "--zone", default="", metavar="ZONE", help="only nodes of this zone")
        parser.add_argument(
            "--timeout", type=inputs.count, default=60, metavar="S", help="seconds for each node (60)"
        )
        parser.add_argument(
            "--concurrency", type=inputs.count, default=0, metavar="N", help="so many nodes at once"
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

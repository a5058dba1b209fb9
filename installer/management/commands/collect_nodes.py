from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.errors import NotFound
from common.messages import message
from installer.cli import inputs
from installer.cli.job_command import JobCommand
from jobs.models import Job
from nodes.describe import select
from nodes.services.collect import collect_nodes
from nodes.states import NodeStatus


class Command(JobCommand):
    help = gettext_noop("Collect the hardware of nodes over SSH. Existing corrections are kept.")

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser)
        parser.add_argument("-s", "--status", choices=NodeStatus.values, help=_("all nodes in this state"))
        parser.add_argument("--force", action="store_true", help=_("include nodes in service"))

    def start(self, options: dict[str, Any]) -> Job:
        """Start the job."""
        wanted = inputs.addresses(options, required=not options["status"])
        if options["status"]:
            wanted += _in_state(options["status"])
        return collect_nodes(addresses=list(dict.fromkeys(wanted)), force=options["force"], actor=self.actor)


def _in_state(status: str) -> list[str]:
    found = [str(address) for address in select(status=status).values_list("mgmt_address", flat=True)]
    if not found:
        raise NotFound.because(message("C06", status=status))
    return found

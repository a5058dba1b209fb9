from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.nodes import print_nodes
from nodes.describe import prefetched
from nodes.services.add import add_nodes


class Command(VerbCommand):
    help = gettext_noop("Add nodes by management address. If one address is refused, no node is added.")
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser, flags=("--ip", "-i"))
        parser.add_argument("--port", type=inputs.port, default=22, help=_("SSH port (default: 22)"))
        parser.add_argument("--user", default="root", help=_("login name (default: root)"))

    def run(self, options: dict[str, Any]) -> None:
        added = add_nodes(
            addresses=inputs.addresses(options),
            port=options["port"],
            user=options["user"],
            actor=self.actor,
        )
        print_nodes(self, options, prefetched().filter(pk__in=[node.pk for node in added]))
        self.say(
            ngettext(
                "{count} node added; next: establish_ssh, then collect_nodes -s new",
                "{count} nodes added; next: establish_ssh, then collect_nodes -s new",
                len(added),
            ).format(count=len(added))
        )

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.prompts import add_confirm_argument, confirmed
from zones.services import Retired, retire_nodes


class Command(VerbCommand):
    help = (
        "Takes machines that are in service out of their zone for good: tells what is left to do, asks, then does it. "
        "Nothing runs on any machine."
    )

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser)
        parser.add_argument(
            "--reason", type=inputs.reason, default="", metavar="TEXT", help="kept in the audit"
        )
        parser.add_argument("--dry-run", action="store_true", help="only tell what would follow")
        add_confirm_argument(parser)

    def run(self, options: dict[str, Any]) -> None:
        wanted = {"addresses": inputs.addresses(options), "actor": self.actor, "reason": options["reason"]}
        told = retire_nodes(**wanted, dry_run=True)
        self._tell(told)
        if options["dry_run"]:
            self.say("nothing was changed")
            return
        question = f"These leave zone {told.zone_id}: {', '.join(str(node) for node in told.nodes)}."
        confirm = confirmed(self.ask, options, question, [node.label for node in told.nodes])
        done = retire_nodes(**wanted, confirm=confirm)
        self.say(f"retired from zone {done.zone_id}: {', '.join(str(node) for node in done.nodes)}")

    def _tell(self, told: Retired) -> None:
        self.findings(told.findings)
        for diff in told.settings.values():
            self.say(diff.rstrip("\n"))

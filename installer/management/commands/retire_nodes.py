from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.prompts import add_confirm_argument, confirmed
from zones.services.retire import Retired, retire_nodes


class Command(VerbCommand):
    help = gettext_noop(
        "Remove nodes in service from their zone permanently. The command lists the remaining manual steps, asks for "
        "confirmation, then updates the records. No machine is changed."
    )

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser)
        parser.add_argument(
            "--reason", type=inputs.reason, default="", metavar="TEXT", help=_("reason, stored in the audit")
        )
        parser.add_argument(
            "--dry-run", action="store_true", help=_("list the consequences without retiring the nodes")
        )
        add_confirm_argument(parser)

    def run(self, options: dict[str, Any]) -> None:
        wanted = {"addresses": inputs.addresses(options), "actor": self.actor, "reason": options["reason"]}
        preview = retire_nodes(**wanted, dry_run=True)
        self._show(preview)
        if options["dry_run"]:
            self.say(_("nothing was changed"))
            return
        question = _("These nodes leave zone {zone}: {names}.").format(
            zone=preview.zone_id, names=", ".join(str(node) for node in preview.nodes)
        )
        confirm = confirmed(self.ask, options, question, [node.label for node in preview.nodes])
        done = retire_nodes(**wanted, confirm=confirm)
        self.say(
            _("retired from zone {zone}: {names}").format(
                zone=done.zone_id, names=", ".join(str(node) for node in done.nodes)
            )
        )

    def _show(self, preview: Retired) -> None:
        self.findings(preview.findings)
        for diff in preview.settings.values():
            self.say(diff.rstrip("\n"))

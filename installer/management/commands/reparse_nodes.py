from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from installer.cli import inputs
from installer.cli.base import EXIT_FAILED, VerbCommand
from nodes.describe import reparsed_json
from nodes.services.reparse import reparse_nodes


class Command(VerbCommand):
    help = gettext_noop(
        "Parse the stored output of collections again with the current parsers. No node is contacted."
    )
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser)
        parser.add_argument(
            "--dry-run", action="store_true", help=_("show what would change without saving it")
        )
        parser.add_argument("--force", action="store_true", help=_("include nodes in service"))

    def run(self, options: dict[str, Any]) -> None:
        done = reparse_nodes(
            addresses=inputs.addresses(options),
            dry_run=options["dry_run"],
            force=options["force"],
            actor=self.actor,
        )
        found = [reparsed_json(item.node, item.collection, item.changes, item.error) for item in done]
        rows = [
            {"mgmt_address": item["mgmt_address"], **change} for item in found for change in item["changes"]
        ]
        self.emit(options, found, rows)
        bad = [item for item in found if item["error"]]
        for item in bad:
            self.say(f"{item['mgmt_address']}: {item['error']}")
        changed = sum(1 for item in found if item["changes"])
        count = len(found) - len(bad)
        text = ngettext("{count} node parsed again", "{count} nodes parsed again", count).format(count=count)
        self.say(_("{nodes}, {changed} of them changed").format(nodes=text, changed=changed))
        if bad:
            text = ngettext("{count} node could not be parsed", "{count} nodes could not be parsed", len(bad))
            self.end(text.format(count=len(bad)), EXIT_FAILED)

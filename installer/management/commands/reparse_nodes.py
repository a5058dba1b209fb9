from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.base import EXIT_FAILED, VerbCommand
from nodes.describe import reparsed_json
from nodes.services import reparse_nodes


class Command(VerbCommand):
    help = "Reads again what nodes said when they were collected, with today's parsers; asks no node."
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="only show what would change")
        parser.add_argument("--force", action="store_true", help="also nodes that are in service")

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
        self.say(f"{len(found) - len(bad)} nodes read again, {changed} of them differ")
        if bad:
            self.end(f"{len(bad)} nodes could not be read again", EXIT_FAILED)

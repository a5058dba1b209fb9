from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import inputs
from installer.cli.base import VerbCommand
from nodes.describe import imported_json
from nodes.services.import_nodes import import_nodes

MAX_BYTES = 64 * 1024 * 1024


class Command(VerbCommand):
    help = gettext_noop(
        "Import nodes with facts and corrections from JSON (the describe_nodes format) or CSV."
    )
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file", metavar="FILE", help=_("file written by export_nodes; - reads standard input")
        )
        parser.add_argument(
            "--dry-run",
            action="store_true",
            help=_("show what would be added and changed, without importing"),
        )
        parser.add_argument("--force", action="store_true", help=_("include facts of nodes in service"))

    def run(self, options: dict[str, Any]) -> None:
        done = import_nodes(
            data=inputs.read_file(options["file"], MAX_BYTES),
            file=options["file"],
            dry_run=options["dry_run"],
            force=options["force"],
            actor=self.actor,
        )
        found = [imported_json(item.address, item.what, item.changes, item.notes) for item in done]
        nothing = [{"what": "", "before": None, "after": None}]
        rows = [
            {
                "mgmt_address": item["mgmt_address"],
                "node": item["what"],
                "field": change["what"],
                "before": change["before"],
                "after": change["after"],
            }
            for item in found
            for change in item["changes"] or nothing
        ]
        self.emit(options, found, rows)
        for item in found:
            for note in item["notes"]:
                self.say(f"{item['mgmt_address']}: {note}")
        counts = {
            what: sum(1 for item in found if item["what"] == what) for what in ("new", "changed", "same")
        }
        if options["dry_run"]:
            self.say(_("would be new: {new}, would be changed: {changed}, the same: {same}").format(**counts))
        else:
            self.say(_("new: {new}, changed: {changed}, the same: {same}").format(**counts))

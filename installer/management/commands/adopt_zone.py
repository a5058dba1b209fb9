from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser, OutputWrapper

from installer.cli.base import VerbCommand
from installer.cli.output import for_people, table_text
from installer.cli.plans import plan_rows, read_together, sections
from installer.cli.prompts import confirm
from zones.describe import plan_json
from zones.services import adopt_zone, preview_adoption


class Command(VerbCommand):
    help = "Registers a zone that runs already, with its nodes; touches no machine."
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "-v", "--variables", required=True, metavar="FILE", help="variables.ZONE_ID.yaml of the zone"
        )
        parser.add_argument(
            "-s", "--settings-file", required=True, metavar="FILE", help="settings.ZONE_ID.yaml of the zone"
        )

        parser.add_argument(
            "--check", action="store_true", help="show what would be recorded, record nothing"
        )
        parser.add_argument("--yes", action="store_true", help="do not ask")

    def run(self, options: dict[str, Any]) -> None:
        variables, settings = read_together([options["variables"], options["settings_file"]])
        files = {"variables": variables, "settings": settings}
        preview = preview_adoption(**files, actor=self.actor)
        if options["check"]:
            if for_people(options["format"]):
                self._show(preview, self.stdout)
            else:
                self.emit(options, preview, plan_rows(preview))
            return
        self._show(preview, self.stderr)
        if sys.stdin.isatty() and not options["yes"]:
            nodes = len(preview["roles"])
            question = f"Zone {preview['zone_id']} is recorded as it runs, with {nodes} nodes; no machine is touched."
            confirm(self.say, question, nodes, "nodes", undone="nothing was recorded")
        plan = adopt_zone(**files, actor=self.actor, content_hash=preview["content_hash"])
        found = plan_json(plan, files=False, diff=False)
        names = ("zone_id", "plan_id", "revision", "status")
        self.emit(options, found, [{name: found[name] for name in names}])
        self.say(f"zone {found['zone_id']} is registered")

    def _show(self, preview: dict[str, Any], out: OutputWrapper) -> None:
        """Print everything that would be recorded: the role of each node, and its networks."""
        out.write(f"what would be recorded of zone {preview['zone_id']}:", lambda line: line)
        for title, rows in sections(preview):
            if rows and not title.startswith("Files"):
                out.write(f"\n{title}\n{table_text(rows, out)}", lambda line: line, ending="")

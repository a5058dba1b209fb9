from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import CommandParser, OutputWrapper
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from common.messages import message
from installer.cli.base import VerbCommand
from installer.cli.output import for_people
from installer.cli.plans import plan_rows, read_together, sections
from installer.cli.prompts import confirm
from installer.cli.tables import table_text
from zones.describe import plan_json
from zones.services.adopt import adopt_zone, preview_adoption


class Command(VerbCommand):
    help = gettext_noop("Register a zone that is already running, with its nodes. No machine is changed.")
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "-v", "--variables", required=True, metavar="FILE", help=_("variables.ZONE_ID.yaml of the zone")
        )
        parser.add_argument(
            "-s",
            "--settings-file",
            required=True,
            metavar="FILE",
            help=_("settings.ZONE_ID.yaml of the zone"),
        )

        parser.add_argument(
            "--check", action="store_true", help=_("show what would be recorded without recording it")
        )
        parser.add_argument("--yes", action="store_true", help=_("skip the confirmation prompt"))

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
            question = ngettext(
                "Zone {zone} will be registered as it is running, with {count} node. No machine is changed.",
                "Zone {zone} will be registered as it is running, with {count} nodes. No machine is changed.",
                nodes,
            ).format(zone=preview["zone_id"], count=nodes)
            confirm(
                self.say, question, nodes, _("the number of nodes"), undone=message("C10", "nothing_recorded")
            )
        plan = adopt_zone(**files, actor=self.actor, content_hash=preview["content_hash"])
        found = plan_json(plan, files=False, diff=False)
        names = ("zone_id", "plan_id", "revision", "status")
        self.emit(options, found, [{name: found[name] for name in names}])
        self.say(_("zone {zone} is registered").format(zone=found["zone_id"]))

    def _show(self, preview: dict[str, Any], out: OutputWrapper) -> None:
        """Print everything that would be recorded: the role of each node, and its networks."""
        title = _("Records for zone {zone}:").format(zone=preview["zone_id"])
        out.write(title, lambda line: line)
        for title, rows in sections(preview, files=False):
            if rows:
                out.write(f"\n{title}\n{table_text(rows, out)}", lambda line: line, ending="")

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.base import VerbCommand
from installer.cli.plans import read_together
from zones.describe import plan_json
from zones.services import adopt_zone


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

    def run(self, options: dict[str, Any]) -> None:
        variables, settings = read_together([options["variables"], options["settings_file"]])
        plan = adopt_zone(variables=variables, settings=settings, actor=self.actor)
        found = plan_json(plan, files=False, diff=False)
        names = ("zone_id", "plan_id", "revision", "status")
        self.emit(options, found, [{name: found[name] for name in names}])
        self.say(f"zone {found['zone_id']} is registered")

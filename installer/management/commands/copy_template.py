from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from installer.cli.base import VerbCommand
from zones.services import copy_template
from zones.services.templates import NEW_ZONE, TEMPLATES


class Command(VerbCommand):
    help = "Starts configuration files for a zone: each field with what it means and what is allowed."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE_ID", help="the zone")
        parser.add_argument(
            "-t",
            "--template",
            action="append",
            choices=TEMPLATES,
            help=f"which file (default: {' and '.join(NEW_ZONE)}; scale_settings adds nodes to a zone)",
        )
        parser.add_argument("-o", "--output", default=".", metavar="DIR", help="where to (default: here)")

    def run(self, options: dict[str, Any]) -> None:
        written = copy_template(
            zone_id=options["zone"],
            templates=options["template"] or NEW_ZONE,
            folder=Path(options["output"]),
        )
        for path in written:
            self.stdout.write(str(path))
        self.say(f"fill them in, then check them: see config_qingcloud --help (zone {options['zone']})")

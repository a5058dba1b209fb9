from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from common.errors import Refused
from installer.cli.base import VerbCommand
from zones.services import copy_template
from zones.services.templates import NEW_ZONE, TEMPLATES, copy_archive, list_archives


class Command(VerbCommand):
    help = "Starts configuration files for a zone: from templates that explain each field, or from an example zone."
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", default="", metavar="ZONE_ID", help="the zone")
        parser.add_argument(
            "--archive",
            default="",
            metavar="MODE/ZONE",
            help="the files of an example zone; with -z for a zone of that id",
        )
        parser.add_argument("--list", action="store_true", help="list the example zones")
        parser.add_argument(
            "-t",
            "--template",
            action="append",
            metavar="TEMPLATE",
            help=f"which file, of {', '.join(TEMPLATES)} (default: {' and '.join(NEW_ZONE)}; scale_settings adds "
            "nodes to a zone)",
        )
        parser.add_argument("-o", "--output", default=".", metavar="DIR", help="where to (default: here)")

    def run(self, options: dict[str, Any]) -> None:
        if options["list"]:
            found = [asdict(archive) for archive in list_archives()]
            self.emit(options, found, found)
            return
        if options["archive"] and options["template"]:
            raise Refused.because(
                "C11", "--archive and --template were both given", "an example has both its files already"
            )
        if not options["archive"] and not options["zone"]:
            raise Refused.because(
                "C12", "no zone is named", "give -z ZONE_ID, or --archive MODE/ZONE (--list shows them)"
            )
        folder = Path(options["output"])
        if options["archive"]:
            written = copy_archive(archive=options["archive"], zone_id=options["zone"], folder=folder)
        else:
            written = copy_template(
                zone_id=options["zone"], templates=options["template"] or NEW_ZONE, folder=folder
            )
        for path in written:
            self.stdout.write(str(path))
        self.say("fill them in, then check them: config_qingcloud -v variables… -s settings… --check")

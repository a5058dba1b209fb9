from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.errors import Refused
from common.messages import message
from installer.cli.base import VerbCommand
from zones.services.templates import NEW_ZONE, TEMPLATES, copy_archive, copy_template, list_archives


class Command(VerbCommand):
    help = gettext_noop(
        "Create configuration files for a zone, from commented templates or from an example zone."
    )
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", default="", metavar="ZONE_ID", help=_("zone id"))
        parser.add_argument(
            "--archive",
            default="",
            metavar="MODE/ZONE",
            help=_("the files of an example zone; with -z, adapted to that zone id"),
        )
        parser.add_argument("--list", action="store_true", help=_("list the example zones"))
        parser.add_argument(
            "-t",
            "--template",
            action="append",
            metavar="TEMPLATE",
            help=_(
                "template to copy: {templates} (default: {defaults}; scale_settings adds nodes to a zone)"
            ).format(templates=", ".join(TEMPLATES), defaults=", ".join(NEW_ZONE)),
        )
        parser.add_argument(
            "-o", "--output", default=".", metavar="DIR", help=_("target folder (default: current folder)")
        )

    def run(self, options: dict[str, Any]) -> None:
        if options["list"]:
            found = [asdict(archive) for archive in list_archives()]
            self.emit(options, found, found)
            return
        if options["archive"] and options["template"]:
            raise Refused.because(message("C11"))
        if not options["archive"] and not options["zone"]:
            raise Refused.because(message("C12"))
        folder = Path(options["output"])
        if options["archive"]:
            written = copy_archive(archive=options["archive"], zone_id=options["zone"], folder=folder)
        else:
            written = copy_template(
                zone_id=options["zone"], templates=options["template"] or NEW_ZONE, folder=folder
            )
        for path in written:
            self.stdout.write(str(path))
        self.say(_("fill in the files, then check them: config_qingcloud -v variables… -s settings… --check"))

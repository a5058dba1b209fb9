from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.base import VerbCommand
from installer.cli.output import chosen, for_people
from installer.cli.plans import add_plan_arguments, file_text, named_plan, plan_rows, plan_text
from zones.core.edits import file_hash
from zones.describe import plan_disks, plan_json


class Command(VerbCommand):
    help = gettext_noop("Show what a plan writes to each machine, compared with the current state.")
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        add_plan_arguments(parser)
        parser.add_argument(
            "--diff", action="store_true", help=_("show every changed file as a unified diff")
        )
        parser.add_argument(
            "--file", metavar="PATH", help=_("print only the text of this file, as edit_plan_file reads it")
        )

    def run(self, options: dict[str, Any]) -> None:
        found = named_plan(options)
        disks = plan_disks(found)
        plan = plan_json(found, files=True, diff=options["diff"], disks=disks)
        if options["file"] is not None:
            text = file_text(plan, options["file"])
            self.stdout.write(text, ending="")
            edit = f"edit_plan_file {plan['plan_id']} {options['file']} -I FILE --hash {file_hash(text)}"
            self.say(_("to replace it with an edited text, run {command}").format(command=edit))
        elif (options["diff"] and for_people(options["format"])) or (
            chosen(self.stdout, options["format"]) == "table"
        ):
            self.stdout.write(plan_text(plan, disks, self.stdout, diff=options["diff"]), ending="")
        else:
            self.emit(options, plan, plan_rows(plan))

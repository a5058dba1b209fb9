from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.base import VerbCommand
from zones.services.joining import tick_checklist, untick_checklist, zone_checklist

_SHOWN = ("item", "title", "ticked_by", "ticked_at", "comment")


class Command(VerbCommand):
    help = "Lists what has to be done on the global side when a zone joins, and who ticked it when."
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help="the zone that joins")
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--tick", metavar="ITEM", help="this item is done")
        what.add_argument("--untick", metavar="ITEM", help="this item is not done after all")
        parser.add_argument("--comment", type=inputs.reason, default="", metavar="TEXT", help="kept with it")

    def run(self, options: dict[str, Any]) -> None:
        zone_id, item = options["zone"], options["tick"] or options["untick"]
        if item:
            verb = tick_checklist if options["tick"] else untick_checklist
            verb(zone_id=zone_id, item=item, actor=self.actor, comment=options["comment"])
        found = zone_checklist(zone_id=zone_id)
        self.emit(options, found, [{name: row[name] for name in _SHOWN} for row in found])
        for row in found:
            if row["changed"]:
                self.say(
                    f"{row['item']} was ticked when it said something else: look at it again: {row['how']}"
                )
            elif not row["ticked_by"]:
                self.say(f"{row['item']}: {row['how']}")

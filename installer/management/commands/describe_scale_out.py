from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.base import VerbCommand
from operations.scale_out.service import describe_scale_out, list_scale_outs

_LISTED = ("scale_out_id", "zone_id", "kind", "status", "node_count", "created_by", "created_at")


class Command(VerbCommand):
    help = gettext_noop(
        "Show a scale-out with its stages: the state of each, what blocks it, and what to do next. Without an id, list the "
        "scale-outs of a zone, or of all zones."
    )
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scale_out", nargs="?", metavar="SCALE_OUT", help=_("id of the scale-out"))
        parser.add_argument("-z", "--zone", default="", metavar="ZONE", help=_("zone id"))

    def run(self, options: dict[str, Any]) -> None:
        if not options["scale_out"]:
            rows = list_scale_outs(zone_id=options["zone"])
            self.emit(options, rows, [{name: row[name] for name in _LISTED} for row in rows])
            return
        found = describe_scale_out(scale_out_id=options["scale_out"], zone_id=options["zone"])
        self.emit(
            options,
            found,
            [
                {
                    "stage": stage["title"],
                    "state": stage["state"],
                    "done": stage["done"],
                    "total": stage["total"],
                    "next": stage["action"]["label"] if stage["action"] else "",
                }
                for stage in found["stages"]
            ],
        )
        if options["format"] in (None, "table"):
            self._say_more(found)

    def _say_more(self, found: dict[str, Any]) -> None:
        for stage in found["stages"]:
            for note in stage["notes"]:
                code, nodes = f"{note['code']} " if note["code"] else "", ", ".join(note["nodes"][:8])
                self.say(f"{stage['title']}: {code}{note['detail']}{f' ({nodes})' if nodes else ''}")
        if found["note"]:
            self.say(_("Note by {who}: {note}").format(who=found["note_by"], note=found["note"]))
        if found["next"]:
            self.say(_("Next: {what}").format(what=found["next"]["label"]))

from __future__ import annotations

import sys
from functools import partial
from typing import Any

from django.core.management.base import CommandParser
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.errors import Outdated
from common.messages import message
from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.prompts import type_in
from operations.region.service import tick_checklist, untick_checklist, zone_checklist

_SHOWN = ("item", "title", "ticked_by", "ticked_at", "comment")


class Command(VerbCommand):
    help = gettext_noop(
        "List the tasks on the global side when a zone joins its region, and who completed them."
    )
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "-z", "--zone", required=True, metavar="ZONE", help=_("zone that joins the region")
        )
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--tick", metavar="ITEM", help=_("mark this item as done"))
        what.add_argument("--untick", metavar="ITEM", help=_("mark this item as not done"))
        parser.add_argument(
            "--ticked-at",
            type=inputs.moment,
            metavar="TIME",
            help=_(
                "with --untick: time of another person's tick, as listed; without it, the command shows the tick and "
                "asks for confirmation"
            ),
        )
        parser.add_argument(
            "--comment",
            type=inputs.reason,
            default="",
            metavar="TEXT",
            help=_("comment to store with the tick"),
        )

    def run(self, options: dict[str, Any]) -> None:
        zone_id, item = options["zone"], options["tick"]
        if options["tick"]:
            tick_checklist(zone_id=zone_id, item=item, actor=self.actor, comment=options["comment"])
        elif options["untick"]:
            self._untick(options)
        found = zone_checklist(zone_id=zone_id)
        self.emit(options, found, [{name: row[name] for name in _SHOWN} for row in found])
        for row in found:
            if row["changed"]:
                self.say(
                    _("{item} has changed since it was ticked, check it again: {task}").format(
                        item=row["item"], task=row["how"]
                    )
                )
            elif not row["ticked_by"]:
                self.say(f"{row['item']}: {row['how']}")

    def _untick(self, options: dict[str, Any]) -> None:
        """Untick the item; if it is another person's tick that was not named, show it at a terminal and ask."""
        zone_id, item, ticked_at = options["zone"], options["untick"], options["ticked_at"]
        verb = partial(
            untick_checklist, zone_id=zone_id, item=item, actor=self.actor, comment=options["comment"]
        )
        # Read before: a tick made between the two calls is not the one that was named.
        listed = {row["item"]: row["ticked_at"] for row in zone_checklist(zone_id=zone_id)}
        try:
            verb(ticked_at=ticked_at)
            return
        except Outdated as refusal:
            if ticked_at or not sys.stdin.isatty():
                raise
            self.difference(refusal.difference)
        question = _("The item will count as not done.")
        refused = message("C10", "item", at=listed.get(item) or "TIME")
        type_in(self.ask, question, item, _("the item"), refused=refused)
        verb(ticked_at=parse_datetime(listed.get(item) or ""))

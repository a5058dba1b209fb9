from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.base import VerbCommand
from operations.scale_out.service import change_scale_out, describe_scale_out


class Command(VerbCommand):
    help = gettext_noop(
        "Add nodes to an open scale-out or take nodes out, write the note for whoever takes over, confirm that the return "
        "routes are on the gateway, or close it. Several changes are made in this order."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("scale_out", metavar="SCALE_OUT", help=_("id of the scale-out"))
        for flag, text in (
            ("--add", _("addresses to add; those that are not registered yet are added as nodes")),
            ("--remove", _("addresses to take out; the nodes stay registered")),
        ):
            parser.add_argument(flag, nargs="+", action="extend", default=[], metavar="A", help=text)
        parser.add_argument("--note", metavar="TEXT", help=_("note for whoever takes over"))
        parser.add_argument(
            "--routes-done", action="store_true", help=_("the return routes are on the gateway")
        )
        parser.add_argument("--close", action="store_true", help=_("the scale-out is done, or given up"))

    def run(self, options: dict[str, Any]) -> None:
        changed = change_scale_out(
            scale_out_id=options["scale_out"],
            add=options["add"],
            remove=options["remove"],
            note=options["note"],
            routes_done=options["routes_done"],
            close=options["close"],
            actor=self.actor,
        )
        following = describe_scale_out(scale_out_id=changed.scale_out_id)["next"]
        if following:
            self.say(_("Next: {what}").format(what=following["label"]))
        else:
            self.say(_("Scale-out {scale_out} changed.").format(scale_out=changed.scale_out_id))

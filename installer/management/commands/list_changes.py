from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli.base import VerbCommand
from installer.cli.output import chosen
from operations.changes import list_changes

_SHOWN = ("change_id", "zone_id", "kind", "state", "created_by", "approved_by", "job_id")


class Command(VerbCommand):
    help = gettext_noop("List reviewed changes of files in service (haproxy.cfg, server.yaml), newest first.")
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help=_("zone id"))

    def run(self, options: dict[str, Any]) -> None:
        found = list_changes(zone_id=options["zone"])
        self.emit(options, found, [{name: item[name] for name in _SHOWN} for item in found])
        if chosen(self.stdout, options["format"]) != "table":
            return
        for item in found:
            # Changes that wait for approval or application can be viewed.
            if item["state"] != "applied":
                title = _("{change}, content hash {hash}:")
                self.say("\n" + title.format(change=item["change_id"], hash=item["content_hash"]))
                self.say(item["diff"] or _("nothing changes"))

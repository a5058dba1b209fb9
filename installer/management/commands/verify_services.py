from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.errors import Failed
from common.messages import message
from installer.cli.base import VerbCommand
from operations.supervisor.service import verify_services

COLUMNS = ("hostname", "address", "group", "service", "state", "since", "pid")


class Command(VerbCommand):
    help = gettext_noop(
        "Show the state of supervisor programs on the machines of a zone. The exit code is 1 if a program is not RUNNING "
        "or a machine cannot be reached. A program that the console does not know may have exited (it runs once) or not "
        "been started (autostart=false): it is shown, but does not count. Nodes waiting for installation are skipped."
    )
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help=_("zone id"))
        parser.add_argument(
            "-r",
            "--group",
            default="",
            metavar="GROUP",
            help=_(
                "only this group of machines, as for exec_nodes (default: all nodes and the management VMs)"
            ),
        )

    def run(self, options: dict[str, Any]) -> None:
        found = verify_services(zone_id=options["zone"], group=options["group"])
        rows = found["rows"]
        what = [{"detail": row["error"] or ("" if row["pid"] else row["detail"])} for row in rows]
        shown = [{name: row[name] for name in COLUMNS} | more for row, more in zip(rows, what, strict=True)]
        self.emit(options, found, shown)
        wrong = [row for row in rows if row["wrong"]]
        for row in wrong:
            where = " ".join(filter(None, (row["address"], row["hostname"])))
            said = " ".join(filter(None, (row["service"], row["state"], row["detail"])))
            self.say(f"{where}: {row['error'] or said}")
        if wrong:
            silent = sum(bool(row["error"]) for row in wrong)
            raise Failed(message("X08", wrong=len(wrong) - silent, silent=silent))

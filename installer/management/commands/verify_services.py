from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from common.errors import Failed
from installer.cli.base import VerbCommand
from operations.supervisor.service import verify_services

COLUMNS = ("hostname", "address", "group", "service", "state", "since", "pid")


class Command(VerbCommand):
    help = (
        "Shows how the programs of the supervisor stand on the machines of a zone, and ends with 1 when one is not "
        "RUNNING. A program that the console does not know may have exited (it runs once) or never have been started "
        "(autostart=false): that is shown, and does not count. A machine that cannot be asked does. "
        "Nodes that wait to be scaled are left out."
    )
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help="zone id")
        parser.add_argument(
            "-r",
            "--group",
            default="",
            metavar="GROUP",
            help="only these machines, as exec_nodes takes it (default: all, and the management VMs)",
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
            raise Failed(
                f"not RUNNING as they must: {len(wrong) - silent}; machines that were not asked: {silent}"
            )

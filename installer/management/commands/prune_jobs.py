from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.base import VerbCommand
from jobs.services.prune import prune_jobs


class Command(VerbCommand):
    help = "Deletes jobs, with their log, that ended long ago; who did what (audit) stays."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=180, metavar="N", help="ended more than N days ago (180)"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how many")

    def run(self, options: dict[str, Any]) -> None:
        gone = prune_jobs(days=options["days"], dry_run=options["dry_run"], actor=self.actor)
        verb = "would be deleted" if options["dry_run"] else "deleted"
        self.say(f"{gone.jobs} jobs and {gone.events} log lines {verb}")

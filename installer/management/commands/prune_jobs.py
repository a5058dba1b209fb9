from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli.base import VerbCommand
from installer.cli.prompts import confirm
from jobs.services.prune import prune_jobs


class Command(VerbCommand):
    help = "Deletes jobs, with their log, that ended long ago: shows how many, and asks. Who did what (audit) stays."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days", type=int, default=180, metavar="N", help="ended more than N days ago (180)"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say how many")
        parser.add_argument(
            "--yes", action="store_true", help="do not ask; needed without a terminal, as in cron"
        )

    def run(self, options: dict[str, Any]) -> None:
        days, dry_run = options["days"], options["dry_run"]
        if not dry_run and not options["yes"]:
            old = prune_jobs(days=days, dry_run=True, actor=self.actor)
            if old.jobs:
                question = f"{old.jobs} jobs and {old.events} log lines are deleted for good."
                confirm(self.ask, question, old.jobs, "jobs", undone="nothing was deleted")
        gone = prune_jobs(days=days, dry_run=dry_run, actor=self.actor)
        verb = "would be deleted" if dry_run else "deleted"
        self.say(f"{gone.jobs} jobs and {gone.events} log lines {verb}")

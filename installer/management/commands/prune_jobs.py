from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from common.messages import message
from installer.cli.base import VerbCommand
from installer.cli.prompts import confirm
from jobs.services.prune import Pruned, prune_jobs


class Command(VerbCommand):
    help = gettext_noop(
        "Delete old jobs and their logs, after showing how many and asking for confirmation. The audit is kept."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--days",
            type=int,
            default=180,
            metavar="N",
            help=_("delete jobs that ended more than N days ago (default: 180)"),
        )
        parser.add_argument("--dry-run", action="store_true", help=_("show the numbers without deleting"))
        parser.add_argument(
            "--yes",
            action="store_true",
            help=_("skip the confirmation prompt; required without a terminal, as in cron"),
        )

    def run(self, options: dict[str, Any]) -> None:
        days, dry_run = options["days"], options["dry_run"]
        if not dry_run and not options["yes"]:
            old = prune_jobs(days=days, dry_run=True, actor=self.actor)
            if old.jobs:
                question = _("These will be permanently deleted: {what}.").format(what=_numbers(old))
                confirm(
                    self.ask,
                    question,
                    old.jobs,
                    _("the number of jobs"),
                    undone=message("C10", "nothing_deleted"),
                )
        gone = prune_jobs(days=days, dry_run=dry_run, actor=self.actor)
        text = _("would be deleted: {what}") if dry_run else _("deleted: {what}")
        self.say(text.format(what=_numbers(gone)))


def _numbers(pruned: Pruned) -> str:
    return _("{jobs}, {lines}").format(
        jobs=ngettext("{count} job", "{count} jobs", pruned.jobs).format(count=pruned.jobs),
        lines=ngettext("{count} log line", "{count} log lines", pruned.events).format(count=pruned.events),
    )

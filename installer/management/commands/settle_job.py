from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import inputs
from installer.cli.base import VerbCommand
from jobs.services.settle import settle_job
from nodes.addresses import read_addresses


class Command(VerbCommand):
    help = gettext_noop(
        "Confirm that an abandoned job has stopped on nodes that the console cannot check. Use it if the machine is gone, or "
        "after you checked it; until then, these nodes cannot be deleted, collected or erased. Also confirms that a phase is "
        "done whose result the console cannot see (keys of a memcached that does not list all of them); resume_job then "
        "continues."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", metavar="JOB", help=_("job id"))
        parser.add_argument(
            "--node",
            metavar="IP",
            nargs="+",
            action="extend",
            default=[],
            help=_("nodes that you checked; list each of them"),
        )
        parser.add_argument(
            "--reason",
            type=inputs.reason,
            required=True,
            metavar="TEXT",
            help=_("how you verified it; stored in the audit"),
        )

    def run(self, options: dict[str, Any]) -> None:
        job = settle_job(
            job_id=options["job"],
            addresses=read_addresses(options["node"]) if options["node"] else [],
            reason=options["reason"],
            actor=self.actor,
        )
        words = job.params.get("words", {})
        if words:
            self.say(
                _("job {job}: {phases} counts as done; to continue, run resume_job {job}").format(
                    job=job.job_id, phases=", ".join(words)
                )
            )
        else:
            self.say(_("job {job}: its nodes are released").format(job=job.job_id))

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.base import VerbCommand
from jobs.services import settle_job
from nodes.addresses import read_addresses


class Command(VerbCommand):
    help = (
        "Says that nothing of a job runs any more on nodes where it was given up: the machine is gone, or somebody "
        "has looked. Such nodes are not deleted, collected or erased before. Also says that what a phase could not see to be "
        "done is done (keys of a memcached that does not show them all): then resume_job goes on."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("job", metavar="JOB", help="job id")
        parser.add_argument(
            "--node",
            metavar="IP",
            nargs="+",
            action="extend",
            default=[],
            help="the nodes that were looked at; each is named",
        )
        parser.add_argument(
            "--reason",
            type=inputs.reason,
            required=True,
            metavar="TEXT",
            help="how you know; kept in the audit",
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
            self.say(f"{job.job_id}: {', '.join(words)} counts as done; go on with resume_job {job.job_id}")
        else:
            self.say(f"{job.job_id}: its nodes are free again")

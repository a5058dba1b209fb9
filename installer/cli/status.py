"""``get_status`` and ``get_log``, also under their aliases."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.errors import Refused
from common.messages import message, with_code
from installer.cli.base import VerbCommand
from installer.cli.follow_job import follow, patiently
from installer.cli.output import chosen, csv_text, yaml_text
from installer.cli.progress import outlook, summary
from installer.cli.rows import job_row
from jobs.lookups import find_job, newest_job
from jobs.models import Job
from jobs.notifications import Listener
from jobs.queries import LEVELS, EventRow, event, event_rows, job_status
from jobs.states import JOB_ENDED
from nodes.models import Node

# How long lines are collected.
_GAP_S = 0.2


class OneJobCommand(VerbCommand):
    """A command about one job: named by its id, or the newest one of an action."""

    lists = True
    # The action of an alias (main.ALIASES); empty: any.
    action = ""

    def arguments(self, parser: CommandParser) -> None:
        """Add the options that select the job."""
        parser.add_argument(
            "job", nargs="?", default="", metavar="JOB", help=_("job id (default: the newest job)")
        )
        if not self.action:
            parser.add_argument(
                "--action", default="", help=_("use the newest job of this action, such as collect_nodes")
            )

    def job(self, options: dict[str, Any]) -> Job:
        """Look up the job. Raises :class:`NotFound`, or :class:`Refused` when two are named."""
        action = self.action or options["action"]
        if not options["job"]:
            return newest_job(action)
        job = find_job(options["job"])
        if action and job.action != action:
            raise Refused.because(message("C07", job=job.job_id, action=job.action, wanted=action))
        return job


class StatusCommand(OneJobCommand):
    """``get_status`` and its aliases."""

    help = gettext_noop("Show the status of a job: its phases and nodes.")

    def arguments(self, parser: CommandParser) -> None:
        """Add the options that select the job and follow it."""
        super().arguments(parser)
        parser.add_argument("--wait", action="store_true", help=_("follow the job and exit with its result"))

    def run(self, options: dict[str, Any]) -> None:
        """Print the status; when following, the final one."""
        job = self.job(options)
        if options["wait"]:
            self.outcome = follow(self, job.job_id)
            job.refresh_from_db()
        status = job_status(job)
        if chosen(self.stdout, options["format"]) == "table":
            self.say(summary(status))
            if outlook(status):
                self.say(outlook(status))
            for text in filter(None, (status["waits_for"], with_code(status["error"]))):
                self.say(text)
        self.emit(options, status, [job_row(node) for node in status["nodes"]])
        if self.outcome:
            raise SystemExit(self.outcome)


class LogCommand(OneJobCommand):
    """``get_log`` and its aliases."""

    help = gettext_noop("Print the log of a job. In json format, each line is one object.")

    def arguments(self, parser: CommandParser) -> None:
        """Add the options that select the job and the lines, and wait for more."""
        super().arguments(parser)
        parser.add_argument(
            "--node", default="", metavar="IP", help=_("only lines of this node: address, host name or n-id")
        )
        parser.add_argument("--phase", default="", help=_("only lines of this phase"))
        parser.add_argument(
            "--level", choices=LEVELS, default="", help=_("only lines of this level or higher")
        )
        parser.add_argument("--follow", action="store_true", help=_("print new lines until the job ends"))

    def run(self, options: dict[str, Any]) -> None:
        """Print line by line; memory stays flat however long the log is."""
        job = self.job(options)
        how = chosen(self.stdout, options["format"])
        wanted = {
            "node": _address(job, options["node"]),
            "phase": options["phase"],
            "level": options["level"],
        }
        _known_phase(job, options["phase"])
        header = True
        for batch in batches(job, wanted, go_on=options["follow"]):
            self.stdout.write(written(batch, how, header=header), ending="")
            self.stdout.flush()
            header = False
        if header:
            text = (
                _("job {job} has no such line")
                if any(wanted.values())
                else _("the log of job {job} is empty")
            )
            self.say(text.format(job=job.job_id))


def _address(job: Job, name: str) -> str:
    """Return the address that a node's lines carry, by address, n-id or host name. Raises :class:`Refused` (C14)."""
    by_target = dict(job.steps.exclude(target="").values_list("target", "address"))
    if not name or name in by_target.values():
        return name
    if name in by_target:
        return by_target[name]
    for node_id in Node.objects.filter(hostname=name).values_list("node_id", flat=True):
        if node_id in by_target:
            return by_target[node_id]
    few = ", ".join(sorted(set(by_target.values()))[:5]) or "none"
    raise Refused.because(message("C14", job=job.job_id, name=name, few=few), field="node")


def _known_phase(job: Job, phase: str) -> None:
    known = list(dict.fromkeys(job.steps.order_by("pk").values_list("phase", flat=True)))
    if phase and known and phase not in known:
        raise Refused.because(message("C15", job=job.job_id, phase=phase, known=known), field="phase")


def batches(job: Job, wanted: dict[str, Any], *, go_on: bool) -> Iterator[list[EventRow]]:
    """Yield the existing lines, and with ``go_on`` new ones until the job has ended."""
    after, listener = 0, Listener()
    while True:
        # Looked up before the lines, so that they include everything logged up to here.
        now = patiently(partial(find_job, job.job_id))
        while batch := patiently(partial(event_rows, job, after=after, **wanted)):
            yield batch
            after = batch[-1][0]
        after = max(after, now.last_seq)
        if not go_on or now.status in JOB_ENDED:
            return
        patiently(partial(listener.wait, least_s=_GAP_S))


def written(batch: list[EventRow], how: str, *, header: bool) -> str:
    """Render a batch of log lines in a format; ``header`` is for the first batch of a CSV."""
    # get_status does not need it.
    from installer.logfile import json_lines, text_lines

    if how == "json":
        return json_lines(batch)
    if how == "yaml":
        return yaml_text([event(row) for row in batch])
    if how == "csv":
        return csv_text([event(row) for row in batch], header=header)
    return text_lines(batch)

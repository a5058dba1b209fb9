"""Commands whose nodes answer: identical answers are shown once."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from installer.cli.job_command import JobCommand
from jobs.models import Job
from operations.commands.grouped_output import GroupedOutput, summary
from operations.commands.service import read_answers


class CommandOutputCommand(JobCommand):
    """Base of these commands. Subclasses define ``arguments`` and ``start``."""

    def ended(self, job: Job) -> None:
        """Print the answers on standard output and their summary on standard error."""
        folded = read_answers(job.job_id)
        self.say(summary(folded))
        for answer in folded:
            self.stdout.write(f"--- {_who(answer)}")
            self.stdout.write(answer.text)


def _who(answer: GroupedOutput) -> str:
    text, count = ", ".join(answer.nodes), len(answer.nodes)
    if count > 1:
        text = ngettext("{count} node: {names}", "{count} nodes: {names}", count).format(
            count=count, names=text
        )
    return _("{nodes} (failed)").format(nodes=text) if answer.failed else text

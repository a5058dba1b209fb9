from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.messages import message
from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.plans import add_plan_arguments, add_seen_argument, named_plan, seen_plan
from zones.services.approve import reject_plan


class Command(VerbCommand):
    help = gettext_noop("Reject a plan and release the networks that it reserved.")

    def arguments(self, parser: CommandParser) -> None:
        add_plan_arguments(parser)
        add_seen_argument(parser)
        parser.add_argument(
            "--comment",
            type=inputs.reason,
            default="",
            metavar="TEXT",
            help=_("comment to store with the rejection"),
        )

    def run(self, options: dict[str, Any]) -> None:
        named = named_plan(options)
        seen = seen_plan(self, named, options, undone=message("C10", "nothing_rejected"))
        plan = reject_plan(plan_id=named.plan_id, comment=options["comment"], actor=self.actor, **seen)
        self.say(_("plan {plan} is {status}").format(plan=plan.plan_id, status=plan.status))

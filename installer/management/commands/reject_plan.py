from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.plans import add_plan_arguments, add_seen_argument, named_plan, seen_plan
from zones.services import reject_plan


class Command(VerbCommand):
    help = "Rejects a plan: the networks it reserved are free again."

    def arguments(self, parser: CommandParser) -> None:
        add_plan_arguments(parser)
        add_seen_argument(parser)
        parser.add_argument("--comment", type=inputs.reason, default="", metavar="TEXT", help="kept with it")

    def run(self, options: dict[str, Any]) -> None:
        named = named_plan(options)
        seen = seen_plan(self, named, options, undone="nothing was rejected")
        plan = reject_plan(plan_id=named.plan_id, comment=options["comment"], actor=self.actor, **seen)
        self.say(f"plan {plan.plan_id} is {plan.status}")

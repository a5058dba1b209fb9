from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.plans import add_plan_arguments, add_seen_argument, named_plan, seen_plan
from zones.services import leave_out_nodes


class Command(VerbCommand):
    help = (
        "Lets an open plan go on without nodes that cannot be installed: they are available again, what remains is "
        "a draft to be reviewed and approved."
    )

    def arguments(self, parser: CommandParser) -> None:
        add_plan_arguments(parser)
        add_seen_argument(parser)
        inputs.add_address_arguments(parser)
        parser.add_argument(
            "--reason", type=inputs.reason, default="", metavar="TEXT", help="kept with the plan"
        )

    def run(self, options: dict[str, Any]) -> None:
        addresses, named = inputs.addresses(options), named_plan(options)
        left = leave_out_nodes(
            plan_id=named.plan_id,
            addresses=addresses,
            **seen_plan(self, named, options, undone="no node was left out"),
            reason=options["reason"],
            actor=self.actor,
        )
        plan = left.plan
        if left.again:
            self.say(f"settings change on nodes in service, scale them again: {', '.join(left.again)}")
        self.say(
            f"plan {plan.plan_id} is a {plan.status} of {len(plan.roles)} nodes, {len(left.files)} files changed: "
            f"review it (show_plan {plan.plan_id} --diff), then approve_plan {plan.plan_id}"
        )

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from common.messages import message
from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.plans import add_plan_arguments, add_seen_argument, named_plan, seen_plan
from zones.services.leave_out import leave_out_nodes


class Command(VerbCommand):
    help = gettext_noop(
        "Remove nodes that cannot be installed from an open plan. These nodes become available again, and the rest of "
        "the plan becomes a draft for review and approval."
    )

    def arguments(self, parser: CommandParser) -> None:
        add_plan_arguments(parser)
        add_seen_argument(parser)
        inputs.add_address_arguments(parser)
        parser.add_argument(
            "--reason", type=inputs.reason, default="", metavar="TEXT", help=_("reason, stored with the plan")
        )

    def run(self, options: dict[str, Any]) -> None:
        addresses, named = inputs.addresses(options), named_plan(options)
        left = leave_out_nodes(
            plan_id=named.plan_id,
            addresses=addresses,
            **seen_plan(self, named, options, undone=message("C10", "nothing_left_out")),
            reason=options["reason"],
            actor=self.actor,
        )
        plan = left.plan
        if left.again:
            self.say(
                _("the settings of nodes in service change; scale these nodes again: {names}").format(
                    names=", ".join(left.again)
                )
            )
        self.say(
            _(
                "plan {plan} is {status} with {nodes}; {files} changed: review it (show_plan {plan} --diff), "
                "then approve_plan {plan}"
            ).format(
                plan=plan.plan_id,
                status=plan.status,
                nodes=ngettext("{count} node", "{count} nodes", len(plan.roles)).format(
                    count=len(plan.roles)
                ),
                files=ngettext("{count} file", "{count} files", len(left.files)).format(
                    count=len(left.files)
                ),
            )
        )

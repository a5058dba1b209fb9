from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.messages import message
from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.plans import add_plan_arguments, add_seen_argument, named_plan, seen_plan
from zones.models import Plan
from zones.services.approve import approve_plan
from zones.states import PlanStatus


class Command(VerbCommand):
    help = gettext_noop(
        "Approve a reviewed plan (--hash), or show the plan and ask for approval. Later changes to files, roles, "
        "disks or host keys void the approval."
    )

    def arguments(self, parser: CommandParser) -> None:
        add_plan_arguments(parser)
        add_seen_argument(parser)
        parser.add_argument(
            "--comment",
            type=inputs.reason,
            default="",
            metavar="TEXT",
            help=_("comment to store with the approval"),
        )

    def run(self, options: dict[str, Any]) -> None:
        named = named_plan(options)
        seen = seen_plan(self, named, options, undone=message("C10", "nothing_approved"))
        plan = approve_plan(
            plan_id=named.plan_id,
            content_hash=seen["content_hash"],
            comment=options["comment"],
            actor=self.actor,
        )
        if plan.status == PlanStatus.APPLIED:
            self.say(
                _(
                    "plan {plan} is applied: all its nodes are already in service, nothing is installed"
                ).format(plan=plan.plan_id)
            )
            for finding in plan.findings:
                if finding.remedy:
                    self.say(f"{finding.code} {finding.detail} -> {finding.remedy}")
            return
        new = plan.kind == Plan.Kind.ZONE and not plan.zone.is_global
        verb = "scale_qingcloud_zone" if new else "scale_qingcloud"
        self.say(
            _("plan {plan} is {status}; next: {command}").format(
                plan=plan.plan_id, status=plan.status, command=f"{verb} -z {plan.zone.zone_id} -I FILE"
            )
        )

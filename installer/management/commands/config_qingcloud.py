from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import inputs
from installer.cli.base import EXIT_REFUSED, VerbCommand
from installer.cli.plans import read_together
from zones.services.configure import Configured, config_qingcloud


class Command(VerbCommand):
    help = gettext_noop("Check configuration files and create a plan for each zone, for review and approval.")
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "-v", "--variables", default="", metavar="FILE[,FILE]", help=_("variables.ZONE_ID.yaml")
        )
        parser.add_argument(
            "-s",
            "--settings-file",
            required=True,
            metavar="FILE[,FILE]",
            help=_("settings.ZONE_ID.yaml or scale_settings.ZONE_ID.yaml"),
        )
        parser.add_argument(
            "-f",
            "--force",
            action="store_true",
            help=_("replace the configuration of a zone that is already configured"),
        )
        parser.add_argument(
            "--rekey-from",
            default="",
            metavar="OLD_ID",
            help=_(
                "with -f: the previous zone id, if the files have a new one; lists the rows that move to the new id"
            ),
        )
        parser.add_argument(
            "--yes", action="store_true", help=_("with --rekey-from: confirm the listed rows and move them")
        )
        parser.add_argument("--check", action="store_true", help=_("check only, change nothing"))

    def run(self, options: dict[str, Any]) -> None:
        variables = inputs.split_names(options["variables"])
        # Read together: two mistyped names are both reported.
        files = read_together([*variables, *inputs.split_names(options["settings_file"])])
        done = config_qingcloud(
            variables=files[: len(variables)],
            settings=files[len(variables) :],
            force=options["force"],
            check=options["check"],
            rekey_from=options["rekey_from"],
            rekey_confirmed=options["yes"],
            actor=self.actor,
        )
        for configured in done:
            self.findings(configured.findings)
        rows = [_row(configured) for configured in done]
        findings = [[finding.as_dict() for finding in configured.findings] for configured in done]
        data = [{**row, "findings": found} for row, found in zip(rows, findings, strict=True)]
        self.emit(options, data, rows)
        if any(finding.level == "error" for configured in done for finding in configured.findings):
            self.end(_("refused: correct the errors above, then run the command again"), EXIT_REFUSED)
        for configured in done:
            if configured.plan:
                self.say(
                    _("next: show_plan {plan} --diff, then approve_plan").format(plan=configured.plan.plan_id)
                )


def _row(configured: Configured) -> dict[str, Any]:
    plan = configured.plan
    return {
        "zone_id": configured.zone_id,
        "plan_id": plan.plan_id if plan else None,
        "revision": plan.revision if plan else None,
        "status": plan.status if plan else "checked",
    }

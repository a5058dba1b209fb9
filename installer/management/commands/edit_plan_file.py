from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.errors import Refused
from common.messages import message
from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.prompts import type_in
from jobs.queries import stamp
from zones.core.edits import file_hash, normal_text
from zones.describe import unified
from zones.services.edit import edit_plan_file
from zones.services.lookups import find_file, find_plan


class Command(VerbCommand):
    help = gettext_noop(
        "Replace the text of a rendered file in a plan. The rendered text is kept for comparison. "
        "show_plan PLAN --file PATH prints the current text."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", metavar="PLAN", help=_("plan id"))
        parser.add_argument(
            "path", metavar="PATH", help=_("path of the file in the plan, as listed by show_plan")
        )
        parser.add_argument(
            "-I",
            "--input",
            required=True,
            metavar="FILE",
            help=_("file with the new text; - reads standard input"),
        )
        parser.add_argument(
            "--hash",
            metavar="HASH",
            help=_(
                "hash of the text that the edit is based on (from show_plan PLAN --file PATH); without it, the "
                "command shows the differences and asks for confirmation"
            ),
        )

    def run(self, options: dict[str, Any]) -> None:
        data = inputs.read_file(options["input"], inputs.MAX_CONFIG_BYTES)
        try:
            content = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Refused.because(message("E10", "not_utf8"), file=options["input"]) from None
        plan = edit_plan_file(
            plan_id=options["plan"],
            path=options["path"],
            content=content,
            made_from=self._made_from(options, content),
            actor=self.actor,
        )
        self.say(
            _("plan {plan} is {status}; next: show_plan {plan} --diff, then approve_plan").format(
                plan=plan.plan_id, status=plan.status
            )
        )

    def _made_from(self, options: dict[str, Any], content: str) -> str:
        """Return the given hash, or the hash of the text that is now shown beside the new one."""
        if options["hash"] is not None:
            return str(options["hash"])
        plan = find_plan(plan_id=options["plan"])
        now = find_file(plan, options["path"])
        if now.edited_by:
            self.say(
                _("{path} was edited by {name} at {time}").format(
                    path=now.path, name=now.edited_by, time=stamp(now.edited_at)
                )
            )
        self.say(unified(now.path, now.content, normal_text(content)) or _("the plan already has this text"))
        refused = message("C10", "file", hash=file_hash(now.content))
        type_in(self.ask, "", now.path, _("the path"), refused=refused)
        return file_hash(now.content)

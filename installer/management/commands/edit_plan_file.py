from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from common.errors import Refused
from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.prompts import type_in
from jobs.queries import stamp
from zones.core.edits import file_hash, normal_text
from zones.describe import unified
from zones.services import edit_plan_file, find_file, find_plan


class Command(VerbCommand):
    help = (
        "Puts a text in the place of a rendered file of a plan; what was rendered is kept beside it. "
        "show_plan PLAN --file PATH prints the text as it is now."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("plan", metavar="PLAN", help="plan id")
        parser.add_argument(
            "path", metavar="PATH", help="path of the file in the plan, as show_plan lists it"
        )
        parser.add_argument(
            "-I", "--input", required=True, metavar="FILE", help="the new text; - reads standard input"
        )
        parser.add_argument(
            "--hash",
            metavar="HASH",
            help="of the text that the new one was made from (show_plan PLAN --file PATH says it); without it the "
            "difference from the present text is shown and you are asked",
        )

    def run(self, options: dict[str, Any]) -> None:
        data = inputs.read_file(options["input"], inputs.MAX_CONFIG_BYTES)
        try:
            content = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Refused.because(
                "E10", "the text is not UTF-8", "save it as UTF-8", file=options["input"]
            ) from None
        plan = edit_plan_file(
            plan_id=options["plan"],
            path=options["path"],
            content=content,
            made_from=self._made_from(options, content),
            actor=self.actor,
        )
        self.say(
            f"plan {plan.plan_id} is {plan.status}; next: show_plan {plan.plan_id} --diff, then approve_plan"
        )

    def _made_from(self, options: dict[str, Any], content: str) -> str:
        """Return the given hash, or the hash of the text that is now shown beside the new one."""
        if options["hash"] is not None:
            return str(options["hash"])
        plan = find_plan(plan_id=options["plan"])
        now = find_file(plan, options["path"])
        if now.edited_by:
            self.say(f"{now.path} was edited by {now.edited_by} at {stamp(now.edited_at)}")
        self.say(
            unified(now.path, now.content, normal_text(content)) or "the text is what the plan has already"
        )
        remedy = f"look at the difference and type the path, or give --hash {file_hash(now.content)}"
        type_in(self.ask, "", now.path, "the path", undone="nothing was changed", remedy=remedy)
        return file_hash(now.content)

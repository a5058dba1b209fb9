from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import inputs
from installer.cli.base import VerbCommand
from jobs.errors import Refused
from zones.services import edit_plan_file


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

    def run(self, options: dict[str, Any]) -> None:
        data = inputs.read_file(options["input"], inputs.MAX_CONFIG_BYTES)
        try:
            content = data.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise Refused.because(
                "E10", "the text is not UTF-8", "save it as UTF-8", file=options["input"]
            ) from None
        plan = edit_plan_file(
            plan_id=options["plan"], path=options["path"], content=content, actor=self.actor
        )
        self.say(
            f"plan {plan.plan_id} is {plan.status}; next: show_plan {plan.plan_id} --diff, then approve_plan"
        )

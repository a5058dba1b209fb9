from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from common.codes import CODES, explanation, find_code
from installer.cli.base import VerbCommand


class Command(VerbCommand):
    help = "Explains a code such as R02: what it means, when it is said, and what to do. Without a code: lists all."
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "code", nargs="?", default="", help="the letter and two digits a finding begins with"
        )

    def run(self, options: dict[str, Any]) -> None:
        if not options["code"]:
            rows = [code.as_dict() for code in CODES.values()]
            self.emit(
                options, rows, [{name: row[name] for name in ("code", "level", "title")} for row in rows]
            )
            return
        code = find_code(options["code"])
        if options["format"] in (None, "table"):
            self.stdout.write(explanation(code))
        else:
            self.emit(options, code.as_dict(), [code.as_dict()])

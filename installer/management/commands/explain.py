from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.codes import CODES, explanation
from common.explain import find_code
from installer.cli.base import VerbCommand


class Command(VerbCommand):
    help = gettext_noop(
        "Explain a code such as R02: its meaning, cause and remedy. Without a code, list all codes."
    )
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "code", nargs="?", default="", help=_("code of a finding: a letter and two digits")
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

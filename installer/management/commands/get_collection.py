from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.errors import Refused
from common.messages import message
from installer.cli.base import VerbCommand
from nodes.addresses import read_addresses
from nodes.describe import collection_json
from nodes.services.collections import collections_of, raw_output


class Command(VerbCommand):
    help = gettext_noop("List the collections of a node, or print their raw output, for a bug report.")
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-i", "--ip", required=True, metavar="A", help=_("management address"))
        parser.add_argument(
            "--raw", action="store_true", help=_("print the raw output (default: of the newest collection)")
        )
        parser.add_argument("--number", type=int, metavar="N", help=_("number of the collection to print"))
        parser.add_argument(
            "-o", "--output", metavar="FILE", help=_("write to this file instead of standard output")
        )

    def run(self, options: dict[str, Any]) -> None:
        address, *more = read_addresses([options["ip"]])
        if more:
            raise Refused.because(message("C17", word=options["ip"], count=1 + len(more)))
        if options["raw"] or options["output"] or options["number"] is not None:
            _, raw = raw_output(address=address, number=options["number"])
            if options["output"]:
                Path(options["output"]).write_bytes(raw)
            else:
                sys.stdout.buffer.write(raw)
            return
        found = [collection_json(row) for row in collections_of(address=address)]
        rows = [{**row, "changes": len(row["changes"])} for row in found]
        self.emit(options, found, rows)

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser

from common.errors import Refused
from installer.cli.base import VerbCommand
from nodes.addresses import read_addresses
from nodes.describe import collection_json
from nodes.services import collections_of, raw_output


class Command(VerbCommand):
    help = "Lists the collections of a node, or prints word for word what it said, to report a fault."
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-i", "--ip", required=True, metavar="A", help="management address")
        parser.add_argument(
            "--raw", action="store_true", help="print what the node said (the newest without --number)"
        )
        parser.add_argument("--number", type=int, metavar="N", help="of this collection")
        parser.add_argument(
            "-o", "--output", metavar="FILE", help="write it there instead of standard output"
        )

    def run(self, options: dict[str, Any]) -> None:
        address, *more = read_addresses([options["ip"]])
        if more:
            raise Refused.because(
                "C17",
                f"{options['ip']!r} is {1 + len(more)} addresses",
                "name one: collections are of one node",
            )
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

from __future__ import annotations

import os
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import inputs
from installer.cli.base import VerbCommand
from nodes.describe import select
from nodes.services.export_nodes import FORMATS, export_nodes
from nodes.states import NodeStatus
from zones.services.lookups import find_zone


class Command(VerbCommand):
    help = gettext_noop(
        "Export nodes with their facts and corrections, for import_nodes. Without options, export all nodes."
    )

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser)
        parser.add_argument("-s", "--status", choices=NodeStatus.values, default="", help=_("node state"))
        parser.add_argument("-z", "--zone", default="", metavar="ZONE", help=_("zone id"))
        parser.add_argument("--format", choices=FORMATS, default="json", help=_("json (default) or csv"))
        parser.add_argument(
            "-o", "--output", metavar="FILE", help=_("write to this file instead of standard output")
        )

    def run(self, options: dict[str, Any]) -> None:
        if options["zone"]:
            find_zone(options["zone"])
        nodes = select(status=options["status"], zone_id=options["zone"])
        wanted = inputs.addresses(options, required=False)
        if wanted:
            nodes = nodes.filter(mgmt_address__in=wanted)
        pieces = export_nodes(nodes=nodes, format=options["format"])
        if not options["output"]:
            for piece in pieces:
                self.stdout.write(piece, ending="")
            return
        _write(Path(options["output"]), pieces)


def _write(target: Path, pieces: Iterable[str]) -> None:
    """Write all of it or nothing. Raises :class:`OSError` naming the target."""
    if target.exists() and not target.is_file():
        # Write into a device or a pipe: replacing it with a file would take /dev/null away from the whole host.
        with target.open("w", encoding="utf-8", newline="") as handle:
            handle.writelines(pieces)
        return
    # If the target is a link, it stays one.
    place = target.resolve()
    draft = place.with_name(f".{place.name}.{os.getpid()}")
    try:
        with draft.open("x", encoding="utf-8", newline="") as handle:
            handle.writelines(pieces)
        draft.replace(place)
    except OSError as error:
        raise OSError(error.errno, error.strerror, str(target)) from None
    finally:
        with suppress(OSError):
            draft.unlink()

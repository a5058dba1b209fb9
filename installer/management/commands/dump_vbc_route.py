from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.errors import Refused
from common.messages import message
from installer.cli.base import VerbCommand
from zones.core.rendering import SYNTAXES
from zones.services.vbc_routes import vbc_routes


class Command(VerbCommand):
    help = gettext_noop("Print the return routes of VBC networks for the management gateway.")

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "group", nargs="?", default="", metavar="GROUP", help=_("all, a role, ZONE-ROLE or a host name")
        )
        parser.add_argument("-z", "--zone", default="", metavar="ZONE", help=_("all networks of this zone"))
        parser.add_argument(
            "--syntax", choices=SYNTAXES, default="iproute2", help=_("route syntax (default: iproute2)")
        )
        parser.add_argument("--job", default="", metavar="JOB", help=_("only networks that this job added"))

    def run(self, options: dict[str, Any]) -> None:
        if not (options["group"] or options["zone"] or options["job"]):
            raise Refused.because(message("C09"))
        text = vbc_routes(
            zone_id=options["zone"],
            group=options["group"],
            syntax=options["syntax"],
            job_id=options["job"],
        )
        # No output when there are no routes: an empty line would be taken for one.
        self.stdout.write(text, ending="\n" if text else "")

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import inputs
from installer.cli.output import chosen
from installer.cli.plans import print_steps
from installer.management.commands import scale_qingcloud
from jobs.models import Job
from jobs.services.submit import Pace
from operations.scaling.scale_zone import dry_run_zone, scale_qingcloud_zone


class Command(scale_qingcloud.Command):
    help = gettext_noop("Install a new zone from its approved plan and add it to its region.")

    def arguments(self, parser: CommandParser) -> None:
        super().arguments(parser)
        parser.add_argument(
            "--cache-servers",
            default="",
            metavar="SERVERS",
            help=_(
                "memcached servers of the region as HOST:PORT;HOST:PORT (default: every zoocassa of the global zone)"
            ),
        )

    def start(self, options: dict[str, Any]) -> Job | None:
        """Start the job; with ``--dry-run``, print its steps instead."""
        named = {
            "zone_id": options["zone"],
            "addresses": inputs.addresses(options),
            "cache_servers": options["cache_servers"],
        }
        if options["dry_run"]:
            steps = dry_run_zone(**named)
            if chosen(self.stdout, options["format"]) == "table":
                print_steps(self, steps)
            else:
                self.emit(options, steps, steps)
            return None
        pace = Pace(canary=options["canary"], batch=options["batch"], max_failures=options["max_failures"])
        return scale_qingcloud_zone(**named, pace=pace, actor=self.actor)

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import change_options
from installer.cli.job_command import JobCommand
from jobs.models import Job
from operations.changes import approve_change, change_diff
from operations.haproxy.service import apply_haproxy, preview_haproxy, zone_haproxy


class Command(JobCommand):
    help = "Prints the haproxy listeners of a zone's proxies; reviews, approves and applies them."

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help="the zone with the proxies")
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--preview", action="store_true", help="read haproxy.cfg of each proxy, show what would change"
        )
        what.add_argument("--approve", metavar="CHANGE", help="approve the change that a preview made")
        what.add_argument(
            "--apply", action="store_true", help="write the approved change, one proxy after another"
        )
        change_options.add_arguments(parser)
        parser.add_argument(
            "--instead-of",
            default="",
            metavar="CHANGE",
            help="a change of somebody else that waits and that you have looked at: the new one takes its place",
        )
        parser.add_argument(
            "--on-management",
            action="store_true",
            help="listen on each proxy's management address instead of 0.0.0.0",
        )

    def start(self, options: dict[str, Any]) -> Job | None:
        """Start the job that applies a change; otherwise preview, approve or print, and return None."""
        zone_id = options["zone"]
        if options["apply"]:
            return apply_haproxy(zone_id=zone_id, actor=self.actor, **change_options.chosen(options))
        if options["approve"]:
            change = approve_change(change_id=options["approve"], zone_id=zone_id, actor=self.actor)
            apply = f"render_haproxy -z {zone_id} --apply --change {change.change_id}"
            self.say(f"change {change.change_id} is approved; {apply} writes it")
        elif options["preview"]:
            change = preview_haproxy(
                instead_of=options["instead_of"],
                zone_id=zone_id,
                actor=self.actor,
                on_management=options["on_management"],
            )
            self.stdout.write(change_diff(change) or "nothing changes\n", ending="")
            self.say(f"change {change.change_id}: approve it with --approve {change.change_id}")
        else:
            self.stdout.write(zone_haproxy(zone_id=zone_id), ending="")
        return None

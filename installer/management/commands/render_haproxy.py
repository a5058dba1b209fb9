from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import change_options
from installer.cli.job_command import JobCommand
from jobs.models import Job
from operations.changes import approve_change, change_diff
from operations.haproxy.service import apply_haproxy, preview_haproxy, zone_haproxy


class Command(JobCommand):
    help = gettext_noop(
        "Print the haproxy listeners of a zone's proxies, or preview, approve and apply them."
    )

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help=_("zone of the proxies"))
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--preview", action="store_true", help=_("read haproxy.cfg of each proxy and show the changes")
        )
        what.add_argument("--approve", metavar="CHANGE", help=_("approve a previewed change"))
        what.add_argument(
            "--apply", action="store_true", help=_("write the approved change, one proxy at a time")
        )
        change_options.add_arguments(parser)
        parser.add_argument(
            "--instead-of",
            default="",
            metavar="CHANGE",
            help=_("replace this pending change of another person, after you reviewed it"),
        )
        parser.add_argument(
            "--on-management",
            action="store_true",
            help=_("listen on the management address of each proxy instead of 0.0.0.0"),
        )

    def start(self, options: dict[str, Any]) -> Job | None:
        """Start the job that applies a change; otherwise preview, approve or print, and return None."""
        zone_id = options["zone"]
        if options["apply"]:
            return apply_haproxy(zone_id=zone_id, actor=self.actor, **change_options.chosen(options))
        if options["approve"]:
            change = approve_change(change_id=options["approve"], zone_id=zone_id, actor=self.actor)
            apply = f"render_haproxy -z {zone_id} --apply --change {change.change_id}"
            self.say(
                _("change {change} is approved; to write it, run {command}").format(
                    change=change.change_id, command=apply
                )
            )
        elif options["preview"]:
            change = preview_haproxy(
                instead_of=options["instead_of"],
                zone_id=zone_id,
                actor=self.actor,
                on_management=options["on_management"],
            )
            self.stdout.write(change_diff(change) or _("nothing changes") + "\n", ending="")
            self.say(
                _("change {change}: to approve it, use --approve {change}").format(change=change.change_id)
            )
        else:
            self.stdout.write(zone_haproxy(zone_id=zone_id), ending="")
        return None

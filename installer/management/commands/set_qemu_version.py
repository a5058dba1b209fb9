from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.cli import change_options
from installer.cli.job_command import JobCommand
from jobs.models import Job
from operations.changes import approve_change, change_diff
from operations.qemu.service import apply_qemu_version, seen_versions, set_qemu_version


class Command(JobCommand):
    help = gettext_noop(
        "Configure several QEMU versions in a zone: show, review and distribute its server.yaml."
    )
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help=_("zone id"))
        # One step per call: a change is reviewed before it is approved, and approved before it is applied.
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--qemu",
            action="append",
            default=[],
            metavar="VERSION[=BIN]",
            help=_("QEMU version, with its bin folder if it is not the usual one; repeat for each version"),
        )
        parser.add_argument("--default", default="", metavar="VERSION", help=_("version for new VMs"))
        what.add_argument("--approve", metavar="CHANGE", help=_("approve a change that was shown"))
        what.add_argument("--apply", action="store_true", help=_("write and distribute the approved change"))
        change_options.add_arguments(parser)
        parser.add_argument(
            "--instead-of",
            default="",
            metavar="CHANGE",
            help=_("replace this pending change of another person, after you reviewed it"),
        )

    def start(self, options: dict[str, Any]) -> Job | None:
        """Start the job that applies a change; otherwise preview, approve or list, and return None."""
        zone_id = options["zone"]
        if options["apply"]:
            return apply_qemu_version(zone_id=zone_id, actor=self.actor, **change_options.chosen(options))
        if options["approve"]:
            change = approve_change(change_id=options["approve"], zone_id=zone_id, actor=self.actor)
            self.say(
                _("change {change} is approved; to distribute it, use --apply --change {change}").format(
                    change=change.change_id
                )
            )
        elif options["qemu"]:
            versions = [(word.partition("=")[0], word.partition("=")[2]) for word in options["qemu"]]
            change = set_qemu_version(
                instead_of=options["instead_of"],
                zone_id=zone_id,
                versions=versions,
                default=options["default"],
                actor=self.actor,
            )
            self.stdout.write(change_diff(change) or _("nothing changes") + "\n", ending="")
            self.say(
                _("change {change}: to approve it, use --approve {change}").format(change=change.change_id)
            )
        else:
            found = seen_versions(zone_id=zone_id)
            self.emit(options, found, [{"version": row["version"], "nodes": row["nodes"]} for row in found])
        return None

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandParser

from installer.cli import change_options
from installer.cli.job_command import JobCommand
from jobs.models import Job
from operations.changes import approve_change, change_diff
from operations.qemu.service import apply_qemu_version, seen_versions, set_qemu_version


class Command(JobCommand):
    help = "Sets up several QEMU versions in a zone: shows, reviews and distributes its server.yaml."
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        parser.add_argument("-z", "--zone", required=True, metavar="ZONE", help="the zone")
        # One step per call: a change is reviewed before it is approved, and approved before it is applied.
        what = parser.add_mutually_exclusive_group()
        what.add_argument(
            "--qemu",
            action="append",
            default=[],
            metavar="VERSION[=BIN]",
            help="each version, with its folder where it is not the usual one",
        )
        parser.add_argument("--default", default="", metavar="VERSION", help="which one new machines get")
        what.add_argument("--approve", metavar="CHANGE", help="approve what was shown")
        what.add_argument("--apply", action="store_true", help="write and distribute the approved change")
        change_options.add_arguments(parser)
        parser.add_argument(
            "--instead-of",
            default="",
            metavar="CHANGE",
            help="a change of somebody else that waits and that you have looked at: the new one takes its place",
        )

    def start(self, options: dict[str, Any]) -> Job | None:
        """Start the job that applies a change; otherwise preview, approve or list, and return None."""
        zone_id = options["zone"]
        if options["apply"]:
            return apply_qemu_version(zone_id=zone_id, actor=self.actor, **change_options.chosen(options))
        if options["approve"]:
            change = approve_change(change_id=options["approve"], zone_id=zone_id, actor=self.actor)
            self.say(
                f"change {change.change_id} is approved; --apply --change {change.change_id} distributes it"
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
            self.stdout.write(change_diff(change) or "nothing changes\n", ending="")
            self.say(f"change {change.change_id}: approve it with --approve {change.change_id}")
        else:
            found = seen_versions(zone_id=zone_id)
            self.emit(options, found, [{"version": row["version"], "nodes": row["nodes"]} for row in found])
        return None

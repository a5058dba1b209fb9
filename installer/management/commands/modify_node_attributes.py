from __future__ import annotations

import sys
from functools import partial
from typing import Any

from django.core.management.base import CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from common.errors import Outdated
from common.messages import message
from installer.cli import inputs
from installer.cli.base import VerbCommand
from installer.cli.prompts import type_in
from installer.cli.rows import disk_row
from nodes.describe import disk_json
from nodes.models import Disk, DiskType
from nodes.services.modify import modify_disks

_FIELDS = {"type": "type", "size": "size_bytes", "size_bytes": "size_bytes", "status": "status"}


class Command(VerbCommand):
    help = gettext_noop(
        "Correct collected facts of a disk. A correction stays in effect until it is cleared."
    )
    lists = True

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser)
        parser.add_argument(
            "-d",
            "--disk",
            required=True,
            metavar="DISK",
            help=_(
                "disk name, such as sdb; with --clear, also the identity of a disk that is no longer found"
            ),
        )
        parser.add_argument("-t", "--type", choices=DiskType.values, help=_("disk type"))
        parser.add_argument(
            "-S", "--size", type=inputs.size_gb, metavar="GB", help=_("size in GB (10^9 bytes)")
        )
        parser.add_argument(
            "-s", "--status", type=int, choices=(0, 1), help=_("1: usable, 0: must not be used")
        )
        parser.add_argument(
            "--reason", type=inputs.reason, default="", metavar="TEXT", help=_("reason, stored in the audit")
        )
        parser.add_argument(
            "--clear",
            choices=_FIELDS,
            nargs="+",
            action="extend",
            default=[],
            help=_("clear the corrections of these fields"),
        )

        parser.add_argument(
            "--seen",
            nargs="+",
            action="extend",
            default=[],
            metavar="IP=KNOWN_BY",
            help=_("known_by value from describe_nodes; refused if the name now belongs to another disk"),
        )
        parser.add_argument(
            "--seen-at",
            type=inputs.moment,
            metavar="TIME",
            help=_(
                "when you looked at the disk, such as 2026-01-31T03:12:00Z: earlier corrections by other people are "
                "replaced; without it, the command shows them and asks for confirmation"
            ),
        )
        parser.add_argument(
            "--dry-run", action="store_true", help=_("show the resulting values without saving them")
        )

    def run(self, options: dict[str, Any]) -> None:
        disks = self._correct(options)
        for sentence in (sentence for disk in disks for sentence in disk.replaced):
            self.say(_("! replaces another correction: {correction}").format(correction=sentence))
        found = [(str(disk.node.mgmt_address), disk_json(disk)) for disk in disks]
        self.emit(
            options,
            [{"mgmt_address": address, **disk} for address, disk in found],
            [disk_row(address, disk) for address, disk in found],
        )

    def _correct(self, options: dict[str, Any]) -> list[Disk]:
        """Correct the disks; at a terminal, ask before replacing another person's correction.

        Raises :class:`Outdated` with that correction where there is no terminal.
        """
        verb = partial(
            modify_disks,
            addresses=inputs.addresses(options),
            disk=options["disk"],
            type=options["type"],
            size_bytes=options["size"],
            status=options["status"],
            clear=[_FIELDS[name] for name in options["clear"]],
            reason=options["reason"],
            seen={address: known for address, _, known in (word.partition("=") for word in options["seen"])},
            dry_run=options["dry_run"],
            actor=self.actor,
        )
        # Before the disks are read: a correction made while they are read counts as not seen.
        looked_at = timezone.now()
        try:
            return verb(seen_at=options["seen_at"])
        except Outdated as refusal:
            if options["seen_at"] or not sys.stdin.isatty():
                raise
            self.difference(refusal.difference)
        name, moment = options["disk"], looked_at.isoformat().replace("+00:00", "Z")
        refused = message("C10", "disk", at=moment)
        question = _("Your correction would replace it.")
        type_in(self.ask, question, name, _("the name of the disk"), refused=refused)
        return verb(seen_at=looked_at)

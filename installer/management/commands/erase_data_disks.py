from __future__ import annotations

from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.management.base import CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop, ngettext

from common.messages import message
from installer.cli import inputs
from installer.cli.cells import Lines, gigabytes
from installer.cli.job_command import JobCommand
from installer.cli.prompts import confirm
from installer.cli.tables import blocks_text
from jobs.models import Job
from nodes.erasing.script import MODES
from nodes.services.erase import erase_data_disks, preview_erase


class Command(JobCommand):
    help = gettext_noop(
        "Erase data disks: show what will be lost, ask for confirmation, then erase exactly these disks."
    )

    def arguments(self, parser: CommandParser) -> None:
        inputs.add_address_arguments(parser)
        parser.add_argument(
            "-d",
            "--disk",
            nargs="+",
            action="extend",
            required=True,
            metavar="DISK",
            help=_("disk names on every node, such as nvme0n1"),
        )
        parser.add_argument(
            "--mode",
            choices=MODES,
            default="quick",
            help=_(
                "quick: signatures and both ends (default); full: every byte, which takes hours on hard disks"
            ),
        )
        parser.add_argument("--yes", action="store_true", help=_("skip the confirmation prompt"))

    def start(self, options: dict[str, Any]) -> Job:
        """Show the preview, ask for confirmation and start the job."""
        permit = preview_erase(
            addresses=_addresses(options), disks=options["disk"], mode=options["mode"], actor=self.actor
        )
        self._show(blocks_text([_block(disk) for disk in permit.disks], self.stderr))
        if not options["yes"]:
            count, nodes = len(permit.disks), len({disk["node_id"] for disk in permit.disks})
            question = _(
                "{mode} erase of {disks} on {nodes}. All data on them will be permanently lost."
            ).format(
                mode=permit.mode,
                disks=ngettext("{count} disk", "{count} disks", count).format(count=count),
                nodes=ngettext("{count} node", "{count} nodes", nodes).format(count=nodes),
            )
            confirm(
                self._show, question, count, _("the number of disks"), undone=message("C10", "nothing_erased")
            )
        return erase_data_disks(permit_id=permit.permit_id, actor=self.actor)

    def _show(self, text: str) -> None:
        self.stderr.write(text, lambda message: message, "")
        self.stderr.flush()


def _addresses(options: dict[str, Any]) -> list[str]:
    """Parse ``-i``, which takes addresses and also the list file that the runbook passes to it."""
    words = []
    for word in options["ip"]:
        if options["ip_list"] is None and _is_file(word):
            options = {**options, "ip_list": word}
        else:
            words.append(word)
    return inputs.addresses({**options, "ip": words})


def _is_file(word: str) -> bool:
    with suppress(OSError, ValueError):
        return Path(word).is_file()
    return False


def _block(disk: dict[str, Any]) -> dict[str, Any]:
    """Return what can be compared with the label of the drive before it is too late."""
    machine = " ".join(filter(None, (disk["mgmt_address"], disk["hostname"])))
    reason = f" ({disk['status_reason']})" if disk["status_reason"] else ""
    return {
        "disk": f"{machine}  {disk['name']}{reason}  {gigabytes(disk['size_bytes'])}",
        "model": disk["model"],
        "serial": disk["serial"] or _("none, WWN {wwn}").format(wwn=disk["wwn"]),
        "signatures": disk["signatures"],
        "will be lost": Lines(disk["lost"] or (_("nothing found"),)),
        "collected": disk["collected_at"],
    }

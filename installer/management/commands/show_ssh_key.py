from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from installer.cli.base import VerbCommand
from nodes.services.ssh_key import show_ssh_key


class Command(VerbCommand):
    help = gettext_noop(
        "Show the installer's public key as a line for ~/.ssh/authorized_keys on a node. "
        "If password login is not possible, add the line manually, then run establish_ssh --no-password."
    )

    def run(self, options: dict[str, Any]) -> None:
        key = show_ssh_key()
        self.stdout.write(key.line)
        self.say(key.fingerprint)

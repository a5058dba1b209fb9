from __future__ import annotations

from typing import Any

from installer.cli.base import VerbCommand
from nodes.services import show_ssh_key


class Command(VerbCommand):
    help = (
        "Shows the installer's public key as a line for ~/.ssh/authorized_keys of an account on a node. "
        "Where a password login is not possible it is put there by hand, then: establish_ssh --no-password."
    )

    def run(self, options: dict[str, Any]) -> None:
        key = show_ssh_key()
        self.stdout.write(key.line)
        self.say(key.fingerprint)

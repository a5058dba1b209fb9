"""Django's changepassword, with a row in the audit."""

from __future__ import annotations

import getpass
from typing import Any

from django.contrib.auth.management.commands import changepassword
from django.contrib.auth.models import User
from django.utils.translation import gettext_noop

from installer.accounts import record_password
from installer.cli.base import TranslatedCommand
from installer.cli.shell_user import shell_actor


class Command(TranslatedCommand, changepassword.Command):
    help = gettext_noop("Change the password of an account. This ends its sessions and revokes its tokens.")

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Change the password and record it."""
        said: str | None = super().handle(*args, **options)
        name = options["username"] or getpass.getuser()
        user = User.objects.filter(username=name).first()
        if user:
            record_password(shell_actor(), user)
        return said

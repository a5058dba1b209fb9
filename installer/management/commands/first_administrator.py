"""first_administrator: an account that can log in, on the first start."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import CommandError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from installer.accounts import record_change
from installer.cli.base import TranslatedCommand
from installer.cli.shell_user import shell_actor


class Command(TranslatedCommand):
    help = gettext_noop(
        "Create the first administrator if there is none. The name and the password are read from a prompt, or from "
        "DJANGO_SUPERUSER_USERNAME and DJANGO_SUPERUSER_PASSWORD."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Create the first account, unless there is one."""
        if User.objects.filter(is_superuser=True, is_active=True).exists():
            return
        name = os.environ.get("DJANGO_SUPERUSER_USERNAME", "")
        password = os.environ.get("DJANGO_SUPERUSER_PASSWORD", "")
        if not (name and password):
            if not sys.stdin.isatty():
                raise CommandError(
                    _(
                        "there is no administrator yet, and no terminal to prompt on: set DJANGO_SUPERUSER_USERNAME "
                        "and DJANGO_SUPERUSER_PASSWORD, or run this command in a terminal"
                    )
                )
            self.stdout.write(
                _("There is no administrator yet. Choose a name and a password (at least 10 characters).")
            )
            name = name or input(_("Name [admin]: ")).strip() or "admin"
            password = self._ask(name)
        else:
            self._check(password, name)
        user = User.objects.create_superuser(name, password=password)
        record_change(shell_actor(), user, None)
        self.stdout.write(_("Administrator {name} created.").format(name=name))

    def _ask(self, name: str) -> str:
        while True:
            password = getpass.getpass(_("Password: "))
            if password != getpass.getpass(_("Repeat the password: ")):
                self.stdout.write(_("The passwords do not match."))
                continue
            try:
                self._check(password, name)
            except CommandError as error:
                self.stdout.write(str(error))
                continue
            return password

    def _check(self, password: str, name: str) -> None:
        try:
            validate_password(password, User(username=name))
        except ValidationError as error:
            raise CommandError(
                _("this password is not accepted: {reasons}").format(reasons=" ".join(error.messages))
            ) from None

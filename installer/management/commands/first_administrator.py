"""first_administrator: an account that can log in, on the first start."""

from __future__ import annotations

import getpass
import os
import sys
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from installer.accounts import record_change
from installer.cli.person import shell_actor


class Command(BaseCommand):
    help = (
        "Makes the first administrator when there is none: name and password are asked for, or taken from "
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
                    "there is no administrator yet and nobody to ask: set DJANGO_SUPERUSER_USERNAME and "
                    "DJANGO_SUPERUSER_PASSWORD, or run this in a terminal"
                )
            self.stdout.write(
                "There is no administrator yet. Choose a name and a password (10 characters or more)."
            )
            name = name or input("Name [admin]: ").strip() or "admin"
            password = self._ask(name)
        else:
            self._check(password, name)
        user = User.objects.create_superuser(name, password=password)
        record_change(shell_actor(), user, None)
        self.stdout.write(f"Administrator {name} made.")

    def _ask(self, name: str) -> str:
        while True:
            password = getpass.getpass("Password: ")
            if password != getpass.getpass("Again: "):
                self.stdout.write("They differ.")
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
            raise CommandError(f"this password does not do: {' '.join(error.messages)}") from None

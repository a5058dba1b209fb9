"""Django's createsuperuser, with a row in the audit."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.management.commands import createsuperuser
from django.contrib.auth.models import User
from django.utils.translation import gettext_noop

from installer.accounts import record_change
from installer.cli.base import TranslatedCommand
from installer.cli.shell_user import shell_actor


class Command(TranslatedCommand, createsuperuser.Command):
    help = gettext_noop("Create an administrator.")

    def handle(self, *args: Any, **options: Any) -> str | None:
        """Create the account and record it."""
        known = set(User.objects.values_list("pk", flat=True))
        said: str | None = super().handle(*args, **options)
        for user in User.objects.exclude(pk__in=known):
            record_change(shell_actor(), user, None)
        return said

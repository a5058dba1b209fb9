"""The app of the three faces."""

from __future__ import annotations

from django.apps import AppConfig
from django.contrib.admin.apps import SimpleAdminConfig
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext, gettext_lazy


class InstallerConfig(AppConfig):
    """Django's configuration of the app."""

    name = "installer"
    verbose_name = gettext_lazy("Installer Console")

    def ready(self) -> None:
        """Show the sentences of the codes registry in the reader's language and time zone."""
        from common.wording import show_times_in, translate_with

        translate_with(gettext)
        show_times_in(get_current_timezone)


class ConsoleAdminConfig(SimpleAdminConfig):
    """Django's admin with the site of the console."""

    default_site = "installer.admin_site.ConsoleSite"

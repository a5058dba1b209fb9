"""The app of the three faces."""

from __future__ import annotations

from django.apps import AppConfig


class InstallerConfig(AppConfig):
    """Django's configuration of the app."""

    name = "installer"
    verbose_name = "Installer Console"

    def ready(self) -> None:
        """Look the sentences of the codes registry up in Django's catalogs."""
        from django.utils.translation import gettext

        from common.wording import translate_with

        translate_with(gettext)

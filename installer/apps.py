"""The app of the three faces."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext, gettext_lazy


class InstallerConfig(AppConfig):
    """Django's configuration of the app."""

    name = "installer"
    verbose_name = gettext_lazy("Installer Console")

    def ready(self) -> None:
        """Look the sentences of the codes registry up in Django's catalogs."""
        from common.wording import translate_with

        translate_with(gettext)

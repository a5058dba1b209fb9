from django.apps import AppConfig


class InstallerConfig(AppConfig):
    """Django's configuration of the app."""

    name = "installer"
    verbose_name = "Installer Console"

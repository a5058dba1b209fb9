from django.apps import AppConfig


class CommonConfig(AppConfig):
    """Django app of the shared models."""

    name = "common"
    verbose_name = "Audit"

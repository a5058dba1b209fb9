from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class CommonConfig(AppConfig):
    """Django app of the shared models."""

    name = "common"
    verbose_name = gettext_lazy("Audit")

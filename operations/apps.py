from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class OperationsConfig(AppConfig):
    """The app that registers the actions of jobs."""

    name = "operations"
    verbose_name = gettext_lazy("Operations")

    def ready(self) -> None:
        """Register the actions with the engine."""
        from operations import registration

        registration.register()

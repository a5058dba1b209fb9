from django.apps import AppConfig


class OperationsConfig(AppConfig):
    """The app that registers the actions of jobs."""

    name = "operations"
    verbose_name = "Operations"

    def ready(self) -> None:
        """Register the actions with the engine."""
        from operations import registration

        registration.register()

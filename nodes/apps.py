from django.apps import AppConfig


class NodesConfig(AppConfig):
    """Django app of nodes."""

    name = "nodes"
    verbose_name = "Nodes"

    def ready(self) -> None:
        """Register the job handlers with the engine."""
        from nodes import handlers

        handlers.register()

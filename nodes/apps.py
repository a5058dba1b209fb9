from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class NodesConfig(AppConfig):
    """Django app of nodes."""

    name = "nodes"
    verbose_name = gettext_lazy("Nodes")

    def ready(self) -> None:
        """Register the job handlers with the engine."""
        from nodes import handlers

        handlers.register()

from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class NodesConfig(AppConfig):
    """Django app of nodes."""

    name = "nodes"
    verbose_name = gettext_lazy("Nodes")

    def ready(self) -> None:
        """Declare the actions to the engine."""
        from jobs.registry import declare

        declare("nodes.handlers.collect", "collect_nodes")
        declare("nodes.handlers.erase", "erase_data_disks")
        declare("nodes.handlers.establish", "establish_ssh")

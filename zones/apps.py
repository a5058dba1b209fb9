from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class ZonesConfig(AppConfig):
    """The app of zones and their plans."""

    name = "zones"
    verbose_name = gettext_lazy("Zones")

    def ready(self) -> None:
        """Register config_qingcloud as a recorded action, and what describes the place of a node."""
        from jobs import registry
        from nodes.describe import register_places
        from zones.membership import places

        registry.register_recorded("config_qingcloud")
        register_places(places)

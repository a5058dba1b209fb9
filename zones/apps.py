from django.apps import AppConfig


class ZonesConfig(AppConfig):
    name = "zones"
    verbose_name = "Zones"

    def ready(self) -> None:
        from nodes.describe import register_places
        from zones import handlers
        from zones.places import places

        handlers.register()
        register_places(places)

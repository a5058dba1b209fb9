from django.apps import AppConfig


class ZonesConfig(AppConfig):
    name = "zones"
    verbose_name = "Zones"

    def ready(self) -> None:
        from jobs import registry
        from nodes.describe import register_places
        from zones.membership import places

        registry.register_recorded("config_qingcloud")
        register_places(places)

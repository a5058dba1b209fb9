"""What jobs on zones do: registered with the engine when Django starts."""

from zones.handlers import scale, zone_cache, zone_upkeep
from zones.handlers.work import describe_work

__all__ = ["describe_work", "register"]


def register() -> None:
    """Called from ``ZonesConfig.ready``."""
    scale.register()
    zone_upkeep.register_actions()
    zone_cache.register_actions()

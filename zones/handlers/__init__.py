"""What jobs on zones do: registered with the engine when Django starts."""

from jobs import registry
from zones.handlers import (
    scale,
    zone_cache,
    zone_exec,
    zone_haproxy,
    zone_packages,
    zone_qemu,
    zone_scale,
    zone_upkeep,
)
from zones.handlers.work import describe_work

__all__ = ["describe_work", "register"]


def register() -> None:
    """Called from ``ZonesConfig.ready``."""
    scale.register()
    registry.register_recorded("config_qingcloud")
    for module in (zone_cache, zone_exec, zone_haproxy, zone_packages, zone_qemu, zone_scale, zone_upkeep):
        module.register_actions()

"""The actions of jobs on zones: registered with the engine when Django starts."""

from operations.cache import handler as cache
from operations.commands import handler as commands
from operations.haproxy import handler as haproxy
from operations.mirror import handler as mirror
from operations.packages import handler as packages
from operations.qemu import handler as qemu
from operations.scaling import phases, zone_phases
from operations.statistics import handler as statistics
from operations.supervisor import handler as supervisor


def register() -> None:
    """Register every action; called from ``OperationsConfig.ready``."""
    for module in (
        phases,
        zone_phases,
        cache,
        commands,
        haproxy,
        mirror,
        packages,
        qemu,
        statistics,
        supervisor,
    ):
        module.register_actions()

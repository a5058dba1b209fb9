from django.apps import AppConfig
from django.utils.translation import gettext_lazy


class OperationsConfig(AppConfig):
    """The app that declares the actions of jobs on zones."""

    name = "operations"
    verbose_name = gettext_lazy("Operations")

    def ready(self) -> None:
        """Declare the actions to the engine."""
        from jobs.registry import declare

        declare("operations.cache.handler", "clear_zone_cache")
        declare("operations.commands.handler", "exec_nodes", differing=["exec"])
        declare("operations.haproxy.handler", "apply_haproxy")
        declare("operations.mirror.handler", "update_hyper_mirror")
        declare("operations.packages.handler", "build_global_conf", "update_nodes")
        declare("operations.qemu.handler", "set_qemu_version")
        declare("operations.scaling.phases", "scale_qingcloud")
        declare("operations.scaling.zone_phases", "scale_qingcloud_zone")
        declare("operations.statistics.handler", "rebuild_cache")
        declare("operations.supervisor.handler", "restart_services")

"""The verbs on zones and plans: one function each."""

from zones.services.adopt import adopt_zone
from zones.services.configure import Configured, config_qingcloud
from zones.services.decide import approve_plan, reject_plan
from zones.services.files import ConfigFile
from zones.services.find import find_plan, find_zone
from zones.services.groups import read_group
from zones.services.routes import vbc_routes
from zones.services.scale import dry_run, scale_qingcloud

__all__ = [
    "ConfigFile",
    "Configured",
    "adopt_zone",
    "approve_plan",
    "config_qingcloud",
    "dry_run",
    "find_plan",
    "find_zone",
    "read_group",
    "reject_plan",
    "scale_qingcloud",
    "vbc_routes",
]

"""The verbs on zones and their plans: one function each."""

from zones.services.adopt import adopt_zone, preview_adoption
from zones.services.approve import approve_plan, reject_plan
from zones.services.config_files import ConfigFile
from zones.services.configure import Configured, config_qingcloud
from zones.services.edit import edit_plan_file
from zones.services.groups import read_group
from zones.services.leave_out import LeftOut, leave_out_nodes
from zones.services.lookups import find_file, find_plan, find_zone
from zones.services.node_lists import gen_node_list
from zones.services.retire import Retired, retire_nodes
from zones.services.templates import copy_template
from zones.services.vbc_routes import vbc_routes

__all__ = [
    "ConfigFile",
    "Configured",
    "LeftOut",
    "Retired",
    "adopt_zone",
    "approve_plan",
    "config_qingcloud",
    "copy_template",
    "edit_plan_file",
    "find_file",
    "find_plan",
    "find_zone",
    "gen_node_list",
    "leave_out_nodes",
    "preview_adoption",
    "read_group",
    "reject_plan",
    "retire_nodes",
    "vbc_routes",
]

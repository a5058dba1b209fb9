"""The verbs on nodes: one function each."""

from nodes.services.add import add_nodes
from nodes.services.collect import collect_nodes
from nodes.services.correct import modify_disks
from nodes.services.delete import delete_nodes
from nodes.services.establish import establish_ssh

__all__ = ["add_nodes", "collect_nodes", "delete_nodes", "establish_ssh", "modify_disks"]

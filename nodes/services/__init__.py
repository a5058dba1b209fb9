"""The verbs on nodes: one function each."""

from nodes.services.add import add_nodes
from nodes.services.collect import collect_nodes
from nodes.services.collections import collections_of, raw_output
from nodes.services.delete import delete_nodes
from nodes.services.erase import erase_data_disks, preview_erase
from nodes.services.establish import establish_ssh
from nodes.services.export_nodes import export_nodes
from nodes.services.import_nodes import import_nodes
from nodes.services.modify import modify_disks
from nodes.services.reparse import reparse_nodes
from nodes.services.ssh_key import show_ssh_key

__all__ = [
    "add_nodes",
    "collect_nodes",
    "collections_of",
    "delete_nodes",
    "erase_data_disks",
    "establish_ssh",
    "export_nodes",
    "import_nodes",
    "modify_disks",
    "preview_erase",
    "raw_output",
    "reparse_nodes",
    "show_ssh_key",
]

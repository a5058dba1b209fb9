"""Simulated nodes that answer over real SSH: for the demo, for tests and for rehearsals.

In a test::

    with Lab(tmp_path) as lab:
        node = lab.add("hyper-repl", authorized_keys=[public_key])
        ...  # ssh to node.address, node.port
"""

from lab.errors import LabError
from lab.faults import CommandFault, Faults
from lab.folder import Node
from lab.lab import Lab

__all__ = ["CommandFault", "Faults", "Lab", "LabError", "Node"]

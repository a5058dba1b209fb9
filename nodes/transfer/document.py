"""The checked contents of a file of nodes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nodes.facts import DiskFacts, NodeFacts


@dataclass(frozen=True, slots=True)
class Correction:
    """A person's correction of a field of the disk of that name; ``by`` and ``at`` are as in the file.

    ``at`` is None where it is not given.
    """

    disk: str
    field: str  # type | size_bytes | status
    value: Any
    against: Any
    reason: str = ""
    by: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AbsentDisk:
    """A disk that the node's last collection had not seen, with its corrections."""

    disk: DiskFacts
    corrections: tuple[Correction, ...]


@dataclass(frozen=True, slots=True)
class ImportedNode:
    """One node of the file; ``facts`` is None where it only gives how to reach the node.

    ``host_key``: ``TYPE BASE64``; empty where the file does not give it.
    """

    address: str
    port: int
    user: str
    facts: NodeFacts | None
    corrections: tuple[Correction, ...] = ()
    absent: tuple[AbsentDisk, ...] = ()
    collected_at: datetime | None = None
    host_key: str = ""

"""What the stages of a scale-out are computed from, as frozen values. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from common.errors import Finding
from common.messages import code_of

NODES, ZONE = "nodes", "zone"
# A changed host key: nothing else is tried on the node until a person has compared the keys.
KEY_CHANGED = "S05"
COLLECTED = frozenset({"available", "configured", "scaling", "scale_failed", "active"})


@dataclass(frozen=True, slots=True)
class NodeState:
    """A node of the scale-out: what it is, how far it is, and what of its disks needs a person.

    ``zone_id``: the zone in which it has a role. ``guesses``, ``dirty`` and ``conflicts``: names of usable data disks
    whose type was guessed and not corrected, that hold data, and whose correction contradicts the last collection.
    """

    node_id: str
    address: str
    hostname: str = ""
    status: str = "new"
    has_key: bool = False
    error: str = ""
    zone_id: str = ""
    guesses: tuple[str, ...] = ()
    dirty: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def key_changed(self) -> bool:
        """Return whether the node showed another host key than the pinned one."""
        return self.status != "active" and code_of(self.error) == KEY_CHANGED

    @property
    def collected(self) -> bool:
        """Return whether its hardware is known."""
        return self.status in COLLECTED


@dataclass(frozen=True, slots=True)
class PlanState:
    """The plan of the zone that has nodes of the scale-out, or the open plan of the zone that has none of them.

    ``void``: what has changed since the approval. ``routes``: the number of its VBC networks.
    """

    plan_id: str
    status: str
    node_ids: frozenset[str] = frozenset()
    created_by: str = ""
    decided_by: str = ""
    comment: str = ""
    errors: int = 0
    warnings: int = 0
    void: tuple[Finding, ...] = ()
    job_id: str = ""
    routes: int = 0


@dataclass(frozen=True, slots=True)
class JobState:
    """The job that applies the plan. ``failures``: address and error of each node that failed; empty address: the installer."""

    job_id: str
    status: str
    done: int = 0
    total: int = 0
    paused_by: str = ""
    cancelled_by: str = ""
    error: str = ""
    failures: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class RunningJob:
    """An active job with work on nodes of the scale-out."""

    job_id: str
    action: str
    nodes: int = 0
    paused_by: str = ""


@dataclass(frozen=True, slots=True)
class Holder:
    """The job that keeps others of the region from starting."""

    job_id: str
    action: str
    zone_id: str
    created_by: str


@dataclass(frozen=True, slots=True)
class NetworkState:
    """The last check of the network between the nodes: how many it covered, and how many had a fault."""

    checked: int
    faulty: int


@dataclass(frozen=True, slots=True)
class Task:
    """A task on the global side of a zone that joins its region."""

    key: str
    title: str
    how: str
    done: bool
    by: str = ""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A scale-out at one moment.

    ``registered``: the zone exists and has nodes in service, or a plan that creates it. ``haproxy``: state of the change
    of haproxy.cfg (``none``, ``draft``, ``approved``, ``applied``); None where the zone needs none. ``tasks``: None where
    there is no global side. ``has_routes``: the network mode has return routes.
    """

    zone_id: str
    kind: str = NODES
    nodes: tuple[NodeState, ...] = ()
    registered: bool = True
    plan: PlanState | None = None
    other_plan: PlanState | None = None
    job: JobState | None = None
    running: tuple[RunningJob, ...] = ()
    holder: Holder | None = None
    network: NetworkState | None = None
    haproxy: str | None = None
    tasks: tuple[Task, ...] | None = None
    has_routes: bool = True
    routes_confirmed_by: str = ""
    closed_by: str = ""

"""The registry of actions: other apps declare them here, the engine runs them.

A declaration names the module that registers the action. The module is imported when the action's code is needed:
a worker, or a verb that submits it. A command that only shows something starts without any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from common.errors import Failed
from common.messages import Message, message

if TYPE_CHECKING:
    from common.actor import Actor
    from jobs.context import StepContext
    from jobs.models import Job, Step


def _no_payload(job: Job, steps: Sequence[Step]) -> Mapping[str, Any]:
    return {}


def no_finish(job: Job, step: Step, result: Any) -> None:
    """Do nothing: the ``finish`` of phases whose result is not needed; the engine does not call it."""


def _not_told(job: Job, step: Step, error: str, evidence: Any) -> None:
    return None


def _no_end(job: Job) -> None:
    return None


def _anybody(job: Job, actor: Actor) -> None:
    return None


@dataclass(frozen=True)
class Phase:
    """One phase of an action.

    ``prepare`` and ``finish`` run on the thread that owns the database; ``run`` runs on a separate
    thread and must not touch the database. ``prepare`` returns a payload by target, or a
    :class:`~common.errors.VerbError` as the payload of a target that must fail; ``finish`` and
    ``failed`` run in the transaction which ends the step. ``failed`` gets the sentence and any
    evidence ``run`` attached to its StepFailed. ``finish_together`` does what ``finish`` does for several steps at once:
    when it raises, what it did is rolled back, and ``finish`` is called for each, with the same results.

    ``own_targets``: not the job's nodes, but the targets passed to ``submit`` for this phase (none: no step).
    ``one_by_one``: a target begins when the one before it has succeeded; the first failure stops the phase.
    ``needs_all``: begins only when nothing before it failed, as phases of the installer do.
    ``by_word``: what it cannot verify counts as done once a person has confirmed it (``settle_job``); it finds that in
    ``params["words"]`` under its name when the job is resumed.
    ``undo``: runs like ``run``, instead of it, for a step whose worker died and whose job is being cancelled: it
    undoes what may be half done on the target. Raises StepFailed when it cannot.
    """

    name: str
    run: Callable[[StepContext, Any], Any]
    prepare: Callable[[Job, Sequence[Step]], Mapping[str, Any]] = _no_payload
    finish: Callable[[Job, Step, Any], None] = no_finish
    finish_together: Callable[[Job, Sequence[tuple[Step, Any]]], None] | None = None
    failed: Callable[[Job, Step, str, Any], None] = _not_told
    per_node: bool = True
    own_targets: bool = False
    one_by_one: bool = False
    needs_all: bool = False
    by_word: bool = False
    undo: Callable[[StepContext, Any], None] | None = None
    timeout_s: int = 1800
    # How many steps a worker may hold ready besides those it runs: for phases that take seconds, so
    # that no connection waits for the database. Long ones could be run by another worker meanwhile.
    ahead: int = 0


@dataclass(frozen=True)
class Action:
    """A kind of job. ``started`` may raise VerbError: the job fails before any step runs.

    ``resumed`` may raise VerbError: this person may not resume the job, after a failure or a pause.
    ``again`` says, for the id of a job, what to do for failed nodes where ``resume_job`` alone is not enough; with
    ``once`` the job is not resumed at all: what it needs, such as a password, is not kept.
    """

    name: str
    phases: tuple[Phase, ...]
    started: Callable[[Job], None] = _no_end
    ended: Callable[[Job], None] = _no_end
    resumed: Callable[[Job, Actor], None] = _anybody
    again: Callable[[str], Message] | None = None
    once: bool = False

    def phase(self, name: str) -> Phase:
        """Return the phase of that name. Raises ``KeyError``."""
        for phase in self.phases:
            if phase.name == name:
                return phase
        raise KeyError(name)

    def phase_or_unknown(self, name: str) -> Phase:
        """Return the phase of that name; for a phase of another console version, one that fails with a message."""
        try:
            return self.phase(name)
        except KeyError:
            return Phase(name, _unknown)


def _unknown(context: StepContext, payload: Any) -> None:
    raise Failed(message("J23", "phase", phase=context.phase))


# By action: the module that registers it, and its phases that do something else in every job.
_DECLARED: dict[str, str] = {}
_DIFFERING: dict[str, frozenset[str]] = {}
_ACTIONS: dict[str, Action] = {}
_RECORDED: set[str] = set()


def declare(module: str, *actions: str, differing: Iterable[str] = ()) -> None:
    """Declare that ``register_actions()`` of a module registers these actions; called from ``AppConfig.ready``.

    ``differing``: phases that do something else in every job, so that their duration does not predict the next one.
    """
    for name in actions:
        _DECLARED[name] = module
        _DIFFERING[name] = frozenset(differing)


def register(action: Action) -> None:
    """Register an action."""
    _ACTIONS[action.name] = action


def find(name: str) -> Action:
    """Return the action of that name. Raises ``KeyError`` (a job from a newer version of the console)."""
    if name not in _ACTIONS and name in _DECLARED:
        import_module(_DECLARED[name]).register_actions()
    return _ACTIONS[name]


def load() -> None:
    """Import what registers the declared actions, in a process that will need them all."""
    for name in _DECLARED:
        find(name)


def is_once(name: str) -> bool:
    """Check whether jobs of that action are started again instead of resumed."""
    return name in names() and find(name).once


def undoable() -> set[str]:
    """Return the names of all phases that undo what a dead worker left unfinished."""
    return {phase.name for name in names() for phase in find(name).phases if phase.undo}


def differing(name: str) -> Set[str]:
    """Return the phases of an action whose duration differs in every job."""
    return _DIFFERING.get(name, frozenset())


def names() -> list[str]:
    """Return all actions that can be run, sorted."""
    return sorted({*_ACTIONS, *_DECLARED})


def register_recorded(name: str) -> None:
    """Register an action that no worker runs: it is recorded when it is over, with ``record_done``."""
    _RECORDED.add(name)


def recorded() -> list[str]:
    """Return all actions that are only recorded, sorted."""
    return sorted(_RECORDED)

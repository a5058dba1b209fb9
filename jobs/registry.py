"""Actions that the engine can run: other apps describe them here, the engine calls them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from common.errors import Failed

if TYPE_CHECKING:
    from common.actor import Actor
    from jobs.context import StepContext
    from jobs.models import Job, Step


def _no_payload(job: Job, steps: Sequence[Step]) -> Mapping[str, Any]:
    return {}


def no_finish(job: Job, step: Step, result: Any) -> None:
    """The ``finish`` of phases whose result nobody needs; the engine does not call it."""


def _not_told(job: Job, step: Step, error: str, evidence: Any) -> None:
    return None


def _no_end(job: Job) -> None:
    return None


def _anybody(job: Job, actor: Actor) -> None:
    return None


@dataclass(frozen=True)
class Phase:
    """One phase of an action.

    ``prepare`` and ``finish`` run on the thread that owns the database; ``run`` runs on a thread of
    its own and must not touch the database. ``prepare`` gives a payload by target, or a
    :class:`~common.errors.VerbError` as the payload of a target that must fail; ``finish`` and
    ``failed`` run in the transaction which ends the step. ``failed`` gets the sentence and whatever
    evidence ``run`` attached to its StepFailed.

    ``own_targets``: not the job's nodes, but those that ``submit`` is given for this phase (none: no step).
    ``one_by_one``: a target begins when the one before it has succeeded; the first failure stops the phase.
    ``needs_all``: begins only when nothing before it failed, as phases of the installer do.
    ``differs``: every job does something else in it, so how long one took says nothing of the next one.
    ``by_word``: what it cannot see to be done counts as done once a person has said so (``settle_job``); it finds that in
    ``params["words"]`` under its name when the job is resumed.
    ``undo``: runs like ``run``, instead of it, for a step whose worker died and whose job is being cancelled: it takes
    back what may stand half done on the target. Raises StepFailed when it cannot.
    """

    name: str
    run: Callable[[StepContext, Any], Any]
    prepare: Callable[[Job, Sequence[Step]], Mapping[str, Any]] = _no_payload
    finish: Callable[[Job, Step, Any], None] = no_finish
    failed: Callable[[Job, Step, str, Any], None] = _not_told
    per_node: bool = True
    own_targets: bool = False
    one_by_one: bool = False
    needs_all: bool = False
    differs: bool = False
    by_word: bool = False
    undo: Callable[[StepContext, Any], None] | None = None
    timeout_s: int = 1800
    # How many steps a worker may hold ready besides those it runs: for phases that take seconds, so
    # that no connection waits for the database. Of long ones another worker could run them meanwhile.
    ahead: int = 0


@dataclass(frozen=True)
class Action:
    """A kind of job. ``started`` may raise VerbError: the job fails before any step runs.

    ``resumed`` may raise VerbError: this person does not make the job go on, after a failure or a pause.
    ``again`` is what a person does for nodes that failed, where ``resume_job`` alone does not do; with ``once`` it is
    not resumed at all: what it needs, such as a password, is not kept.
    """

    name: str
    phases: tuple[Phase, ...]
    started: Callable[[Job], None] = _no_end
    ended: Callable[[Job], None] = _no_end
    resumed: Callable[[Job, Actor], None] = _anybody
    again: str = ""
    once: bool = False

    def phase(self, name: str) -> Phase:
        """The phase of that name. Raises ``KeyError``."""
        for phase in self.phases:
            if phase.name == name:
                return phase
        raise KeyError(name)

    def phase_or_unknown(self, name: str) -> Phase:
        """The same; a phase of another version of the console is one that fails saying so."""
        try:
            return self.phase(name)
        except KeyError:
            return Phase(name, _unknown)


def _unknown(context: StepContext, payload: Any) -> None:
    raise Failed(
        f"this console does not know the phase {context.phase}: upgrade the worker, then resume the job"
    )


_ACTIONS: dict[str, Action] = {}
_RECORDED: set[str] = set()


def register(action: Action) -> None:
    """Called from ``AppConfig.ready``."""
    _ACTIONS[action.name] = action


def find(name: str) -> Action:
    """The action of that name. Raises ``KeyError`` (a job from a newer version of the console)."""
    return _ACTIONS[name]


def is_once(name: str) -> bool:
    """Whether jobs of that action are begun anew instead of resumed."""
    return name in _ACTIONS and _ACTIONS[name].once


def undoable() -> set[str]:
    """The names of all phases that take back what a dead worker left half done."""
    return {phase.name for action in _ACTIONS.values() for phase in action.phases if phase.undo}


def names() -> list[str]:
    """All registered actions, sorted."""
    return sorted(_ACTIONS)


def register_recorded(name: str) -> None:
    """An action that no worker does: it is written down when it is over, with ``record_done``."""
    _RECORDED.add(name)


def recorded() -> list[str]:
    """All actions that are only written down, sorted."""
    return sorted(_RECORDED)

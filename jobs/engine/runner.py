"""Run the code of a step on a thread of its own and report how it ended, whatever happens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from common import ssh
from common.errors import VerbError
from common.messages import message
from common.text import described
from common.waiting import working_for
from jobs import registry
from jobs.context import StepContext, StepFailed, StepStopped
from jobs.remote import end_orphan
from jobs.report_queue import Outcome


def run_step(phase: registry.Phase, context: StepContext, payload: Any) -> None:
    """Run a phase on its target."""

    def work() -> Any:
        if isinstance(payload, VerbError):
            raise StepFailed(payload.message)
        context.checkpoint()
        return phase.run(context, payload)

    _say_how(context, phase.name, work)


def undo_step(phase: registry.Phase, context: StepContext, remote: dict[str, Any], payload: Any) -> None:
    """End what a cancelled step has left on its node, and have the phase undo what it did there."""

    def work() -> None:
        if remote:
            try:
                end_orphan(context, remote)
            except StepStopped:
                if context.lost_ownership:
                    raise
        if phase.undo:
            if isinstance(payload, VerbError):
                raise StepFailed(payload.message)
            phase.undo(context, payload)
        raise StepStopped(context.stop_reason or "cancelled")

    _say_how(context, phase.name, work)


def _say_how(context: StepContext, name: str, work: Callable[[], Any]) -> None:
    outcome = Outcome(context.step_pk, stopped="detached")
    try:
        with working_for(context):
            outcome = Outcome(context.step_pk, result=work())
    except StepStopped as stop:
        outcome = Outcome(context.step_pk, stopped=stop.reason)
    except (StepFailed, VerbError) as failure:
        evidence = getattr(failure, "evidence", None)
        outcome = Outcome(context.step_pk, error=context.safe_error(failure.message), result=evidence)
    except Exception as surprise:
        # A bug of ours. Its text only: a traceback could carry a secret into the log.
        failed = message("J22", "run", phase=name, reason=described(surprise))
        outcome = Outcome(context.step_pk, error=context.safe_error(failed))
    finally:
        ssh.drop()
        context.reports.put(outcome)

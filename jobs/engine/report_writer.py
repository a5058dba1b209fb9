"""Write the reports of a slice's threads to the database, in batches."""

from __future__ import annotations

import queue
import time

from jobs import registry
from jobs.context import StepContext
from jobs.engine import claims, completion
from jobs.engine.completion import Ending
from jobs.engine.event_writer import write_items
from jobs.models import Job, Step
from jobs.report_queue import Lines, Outcome, Question, RemoteProcess, ReportQueue
from jobs.states import JOB_ENDED

FLUSH_S = 0.2
# After an item that a thread waits for, items already on their way are taken, too.
LINGER_S = 0.02
# While other steps are held ready, no thread waits for this one: it takes more at a time, which costs less.
PATIENT_S = 0.5
MAX_LINES = 5000


class ReportWriter:
    """The writer of one slice; ``contexts`` are its running steps, and are removed here when they end."""

    def __init__(
        self,
        job: Job,
        action: registry.Action,
        claim: str,
        contexts: dict[int, StepContext],
        *,
        patient: bool = False,
    ) -> None:
        self.job = job
        self.action = action
        self.claim = claim
        self.contexts = contexts
        self.flush_s = PATIENT_S if patient else FLUSH_S
        self.linger_s = PATIENT_S if patient else LINGER_S
        self.steps: dict[int, Step] = {}
        self.reports = ReportQueue()

    def take(self) -> bool:
        """Take reports for a moment, lines before the outcome that follows them; return True when a step ended."""
        items, questions, outcomes = self._gather()
        mine = write_items(self.job, self.claim, items, self.steps)
        for item in items:
            if isinstance(item, RemoteProcess):
                if item.step_pk not in mine and item.step_pk in self.contexts:
                    self.contexts[item.step_pk].stop("lost")
                item.stored.set()
        if questions:
            _answer(questions)
        self._end(outcomes)
        return bool(outcomes)

    def _gather(self) -> tuple[list[Lines | RemoteProcess], list[Question], list[Outcome]]:
        items: list[Lines | RemoteProcess] = []
        questions: list[Question] = []
        outcomes: list[Outcome] = []
        count = 0
        until = time.monotonic() + self.flush_s
        while count < MAX_LINES and (not outcomes or len(outcomes) < len(self.contexts)):
            try:
                item = self.reports.get(until - time.monotonic())
            except queue.Empty:
                break
            if isinstance(item, Outcome):
                outcomes.append(item)
            elif isinstance(item, Question):
                questions.append(item)
            else:
                items.append(item)
                count += len(item.texts) if isinstance(item, Lines) else 0
            if not isinstance(item, Lines):
                pause_s = self.linger_s if isinstance(item, Outcome) else LINGER_S
                until = min(until, time.monotonic() + pause_s)
        return items, questions, outcomes

    def _end(self, outcomes: list[Outcome]) -> None:
        ended: list[Ending] = []
        released: list[int] = []
        for outcome in outcomes:
            step = self.steps.pop(outcome.step_pk)
            if outcome.stopped == "cancelled":
                completion.cancel_step(step, self.claim)
            elif outcome.stopped:
                released.append(step.pk)
            else:
                phase = self.action.phase_or_unknown(step.phase)
                ended.append(Ending(step, phase, outcome.result, outcome.error))
        completion.end_steps(self.job, self.claim, ended)
        if released:
            claims.release(self.claim, released)
        # Only now: a slice that fails before this line still knows what it has to give back.
        for outcome in outcomes:
            self.contexts.pop(outcome.step_pk, None)


def _answer(questions: list[Question]) -> None:
    asked = Job.objects.filter(job_id__in={question.job_id for question in questions})
    status = dict(asked.values_list("job_id", "status"))
    for question in questions:
        if question.job_id in status:
            question.over = status[question.job_id] in JOB_ENDED
        question.answered.set()

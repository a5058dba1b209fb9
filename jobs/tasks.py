"""The tasks that django-q2 calls. Entries carry a job's primary key only; Job, Step and Event rows are the truth."""

from __future__ import annotations

from jobs.engine import orphans, work_slice


def run_slice(job_pk: int) -> None:
    """Work on the job, see ``jobs.engine.work_slice``."""
    work_slice.run_slice(job_pk)


def end_orphans(old: bool, asked_at: float) -> None:
    """Visit the nodes on which steps left something running, see ``jobs.engine.orphans``."""
    orphans.end_orphans(old=old, asked_at=asked_at)

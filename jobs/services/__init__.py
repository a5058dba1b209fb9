"""The verbs on jobs: one function each."""

from jobs.lookups import busy, find_job, holder, newest_job
from jobs.services.cancel import cancel_job
from jobs.services.pause import pause_job
from jobs.services.resume import addresses_left, resume_job
from jobs.services.settle import phases_by_word, settle_job
from jobs.services.submit import Pace, Target, record_done, submit

__all__ = [
    "Pace",
    "Target",
    "addresses_left",
    "busy",
    "cancel_job",
    "find_job",
    "holder",
    "newest_job",
    "pause_job",
    "phases_by_word",
    "record_done",
    "resume_job",
    "settle_job",
    "submit",
]

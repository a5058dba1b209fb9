"""The newest lines of watched jobs as JSON, made once for all who follow them.

Only the thread of the web server that answers those who wait uses it (:mod:`installer.waiting_requests`).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from installer.logfile import json_objects
from jobs.models import Job
from jobs.queries import event_rows, levels_from

# Of each job; a follower that is further behind reads from the database.
MAX_LINES = 5000
MAX_CHARS = 4_000_000
MAX_JOBS = 8


class Lines(NamedTuple):
    """Some lines as the inside of a JSON list, how many, and the number of the last; 0 without any."""

    objects: str
    number: int
    last: int


class _Line(NamedTuple):
    node: str
    phase: str
    level: str
    json: str


@dataclass
class _Recent:
    """Lines of one job, which has no gaps: ``lines[0]`` has the number ``after + 1``."""

    after: int
    lines: list[_Line] = field(default_factory=list)
    chars: int = 0

    @property
    def last(self) -> int:
        """Return the number of the newest line."""
        return self.after + len(self.lines)

    def extend(self, job: Job) -> None:
        """Read what is new up to ``job.last_seq``, every line of which can be seen by now."""
        missing = job.last_seq - self.last
        for row in event_rows(job, after=self.last, limit=missing) if missing else ():
            _seq, _ts, node, phase, _step, _stream, level, _line = row
            line = _Line(node, phase, level, json_objects([row]))
            self.lines.append(line)
            self.chars += len(line.json)

    def trim(self) -> None:
        """Forget the oldest lines."""
        while len(self.lines) > MAX_LINES or self.chars > MAX_CHARS:
            half = len(self.lines) // 2 + 1
            self.chars -= sum(len(line.json) for line in self.lines[:half])
            self.after += half
            del self.lines[:half]


_by_job: OrderedDict[int, _Recent] = OrderedDict()


def recent_lines(job: Job, *, after: int, limit: int, **wanted: Any) -> Lines | None:
    """Return the lines of :func:`jobs.queries.event_rows` up to ``job.last_seq``; None where they are not at hand.

    ``wanted``: node, phase and level; text and time are compared by the database alone.
    """
    kept = _by_job.get(job.pk)
    if kept is None or not kept.last <= job.last_seq <= kept.last + MAX_LINES:
        # Nobody followed it lately.
        if job.last_seq - after > MAX_LINES:
            return None
        kept = _Recent(after)
    elif after < kept.after:
        return None
    kept.extend(job)
    found = _selected(kept, after, limit, wanted)
    kept.trim()
    _by_job[job.pk] = kept
    _by_job.move_to_end(job.pk)
    if len(_by_job) > MAX_JOBS:
        _by_job.popitem(last=False)
    return found


def _selected(kept: _Recent, after: int, limit: int, wanted: Mapping[str, Any]) -> Lines:
    lines = kept.lines[after - kept.after :]
    if not any(wanted.values()):
        texts = [line.json for line in lines[:limit]]
        return Lines(",".join(texts), len(texts), after + len(texts) if texts else 0)
    levels = levels_from(wanted.get("level", ""))
    texts, last = [], 0
    for seq, line in enumerate(lines, after + 1):
        if (
            line.level in levels
            and wanted.get("node", "") in ("", line.node)
            and wanted.get("phase", "") in ("", line.phase)
        ):
            texts.append(line.json)
            last = seq
            if len(texts) == limit:
                break
    return Lines(",".join(texts), len(texts), last)

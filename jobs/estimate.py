"""How long a job will still take, judged by how long the same phases took before. Pure."""

from __future__ import annotations

import heapq
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stage:
    """Open steps of one phase that may run at once: how many wait, and how long each running one runs already."""

    phase: str
    waiting: int
    running_s: Sequence[float] = ()


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """``seconds`` until the end; ``late``: running steps that took longer already than any before."""

    seconds: float
    late: int = 0

    def text(self) -> str:
        """``about 14 min left``; no more exact than such a guess can be."""
        late = f"{self.late} step{'s run' if self.late > 1 else ' runs'} longer than in any earlier run"
        if not self.late:
            return about(self.seconds)
        return late if self.seconds < 1 else f"{about(self.seconds)}, {late}"


def about(seconds: float) -> str:
    """``about 40 s left``, ``about 14 min left``, ``about 2 h 05 min left``."""
    if seconds < 55:
        return f"about {max(round(seconds / 10), 1) * 10} s left"
    if seconds < 3570:
        return f"about {round(seconds / 60)} min left"
    hours, minutes = divmod(round(seconds / 300) * 5, 60)
    return f"about {hours} h {minutes:02d} min left"


def stage_left(stage: Stage, earlier_s: Sequence[float], at_once: int) -> TimeLeft:
    """Until the last step of the stage ends; ``earlier_s``: what steps of its phase took before, not empty.

    Nodes differ, and the slowest one ends a stage: the steps are spread over the earlier durations, from the
    shortest to the longest, instead of all taking the mean.
    """
    known = sorted(earlier_s)
    busy: list[float] = []
    late = 0
    for number, ran_s in enumerate(sorted(stage.running_s)):
        longer = [seconds for seconds in known if seconds > ran_s]
        late += not longer
        busy.append(_spread(longer, number, len(stage.running_s)) - ran_s if longer else 0.0)
    slots = busy + [0.0] * (max(at_once, 1) - len(busy))
    heapq.heapify(slots)
    for number in range(stage.waiting):
        heapq.heapreplace(slots, slots[0] + _spread(known, number, stage.waiting))
    return TimeLeft(max(slots), late)


def _spread(known: Sequence[float], number: int, count: int) -> float:
    """Of ``count`` values spread evenly over ``known`` (sorted), the one of that number."""
    return known[(2 * number + 1) * len(known) // (2 * count)]


def stages_left(
    stages: Sequence[Stage], earlier_s: Mapping[str, Sequence[float]], at_once: int
) -> dict[str, TimeLeft]:
    """By phase, over all its stages; without the phases of which nothing is known."""
    found: dict[str, TimeLeft] = {}
    for stage in stages:
        if earlier_s.get(stage.phase):
            left = stage_left(stage, earlier_s[stage.phase], at_once)
            before = found.get(stage.phase, TimeLeft(0.0))
            found[stage.phase] = TimeLeft(before.seconds + left.seconds, before.late + left.late)
    return found


def total(stages: Sequence[Stage], by_phase: Mapping[str, TimeLeft]) -> TimeLeft | None:
    """One stage after another; None when of one of them nothing is known, or nothing is left."""
    if not stages or any(stage.phase not in by_phase for stage in stages):
        return None
    return TimeLeft(
        sum(left.seconds for left in by_phase.values()), sum(left.late for left in by_phase.values())
    )

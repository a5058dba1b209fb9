"""Map moments to places on a line on which long pauses are short."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

# A pause is drawn as it is up to this part of the time in which something ran.
_LONG_PAUSE = 0.06
# What a longer one takes of the line, however long it was.
_SHORT = 0.03
_TICKS_S = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 28800, 86400)
MAX_TICKS = 5


@dataclass(frozen=True, slots=True)
class Pause:
    """A time in which nothing ran, drawn shorter than it was: where it is on the line, and its seconds."""

    start: float
    width: float
    seconds: float


@dataclass(frozen=True, slots=True)
class TimeScale:
    """Seconds at which something began or ended (``at``), and the place of each on the line from 0 to 1."""

    at: tuple[float, ...]
    places: tuple[float, ...]
    pauses: tuple[Pause, ...]
    busy_s: float

    def place(self, moment: float) -> float:
        """Return the place of a moment."""
        number = bisect_right(self.at, moment)
        if number == 0:
            return 0.0
        if number == len(self.at):
            return 1.0
        begin, end = self.at[number - 1], self.at[number]
        first, last = self.places[number - 1], self.places[number]
        return first + (last - first) * (moment - begin) / (end - begin)

    def ticks(self) -> tuple[float, ...]:
        """Return a few round numbers of seconds since the beginning, none of them in a pause."""
        wanted = (self.at[-1] - self.at[0]) - sum(pause.seconds for pause in self.pauses)
        step = next((each for each in _TICKS_S if wanted / each <= MAX_TICKS), wanted / MAX_TICKS)
        found: list[float] = []
        last = -1.0
        for number, begin in enumerate(self.at[:-1]):
            if any(pause.start == self.places[number] for pause in self.pauses):
                continue
            end = self.at[number + 1] - self.at[0]
            seconds = step * max(ceil((begin - self.at[0]) / step), 1)
            while seconds <= end:
                place = self.place(self.at[0] + seconds)
                if place - last > 0.5 / MAX_TICKS and place < 0.97:
                    found.append(seconds)
                    last = place
                seconds += step
        return tuple(found)


def scale_of(spans: Iterable[tuple[float, float]]) -> TimeScale:
    """Return the scale for what ran from and until these seconds; at least one span."""
    busy = _merged(sorted(spans))
    busy_s = sum(end - begin for begin, end in busy) or 1.0
    at: list[float] = []
    lengths: list[float] = []
    long: list[int] = []
    for number, (begin, end) in enumerate(busy):
        if number:
            pause_s = begin - busy[number - 1][1]
            if pause_s > _LONG_PAUSE * busy_s:
                long.append(len(lengths))
                lengths.append(_SHORT * busy_s)
            else:
                lengths.append(pause_s)
        at += [begin, end]
        lengths.append(end - begin)
    whole = sum(lengths) or 1.0
    places = [0.0]
    for length in lengths:
        places.append(places[-1] + length / whole)
    pauses = tuple(
        Pause(places[number], places[number + 1] - places[number], at[number + 1] - at[number])
        for number in long
    )
    return TimeScale(tuple(at), tuple(places), pauses, busy_s)


def _merged(spans: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for begin, end in spans:
        if found and begin <= found[-1][1]:
            found[-1] = (found[-1][0], max(found[-1][1], end))
        else:
            found.append((begin, end))
    return found

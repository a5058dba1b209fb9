"""Draw where the time of a job went: by phase, and by node with the slowest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from django.utils.formats import number_format
from django.utils.safestring import SafeString
from django.utils.translation import gettext, ngettext

from installer.console.labels import words
from installer.console.pictures.svg import element, labels, share
from installer.console.pictures.time_scale import TimeScale, scale_of
from installer.console.units import span_text

# Nodes that have a row of their own; of a few more than that, all have one.
SHOWN_NODES, ALL_NODES = 12, 16
MAX_PHASES = 24
_BAR_PX, _BAND_PX = 20, 30
# A step is a straggler if it takes this many times as long as the middle one of its phase, and this much longer.
_TIMES, _LONGER_S, _FEWEST = 1.5, 20.0, 4
_FILLS = ("", "url(#pic-lines)", "", "url(#pic-dots)")
_TONES = ("part", "array", "volume", "cache")


@dataclass(frozen=True, slots=True)
class Ran:
    """A step that was started, in seconds of any clock; ``ended`` is None while it runs. ``node`` is empty for the installer."""

    phase: str
    node: str
    begun: float
    ended: float | None
    status: str
    attempts: int = 1


@dataclass(frozen=True, slots=True)
class PhaseRow:
    """A phase: its bar, how long it took (and of all), what the middle node took, whom it waited for, what failed."""

    phase: str
    svg: SafeString
    took: str
    part: str
    middle: str
    waited: str
    failed: str = ""


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node (its id; empty for the installer): its bars, how long they took together, and the same in words."""

    node: str
    name: str
    svg: SafeString
    took: str
    slow: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Phases in their order, the slowest nodes first, and the other nodes as one band."""

    phases: tuple[PhaseRow, ...]
    nodes: tuple[NodeRow, ...]
    axis: SafeString
    folded: int = 0
    folded_failed: int = 0
    band: str = ""
    pauses: tuple[str, ...] = ()


def draw_timeline(steps: Sequence[Ran], names: Mapping[str, str], now: float) -> Timeline | None:
    """Draw the steps of a job; ``names``: of the nodes. None before the first step was started."""
    if not steps:
        return None
    scale = scale_of((step.begun, _end(step, now)) for step in steps)
    by_phase, by_node = _by(steps, "phase"), _by(steps, "node")
    slow = {phase: _stragglers(ran, now) for phase, ran in by_phase.items()}
    order = {phase: number for number, phase in enumerate(by_phase)}
    ranked = sorted(
        (node for node in by_node if node),
        key=lambda node: (-sum(_seconds(step, now) for step in by_node[node]), node),
    )
    shown = ranked if len(ranked) <= ALL_NODES else ranked[:SHOWN_NODES]
    rest = ranked[len(shown) :]
    folded = [step for node in rest for step in by_node[node]]
    return Timeline(
        phases=tuple(
            _phase(phase, ran, slow[phase], names, scale, order[phase], now)
            for phase, ran in list(by_phase.items())[:MAX_PHASES]
        ),
        nodes=tuple(
            _node(node, by_node[node], slow, names, scale, order, now)
            for node in (*shown, *([""] if "" in by_node else []))
        ),
        axis=_axis(scale),
        folded=len(rest),
        folded_failed=len({step.node for step in folded if step.status == "failed"}),
        band=_band(folded, len(rest), scale, order, now) if rest else "",
        pauses=tuple(
            gettext("Nothing ran for %(time)s: drawn shorter.") % {"time": span_text(int(pause.seconds))}
            for pause in scale.pauses
        ),
    )


def _end(step: Ran, now: float) -> float:
    return max(step.ended if step.ended is not None else now, step.begun)


def _seconds(step: Ran, now: float) -> float:
    return _end(step, now) - step.begun


def _by(steps: Sequence[Ran], name: str) -> dict[str, list[Ran]]:
    found: dict[str, list[Ran]] = {}
    for step in steps:
        found.setdefault(getattr(step, name), []).append(step)
    return found


def _stragglers(ran: Sequence[Ran], now: float) -> dict[str, float]:
    """Return the nodes that took far longer in this phase than the middle one, and how many times as long."""
    if len(ran) < _FEWEST:
        return {}
    middle = median(_seconds(step, now) for step in ran)
    return {
        step.node: seconds / middle
        for step in ran
        if middle and (seconds := _seconds(step, now)) > max(middle * _TIMES, middle + _LONGER_S)
    }


def _phase(
    phase: str,
    ran: Sequence[Ran],
    slow: Mapping[str, float],
    names: Mapping[str, str],
    scale: TimeScale,
    number: int,
    now: float,
) -> PhaseRow:
    begin, end = min(step.begun for step in ran), max(_end(step, now) for step in ran)
    busy_s = scale_of((step.begun, _end(step, now)) for step in ran).busy_s
    failed = _failed(ran)
    took = span_text(int(busy_s))
    sentence = gettext("Phase %(phase)s took %(time)s.") % {"phase": phase, "time": took}
    part = busy_s / scale.busy_s
    return PhaseRow(
        phase=phase,
        svg=_line(
            [
                _bar(
                    scale.place(begin),
                    scale.place(end),
                    phase,
                    number,
                    "failed" if failed == len(ran) else "",
                )
            ],
            sentence,
        ),
        took=took,
        part=f"{number_format(round(part * 100))} %",
        middle=span_text(int(median(_seconds(step, now) for step in ran))) if len(ran) > 1 else "",
        waited=_waited(ran, slow, names, now),
        failed=ngettext("%(n)s step failed", "%(n)s steps failed", failed) % {"n": failed} if failed else "",
    )


def _failed(ran: Sequence[Ran]) -> int:
    return sum(step.status == "failed" for step in ran)


def _waited(ran: Sequence[Ran], slow: Mapping[str, float], names: Mapping[str, str], now: float) -> str:
    """Say whom the phase waited for, and how long after all others were done."""
    others = [_end(step, now) for step in ran if step.node not in slow]
    if not slow or not others:
        return ""
    late = int(max(_end(step, now) for step in ran) - max(others))
    if late <= 0:
        return ""
    worst = sorted(slow, key=lambda node: -slow[node])
    values = {
        "time": span_text(late),
        "nodes": ", ".join(names.get(node, node) for node in worst[:3]),
        "n": len(worst),
    }
    if len(worst) > 3:
        values["more"] = len(worst) - 3
        return gettext("waited %(time)s for %(nodes)s and %(more)s more") % values
    return gettext("waited %(time)s for %(nodes)s") % values


def _node(
    node: str,
    ran: Sequence[Ran],
    slow: Mapping[str, Mapping[str, float]],
    names: Mapping[str, str],
    scale: TimeScale,
    order: Mapping[str, int],
    now: float,
) -> NodeRow:
    name = names.get(node, node) or gettext("installer")
    parts, marks = [], []
    for step in ran:
        told = {
            "phase": step.phase,
            "time": span_text(int(_seconds(step, now))),
            "status": words(step.status),
        }
        if step.status == "succeeded":
            parts.append(gettext("%(phase)s %(time)s") % told)
        else:
            parts.append(gettext("%(phase)s %(time)s (%(status)s)") % told)
        if node in slow[step.phase]:
            times = number_format(slow[step.phase][node], 1)
            marks.append(
                gettext("%(phase)s took %(times)s × the median") % {"phase": step.phase, "times": times}
            )
    bars = [
        _bar(
            scale.place(step.begun), scale.place(_end(step, now)), step.phase, order[step.phase], step.status
        )
        for step in ran
    ]
    return NodeRow(
        node=node,
        name=name,
        svg=_line(bars, gettext("%(name)s: %(steps)s.") % {"name": name, "steps": ", ".join(parts)}),
        took=span_text(int(sum(_seconds(step, now) for step in ran))),
        slow="; ".join(marks),
    )


def _line(bars: Sequence[SafeString], sentence: str) -> SafeString:
    return element(
        "svg",
        element("title", sentence),
        element("line", x1=0, x2="100%", y1=_BAR_PX / 2, y2=_BAR_PX / 2, class_="pic-rail"),
        *bars,
        class_=("pic", "pic-line"),
        role="img",
        aria_label=sentence,
        width="100%",
        height=_BAR_PX,
    )


def _bar(begin: float, end: float, phase: str, number: int, status: str) -> SafeString:
    """Draw one step: failed and unfinished ones differ by pattern, mark and line, not by colour alone."""
    width = max(end - begin, 0.003)
    begin = min(begin, 1 - width)
    tone = {"failed": "bad", "running": "busy"}.get(status, _TONES[number % len(_TONES)])
    fill = {"failed": "url(#pic-hatch)", "running": ""}.get(status, _FILLS[number % len(_FILLS)])
    mark = {"failed": "✕ ", "running": "● "}.get(status, "")
    frame: dict[str, object] = {"x": 0, "y": 1, "width": "100%", "height": _BAR_PX - 2, "rx": 2}
    open_end = "pic-open" if status == "running" else ""
    return element(
        "svg",
        element("rect", class_=("pic-box", f"pic-{tone}", open_end), **frame),
        *([element("rect", fill=fill, class_="pic-fill", **frame)] if fill else []),
        *labels((mark + phase, mark.strip()), width, x=5, y=14),
        x=share(begin),
        y=0,
        width=share(width),
        height=_BAR_PX,
    )


def _axis(scale: TimeScale) -> SafeString:
    drawn: list[SafeString] = [
        element(
            "rect",
            x=share(pause.start),
            y=0,
            width=share(pause.width),
            height=18,
            fill="url(#pic-hatch)",
            class_="pic-fill",
        )
        for pause in scale.pauses
    ]
    for seconds in scale.ticks():
        place = share(scale.place(scale.at[0] + seconds))
        drawn.append(element("line", x1=place, x2=place, y1=12, y2=18, class_="pic-tick"))
        drawn.append(element("text", _tick(seconds), x=place, y=10, class_="pic-mid"))
    return element("svg", *drawn, class_=("pic", "pic-axis"), aria_hidden="true", width="100%", height=18)


def _tick(seconds: float) -> str:
    if seconds >= 3600 or seconds % 60:
        return span_text(int(seconds))
    return gettext("%(minutes)s min") % {"minutes": int(seconds // 60)}


def _band(
    steps: Sequence[Ran], nodes: int, scale: TimeScale, order: Mapping[str, int], now: float
) -> SafeString:
    """Draw all these nodes as one: from the first start to the last end of each phase, the middle node's time dark."""
    parts, drawn = [], []
    for phase, ran in _by(steps, "phase").items():
        begins, ends = [step.begun for step in ran], [_end(step, now) for step in ran]
        seconds = [_seconds(step, now) for step in ran]
        number = order[phase]
        first, last = scale.place(min(begins)), scale.place(max(ends))
        middle = scale.place(median(begins)), scale.place(max(median(ends), median(begins)))
        drawn.append(_slab(first, last, 1, _BAND_PX - 2, ("pic-box", "pic-band"), ""))
        tone, fill = _TONES[number % len(_TONES)], _FILLS[number % len(_FILLS)]
        drawn.append(_slab(*middle, 7, _BAND_PX - 14, ("pic-box", f"pic-{tone}"), fill, phase))
        values = {"phase": phase, "least": span_text(int(min(seconds))), "most": span_text(int(max(seconds)))}
        parts.append(gettext("%(phase)s %(least)s to %(most)s") % values)
    head = ngettext("%(n)s other node", "%(n)s other nodes", nodes) % {"n": number_format(nodes)}
    sentence = gettext("%(nodes)s: %(phases)s.") % {"nodes": head, "phases": ", ".join(parts)}
    return element(
        "svg",
        element("title", sentence),
        *drawn,
        class_=("pic", "pic-line"),
        role="img",
        aria_label=sentence,
        width="100%",
        height=_BAND_PX,
    )


def _slab(
    begin: float, end: float, top: int, height: int, class_: tuple[str, ...], fill: str, label: str = ""
) -> SafeString:
    width = max(end - begin, 0.002)
    frame: dict[str, object] = {"x": 0, "y": top, "width": "100%", "height": height, "rx": 2}
    return element(
        "svg",
        element("rect", class_=class_, **frame),
        *([element("rect", fill=fill, class_="pic-fill", **frame)] if fill else []),
        *labels((label,), width, x=5, y=top + height - 4),
        x=share(min(begin, 1 - width)),
        y=0,
        width=share(width),
        height=_BAND_PX,
    )

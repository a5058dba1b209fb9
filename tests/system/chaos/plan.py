"""The events of a play of ``bench/chaos.py``, derived from a seed and nothing else. Pure."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

# The script run on a node. Its effects name the attempt (from the name of its own file), a lock is held for as long
# as any part of it lives, and every line of its output is unique.
SCRIPT = """\
me=${{0##*/}}; me=${{me%.sh}}; job=${{me%-*}}
mkdir -p /opt/effects
exec 8>>/opt/effects/$job.lock
flock -w 2 8 || echo "$me {name} beside its own job" >>/opt/effects/violations
{scope}
echo "begin $me {name} ${{INSTALLER_BOOTS:-0}}" >>/opt/effects/$job
n=0
while [ $n -lt {lines} ]; do
    n=$((n + 1)); echo "$me line $n of {name}{wide}"
    [ $((n % 7)) -ne 0 ] || echo "$me complaint $n of {name}" >&2
    {pause}
done
{last}
echo "end $me {name} ${{INSTALLER_BOOTS:-0}}" >>/opt/effects/$job
"""
SCOPE = 'exec 9>>/opt/effects/scope.lock; flock -w 2 9 || echo "$me beside another of its region" >>/opt/effects/violations'
LASTS = {
    "well": ":",
    "fails once": "[ -e /opt/effects/$job.{name}.failed ] || {{ : >/opt/effects/$job.{name}.failed; exit 3; }}",
    "asks for a reboot": '[ "${{INSTALLER_BOOTS:-0}}" -ge 1 ] || : >"$INSTALLER_REBOOT"',
    "reboots itself": '[ "${{INSTALLER_BOOTS:-0}}" -ge 1 ] || {{ : >"$INSTALLER_REBOOT"; reboot; sleep 60; }}',
}
KINDS = ("well", "well", "well", "fails once", "asks for a reboot", "reboots itself")


@dataclass(frozen=True, slots=True)
class Event:
    """At ``at_s`` seconds of the play ``kind`` happens; numbers in ``args`` are taken modulo what exists then."""

    at_s: float
    kind: str
    args: dict[str, Any]

    def __str__(self) -> str:
        # The kind of a script says what it does; its text is in the plan of the seed.
        said = {key: value for key, value in self.args.items() if key != "scripts"}
        return f"{self.at_s:6.1f} {self.kind} {said}"


def make(seed: int, seconds: float, nodes: int) -> list[Event]:
    """Return the events of a play in the order of their times."""
    chance = random.Random(seed)
    events = [_job(chance, chance.uniform(0, 2), nodes)]
    events += [_job(chance, chance.uniform(0, seconds * 0.8), nodes) for _ in range(chance.randint(3, 5))]
    makers = [maker for maker, weight in _FAULTS for _ in range(weight)]
    for _ in range(int(seconds * chance.uniform(0.4, 0.9))):
        events.append(chance.choice(makers)(chance, chance.uniform(1, seconds), nodes))
    return sorted(events, key=lambda event: event.at_s)


def _job(chance: random.Random, at_s: float, nodes: int) -> Event:
    scope = chance.choice(["", "", "region:chaos"])
    kinds: list[str] = []

    def component(name: str) -> str:
        kind = chance.choice(KINDS)
        kinds.append(kind)
        flood = chance.random() < 0.06
        lines = 1300 if flood else chance.choice([3, 20, 60, 400])
        pause = ":" if flood or lines == 400 else f"sleep {chance.choice(['0.05', '0.2', '0.4'])}"
        wide = "." * 4000 if flood else ""
        last = LASTS[kind].format(name=name)
        return SCRIPT.format(
            name=name, lines=lines, pause=pause, last=last, wide=wide, scope=SCOPE if scope else ""
        )

    ones = [component("one"), *([component("one.2")] if chance.random() < 0.5 else [])]
    scripts = {"one": ones, "two": component("two")}
    members = sorted(chance.sample(range(nodes), chance.randint(1, nodes)))
    pace = chance.choice([None, None, {"canary": 1}, {"batch": 2}])
    args = {"nodes": members, "kinds": kinds, "scripts": scripts, "scope": scope, "pace": pace}
    return Event(at_s, "submit", args)


def _node(kind: str, longest_s: float = 12) -> Callable[[random.Random, float, int], Event]:
    def maker(chance: random.Random, at_s: float, nodes: int) -> Event:
        return Event(
            at_s, kind, {"node": chance.randrange(nodes), "for_s": round(chance.uniform(0.5, longest_s), 1)}
        )

    return maker


def _worker(kind: str) -> Callable[[random.Random, float, int], Event]:
    def maker(chance: random.Random, at_s: float, nodes: int) -> Event:
        again = {
            "for_s": round(chance.uniform(0.2, 14), 1),
            "clock_s": chance.choice([0, 0, 0, 3600, -3600]),
        }
        return Event(at_s, kind, {"worker": chance.randrange(100), **again})

    return maker


def _person(kind: str) -> Callable[[random.Random, float, int], Event]:
    def maker(chance: random.Random, at_s: float, nodes: int) -> Event:
        args: dict[str, Any] = {"job": chance.randrange(100)}
        if kind in ("resume_nodes", "settle"):
            args["nodes"] = sorted(chance.sample(range(nodes), chance.randint(1, nodes)))
        if kind == "resume_from":
            args["phase"] = chance.choice(["one", "two"])
        if kind == "storm":
            verbs = ["cancel", "cancel_now", "pause", "resume", "resume"]
            args["verbs"] = [chance.choice(verbs) for _ in range(3)]
        return Event(at_s, kind, args)

    return maker


def _database(chance: random.Random, at_s: float, nodes: int) -> Event:
    return Event(at_s, "end_connections", {"share": chance.choice([0.2, 0.5, 1.0])})


def _queue(chance: random.Random, at_s: float, nodes: int) -> Event:
    return Event(at_s, "empty_queue", {})


_FAULTS: tuple[tuple[Callable[[random.Random, float, int], Event], int], ...] = (
    (_worker("kill_worker"), 3),
    (_worker("kill_child"), 2),
    (_worker("end_worker"), 2),
    (_worker("stop_worker"), 3),
    (_worker("stop_child"), 1),
    (_node("drop"), 2),
    (_node("refuse"), 2),
    (_node("hang"), 1),
    (_node("slow"), 1),
    (_node("full_disk"), 1),
    (_node("reboot"), 1),
    (_database, 3),
    (_queue, 2),
    (_person("cancel"), 2),
    (_person("cancel_now"), 3),
    (_person("pause"), 2),
    (_person("resume"), 4),
    (_person("resume_nodes"), 1),
    (_person("resume_from"), 1),
    (_person("storm"), 2),
    (_person("settle"), 1),
)

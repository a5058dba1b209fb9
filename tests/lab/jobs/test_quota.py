"""Endless output: its head and its tail are kept, and one line says what is missing and where it is."""

from __future__ import annotations

import pytest

from jobs.remote import run_component
from jobs.remote.output import HEAD_BYTES, TAIL_BYTES
from tests.fixtures.steps import Desk, ForeignProcess, Machine, until

LINES, WIDTH = 9000, 999
# Each line is its number, as wide as a line of a build.
PRINT = f"seq -f %0{WIDTH}.0f {LINES}"


@pytest.mark.parametrize(("stream", "suffix"), [("out", "log"), ("err", "err")])
def test_head_and_tail_are_kept_and_the_gap_says_how_much_and_where(
    machine: Machine, desk: Desk, stream: str, suffix: str
) -> None:
    script = PRINT if stream == "out" else f"{PRINT} >&2"
    context = desk.step()
    run_component(context, machine.endpoint, "big", script)
    whole = machine.root / f"opt/install/big/j-desk0001-1.{suffix}"
    size = whole.stat().st_size
    assert size == LINES * (WIDTH + 1) > HEAD_BYTES + TAIL_BYTES, "on the node is all of it"
    texts = desk.texts(stream)
    [gap] = [text for text in desk.texts("sys") if "omitted here" in text]
    missing = int(gap.split()[0])
    assert missing == size - HEAD_BYTES - TAIL_BYTES
    assert (
        gap
        == f"{missing} bytes are omitted here: the full output is on the node, in /{whole.relative_to(machine.root)}"
    )
    # All but what ran into the gap ended with a line end.
    assert sum(len(text) + 1 for text in texts) - 1 + missing == size
    numbers = [int(text) for text in texts if len(text) == WIDTH]
    head, tail = HEAD_BYTES // (WIDTH + 1), TAIL_BYTES // (WIDTH + 1)
    assert numbers == [*range(1, head + 1), *range(LINES - tail + 1, LINES + 1)]
    assert [said for said in order(desk) if said != stream] == ["full", "gap"]


def order(desk: Desk) -> list[str]:
    """Return the streams as they alternate in the log, and the two remarks on what is kept."""
    found: list[str] = []
    for lines in desk.said:
        for text in lines.texts:
            what = lines.stream
            if what == "sys":
                what = "gap" if "omitted here" in text else "full" if "further output" in text else ""
            if what and found[-1:] != [what]:
                found.append(what)
    return found


def test_who_reads_on_later_skips_the_same_and_repeats_nothing(machine: Machine, desk: Desk) -> None:
    first = desk.step()
    run_component(first, machine.endpoint, "big", PRINT)
    again = desk.step(fence=2)
    again.cursor = dict(first.cursor)
    before = desk.texts("out")
    run_component(again, machine.endpoint, "big", PRINT)
    assert desk.texts("out") == before
    assert desk.texts("sys")[-1] == "big: already done in this job, skipped"


def test_while_it_runs_the_log_says_that_more_stays_on_the_node(
    machine: Machine, desk: Desk, beside: ForeignProcess
) -> None:
    go_on = machine.root / "opt/go-on"
    script = f"{PRINT}; while [ ! -e /opt/go-on ]; do sleep 0.1; done; echo the end"
    beside(lambda: run_component(desk.step(), machine.endpoint, "big", script))
    until(lambda: any("further output" in text for text in desk.texts("sys")), "nothing is said")
    assert not any("omitted here" in text for text in desk.texts("sys")), "its end is not known yet"
    go_on.touch()
    until(lambda: "the end" in desk.texts("out"), "the end does not come")

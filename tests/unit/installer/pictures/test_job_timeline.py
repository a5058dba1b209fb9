"""The time line of a job: the slowest first, stragglers named, pauses short, and small whatever the number of nodes."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from xml.etree import ElementTree

import pytest
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from installer.console.pictures.job_timeline import ALL_NODES, SHOWN_NODES, Ran, Timeline, draw_timeline
from installer.console.pictures.time_scale import scale_of
from tests.support.examples import examples

HOUR = 3600.0


@pytest.fixture(autouse=True)
def english() -> Iterator[None]:
    with translation.override(None):
        yield


def line(steps: list[Ran], now: float = 0.0, **names: str) -> Timeline:
    drawn = draw_timeline(steps, names, now)
    assert drawn is not None
    return drawn


def steps_of(nodes: int, *, slow: int = 0, failed: int = 0) -> list[Ran]:
    """Return two phases on each node, the first ``slow`` of which take three times as long."""
    found = [Ran("build", "", 0, 60, "succeeded")]
    for number in range(nodes):
        seconds = 300.0 if number < slow else 100.0 + number / 100
        found.append(Ran("os", f"n{number}", 60, 60 + seconds, "failed" if number < failed else "succeeded"))
    found += [Ran("disk", f"n{number}", 400, 450, "succeeded") for number in range(nodes)]
    return found


def words(svg: str) -> str:
    root = ElementTree.fromstring(svg)
    assert root.attrib["role"] == "img"
    return root.attrib["aria-label"]


def test_a_job_of_which_nothing_started_has_no_line() -> None:
    assert draw_timeline([], {}, 0) is None


def test_the_slowest_nodes_come_first_and_stragglers_are_told() -> None:
    drawn = line(steps_of(9, slow=1), n0="pek3cr01n01")
    assert drawn.nodes[0].name == "pek3cr01n01"
    assert drawn.nodes[0].slow == "os took 2.9 × the median"
    assert words(drawn.nodes[0].svg) == "pek3cr01n01: os 5 min 00 s, disk 50 s."
    assert [row.slow for row in drawn.nodes[1:]] == [""] * 9
    assert drawn.nodes[-1].name == "installer"


def test_a_phase_tells_its_time_and_whom_it_waited_for() -> None:
    build, os, disk = line(steps_of(8, slow=1), n0="pek3cr01n01").phases
    assert (build.took, os.took, disk.took) == ("1 min 00 s", "5 min 00 s", "50 s")
    assert os.waited == "waited 3 min 19 s for pek3cr01n01" and disk.waited == ""
    assert os.middle == "1 min 40 s" and build.middle == ""
    assert os.part == "73 %"


def test_a_few_slow_nodes_among_many_are_named_in_part() -> None:
    assert re.fullmatch(r"waited .* for n0, n1, n2 and 2 more", line(steps_of(40, slow=5)).phases[1].waited)


def test_a_failed_step_has_a_pattern_and_a_mark() -> None:
    drawn = line(steps_of(3, failed=1))
    failed = next(row for row in drawn.nodes if row.node == "n0")
    assert "pic-hatch" in failed.svg and "os 1 min 40 s (failed)" in words(failed.svg)
    assert drawn.phases[1].failed == "1 step failed" and drawn.phases[2].failed == ""
    assert "pic-hatch" not in drawn.phases[1].svg


def test_a_step_that_runs_is_drawn_until_now_with_an_open_line() -> None:
    drawn = line([Ran("os", "n0", 100, None, "running")], now=160)
    assert drawn.nodes[0].took == "1 min 00 s" and "pic-open" in drawn.nodes[0].svg
    assert "(running)" in words(drawn.nodes[0].svg)


def test_a_few_nodes_all_have_a_row() -> None:
    drawn = line(steps_of(ALL_NODES))
    assert len(drawn.nodes) == ALL_NODES + 1 and (drawn.folded, drawn.band) == (0, "")


@pytest.mark.parametrize("nodes", [200, 2000])
def test_of_many_nodes_the_slowest_have_a_row_and_the_rest_is_one_band(nodes: int) -> None:
    drawn = line(steps_of(nodes, slow=3, failed=20))
    assert (len(drawn.nodes), drawn.folded) == (SHOWN_NODES + 1, nodes - SHOWN_NODES)
    assert {row.node for row in drawn.nodes[:3]} == {"n0", "n1", "n2"}
    assert drawn.folded_failed == 17
    assert re.search(r"[0-9,]+ other nodes: os 1 min 40 s to", words(drawn.band))
    assert sum(len(row.svg) for row in (*drawn.nodes, *drawn.phases)) + len(drawn.band) < 60_000


def test_a_night_between_two_runs_is_drawn_short() -> None:
    drawn = line(
        [Ran("os", "n0", 0, 600, "failed"), Ran("disk", "n0", 9 * HOUR, 9 * HOUR + 600, "succeeded")]
    )
    assert drawn.pauses == ("Nothing ran for 8 h 50 min: drawn shorter.",)
    scale = scale_of([(0, 600), (9 * HOUR, 9 * HOUR + 600)])
    assert scale.place(600) > 0.45 and scale.place(9 * HOUR) < 0.55
    assert drawn.phases[0].part == "50 %"


def test_hostile_names_stay_text() -> None:
    drawn = line([Ran("<script>", "n0", 0, 10, "succeeded")], n0='"><script>')
    assert "<script" not in drawn.nodes[0].svg + drawn.phases[0].svg


SPANS = st.lists(
    st.tuples(st.floats(0, 1e7), st.floats(0, 1e6)).map(lambda pair: (pair[0], pair[0] + pair[1])), min_size=1
)


@given(SPANS)
@examples(60)
def test_time_never_goes_back_on_the_line(spans: list[tuple[float, float]]) -> None:
    scale = scale_of(spans)
    moments = sorted(moment for span in spans for moment in span)
    places = [scale.place(moment) for moment in moments]
    assert all(0 <= place <= 1 for place in places)
    assert all(one <= other + 1e-9 for one, other in itertools.pairwise(places))
    assert len(scale.ticks()) <= 21

"""Time left, judged by earlier runs: the arithmetic alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jobs.eta import Stage, TimeLeft, about, stage_left, stages_left, total

seconds = st.floats(0, 10_000, allow_nan=False)


@pytest.mark.parametrize(
    ("stage", "at_once", "left_s"),
    [
        (Stage("one", 1), 1, 60),
        (Stage("one", 4), 4, 60),
        (Stage("one", 4), 2, 120),
        (Stage("one", 5), 2, 180),
        (Stage("one", 0, [20]), 1, 40),
        (Stage("one", 0, [20, 50]), 2, 40),
        # The second one begins when the first ends.
        (Stage("one", 1, [20]), 1, 100),
        (Stage("one", 1, [20]), 2, 60),
        # More run than would now: a worker more was alive when they began.
        (Stage("one", 0, [10, 20, 30]), 1, 50),
    ],
)
def test_steps_go_through_as_many_at_once_as_there_are(stage: Stage, at_once: int, left_s: float) -> None:
    assert stage_left(stage, [60], at_once) == TimeLeft(left_s)


def test_the_slowest_of_many_ends_a_stage_and_the_usual_one_a_single_step() -> None:
    earlier_s = [float(n) for n in range(1, 101)]
    assert stage_left(Stage("one", 1), earlier_s, 20).seconds == 51
    assert stage_left(Stage("one", 20), earlier_s, 20).seconds == 98


def test_what_runs_long_is_compared_with_what_ran_longer() -> None:
    assert stage_left(Stage("one", 0, [50]), [10, 20, 60, 80, 100], 1) == TimeLeft(30)


def test_a_step_longer_than_any_before_is_late_and_nobody_knows_when_it_ends() -> None:
    left = stage_left(Stage("one", 1, [100]), [60], 1)
    assert left == TimeLeft(60, late=1)
    assert left.text() == "about 1 min left, 1 step runs longer than in any earlier run"
    assert TimeLeft(0, late=2).text() == "2 steps run longer than in any earlier run"


def test_stages_come_one_after_another_and_waves_of_a_phase_count_together() -> None:
    stages = [Stage("one", 1), Stage("two", 1), Stage("one", 3), Stage("two", 3)]
    by_phase = stages_left(stages, {"one": [60], "two": [30]}, 2)
    assert by_phase == {"one": TimeLeft(180), "two": TimeLeft(90)}
    assert total(stages, by_phase) == TimeLeft(270)


def test_without_an_earlier_run_of_each_phase_nothing_is_said_of_the_whole() -> None:
    stages = [Stage("one", 1), Stage("two", 1)]
    by_phase = stages_left(stages, {"one": [60], "two": []}, 1)
    assert by_phase == {"one": TimeLeft(60)}
    assert total(stages, by_phase) is None
    assert total([], {}) is None


@given(
    st.integers(0, 60),
    st.lists(seconds, max_size=30),
    st.lists(seconds, min_size=1, max_size=60),
    st.integers(0, 50),
)
def test_it_is_never_less_than_nothing_and_never_more_than_one_by_one(
    waiting: int, running_s: list[float], earlier_s: list[float], at_once: int
) -> None:
    left = stage_left(Stage("one", waiting, running_s), earlier_s, at_once)
    assert 0 <= left.seconds <= max(earlier_s) * (waiting + len(running_s)) * (1 + 1e-9)
    assert left.late == sum(ran_s >= max(earlier_s) for ran_s in running_s)
    assert left.seconds >= 0 and (waiting or running_s or left.seconds == 0)


@pytest.mark.parametrize(
    ("left_s", "text"),
    [
        (0, "about 10 s left"),
        (42, "about 40 s left"),
        (58, "about 1 min left"),
        (840, "about 14 min left"),
        (3569, "about 59 min left"),
        (3600, "about 1 h 00 min left"),
        (7500, "about 2 h 05 min left"),
    ],
)
def test_in_words(left_s: float, text: str) -> None:
    assert about(left_s) == text

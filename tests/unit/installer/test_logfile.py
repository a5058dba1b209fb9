"""A log as text: many lines are made safe at once, with the same result as one after the other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from installer.logfile import text_lines

TEXT = st.text(
    st.one_of(st.sampled_from("\x1b[]\x07\\m0;?\t\x00\u202e\u4e2dA"), st.characters(exclude_characters="\n")),
    max_size=20,
)


@given(lines=st.lists(TEXT, max_size=6))
def test_a_line_is_the_same_whatever_stands_before_and_after_it(lines):
    rows = [
        (seq, "2026-01-01T00:00:00.000Z", "", "", "", "out", "info", line) for seq, line in enumerate(lines)
    ]
    assert text_lines(rows) == "".join(text_lines([row]) for row in rows)


def test_place_and_level_are_named_where_they_say_something():
    rows = [
        (1, "T", "", "", "", "sys", "info", "begun"),
        (2, "T", "172.16.80.1", "install", "network", "out", "warning", "slow"),
        (3, "T", "172.16.80.1", "install", "", "out", "debug", "x"),
    ]
    assert text_lines(rows) == (
        "T installer begun\nT 172.16.80.1 install/network WARNING slow\nT 172.16.80.1 install x\n"
    )
    assert text_lines([]) == ""

"""The follow stream, cut wherever the network likes."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jobs.remote.frames import Frame, FrameReader

STREAM = b"Welcome!\n@out 6\nhello\n@err 3\nno\n@tick\n@out 8\n@rc 0\nab@rc 3\n"
FRAMES = [
    Frame("out", b"hello\n"),
    Frame("err", b"no\n"),
    Frame("tick"),
    Frame("out", b"@rc 0\nab"),
    Frame("rc", b"3"),
]


@given(st.lists(st.integers(1, 9), min_size=1))
def test_frames_survive_any_cut(sizes: list[int]) -> None:
    reader, found, rest = FrameReader(), [], STREAM
    while rest:
        for size in sizes:
            found += list(reader.feed(rest[:size]))
            rest = rest[size:]
    assert found == FRAMES


@given(st.binary(max_size=3000))
def test_noise_is_no_error(noise: bytes) -> None:
    list(FrameReader().feed(noise))

"""The follow stream, cut at any place by the network."""

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
    assert joined(found) == FRAMES


def joined(frames: list[Frame]) -> list[Frame]:
    """Join output that came in pieces."""
    whole: list[Frame] = []
    for frame in frames:
        if frame.kind in ("out", "err") and whole and whole[-1].kind == frame.kind:
            whole[-1] = Frame(frame.kind, whole[-1].data + frame.data)
        else:
            whole.append(frame)
    return whole


def test_half_of_a_large_output_is_not_waited_for() -> None:
    reader = FrameReader()
    assert list(reader.feed(b"@out 100000\nfirst\nsec")) == [Frame("out", b"first\nsec")]
    assert list(reader.feed(b"ond\n")) == [Frame("out", b"ond\n")]


@given(st.binary(max_size=3000))
def test_noise_is_no_error(noise: bytes) -> None:
    list(FrameReader().feed(noise))

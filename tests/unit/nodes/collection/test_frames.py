"""Parsing the stream of the collection script: missing, failing, cut and garbage are four things."""

from __future__ import annotations

import pytest

from nodes.collection import frames
from nodes.collection.frames import Section
from nodes.parsers.errors import ParseError

NONCE = "0123456789abcdef"


def frame(name: str, stdout: str = "", code: int = 0, stderr: str = "", nonce: str = NONCE) -> str:
    return (
        f"@@{nonce} begin {name}\n{stdout}\n@@{nonce} stderr {name}\n{stderr}\n@@{nonce} end {name} {code}\n"
    )


def stream(*parts: str, count: int | None = None) -> bytes:
    done = f"@@{NONCE} done {len(parts) if count is None else count}\n"
    return ("".join(parts) + done).encode()


def test_a_whole_stream():
    found = frames.parse(
        stream(frame("uname", "Linux 1 x\n"), frame("hostname", "a\n", stderr="warned")), NONCE
    )
    assert found == {
        "uname": Section("uname", "ok", 0, "Linux 1 x\n", ""),
        "hostname": Section("hostname", "ok", 0, "a\n", "warned"),
    }


@pytest.mark.parametrize(
    ("code", "stdout", "status", "reason"),
    [
        (127, "", "missing", "not found on the machine"),
        (127, "half", "failed", "exit code 127"),
        (1, "", "failed", "failed with exit code 1: no way"),
        (124, "", "failed", "no answer within 10 s"),
        (137, "", "failed", "no answer within 10 s"),
        (141, "much", "truncated", "cut off"),
    ],
)
def test_what_went_wrong_in_words(code, stdout, status, reason):
    section = frames.parse(stream(frame("lsblk", stdout, code, "first\nno way")), NONCE)["lsblk"]
    assert section.status == status
    assert reason in section.why()


def test_output_at_the_limit_of_the_script_counts_as_cut():
    section = frames.parse(stream(frame("x", "a" * frames.MAX_SECTION_BYTES)), NONCE)["x"]
    assert section.status == "truncated"


def test_the_script_cuts_where_the_reader_expects_it():
    from nodes.collection import build_command

    _, script = build_command(NONCE)
    assert f"max_output_bytes={frames.MAX_SECTION_BYTES}\n".encode() in script


def test_every_place_a_stream_can_break_off_is_noticed():
    whole = stream(frame("uname", "Linux 1 x\n"), frame("hostname", "a\n", 0, "b"), frame("lsblk", "{}", 1))
    for end in range(len(f"@@{NONCE} begin uname\n"), len(whole) - 1):
        found = frames.parse(whole[:end], NONCE)
        assert "*" in found
        assert all(section.status != "truncated" or section.exit_code is None for section in found.values())
    assert "*" not in frames.parse(whole, NONCE)


def test_a_login_message_before_the_first_frame_is_dropped():
    noise = b"Welcome to Ubuntu\n\x1b[0mlast login\xff\n"
    assert list(frames.parse(noise + stream(frame("uname", "x")), NONCE)) == ["uname"]


def test_carriage_returns_of_a_terminal_do_no_harm():
    raw = stream(frame("uname", "Linux 1 x\n")).replace(b"\n", b"\r\n")
    assert frames.parse(raw, NONCE)["uname"].stdout == "Linux 1 x\n"


def test_frames_of_another_run_are_only_text():
    inner = frame("hostname", "evil", nonce="fedcba9876543210")
    found = frames.parse(stream(frame("uname", inner)), NONCE)
    assert list(found) == ["uname"]
    assert "evil" in found["uname"].stdout


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (b"", "did not start"),
        (b"bash: sh: command not found\n", "did not start"),
        (b"x" * (frames.MAX_STREAM_BYTES + 1), "larger"),
        (stream(frame("a"), frame("a")), "twice"),
        (stream(f"@@{NONCE} end a 0\n"), "wrong place"),
        (stream(frame("a")) + frame("b").encode(), "after its last frame"),
        (f"@@{NONCE} begin a 5\n".encode(), "damaged"),
        (f"@@{NONCE} end a\n".encode(), "damaged"),
        (f"@@{NONCE} done x\n".encode(), "damaged"),
    ],
)
def test_streams_that_are_none(raw, reason):
    with pytest.raises(ParseError, match=reason):
        frames.parse(raw, NONCE)


def test_a_lost_section_is_noticed_by_the_count():
    assert "*" in frames.parse(stream(frame("a"), count=2), NONCE)

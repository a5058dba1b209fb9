"""The script that reads a component's output, on this machine without SSH: every byte once, whatever the pace."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

import pytest

from jobs.remote.frames import Frame, FrameReader
from jobs.remote.scripts import FOLLOW, LAUNCH

HEAD, TAIL = 400_000, 1000
SLOW = "for n in 1 2 3 4 5 6 7 8 9 10 11 12; do echo line $n; echo warn $n >&2; sleep 0.3; done; exit 3"
LOUD = "head -c 300000 /dev/zero | tr '\\0' x; echo; sleep 2.5; head -c 50000 /dev/zero | tr '\\0' y"


def launch(folder: Path, script: str) -> None:
    argv = ["sh", "-c", LAUNCH, "sh", str(folder), "j-1", "1", "1", str(len(script)), "1", "p", "start"]
    done = subprocess.run(argv, input=script.encode(), capture_output=True, timeout=30)
    assert done.stdout.split() == [b"started", b"1"], done.stderr


def follow(folder: Path, at: dict[str, int]) -> list[Frame]:
    """What one reader sees from these places on, which move."""
    argv = ["sh", "-c", FOLLOW, "sh", str(folder), "j-1-1", str(at["out"]), str(at["err"])]
    done = subprocess.run([*argv, str(HEAD), str(TAIL)], capture_output=True, timeout=60)
    reader, beside = FrameReader(), FrameReader()
    frames = list(reader.feed(done.stdout))
    if frames and frames[-1].kind == "live":
        frames.append(Frame("out", reader.rest(), "live"))
    frames += beside.feed(done.stderr)
    for frame in frames:
        if frame.kind in at:
            at[frame.kind] += len(frame.data)
    return frames


@pytest.mark.parametrize("script", [SLOW, LOUD], ids=["slow", "loud"])
def test_a_component_that_runs_on_is_streamed_and_nothing_is_lost_or_comes_twice(
    tmp_path: Path, script: str
) -> None:
    launch(tmp_path, script)
    frames = follow(tmp_path, {"out": 0, "err": 0})
    assert Frame("live") in frames
    assert frames[-1] == Frame("rc", b"3" if script == SLOW else b"0")
    for kind, suffix in (("out", "log"), ("err", "err")):
        said = b"".join(frame.data for frame in frames if frame.kind == kind)
        assert said == (tmp_path / f"j-1-1.{suffix}").read_bytes()


def test_what_has_printed_more_than_is_kept_is_not_streamed(tmp_path: Path) -> None:
    launch(tmp_path, "head -c 500000 /dev/zero | tr '\\0' x; sleep 2.5; echo the end")
    at = {"out": 0, "err": 0}
    frames = follow(tmp_path, at)
    assert [frame.kind for frame in frames if frame.kind != "tick"] == [*["out"] * 4, "gap", "out", "rc"]
    assert sum(len(frame.data) for frame in frames[:4]) == HEAD
    assert frames[-2].data.endswith(b"the end\n") and len(frames[-2].data) == TAIL


def test_what_goes_on_after_a_reader_went_away_is_read_by_the_next(tmp_path: Path) -> None:
    launch(tmp_path, SLOW)
    at = {"out": 0, "err": 0}
    argv = ["sh", "-c", FOLLOW, "sh", str(tmp_path), "j-1-1", "0", "0", str(HEAD), str(TAIL)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        assert reader.stdout is not None and reader.stderr is not None
        while b"@live\n" not in (line := reader.stdout.readline()):
            assert line
        reader.terminate()
    assert follow(tmp_path, at)[-1] == Frame("rc", b"3")
    assert at["out"] == (tmp_path / "j-1-1.log").stat().st_size


def test_a_reader_that_went_away_leaves_no_process(tmp_path: Path) -> None:
    launch(tmp_path, "sleep 20")
    argv = ["sh", "-c", FOLLOW, "sh", str(tmp_path), "j-1-1", "0", "0", str(HEAD), str(TAIL)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"@live\n"
        reader.terminate()
        reader.wait(timeout=10)
    until = time.monotonic() + 10
    while feeders(tmp_path):
        assert time.monotonic() < until
        time.sleep(0.05)
    subprocess.run(["pkill", "-g", (tmp_path / "j-1-1.pid").read_text().split()[0]], check=True)


def feeders(folder: Path) -> list[str]:
    """Processes that read the log of a component there."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "fd/0").readlink() == folder / "j-1-1.log":
                found.append(entry.name)
        except OSError:
            continue
    return found

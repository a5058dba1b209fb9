"""The script that reads a component's output, on this machine without SSH: every byte once, at any pace."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jobs.remote.frame_stream import frames
from jobs.remote.frames import Frame, FrameReader
from jobs.remote.scripts import FOLLOW, LAUNCH

HEAD, TAIL = 400_000, 1000
# They go on until the test has seen that they are streamed, however long that takes, and then say some more.
SLOW = (
    "n=0; until [ -e live ]; do n=$((n + 1)); echo line $n; echo warn $n >&2; sleep 0.1; done;"
    "for n in a b c; do echo line $n; echo warn $n >&2; sleep 0.3; done; exit 3"
)
LOUD = (
    "head -c 300000 /dev/zero | tr '\\0' x; echo; until [ -e live ]; do sleep 0.1; done;"
    "head -c 50000 /dev/zero | tr '\\0' y"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return the folder of a component, on a node of this test's own."""
    return tmp_path / "component"


def launch(folder: Path, script: str) -> None:
    script = f"cd '{folder}'; {script}"
    argv = ["sh", "-c", LAUNCH, "sh", str(folder), "j-1", "1", "1", str(len(script)), "1", "p", "start", ""]
    done = subprocess.run(argv, input=script.encode(), capture_output=True, timeout=30)
    assert done.stdout.split() == [b"started", b"1"], done.stderr


def follow(folder: Path, at: dict[str, int]) -> list[Frame]:
    """Return what one reader sees from these places on, and move the places."""
    argv = ["sh", "-c", FOLLOW, "sh", str(folder), "j-1-1", str(at["out"]), str(at["err"])]
    out, err = folder.with_name("out"), folder.with_name("err")
    with (
        out.open("wb") as to,
        err.open("wb") as beside_it,
        subprocess.Popen([*argv, str(HEAD), str(TAIL), "131072"], stdout=to, stderr=beside_it) as running,
    ):
        until = time.monotonic() + 60
        while running.poll() is None:
            assert time.monotonic() < until
            if b"@live\n" in out.read_bytes():
                (folder / "live").touch()
            time.sleep(0.02)
    reader, beside = FrameReader(), FrameReader()
    frames = list(reader.feed(out.read_bytes()))
    if frames and frames[-1].kind == "live":
        frames.append(Frame("out", reader.rest(), "live"))
    frames += beside.feed(err.read_bytes())
    for frame in frames:
        if frame.kind in at:
            at[frame.kind] += len(frame.data)
    return frames


@pytest.mark.parametrize("script", [SLOW, LOUD], ids=["slow", "loud"])
def test_a_component_that_runs_on_is_streamed_and_nothing_is_lost_or_comes_twice(
    folder: Path, script: str
) -> None:
    launch(folder, script)
    seen = follow(folder, {"out": 0, "err": 0})
    assert Frame("live") in seen
    assert seen[-1] == Frame("rc", b"3" if script == SLOW else b"0")
    for kind, suffix in (("out", "log"), ("err", "err")):
        said = b"".join(frame.data for frame in seen if frame.kind == kind)
        assert said == (folder / f"j-1-1.{suffix}").read_bytes()


def test_what_has_printed_more_than_is_kept_is_not_streamed(folder: Path) -> None:
    launch(folder, "head -c 500000 /dev/zero | tr '\\0' x; sleep 2.5; echo the end")
    at = {"out": 0, "err": 0}
    seen = follow(folder, at)
    assert [frame.kind for frame in seen if frame.kind != "tick"] == [*["out"] * 4, "gap", "out", "rc"]
    assert sum(len(frame.data) for frame in seen[:4]) == HEAD
    assert seen[-2].data.endswith(b"the end\n") and len(seen[-2].data) == TAIL


def test_what_goes_on_after_a_reader_went_away_is_read_by_the_next(folder: Path) -> None:
    launch(folder, SLOW)
    at = {"out": 0, "err": 0}
    argv = ["sh", "-c", FOLLOW, "sh", str(folder), "j-1-1", "0", "0", str(HEAD), str(TAIL), "131072"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        assert reader.stdout is not None and reader.stderr is not None
        while b"@live\n" not in (line := reader.stdout.readline()):
            assert line
        reader.terminate()
    (folder / "live").touch()
    assert follow(folder, at)[-1] == Frame("rc", b"3")
    assert at["out"] == (folder / "j-1-1.log").stat().st_size


def test_a_feeder_that_is_killed_gives_no_result_before_all_is_read(folder: Path) -> None:
    launch(folder, SLOW)
    at = {"out": 0, "err": 0}
    argv = ["sh", "-c", FOLLOW, "sh", str(folder), "j-1-1", "0", "0", str(HEAD), str(TAIL), "131072"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        assert reader.stdout is not None and reader.stderr is not None
        while b"@live\n" not in (line := reader.stdout.readline()):
            assert line
        until = time.monotonic() + 60
        while not (found := feeders(folder)):
            assert time.monotonic() < until
        for pid in found:
            os.kill(int(pid), signal.SIGKILL)
        assert reader.wait(timeout=20) == 1
        assert b"@rc" not in reader.stderr.read()
    (folder / "live").touch()
    assert follow(folder, at)[-1] == Frame("rc", b"3")
    assert at["out"] == (folder / "j-1-1.log").stat().st_size


class _Running:
    """What a connection gives that broke before all of the output had come, or after it."""

    def __init__(self, whole: bool) -> None:
        self.ended = whole
        self.endpoint = "10.0.0.1"

    def read(self, **limits: float) -> Iterator[tuple[str, bytes]]:
        yield "out", b"@live\nfirst line\n"
        yield "err", b"@rc 0\n"
        yield "out", b"second"


@pytest.mark.parametrize("whole", [True, False])
def test_a_result_that_overtook_the_output_counts_only_when_all_of_it_came(whole: bool) -> None:
    running: Any = _Running(whole)
    context: Any = SimpleNamespace(time_left_s=lambda: 60.0)
    seen = [frame for frame in frames(running, context) if frame]
    assert b"".join(frame.data for frame in seen if frame.word == "live") == b"first line\nsecond"
    assert (seen[-1] == Frame("rc", b"0")) is whole


def test_a_reader_that_went_away_leaves_no_process(folder: Path) -> None:
    launch(folder, "sleep 20")
    argv = ["sh", "-c", FOLLOW, "sh", str(folder), "j-1-1", "0", "0", str(HEAD), str(TAIL), "131072"]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as reader:
        assert reader.stdout is not None
        assert reader.stdout.readline() == b"@live\n"
        reader.terminate()
        reader.wait(timeout=10)
    until = time.monotonic() + 10
    while feeders(folder):
        assert time.monotonic() < until
        time.sleep(0.05)
    subprocess.run(["pkill", "-g", (folder / "j-1-1.pid").read_text().split()[0]], check=True)


def feeders(folder: Path) -> list[str]:
    """Return processes that read the log of a component there."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if (entry / "fd/0").readlink() == folder / "j-1-1.log":
                found.append(entry.name)
        except OSError:
            continue
    return found


def test_a_result_that_a_power_cut_left_empty_is_none(folder: Path) -> None:
    """Ignore an empty result: a file system keeps the name and loses the last write, and the step would never end."""
    launch(folder, "echo done")
    at = {"out": 0, "err": 0}
    assert follow(folder, at)[-1] == Frame("rc", b"0", "")
    (folder / "j-1-1.rc").write_bytes(b"")
    assert follow(folder, at)[-1].kind == "died"

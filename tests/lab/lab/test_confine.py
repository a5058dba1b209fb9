"""Path look-up inside a root, without a node."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lab import confine


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    outside = tmp_path_factory.mktemp("outside")
    (outside / "secret").write_text("outside")
    root = outside / "root"
    for folder in ("a/b", "etc"):
        (root / folder).mkdir(parents=True)
    (root / "etc/inside").write_text("inside")
    for name, target in {
        "abs": "/etc/inside",
        "up": "../../../../secret",
        "a/rel": "../etc/inside",
        "a/b/top": "/",
        "loop": "loop",
        "host": str(outside),
        "dangling": "/none/at/all",
    }.items():
        (root / name).symlink_to(target)
    return root


@pytest.mark.parametrize(
    "path",
    ["/etc/inside", "abs", "a/rel", "a/b/top/abs", "../../etc/inside", "a/b/top/../abs", "//etc//./inside"],
)
def test_links_stay_inside(root: Path, path: str) -> None:
    assert confine.read(root, path, 100) == b"inside"


@pytest.mark.parametrize(
    "path", ["up", "loop", "host/secret", "dangling", "etc/inside/x", "a", "none", "/../secret"]
)
def test_what_is_not_inside_is_not_there(root: Path, path: str) -> None:
    with pytest.raises(OSError):
        confine.read(root, path, 100)


def test_a_fifo_is_not_waited_for(root: Path) -> None:
    os.mkfifo(root / "etc/fifo")
    with pytest.raises(OSError, match="not a regular file"):
        confine.read(root, "/etc/fifo", 10)


PARTS = st.sampled_from(
    ["a", "b", "etc", "..", ".", "", "abs", "up", "host", "top", "loop", "secret", "inside", "rel"]
)


@settings(max_examples=300, deadline=None)
@given(parts=st.lists(PARTS, max_size=12))
def test_no_path_reads_the_file_outside(root: Path, parts: list[str]) -> None:
    before = _descriptors()
    with contextlib.suppress(OSError):
        assert confine.read(root, "/".join(parts), 100) == b"inside"
    assert _descriptors() == before


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))

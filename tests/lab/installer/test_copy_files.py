"""Packages of a site on their way to nodes: large ones, and one that is missing."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pytest

from jobs.context import StepFailed
from operations.copy_files import put_files
from tests.fixtures.steps import Desk, Machine

SIZE = 48 << 20


def test_a_large_package_arrives_whole_in_bearable_time(machine: Machine, desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "qemu-6.2.0_1_all.deb"
    path.write_bytes(os.urandom(1 << 20) * (SIZE >> 20))
    wanted = hashlib.sha256(path.read_bytes()).hexdigest()
    begun = time.process_time()
    put_files(desk.step(), machine.endpoint, [(path.name, path), ("a_1_all.deb", b"small")])
    took = time.process_time() - begun
    folder = machine.root / "opt/install/update_nodes/packages"
    assert hashlib.sha256((folder / path.name).read_bytes()).hexdigest() == wanted
    assert (folder / "a_1_all.deb").read_bytes() == b"small"
    # Copying what is left with each packet took 11 s, and grew with the square of the size.
    assert took < 4, f"{took:.1f} s of processor time"


@pytest.mark.remedy("I04")
def test_a_package_that_is_gone_is_named(machine: Machine, desk: Desk, tmp_path: Path) -> None:
    with pytest.raises(
        StepFailed,
        match=r"gone.deb on the installer cannot be read: No such file.*restore the file, then resume the job",
    ):
        put_files(desk.step(), machine.endpoint, [("gone.deb", tmp_path / "gone.deb")])
    (tmp_path / "gone.deb").write_bytes(b"there again")
    put_files(desk.step(), machine.endpoint, [("gone.deb", tmp_path / "gone.deb")])

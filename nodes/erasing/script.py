"""The script that erases: ``erase.sh`` with the disks of one node written into it."""

from __future__ import annotations

import hashlib
import re
import shlex
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Protocol

from nodes.facts import DiskFacts

MODES = ("quick", "full")
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+!:/-]{0,127}")


def build_script(job_id: str, mode: str, disks: Sequence[DiskFacts], *, known: Sequence[Known] = ()) -> str:
    """Build a POSIX sh script that erases exactly ``disks`` or, when one of them has changed, none.

    Safe to repeat within the job: a finished disk leaves a mark and is skipped. ``known``: the identifiers by which each
    disk was requested, fewer than are known by now; its mark is looked up by them. Raises: ValueError for
    an unknown mode, no disk, or a name that no device has.
    """
    if mode not in MODES or not disks:
        raise ValueError("erasing needs a mode and a disk")
    calls = "\n".join(
        f'    "$1" {_words(disk, tag(before))}' for disk, before in zip(disks, known or disks, strict=True)
    )
    return f"{_functions()}\neach() {{\n{calls}\n}}\n\nmain {shlex.quote(job_id)} {mode}\n"


class Known(Protocol):
    """The identifiers that a disk is remembered by."""

    @property
    def wwn(self) -> str:
        """Return the world wide name."""

    @property
    def serial(self) -> str:
        """Return the serial number."""

    @property
    def size_bytes(self) -> int:
        """Return the size in bytes."""


def tag(disk: Known) -> str:
    """Return a tag for the mark of a finished disk; it does not depend on the order in which disks are named."""
    return hashlib.sha256(f"{disk.wwn}|{disk.serial}|{disk.size_bytes}".encode()).hexdigest()[:16]


def device_path(disk: DiskFacts) -> str:
    """Return ``/dev/sdb``, ``/dev/cciss/c0d0``, or ``/dev/mapper/mpatha`` for a multipath LUN. Raises: ValueError."""
    if not _NAME.fullmatch(disk.name) or ".." in disk.name:
        raise ValueError(f"{disk.name[:60]!r} is not a device name")
    folder = "/dev/mapper/" if disk.members and disk.name not in disk.members else "/dev/"
    return folder + disk.name.replace("!", "/")


def _words(disk: DiskFacts, mark: str) -> str:
    known = [disk.wwn, disk.serial, disk.by_id, disk.model]
    words = [device_path(disk), str(disk.size_bytes), *known, mark]
    return " ".join(shlex.quote(word) for word in words)


@cache
def identity_functions() -> str:
    """Return POSIX sh functions that recognise a disk and list its users: every destructive script begins with them."""
    return Path(__file__).with_name("disk_identity.sh").read_text()


@cache
def _functions() -> str:
    return identity_functions() + Path(__file__).with_name("erase.sh").read_text()

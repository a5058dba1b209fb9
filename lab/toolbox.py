"""Installs the shims into the lab's folder, with the interpreter of this host in their first line."""

from __future__ import annotations

import compileall
import shutil
from pathlib import Path
from typing import Any

from lab import host
from lab.shims.tools import TOOLS

LAUNCHER = "launcher"
# Most nodes have the host's clock, and its date(1).
OF_A_WRONG_CLOCK = {"date", "timedatectl"}
SOURCE = Path(__file__).with_name("shims")


def install(lab_folder: Path) -> Path:
    """Copy and compile the shims below ``lab_folder``; returns the folder that the nodes mount."""
    target = lab_folder / "shims"
    if target.exists():
        shutil.rmtree(target)
    target.mkdir(parents=True, mode=0o755)
    for source in SOURCE.glob("*.py"):
        shutil.copyfile(source, target / source.name)
    compileall.compile_dir(target, quiet=2, ddir="/run/lab/shims")
    files = host.borrowed()
    library = f"LD_LIBRARY_PATH={files.python_library} " if files.python_library else ""
    text = f'#!/bin/sh\n{library}exec {files.python} -I -S /run/lab/shims/main.py "$0" "$@"\n'
    (target / LAUNCHER).write_text(text, encoding="utf-8")
    (target / LAUNCHER).chmod(0o755)
    return target


def link(folder: Path, facts: dict[str, Any]) -> set[str]:
    """Fill a node's folder of commands with all tools except those its profile lacks, which are returned."""
    absent = set(facts.get("absent", []))
    if facts.get("clock_offset_s") is None:
        absent |= OF_A_WRONG_CLOCK
    if facts["qemu_version"] is None:
        absent |= {"qemu-system-x86_64", "qemu-system-aarch64"}
    else:
        absent.add("qemu-system-aarch64" if facts["arch"] == "x86_64" else "qemu-system-x86_64")
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir()
    for name in TOOLS.keys() - absent:
        (folder / name).symlink_to(f"/run/lab/shims/{LAUNCHER}")
    return absent - OF_A_WRONG_CLOCK

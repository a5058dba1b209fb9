"""Puts the shims into the lab's folder, with the interpreter of this host in their first line."""

from __future__ import annotations

import compileall
import shutil
from pathlib import Path

from lab import host
from lab.shims.tools import TOOLS

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
    binaries = target / "bin"
    binaries.mkdir()
    files = host.borrowed()
    library = f"LD_LIBRARY_PATH={files.python_library} " if files.python_library else ""
    launcher = f'#!/bin/sh\n{library}exec {files.python} -I -S /run/lab/shims/main.py "$0" "$@"\n'
    (binaries / "lab-shim").write_text(launcher, encoding="utf-8")
    (binaries / "lab-shim").chmod(0o755)
    for name in TOOLS:
        (binaries / name).symlink_to("lab-shim")
    return target

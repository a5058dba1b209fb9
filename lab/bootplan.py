"""Preparation on the host before a node boots: generated files, and the plan that the holder mounts."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from lab import host, sysfiles, toolbox
from lab.folder import Node
from lab.shims import procfiles

VOLATILE = ("run", "tmp")  # empty after a boot, as on a real machine


def prepare(node: Node, shims: Path, boot_id: str) -> Path:
    """Write everything the node mounts; returns the path of the holder's plan."""
    facts, state = node.facts(), node.state()
    for name in VOLATILE:
        _empty(node.root / name)
    proc = node.state_folder / "proc"
    generated = sysfiles.proc_files(facts, state)
    _rewrite(proc, {**generated, "boot_id": f"{boot_id}\n"})
    _rewrite(node.state_folder / "sys", sysfiles.sys_files(facts, state))
    absent = toolbox.link(node.path / "bin", facts)
    names = [item["name"] for item in procfiles.all_devices(state)]
    plan = {
        "root": str(node.root),
        "cat": "/usr/bin/cat" if os.access("/usr/bin/cat", os.X_OK) else "/bin/cat",
        "links": host.borrowed().links,
        "binds": [*_binds(node, shims), *_hidden(node, absent)],
        "proc": {name: str(proc / name) for name in generated}
        | {"sys/kernel/random/boot_id": str(proc / "boot_id")},
        "disks": _disk_files(node.path / "blk", names),
        "dev_links": procfiles.by_id_links(state),
    }
    path = node.path / "boot.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    return path


def _binds(node: Node, shims: Path) -> list[tuple[str, str, bool]]:
    """Return (path on the host, path in the node, read-only)."""
    return [
        *((source, target, True) for source, target in host.borrowed().binds),
        (str(node.state_folder / "sys"), "/sys", True),
        (str(shims), "/run/lab/shims", True),
        (str(node.path / "bin"), "/run/lab/bin", True),
        (str(node.path / "profile.json"), "/run/lab/profile.json", True),
        (str(node.state_folder), "/run/lab/state", False),
    ]


def _hidden(node: Node, absent: Iterable[str]) -> list[tuple[str, str, bool]]:
    """Cover what this host has and the node lacks with a file that cannot be executed."""
    nothing = node.path / "nothing"
    nothing.touch(mode=0)
    paths = (f"{folder}/{name}" for name in sorted(absent) for folder in ("/usr/bin", "/usr/sbin"))
    return [
        (str(nothing), path, True) for path in paths if Path(path).is_file() and not Path(path).is_symlink()
    ]


def _empty(folder: Path) -> None:
    """Empty a folder of the node, which may itself have been replaced by something else."""
    if folder.is_symlink() or not folder.is_dir():
        return
    for entry in folder.iterdir():
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry, ignore_errors=True)
        else:
            entry.unlink(missing_ok=True)


def _rewrite(folder: Path, files: Mapping[str, str]) -> None:
    """Replace a generated tree: ``->`` marks a symlink, a trailing slash an empty folder."""
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
    made: set[Path] = set()
    for name, content in files.items():
        path = folder / name
        parent = path if name.endswith("/") else path.parent
        if parent not in made:
            parent.mkdir(parents=True, exist_ok=True)
            made.add(parent)
        if content.startswith("->"):
            path.symlink_to(content[2:])
        elif not name.endswith("/"):
            path.write_text(content, encoding="utf-8")


def _disk_files(folder: Path, names: list[str]) -> dict[str, str]:
    """Return one small file for each block device, so that its path in /dev exists."""
    folder.mkdir(exist_ok=True)
    found: dict[str, str] = {}
    for name in names:
        path = folder / name.replace("/", "_")
        path.touch()
        found[name] = str(path)
    return found

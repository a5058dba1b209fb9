"""The work of udev when disks change: /dev and /sys of the running node follow the state."""

from __future__ import annotations

import os
import shutil

from . import procfiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SYS = "/run/lab/state/sys"


def apply(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Make device files, links and sysfs entries appear and vanish, and rewrite the files of /proc."""
    procfiles.rewrite(after)
    old, new = _parts(before), _parts(after)
    for name in old.keys() - new.keys():
        _remove(f"/dev/{name}")
        _remove(f"{SYS}/class/block/{name}")
        shutil.rmtree(f"{SYS}/devices/pci0000:00/block/{old[name][0]}/{name}", ignore_errors=True)
    for name in new.keys() - old.keys():
        open(f"/dev/{name}", "a", encoding="utf-8").close()
        _add_to_sys(name, *new[name])
    old_links, new_links = procfiles.by_id_links(before), procfiles.by_id_links(after)
    for name in old_links.keys() - new_links.keys():
        _remove(f"/dev/{name}")
    for name in new_links.keys() - old_links.keys():
        os.makedirs(os.path.dirname(f"/dev/{name}"), exist_ok=True)
        _remove(f"/dev/{name}")
        os.symlink(new_links[name], f"/dev/{name}")


def _parts(state: dict[str, Any]) -> dict[str, tuple[str, int]]:
    return {
        part["name"]: (disk["name"], part["size"])
        for disk in state["disks"]
        for part in disk["children"]
        if part["type"] == "part"
    }


def _remove(path: str) -> None:
    try:
        os.unlink(path)
    except OSError:
        return


def _add_to_sys(name: str, disk: str, size: int) -> None:
    folder = f"{SYS}/devices/pci0000:00/block/{disk}/{name}"
    os.makedirs(f"{folder}/holders", exist_ok=True)
    for key, value in (("partition", name[len(disk) :].lstrip("p")), ("size", str(size // 512))):
        with open(f"{folder}/{key}", "w", encoding="utf-8") as file:
            file.write(value + "\n")
    _remove(f"{SYS}/class/block/{name}")
    os.symlink(f"../../devices/pci0000:00/block/{disk}/{name}", f"{SYS}/class/block/{name}")

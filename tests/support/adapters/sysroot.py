"""util-linux's dumps (``/sys``, ``/proc`` and udev's properties in an archive) as sections of our collection."""

from __future__ import annotations

import posixpath
import tarfile
from collections.abc import Iterable
from pathlib import Path

from tests.support.adapters import rows, udev

_SECTOR_BYTES = 512
_KERNEL = ("size", "removable", "ro", "queue/rotational", "device/model", "device/vendor")


class Dump:
    """One archive in memory: text by path, and where links lead."""

    def __init__(self, path: Path) -> None:
        self.texts: dict[str, str] = {}
        self.links: dict[str, str] = {}
        with tarfile.open(path) as archive:
            for item in archive:
                name = item.name.partition("/")[2]
                if item.issym():
                    self.links[name] = posixpath.normpath(
                        posixpath.join(posixpath.dirname(name), item.linkname)
                    )
                elif (handle := archive.extractfile(item)) is not None:
                    self.texts[name] = handle.read().decode(errors="replace")

    def text(self, path: str) -> str:
        """Return the text of a file, following links on the way, or an empty string."""
        folder, _, last = path.rpartition("/")
        return self.texts.get(f"{self.links.get(folder, folder)}/{last}", "").strip()

    def below(self, folder: str) -> list[str]:
        """Return names of the links in a folder."""
        return sorted(posixpath.basename(path) for path in self.links if posixpath.dirname(path) == folder)


def sections(path: Path) -> dict[str, str]:
    """Return section texts by keyword name."""
    dump = Dump(path)
    wholes = {name: dump.links[f"sys/block/{name}"] for name in dump.below("sys/block")}
    mounts = list(_mounts(dump.text("proc/self/mountinfo")))
    found = [_row(dump, name, folder, []) for name, folder in wholes.items()]
    for name, folder in wholes.items():
        parts = {posixpath.dirname(text) for text in dump.texts if text.endswith("/partition")}
        inside = sorted(part for part in parts if posixpath.dirname(part) == folder)
        found += [_row(dump, posixpath.basename(part), part, [name]) for part in inside]
    for row in found:
        row["mountpoints"] = [
            target for source, target, _ in mounts if f"/dev/{row['name']}" in source.split(":")
        ]
    return {
        "lsblk_json": rows.lsblk(found),
        "sysfs_block": rows.keyed(
            {name: _kernel(dump, folder) for name, folder in wholes.items() if not name.startswith("loop")}
        ),
        "mounts": "".join(f"{source} {target} {kind} rw 0 0\n" for source, target, kind in mounts),
        "swaps": f"{dump.text('proc/swaps')}\n",
    }


def _mounts(mountinfo: str) -> Iterable[tuple[str, str, str]]:
    for line in mountinfo.splitlines():
        head, _, tail = line.partition(" - ")
        kind, source = tail.split()[:2]
        yield source, head.split()[4], kind


def _row(dump: Dump, name: str, folder: str, parents: list[str]) -> dict[str, object]:
    """Return one device as lsblk lists it. The size of a whole disk is left to the kernel's attributes."""
    told = {line.partition("=")[0]: line.partition("=")[2] for line in dump.text(f"dev/{name}").splitlines()}
    kinds = {"loop": "loop", "sr": "rom", "dm-": "lvm"}
    kind = "part" if parents else next((kinds[start] for start in kinds if name.startswith(start)), "disk")
    known = udev.row(told) if told else {}
    size = None if kind == "disk" else int(dump.text(f"{folder}/size")) * _SECTOR_BYTES
    return {
        **known,
        "name": dump.text(f"{folder}/dm/name") or name,
        "kname": name,
        "type": kind,
        "size": size,
        "rota": None,
        "parents": parents or dump.below(f"{folder}/slaves"),
    }


def _kernel(dump: Dump, folder: str) -> dict[str, str]:
    values = {posixpath.basename(key): dump.text(f"{folder}/{key}") for key in _KERNEL}
    return {
        **values,
        "path": "" if "/virtual/" in folder else f"/{posixpath.dirname(posixpath.dirname(folder))}",
    }

"""Sections of block devices (``nodes/collection/storage.sh``)."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any

from lab.outputs.tree import Tree
from lab.shims import columns, devices, procfiles, signatures, zpool

PAIRS = (
    "NAME,KNAME,PKNAME,MAJ:MIN,TYPE,SIZE,MOUNTPOINT,FSTYPE,UUID,MODEL,VENDOR,SERIAL,WWN,TRAN,HCTL,ROTA,RM,RO"
)
_FILES = (
    *("size", "removable", "ro", "queue/rotational", "queue/zoned", "nsid", "serial", "device/model"),
    *("device/vendor", "device/serial", "device/type", "device/subsysnqn"),
)
_NEVER_EMPTY = ("RM", "RO", "SIZE")
_HOST = re.compile(r"/(host[0-9]+)/")


def sections(facts: dict[str, Any], state: dict[str, Any], files: Tree, lsblk: str) -> dict[str, str]:
    """Return the sections; ``lsblk``: ``json``, ``pairs`` or ``tree``, in the version of the description."""
    found = {
        f"lsblk-{lsblk}": listing(facts, state, lsblk),
        "mounts": procfiles.mounts(state),
        "swaps": procfiles.swaps(state),
        "sysfs-block": "".join(f"{line}\n" for line in _attributes(files)),
    }
    optional = {
        "by-id": _by_id(state),
        "blkid": signatures.listing(signatures.every(state), {"-o": "export"}),
        "mdstat": "".join(_mdstat(facts, state)),
        "udev-links": "".join(_claims(state)),
        "zpool": "\n".join(zpool.status(name, pool, "LP") for name, pool in state["zpools"].items()),
    }
    return found | {name: text for name, text in optional.items() if text}


def listing(
    facts: dict[str, Any], state: dict[str, Any], kind: str, wanted: str = "", *, in_bytes: bool = True
) -> str:
    """Return what lsblk prints: ``-J -O``, ``-P -o`` or a table; ``wanted`` are other columns, ``in_bytes``: ``-b``."""
    shown = columns.Listing(state, columns.version(facts), in_bytes=in_bytes, paths=False)
    roots = [(disk, None) for disk in state["disks"]]
    flags, asked = ("O", "") if kind == "json" else ("", PAIRS if kind == "pairs" else "")
    selected = columns.select(wanted or asked, "" if wanted else flags, shown.version)
    if isinstance(selected, str):
        raise ValueError(f"lsblk {facts['util_linux']} has no column {selected}")
    if kind == "json":
        return columns.as_json(shown, roots, selected, deep=True) + "\n"
    rows = list(shown.rows(roots, selected, deep=True, tree=kind == "tree"))
    if kind == "pairs":
        return columns.pairs(shown, rows)
    # A table has no empty numbers: what nobody knows of the machine is 0 there.
    rows = [[(key, text or ("0" if key in _NEVER_EMPTY else "")) for key, text in row] for row in rows]
    out = io.StringIO()
    columns.table(rows, selected, heading=True, out=out)
    return out.getvalue()


def _by_id(state: dict[str, Any]) -> str:
    head = "lrwxrwxrwx 1 root root 9 Jan  1 00:00"
    links = procfiles.by_id_links(state).items()
    own = [(path.rpartition("/")[2], target) for path, target in links if path.startswith("disk/by-id/")]
    lines = "".join(f"{head} {name} -> {target}\n" for name, target in sorted(own))
    return f"total 0\n{lines}" if lines else ""


def _claims(state: dict[str, Any]) -> Iterator[str]:
    for disk in state["disks"]:
        if "claims" in disk:
            yield f"@{devices.kname(disk)}\n" + "".join(f"{link}\n" for link in disk["claims"])


def _attributes(files: Tree) -> Iterator[str]:
    for name in files.names("class/block"):
        home = f"class/block/{name}"
        if name.startswith(("loop", "ram")) or files.real(f"{home}/partition"):
            continue
        yield f"@{name}"
        for key in _FILES:
            yield from files.keyed({key.rpartition("/")[2]: f"{home}/{key}"})
        yield from files.keyed({"dm_uuid": f"{home}/dm/uuid"})
        for path in ("wwid", "device/wwid"):
            yield from files.keyed({"wwid": f"{home}/{path}"})
        yield from _behind(files, home)
        if slaves := files.names(f"{home}/slaves"):
            yield f"slaves={' '.join(slaves)}"
        if backing := files.real(f"{home}/bcache"):
            yield f"backing={backing.removesuffix('/bcache').rpartition('/')[2]}"


def _behind(files: Tree, home: str) -> Iterator[str]:
    """Yield where the device of a disk is, and the driver of the host that it hangs on."""
    device = files.real(f"{home}/device")
    if not device:
        return
    yield f"path=/sys/{device}"
    host = next(iter(_HOST.findall(f"/{device}/")), "")
    if host:
        yield from files.keyed({"host_driver": f"class/scsi_host/{host}/proc_name"})
        if files.real(f"class/fc_host/{host}"):
            yield "fc_host=1"


def _mdstat(facts: dict[str, Any], state: dict[str, Any]) -> Iterator[str]:
    """Yield the lines of the arrays; a container of a firmware RAID has no level of its own."""
    arrays = [spec for spec in facts.get("stacks", []) if re.fullmatch(r"md[0-9_a-z]+", devices.kname(spec))]
    if arrays:
        yield "Personalities : [raid0] [raid1] [raid6] [raid5] [raid4] [raid10]\n"
    for spec in arrays:
        level = spec["type"] if spec["type"].startswith(("raid", "linear")) else "external:-md"
        known = dict.fromkeys(spec["lies_on"])
        members = " ".join(f"{name}[{number}]" for number, name in enumerate(known))
        yield f"{devices.kname(spec)} : active {level} {members}\n"
        yield f"      {(spec['size'] or 0) // 1024} blocks super 1.2\n\n"
    if arrays:
        yield "unused devices: <none>\n"

"""This host's lsblk reads the files that are generated for a described machine, and shows the machine described."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from lab import machine_facts, sysfiles
from lab.shims import devices, procfiles
from nodes.collection import build_command
from nodes.collection.assemble import assemble
from nodes.collection.frames import Section
from nodes.facts import NodeFacts
from tests.machines.described import ADDRESS, every_disk, expected_disk, machines, sections_of

TITLES = [
    "volume-over-loops",
    "workstation-nvme-and-two-disks",
    "bcachefs-over-two-partitions",
    "live-lun-over-two-paths",
    "live-array-and-partitions-left",
    "installed-root-on-array-partition",
    "installed-volumes-on-arrays-below-overlay",
    "arrays-root-on-volume",
    "guest-root-on-volume",
    "nas-root-on-luks",
    "vmware-ubuntu-18.04",
    "lab: hyper-pieces",
]
# Where the bus of a disk cannot be seen in the files, lsblk does not tell it; the collector then goes by the path.
SHOWN = ("name", "size_bytes", "model", "serial", "wwn", "signatures", "members")
PROPERTIES = {
    "ID_FS_TYPE": "fstype",
    "ID_FS_UUID": "uuid",
    "ID_FS_LABEL": "label",
    "ID_PART_TABLE_TYPE": "pttype",
    "ID_MODEL": "model",
    "ID_SERIAL_SHORT": "serial",
    "ID_WWN": "wwn",
}


def write_root(root: Path, facts: dict[str, Any]) -> None:
    """Write /sys, /proc and the properties that udev keeps, as ``lsblk --sysroot`` wants them."""
    state = machine_facts.first_state(facts, "seed")
    for path, text in sysfiles.sys_files(facts, state).items():
        place = root / "sys" / path
        (place if path.endswith("/") else place.parent).mkdir(parents=True, exist_ok=True)
        if text.startswith("->"):
            place.symlink_to(text.removeprefix("->"))
        elif not path.endswith("/"):
            place.write_text(text)
    numbers = devices.numbers(state)
    for folder in ("sys/dev/block", "proc/self", "dev"):
        (root / folder).mkdir(parents=True)
    for device in procfiles.all_devices(state):
        kname, number = devices.kname(device), numbers[device["name"]]
        home = (root / "sys/class/block" / kname).resolve()
        (home / "dev").write_text(f"{number}\n")
        (root / "sys/dev/block" / number).symlink_to(home)
        told = {name: device.get(key) for name, key in PROPERTIES.items()}
        (root / "dev" / kname).write_text("".join(f"{key}={value}\n" for key, value in told.items() if value))
    (root / "proc/swaps").write_text(procfiles.swaps(state))
    (root / "proc/self/mountinfo").write_text(mountinfo(state, numbers))


def mountinfo(state: dict[str, Any], numbers: dict[str, str]) -> str:
    lines = []
    for index, line in enumerate(procfiles.mounts(state).splitlines(), 20):
        source, target, fstype, *_ = line.split()
        device = devices.find(state, source)
        number = numbers[device["name"]] if device else "0:9"
        lines.append(f"{index} 1 {number} / {target} rw - {fstype} {source} rw\n")
    return "".join(lines)


def asked() -> dict[str, list[str]]:
    """Return the commands of the collection script by the section that they are for."""
    _, script = build_command("0123456789abcdef")
    found = re.findall(
        r"section (lsblk-\w+) tool (lsblk .*)$", script.decode().replace("\\\n", ""), re.MULTILINE
    )
    return {name: shlex.split(command) for name, command in found}


def found_by(title: str, root: Path, name: str, command: list[str]) -> NodeFacts:
    answer = subprocess.run(
        [*command, "--sysroot", str(root)], capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"}
    )
    if answer.returncode:
        pytest.skip(f"this lsblk reads no other root: {answer.stderr.strip()}")
    given = {
        key: text for key, text in sections_of(title, "debian-12").items() if not key.startswith("lsblk-")
    }
    given[name] = answer.stdout
    return assemble({key: Section(key, "ok", 0, text) for key, text in given.items()}, ADDRESS)


@pytest.mark.parametrize("title", TITLES)
def test_a_real_lsblk_shows_what_is_described(title: str, tmp_path: Path) -> None:
    if not shutil.which("lsblk"):
        pytest.skip("lsblk is not installed here (apt-get install util-linux)")
    machine = machines()[title]
    write_root(tmp_path, machine.facts)
    assert sorted(asked()) == ["lsblk-json", "lsblk-pairs", "lsblk-tree"]
    for name, command in asked().items():
        found = found_by(title, tmp_path, name, command)
        assert sorted(disk.name for disk in every_disk(found)) == sorted(machine.answer["disks"])
        for disk in every_disk(found) if name != "lsblk-tree" else ():
            wanted = expected_disk(machine.facts, disk.name, machine.answer["disks"][disk.name])
            assert {key: getattr(disk, key) for key in SHOWN} == {key: wanted[key] for key in SHOWN}
        legs = machine.answer["os_disk"]["legs"] if machine.answer["os_disk"] else None
        assert (list(found.os_disk.legs) if found.os_disk else None) == legs

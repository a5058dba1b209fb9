"""Machines recorded by the kernel's own files, compared with the answer stored beside them."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import tarfile
from pathlib import Path

import pytest

from nodes.collection import build_command
from nodes.erasing.content import contents_of
from nodes.facts import NodeFacts
from nodes.parsers import lsblk_tree
from tests.support.adapters import glpi, libstorage, pve, sysroot
from tests.support.sections import facts, recorded, recorded_files, recording, sections
from tests.unit.nodes.collection.recordings import disk, every, sizes, unused


@pytest.mark.parametrize(
    ("case", "root", "swap", "usable", "left_out"),
    [
        ("libstorage-bcache2", "sda1", "sda3", [], ["sdb"]),
        ("libstorage-md-ddf1", "sda2", "sda1", ["sdb", "sdc", "sdd"], []),
        ("libstorage-prefixed2", "", "", [], ["sda"]),
    ],
)
def test_the_device_graph_of_another_prober(case, root, swap, usable, left_out):
    found = facts(**libstorage.sections(recorded(case, "mockup.xml")))
    answer = libstorage.answer(recorded(case, "devicegraph-expected.xml"))
    told = {item.name: (item.size_bytes, item.rotational) for item in every(found)}
    assert told == {name: (size, rotational) for name, (size, rotational, _) in answer.items()}
    for item in every(found):
        assert item.transport == answer[item.name][2] or not answer[item.name][2]
        assert item.rotational_guess or item.transport == "usb"
    assert (list(sizes(found)), unused(found)) == (usable, left_out)
    parts = (found.os_disk.root_part, found.os_disk.swap_part) if found.os_disk else ("", "")
    assert parts == (root, swap)


def test_members_of_a_firmware_raid_are_held_by_its_arrays():
    given = libstorage.sections(recorded("libstorage-md-ddf1", "mockup.xml"))
    found = facts(**given)
    assert {disk(found, name).signatures for name in ("sdb", "sdc", "sdd")} == {("ddf_raid_member",)}
    named = {name.replace("_", "-"): text for name, text in given.items()}
    held = contents_of(sections(named))
    assert [any("md126" in user for user in held[name].users) for name in ("sdb", "sdd")] == [True, True]


ZEROS = re.compile(r"0x0+|0+|unknown")


@pytest.mark.parametrize(
    "case", ["pve-hdd-smart", "pve-nvme-smart", "pve-sas", "pve-sas-ssd", "pve-ssd-smart"]
)
def test_the_disk_list_of_another_product(case):
    """Accept a list with shortened sizes and with serials and WWNs cut to zeros, which identify nothing."""
    files = recorded_files(case, "disklist", "*_udevadm", "*/size", "*/queue/rotational", "*/device/*")
    found = facts(**pve.sections(files))
    answer = json.loads(recorded(case, "disklist_expected.json"))
    assert sorted(item.name for item in every(found)) == sorted(answer)
    for item in every(found):
        wanted = answer[item.name]
        kinds = {"hdd": "sata", "unknown": "sas"}
        assert item.type == kinds.get(wanted["type"], wanted["type"])
        assert (item.size_bytes, item.rotational) == (wanted["size"], wanted["rpm"] != 0)
        assert item.model == wanted["model"].replace("_", " ")
        assert (item.serial, item.wwn) == (told(wanted["serial"]), told(wanted["wwn"]))
        assert ("gpt" in item.signatures) == bool(wanted["gpt"])
        link = wanted.get("by_id_link", item.by_id)
        assert item.by_id == ("" if ZEROS.fullmatch(link.rpartition("-")[2]) else link)
        assert item.status_reason == "smaller than 1 GB"


def told(text: str) -> str:
    return "" if ZEROS.fullmatch(text) else text


@pytest.mark.parametrize(
    ("name", "usable"),
    [
        ("f31-nanobox.dump.txt", ["sda"]),
        ("f31-simple-qemu.dump.txt", ["vda"]),
        ("f33-imac.dump.txt", ["sda"]),
        ("ubuntu-18.04.5-xps.dump.txt", ["nvme0n1"]),
        ("ubuntu-dell-xps.dump.txt", ["nvme0n1"]),
    ],
)
def test_the_storage_inventory_of_another_tool(name, usable):
    system, answer = glpi.read(recorded("glpi-storages-desktop", name))
    found = facts(**glpi.sections(system))
    assert list(sizes(found)) == usable == [item["NAME"] for item in answer if item["TYPE"] == "disk"]
    for wanted in answer:
        if wanted["TYPE"] == "disk":
            item = disk(found, wanted["NAME"])
            assert item.size_bytes // 10**6 == int(wanted["DISKSIZE"])
            assert item.serial == wanted["SERIALNUMBER"]
            assert item.model.startswith(wanted.get("MODEL", ""))
            assert item.by_id.endswith(wanted["SERIALNUMBER"])


def from_sysroot(case: str) -> NodeFacts:
    return facts(**sysroot.sections(recording(case, "sysroot-dump.tar.xz")))


def column(table: str, title: str) -> dict[str, str]:
    """Return the cells of a left-aligned column of lsblk by device name."""
    head, *lines = table.splitlines()
    start = head.index(title)
    following = re.search(r"\S", head[start + len(title) :])
    end = start + len(title) + following.start() if following else None
    return {re.sub(r"^[|` -]+", "", line).split()[0]: line[start:end].strip() for line in lines}


@pytest.mark.parametrize(
    ("case", "usable", "left_out"),
    [
        ("util-linux-simple-lvm", [], ["nvme0n1", "sdb"]),
        ("util-linux-simple-nvme", [], ["nvme0n1", "sdb"]),
        ("util-linux-multi-devs-bcachefs", [], ["nvme0n1", "sdb", "sdc"]),
    ],
)
def test_the_columns_that_lsblk_makes_of_the_same_files(case, usable, left_out):
    found = from_sysroot(case)
    assert found.os_disk is not None
    assert (found.os_disk.root_part, found.os_disk.legs) == ("sda4", ("sda",))
    assert (list(sizes(found)), unused(found)) == (usable, left_out)
    basic = {item.kname: item for item in lsblk_tree.parse(recorded(case, "lsblk-basic.txt"))}
    state = {item.kname: item for item in lsblk_tree.parse(recorded(case, "lsblk-state.txt"))}
    models = column(recorded(case, "lsblk-vendor.txt"), "MODEL")
    for item in every(found):
        rounded = basic[item.name].size_bytes or 0
        assert abs(item.size_bytes - rounded) <= 2**30 // 20 + 2**20
        assert item.rotational == state[item.name].rotational
        assert item.removable == state[item.name].removable
        assert item.model == models[item.name].replace("_", " ")
    points = {item.kname: item.mountpoints for item in basic.values() if item.mountpoints}
    assert points["sdb1"][0] in disk(found, "sdb").mountpoints


@pytest.fixture
def tables(request: pytest.FixtureRequest, tmp_path: Path) -> dict[str, str]:
    """Return what this host's lsblk prints of a dump when called as the collection script does."""
    if not shutil.which("lsblk"):
        pytest.skip("needs lsblk")
    with tarfile.open(recording(request.param, "sysroot-dump.tar.xz")) as archive:
        archive.extractall(tmp_path, filter="data")
    (root,) = tmp_path.iterdir()
    _, script = build_command("0123456789abcdef")
    asked = re.findall(
        r"section (lsblk-\w+) tool (lsblk .*)$", script.decode().replace("\\\n", ""), re.MULTILINE
    )
    found = {}
    for name, command in asked:
        words = [*shlex.split(command), "--sysroot", str(root)]
        answer = subprocess.run(words, capture_output=True, text=True, env={**os.environ, "LC_ALL": "C"})
        if answer.returncode:
            pytest.skip(f"this lsblk reads no dumps: {answer.stderr.strip()}")
        found[name.replace("-", "_")] = answer.stdout
    return found


@pytest.mark.parametrize(
    ("tables", "case"),
    [
        (case, case)
        for case in ("util-linux-simple-lvm", "util-linux-simple-nvme", "util-linux-multi-devs-bcachefs")
    ],
    indirect=["tables"],
)
def test_a_real_lsblk_in_our_three_formats(tables, case):
    assert sorted(tables) == ["lsblk_json", "lsblk_pairs", "lsblk_tree"]
    wanted = {item.name: item for item in every(from_sysroot(case))}
    for name, text in tables.items():
        found = facts(**{name: text})
        assert found.os_disk is not None
        assert (found.os_disk.root_part, found.os_disk.legs) == ("sda4", ("sda",))
        assert {item.name: item.size_bytes for item in every(found)} == {
            item.name: item.size_bytes for item in wanted.values()
        }
        for item in every(found) if name != "lsblk_tree" else ():
            assert item.model.replace("_", " ") == wanted[item.name].model
            assert item.rotational == wanted[item.name].rotational


def test_one_file_system_over_two_parts_is_mounted_on_both():
    found = from_sysroot("util-linux-multi-devs-bcachefs")
    assert disk(found, "sdc").mountpoints == ("/mnt/test",)
    basic = lsblk_tree.parse(recorded("util-linux-multi-devs-bcachefs", "lsblk-basic.txt"))
    assert [item.kname for item in basic if item.mountpoints == ("/mnt/test",)] == ["sdc1", "sdc2"]


def test_a_volume_over_loops_is_no_disk():
    found = from_sysroot("util-linux-simple-lvm")
    assert {item.name for item in every(found)} == {"sda", "sdb", "nvme0n1"}

"""Each described machine is found as its answer says, whichever versions of the tools it has.

The answer of a machine (``answer`` in its file): ``disks`` and ``nics`` by name, each with its type and what differs from
the description (``not_used``: the reason); ``os_disk`` (null: none is known), ``default`` (gateway and interface),
``cpu``, ``product``, ``os``, ``memory_bytes``. What it leaves out is not checked.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from lab import machine_facts, outputs
from lab.outputs import storage
from nodes.collection.assemble import assemble
from nodes.collection.frames import Section
from nodes.erasing.content import contents_of
from nodes.facts import DiskFacts
from tests.machines.described import (
    ADDRESS,
    LAB,
    Machine,
    as_found,
    every_disk,
    expected_disk,
    expected_nic,
    found_on,
    machines,
    sections_of,
)
from tests.support.examples import named, some

# Which forms show a difference for which part of the answer.
FORMS = {
    "disks": tuple(outputs.FORMS),
    "os_disk": tuple(outputs.FORMS),
    "nics": ("ubuntu-16.04", "ubuntu-18.04", "busybox"),
    "cpu": ("centos-7", "ubuntu-20.04", "debian-12"),
    "product": ("ubuntu-20.04", "busybox"),
    "os": ("ubuntu-20.04",),
    "memory_bytes": ("ubuntu-20.04",),
}
# A plain table of lsblk has neither models nor serial numbers nor transports: the collector warns of it.
IN_A_TABLE = ("name", "size_bytes", "signatures", "mountpoints", "members")
# ``ip`` without ``-d`` does not tell these from software's own interfaces, nor do the kernel's folders.
KINDS_OF_IP_ALONE = ("team", "openvswitch")


def forms_of(machine: Machine) -> list[str]:
    """Return the forms that show something of the machine's answer."""
    return [
        form
        for form in outputs.FORMS
        if any(form in FORMS[key] for key in FORMS.keys() & machine.answer.keys())
        # The lab's machines are large, and nothing about them is odd.
        and (form in ("ubuntu-16.04", "debian-12") or not machine.title.startswith(LAB))
    ]


@pytest.mark.parametrize("title", machines())
def test_a_machine_is_found_as_its_answer_says(title):
    machine = machines()[title]
    assert forms_of(machine)
    for form in some(forms_of(machine), title):
        for key, check in CHECKS.items():
            if key in machine.answer and form in FORMS[key]:
                with named(f"in the form of {form}"):
                    check(machine, title, form)


def check_disks(machine: Machine, title: str, form: str) -> None:
    found = every_disk(found_on(title, form))
    answer = machine.answer["disks"]
    assert sorted(disk.name for disk in found) == sorted(answer)
    for disk in found:
        expected = as_shown(expected_disk(machine.facts, disk.name, answer[disk.name]), disk, form)
        assert {key: getattr(disk, key) for key in expected} == expected


def as_shown(expected: dict[str, Any], disk: DiskFacts, form: str) -> dict[str, Any]:
    """Return what this form can show of the disk that is expected."""
    version = tuple(int(part) for part in outputs.FORMS[form].util_linux.split("."))
    if outputs.FORMS[form].lsblk == "tree":
        expected = {key: expected[key] for key in IN_A_TABLE}
    if version < (2, 37) and len(expected["mountpoints"]) > len(disk.mountpoints):
        # One mount point of each device.
        assert set(disk.mountpoints) <= set(expected["mountpoints"])
        expected = {**expected, "mountpoints": disk.mountpoints}
    if version < (2, 33) and len(expected.get("model", "")) > 16 and disk.model != expected["model"]:
        expected = {**expected, "model": expected["model"][:16].strip()}
    return expected


def check_os_disk(machine: Machine, title: str, form: str) -> None:
    answer, found = machine.answer["os_disk"], found_on(title, form).os_disk
    if answer is None:
        assert found is None
        assert any("a live or network-booted system" in warning for warning in found_on(title, form).warnings)
        return
    assert found is not None
    assert found.disk.name == answer["legs"][0]
    assert (found.root_part, found.root_size_bytes) == (answer["root"], answer["root_bytes"])
    assert list(found.legs) == answer["legs"]
    # A table does not show swap that is not in use.
    if found.swap_part or outputs.FORMS[form].lsblk != "tree":
        assert (found.swap_part, found.rest_part) == (answer.get("swap", ""), answer.get("rest", ""))


def check_nics(machine: Machine, title: str, form: str) -> None:
    found, answer = found_on(title, form), machine.answer["nics"]
    kinds = {nic["name"]: nic["type"] for nic in machine.facts["nics"]}
    untold = () if outputs.FORMS[form].kinds else KINDS_OF_IP_ALONE
    assert [nic.name for nic in found.networks] == [name for name in answer if kinds[name] not in untold]
    for nic in found.networks:
        assert as_found(nic) == expected_nic(machine.facts, nic.name, answer[nic.name])
    assert [found.default_gateway, found.default_interface] == machine.answer.get("default", ["", ""])


def check_cpu(machine: Machine, title: str, form: str) -> None:
    expected = {
        "arch": machine.facts["arch"],
        "model": machine.facts["cpu"]["model"],
        **machine.answer["cpu"],
    }
    assert as_found(found_on(title, form).cpu) == expected


def check_product(machine: Machine, title: str, form: str) -> None:
    assert as_found(found_on(title, form).product) == machine.answer["product"]


def check_os(machine: Machine, title: str, form: str) -> None:
    found = found_on(title, form).os
    assert [found.name, found.version] == machine.answer["os"]


def check_memory(machine: Machine, title: str, form: str) -> None:
    assert found_on(title, form).memory_bytes == machine.answer["memory_bytes"]


# Listings of these were recorded with columns that do not tell what lies on what.
WITHOUT_PARENTS = [
    "nas-root-on-nvme",
    "nas-root-on-array",
    "nas-root-on-luks",
    "nas-thirty-six-disks",
    "nas-btrfs-in-partition: virtio",
    "nas-btrfs-in-partition: scsi",
    "old-lsblk-one-disk",
    "disk-told-removable: removable",
    "pc-disc-in-drive",
    "laptop-nvme-usb-docked: lsblk",
    "bcachefs-over-two-partitions",
]


@pytest.mark.parametrize("as_json", [False, True])
@pytest.mark.parametrize("title", WITHOUT_PARENTS)
def test_parents_that_no_column_tells_are_seen_by_names_content_and_order(title, as_json):
    facts = {**machines()[title].facts, "util_linux": "2.31.1"}
    state = machine_facts.first_state(facts, "seed")
    wanted = storage.PAIRS.replace("PKNAME,", "")
    text = storage.listing(facts, state, "pairs", wanted)
    name = "lsblk-pairs"
    if as_json:
        rows = [dict(re.findall(r'(\S+?)="(.*?)"', line)) for line in text.splitlines()]
        name, text = "lsblk-json", json.dumps({"blockdevices": rows})
    given = {**sections_of(title, "centos-7"), name: text}
    if as_json:
        del given["lsblk-pairs"]
    del given["sysfs-block"]
    found = assemble({key: Section(key, "ok", 0, text) for key, text in given.items()}, ADDRESS)
    other = found_on(title, "centos-7")
    assert [disk.name for disk in every_disk(found)] == [disk.name for disk in every_disk(other)]
    if other.os_disk:
        assert found.os_disk is not None
        assert (found.os_disk.root_part, found.os_disk.swap_part) == (
            other.os_disk.root_part,
            other.os_disk.swap_part,
        )
        assert found.os_disk.legs == other.os_disk.legs


def test_members_of_a_firmware_raid_are_held_by_its_arrays():
    given = sections_of("firmware-raid-ddf", "ubuntu-20.04")
    held = contents_of({name: Section(name, "ok", 0, text) for name, text in given.items()})
    assert [any("md126" in user for user in held[name].users) for name in ("sdb", "sdd")] == [True, True]


def test_a_description_says_where_its_facts_come_from():
    recorded = {title: item for title, item in machines().items() if not title.startswith(LAB)}
    assert [title for title, machine in recorded.items() if not machine.facts.get("source")] == []


CHECKS = {
    "disks": check_disks,
    "os_disk": check_os_disk,
    "nics": check_nics,
    "cpu": check_cpu,
    "product": check_product,
    "os": check_os,
    "memory_bytes": check_memory,
}

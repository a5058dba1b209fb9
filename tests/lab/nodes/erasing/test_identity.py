"""Disks whose names, links, WWNs and serials contradict each other are not written to: a test from outside.

Each identifier says of the disk that is about to be destroyed that it is the one that was known ("same"), that it is
the other one ("other"), or nothing (""). One "other" is enough to refuse; one "same" without any "other" is enough to
go on, except where the serial alone would decide between two disks that share it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from nodes.erasing.script import build_script
from nodes.facts import DiskFacts
from tests.lab.nodes.erasing.two_disks import SIZE, TwoDisks, loops_can_be_made

WWNS = ("0x5000c500a1b2c301", "0x5000c500a1b2c302")
SERIALS = ("ZC1AAA01", "ZC1AAA02")
# Two volumes of one array; old lsblk shows the first half of the WWN of both, and all of it as their serial number.
HALF = "0x600508b1001c5e7a"
VOLUMES = (f"{HALF[2:]}1111111111111111", f"{HALF[2:]}2222222222222222")
SOURCES = ("link", "udev WWN", "kernel WWN", "udev serial", "kernel serial")


@pytest.fixture(params=["loop devices", "files"])
def disks(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[TwoDisks]:
    """Provide disks: on loop devices where possible, and always on files."""
    real = request.param == "loop devices" and loops_can_be_made()
    made = TwoDisks(tmp_path / "disks", real)
    yield made
    made.close()


def contradictions() -> list[tuple[str, ...]]:
    """Return twenty of all combinations in which at least one source contradicts another."""
    every = [
        case for case in itertools.product(("same", "other", ""), repeat=5) if {"same", "other"} <= set(case)
    ]
    return every[:: len(every) // 20][:20]


def say(disks: TwoDisks, case: tuple[str, ...]) -> DiskFacts:
    """Let every source describe the first disk as in ``case``; return what was known of it before."""
    link, udev_wwn, kernel_wwn, udev_serial, kernel_serial = case
    where = {"same": 0, "other": 1}
    path = disks.link("ata-M_1", where[link]) if link else str(disks.folder / "dev/disk/by-id/ata-M_1")
    told = {
        "WWN": WWNS[where[udev_wwn]] if udev_wwn else "",
        "SERIAL": SERIALS[where[udev_serial]] if udev_serial else "",
    }
    disks.udev(0, **{key: value for key, value in told.items() if value})
    disks.udev(1, WWN=WWNS[1], SERIAL=SERIALS[1])
    if kernel_wwn:
        disks.kernel(0, wwid=f"naa.{WWNS[where[kernel_wwn]][2:]}")
    if kernel_serial:
        disks.kernel(0, serial=SERIALS[where[kernel_serial]])
    return DiskFacts(disks.names[0], "sata", SIZE, by_id=path, wwn=WWNS[0], serial=SERIALS[0])


def erase(disks: TwoDisks, disk: DiskFacts, shell: str = "sh") -> tuple[int, str]:
    done = disks.run(build_script("j-1", "quick", [disk]), shell)
    return done.returncode, done.stdout + done.stderr


def test_twenty_are_generated_and_each_source_contradicts_in_some() -> None:
    cases = contradictions()
    assert len(set(cases)) == 20
    for position in range(5):
        assert {"same", "other", ""} == {case[position] for case in cases}, SOURCES[position]


@pytest.mark.parametrize("case", contradictions(), ids="-".join)
def test_a_contradiction_is_refused_and_nothing_is_written(disks: TwoDisks, case: tuple[str, ...]) -> None:
    before = disks.hashes()
    code, said = erase(disks, say(disks, case))
    assert code == 65, said
    assert disks.hashes() == before
    for source, value in zip(SOURCES, case, strict=True):
        if value == "other":
            known, found = {"link": ("leads to", disks.names[1])}.get(
                source, (WWNS[0], WWNS[1][2:]) if "WWN" in source else SERIALS
            )
            assert known in said and found in said, f"{source}: {said}"


def test_the_names_of_two_volumes_with_one_serial_were_swapped(disks: TwoDisks) -> None:
    """Refuse the reported case: link and WWN identify the other disk, serial and size this one."""
    link = disks.link("scsi-3600605b000000001", 1)
    for number in (0, 1):
        disks.udev(number, SERIAL="00CTRL", WWN=WWNS[1 - number])
        disks.kernel(number, wwid=f"naa.{WWNS[1 - number][2:]}", vpd_pg80=b"\x00\x80\x00\x0600CTRL")
    before = disks.hashes()
    code, said = erase(disks, DiskFacts(disks.names[0], "sas", SIZE, link, WWNS[0], "00CTRL"))
    assert code == 65 and disks.hashes() == before
    assert f"its WWN is {WWNS[1]} (lsblk), known was {WWNS[0]}" in said
    assert f"the link {link} leads to" in said


def test_udev_still_has_the_disk_before_and_the_kernel_has_not(disks: TwoDisks) -> None:
    link = disks.link("ata-M_1", 0)
    disks.udev(0, WWN=WWNS[0], SERIAL=SERIALS[0])
    disks.kernel(0, wwid=f"naa.{WWNS[1][2:]}")
    before = disks.hashes()
    code, said = erase(disks, DiskFacts(disks.names[0], "sata", SIZE, link, WWNS[0], SERIALS[0]))
    assert code == 65 and "(kernel)" in said and disks.hashes() == before


@pytest.mark.parametrize(
    ("known", "udev", "kernel"),
    [
        ((WWNS[0], ""), {"WWN": WWNS[0].upper().replace("0X", "0x")}, {"wwid": f"naa.{WWNS[0][2:].upper()}"}),
        (
            ("eui.0025388b91d0f1aa", "S1"),
            {"WWN": "eui.0025388b91d0f1aa", "SERIAL": "S1"},
            {"wwid": "eui.0025388B91D0F1AA"},
        ),
        (("", "WD-WCC4 N12"), {"SERIAL": "WD-WCC4_N12"}, {}),
        (("", "S1"), {}, {"wwid": "t10.ATA     SAMSUNG MZ7LH3T2                        S1  "}),
        (("", "ZC1"), {"SERIAL": "ZC1"}, {"vpd_pg80": b"\x00\x80\x00\x08  ZC1\x00\x00\x00"}),
        # Old lsblk has half of the name; new lsblk shows the WWN in place of the serial.
        (
            ("0x600605b000d1e2f0", "S1"),
            {"WWN": "0x600605b000d1e2f0", "SERIAL": "S1"},
            {"wwid": "naa.600605b000d1e2f0aabbccddeeff0011"},
        ),
        ((WWNS[0], "ZC1"), {"WWN": WWNS[0], "SERIAL": WWNS[0][2:]}, {"wwid": f"naa.{WWNS[0][2:]}"}),
        # Zeros are what controllers say that know nothing.
        ((WWNS[0], "ZC1"), {"WWN": WWNS[0], "SERIAL": "0000"}, {"wwid": "naa.0000000000000000"}),
        # A SCSI disk has several names: udev took the NAA one, the kernel that of T10.
        ((WWNS[0], "ZC1"), {"WWN": WWNS[0], "SERIAL": "ZC1"}, {"wwid": "t10.SEAGATE ST4000NM0035 ZC1"}),
        (("", "S1"), {"SERIAL": "S1", "MODEL": "ST4000NM0035-1V4107"}, {"model": "ST4000NM0035-1V4"}),
        # Bridges cut the model in two behind the characters that SCSI has for the vendor.
        (
            ("", "S1"),
            {"SERIAL": "S1", "MODEL": "ST4000NM0035-1V4107"},
            {"vendor": "ST4000NM", "model": "0035-1V4107     "},
        ),
        # lsblk has the number of scsi_id(8), with the type of the name before it; page 80h has that of the box.
        (
            (f"0x{VOLUMES[0]}", f"3{VOLUMES[0]}"),
            {"WWN": f"0x{VOLUMES[0]}", "SERIAL": f"3{VOLUMES[0]}"},
            {"wwid": f"naa.{VOLUMES[0]}", "vpd_pg80": b"\x00\x80\x00\x0ePDNLH0BRH8F18C"},
        ),
        # Half of a WWN that no other disk has.
        ((HALF, ""), {"WWN": HALF}, {"wwid": f"naa.{VOLUMES[0]}"}),
    ],
)
def test_what_agrees_in_another_spelling_is_erased(
    disks: TwoDisks, known: tuple[str, str], udev: dict[str, str], kernel: dict[str, str | bytes]
) -> None:
    disks.udev(0, **udev)
    disks.kernel(0, **kernel)
    before = disks.hashes()
    code, said = erase(
        disks,
        DiskFacts(
            disks.names[0],
            "sata",
            SIZE,
            "",
            *known,
            model="ST4000NM0035-1V4107"[: 19 if "MODEL" in udev else 0],
        ),
    )
    after = disks.hashes()
    assert code == 0, said
    assert after[0] != before[0] and after[1] == before[1]


@pytest.mark.parametrize(
    ("known", "udev", "kernel", "said"),
    [
        (("", ""), {"WWN": WWNS[0], "SERIAL": "S1"}, {}, "cannot be recognised"),
        ((WWNS[0], "S1"), {}, {}, "cannot be recognised"),
        # Half of a name is that of every volume of the array.
        (
            ("0x600605b000d1e2f0", ""),
            {},
            {"wwid": "naa.600605b000d1e2f0aabbccddeeff0011"},
            "cannot be recognised",
        ),
        (("", "S1"), {"SERIAL": "S1"}, {"vpd_pg80": b"\x00\x80\x00\x02S2"}, "its serial is S2 (page 80h)"),
        (
            ("", "S1"),
            {"SERIAL": "S1"},
            {"wwid": "t10.ATA     SAMSUNG MZ7LH3T2               S2"},
            "its serial is S2 (kernel)",
        ),
        (
            ("nvme.144d-53", "S1"),
            {"WWN": "nvme.144d-53"},
            {"wwid": "nvme.144d-54"},
            "its WWN is nvme.144d-54 (kernel)",
        ),
        (
            ("0x600605b000d1e2f0aabbccddeeff0011", ""),
            {"WWN": "0x600605b000d1e2f0aabbccddeeff0012"},
            {},
            "its WWN is",
        ),
        (
            (WWNS[0], ""),
            {"WWN": WWNS[0], "MODEL": "PERC_H730P"},
            {},
            "its model is PERC_H730P (lsblk), known was ST4000NM0035",
        ),
    ],
)
def test_what_is_not_enough(
    disks: TwoDisks, known: tuple[str, str], udev: dict[str, str], kernel: dict[str, str | bytes], said: str
) -> None:
    disks.udev(0, **udev)
    disks.kernel(0, **kernel)
    before = disks.hashes()
    code, words = erase(disks, DiskFacts(disks.names[0], "sata", SIZE, "", *known, model="ST4000NM0035"))
    assert code == 65 and said in words, words
    assert disks.hashes() == before


@pytest.mark.parametrize("serials", [(VOLUMES[0], VOLUMES[1]), ("", ""), ("00CTRL", "00CTRL")])
def test_half_of_a_wwn_is_that_of_every_volume_of_an_array(disks: TwoDisks, serials: tuple[str, str]) -> None:
    """Refuse to find a disk by half of a WWN, shared by all volumes of an array, once its name is another disk's."""
    for number in (0, 1):
        disks.udev(number, WWN=HALF, SERIAL=serials[number])
        disks.kernel(number, wwid=f"naa.{VOLUMES[number]}")
    known = DiskFacts(disks.names[1], "sas", SIZE, "", HALF, serials[0])
    before = disks.hashes()
    code, said = erase(disks, known)
    assert code == 65 and disks.hashes() == before
    assert ("2 disks have its half of a WWN" in said) == (serials[0] != VOLUMES[0])
    if serials[0] == VOLUMES[0]:
        assert f"its serial is {VOLUMES[1]} (lsblk), known was {VOLUMES[0]}" in said
        code, said = erase(disks, replace(known, name=disks.names[0]))
        assert code == 0, said
        assert [new == old for new, old in zip(disks.hashes(), before, strict=True)] == [False, True]


def test_two_namespaces_whose_names_begin_with_a_six(disks: TwoDisks) -> None:
    """Tell two EUI-64 of NVMe apart: 16 digits are a whole name, whatever they begin with."""
    names = ("eui.6479a71234567801", "eui.6479a71234567802")
    for number in (0, 1):
        disks.udev(number, WWN=names[number], SERIAL="S1")
        disks.kernel(number, wwid=names[number], serial="S1")
    code, said = erase(disks, DiskFacts(disks.names[0], "nvme", SIZE, "", names[0], "S1"))
    assert code == 0, said


def test_a_serial_that_two_disks_have_does_not_decide(disks: TwoDisks) -> None:
    for number in (0, 1):
        disks.udev(number, SERIAL="00CTRL")
    before = disks.hashes()
    code, said = erase(disks, DiskFacts(disks.names[0], "sas", SIZE, "", "", "00CTRL"))
    assert code == 65 and "2 disks have its serial 00CTRL" in said and disks.hashes() == before


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
def test_the_disk_is_looked_at_again_right_before_the_first_byte(disks: TwoDisks, shell: str) -> None:
    """Refuse to write where another disk takes the name between the check and the first byte."""
    disks.udev(0, WWN=WWNS[0], SERIAL=SERIALS[0])
    disks.kernel(0, wwid=f"naa.{WWNS[0][2:]}")
    script = build_script("j-1", "quick", [DiskFacts(disks.names[0], "sata", SIZE, "", WWNS[0], SERIALS[0])])
    wwid = f"/sys/class/block/{disks.names[0]}/device/wwid"
    assert "    each start\n" in script
    swapped = script.replace("    each start\n", f"    echo naa.{WWNS[1][2:]} >{wwid}\n    each start\n")
    before = disks.hashes()
    done = disks.run(swapped, shell)
    assert done.returncode == 1, done.stderr
    assert f"its WWN is naa.{WWNS[1][2:]} (kernel)" in done.stderr and disks.hashes() == before
    disks.kernel(0, wwid=f"naa.{WWNS[0][2:]}")
    assert disks.run(script, shell).returncode == 0
    after = disks.hashes()
    assert after[0] != before[0] and after[1] == before[1]


def test_a_job_that_goes_on_looks_again_at_what_it_did_not_erase_yet(disks: TwoDisks) -> None:
    for number in (0, 1):
        disks.udev(number, WWN=WWNS[number])
    known = [DiskFacts(disks.names[number], "sata", SIZE, "", WWNS[number], "") for number in (0, 1)]
    assert disks.run(build_script("j-1", "quick", known[:1])).returncode == 0
    before = disks.hashes()
    disks.kernel(1, wwid="naa.5000c500ffffffff")
    done = disks.run(build_script("j-1", "quick", known))
    assert done.returncode == 65 and disks.hashes() == before
    disks.kernel(1, wwid=f"naa.{WWNS[1][2:]}")
    done = disks.run(build_script("j-1", "quick", known))
    assert done.returncode == 0 and "already erased in this job" in done.stdout
    assert disks.hashes()[0] == before[0]

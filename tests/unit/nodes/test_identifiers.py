"""One disk under every form of its identifiers; two disks whatever they share."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from nodes.facts import DiskFacts
from nodes.identifiers import other_wwn, place_of, plain, same_wwn, serial_of, wwn_of
from nodes.matching import match
from nodes.models import Disk

NAA = "5000c500a1b2c3d4"
EUI = "0025385a91b01234"
NGUID = "36344630529001230025384100000001"
UUID = "36344630-5290-0123-0025-384100000001"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"0x{NAA}", f"naa.{NAA}"),
        (f"0x{NAA}", f"wwn-0x{NAA.upper()}"),
        (f"0x{NAA}", f"3{NAA}"),
        (f"0x{NAA}", NAA),
        (f"0x{NAA}", "0x005000c5b2a1d4c3"),  # bytes of each ATA word exchanged
        (f"0x{NAA}", "0xc3d4a1b2c5005000"),  # words of ATA in reverse
        (f"0x{NAA}", "0xd4c3b2a100c50050"),  # both
        ("0x6600508b1c01e3f9", "0x6600508b1c01e3f90000000000000001"),
        (f"eui.{EUI}", f"0x{EUI}"),
        (f"eui.{NGUID}", f"uuid.{UUID}"),
        (f"eui.{NGUID}", f"nguid.{NGUID}"),
        (
            "nvme.144d-53344e584e4631302020-53414d53554e47-00000001",
            "nvme.144d-53344e584e463130-53414d53554e472020-00000001",
        ),
        ("t10.ATA     ST4000NM0033  Z1Z0ABCD", "t10.ATA_____ST4000NM0033__Z1Z0ABCD"),
    ],
)
def test_one_name_in_other_words(one: str, other: str) -> None:
    assert same_wwn(one, other) and same_wwn(other, one)
    assert not other_wwn(one, other) and not other_wwn(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"0x{NAA}", f"0x{NAA[:-1]}5"),
        (f"0x{NAA}", f"naa.{NAA[:-1]}5"),
        (f"eui.{EUI}", f"eui.{EUI[:-1]}5"),
        (f"eui.{NGUID}", f"nguid.{NGUID[:-1]}2"),
        (f"uuid.{UUID}", f"uuid.{UUID[:-1]}2"),
        ("nvme.144d-5334-5341-00000001", "nvme.144d-5334-5341-00000002"),
        ("0x6600508b1c01e3f90000000000000001", "0x6600508b1c01e3f90000000000000002"),
        # Neither is the other one with its bytes exchanged: both begin as a name does.
        ("0x5050505050501234", "0x5050505050503412"),
    ],
)
def test_two_names_of_one_form(one: str, other: str) -> None:
    assert other_wwn(one, other) and other_wwn(other, one) and not same_wwn(one, other)


@pytest.mark.parametrize(
    ("one", "other"), [(f"eui.{EUI}", f"uuid.{UUID}"), (f"eui.{EUI}", f"eui.{NGUID}"), ("", f"0x{NAA}")]
)
def test_names_of_two_forms_say_nothing(one: str, other: str) -> None:
    assert not same_wwn(one, other) and not other_wwn(one, other)


def test_which_of_several_disks_a_link_or_name_says() -> None:
    by_id = "/dev/disk/by-id/"
    assert place_of("", f"{by_id}nvme-Some_Model_S4NX_2", "S4NX") == "2"
    assert place_of("nvme.144d-53344e58-5341-0000000a", "", "S4NX") == "10"
    assert place_of("", f"{by_id}usb-Generic_SD_Reader_2012-0:1", "2012") == "-0:1"
    assert place_of("eui.0025", f"{by_id}nvme-eui.0025", "S4NX") == ""
    assert place_of("", f"{by_id}ata-X_1", "  ") == ""
    assert serial_of("5000C500A1B2C3D4", f"0x{NAA}") == "" and serial_of(" WD-a_1 ", "") == "wd-a1"


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_is_a_name_or_none(one: str, other: str) -> None:
    assert same_wwn(one, other) == same_wwn(other, one)
    assert not (same_wwn(one, other) and other_wwn(one, other))
    assert same_wwn(one, one) is (wwn_of(one) is not None)


PREFIXES = st.sampled_from(["", "0x", "naa.", "eui.", "nguid.", "uuid.", "nvme.", "t10.", "wwn-0x", "3"])
WORDS = st.text("0123456789abcdefx-. _", max_size=40)


@given(st.builds(str.__add__, PREFIXES, WORDS), st.builds(str.__add__, PREFIXES, WORDS), WORDS, WORDS)
def test_what_nearly_is_a_name_stops_nothing(one: str, other: str, serial: str, link: str) -> None:
    """Accept whatever a node reports: half a name, or an unrelated link."""
    old = replace(SOME, wwn=one, serial=serial, by_id=f"/dev/disk/by-id/{link}")
    new = replace(SOME, wwn=other, serial=serial, by_id=f"/dev/disk/by-id/{link}")
    ((row, disk),) = match(rows([old]), [new])
    assert disk == new and (row is None or not other_wwn(one, other))
    ((same, _),) = match(rows([old]), [old])
    assert same is not None or not (wwn_of(one) or plain(serial))


# Few values, so that disks share serials, sizes and models all the time, as those of one delivery do.
SOME = DiskFacts("nvme0n1", "nvme", 10**12, model="X")
SERIALS = st.sampled_from(["S4NX 10", "S4NX 11", "PHLN_1", "Z1Z0"])
SIZES = st.sampled_from([960 * 10**9, 3840 * 10**9])
MODELS = st.sampled_from(["SAMSUNG MZ7LH960", "INTEL SSDPE2KX"])
HEX = "0123456789abcdef"


@st.composite
def fleets(draw: st.DrawFn) -> list[tuple[DiskFacts, DiskFacts]]:
    """Draw disks of one machine with at most one under a serial number, each seen twice in different words."""
    names = [f"sd{letter}" for letter in "bcdefg"]
    after = draw(st.permutations(names))
    serials = draw(st.lists(SERIALS, unique=True, min_size=1, max_size=4))
    fleet = []
    for number, serial in enumerate(serials):
        first, then = draw(st.permutations([_wording(draw, form) for form in range(5)]))[:2]
        disk = DiskFacts(
            names[number], "ssd", draw(SIZES), serial=serial, model=draw(MODELS), wwn=first, by_id=""
        )
        reworded = replace(disk, name=after[number], wwn=then, serial=draw(st.sampled_from(_serials(serial))))
        fleet.append((disk, reworded))
    return fleet


def _wording(draw: st.DrawFn, form: int, namespace: int = 1) -> str:
    digits = draw(st.text(HEX, min_size=32, max_size=32))
    short = f"5{digits[1:16]}"
    return [
        "",
        f"0x{short}",
        f"eui.{digits}",
        f"uuid.{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}",
        f"nvme.144d-{digits[:12]}-{digits[12:]}-{namespace:08x}",
    ][form]


def _serials(serial: str) -> list[str]:
    return [
        serial,
        serial.lower(),
        f"  {serial} ",
        serial.replace(" ", "_"),
        serial.replace(" ", "").replace("_", ""),
    ]


def rows(disks: list[DiskFacts]) -> list[Disk]:
    return [
        Disk(
            pk=number,
            name=disk.name,
            by_id=disk.by_id,
            wwn=disk.wwn,
            serial=disk.serial,
            model=disk.model,
            observed_size_bytes=disk.size_bytes,
            present=True,
        )
        for number, disk in enumerate(disks, start=1)
    ]


@given(fleets())
def test_the_same_disks_in_other_words_and_under_other_names_keep_their_rows(
    fleet: list[tuple[DiskFacts, DiskFacts]],
) -> None:
    pairs = match(rows([old for old, _ in fleet]), [new for _, new in fleet])
    assert [row.pk if row else None for row, _ in pairs] == list(range(1, len(fleet) + 1))


@st.composite
def namespaces(draw: st.DrawFn) -> tuple[list[DiskFacts], list[DiskFacts], list[str]]:
    """Draw namespaces of one controller, which share serial, model and size; give their WWNs afterwards, in order."""
    count = draw(st.integers(2, 4))
    one, other = draw(st.permutations([1, 2, 3, 4]))[:2]
    old, new = ([_wording(draw, form, number + 1) for number in range(count)] for form in (one, other))
    assume(len(set(old)) == len(set(new)) == count and not any(same_wwn(a, b) for a in old for b in new))
    linked = draw(st.booleans())
    size = draw(SIZES)

    def disks(wwns: list[str], order: list[int]) -> list[DiskFacts]:
        return [
            DiskFacts(
                f"nvme0n{place + 1}",
                "nvme",
                size,
                serial="S4NX10",
                model="SAMSUNG",
                wwn=wwns[number],
                by_id=f"/dev/disk/by-id/nvme-SAMSUNG_S4NX10{f'_{number + 1}' if linked else ''}",
            )
            for place, number in enumerate(order)
        ]

    order = draw(st.permutations(range(count)))
    new_disks = disks(new, list(order)[: draw(st.integers(1, count))])
    return disks(old, list(range(count))), new_disks, new


@given(namespaces())
def test_namespaces_of_one_controller_never_exchange_corrections(
    found: tuple[list[DiskFacts], list[DiskFacts], list[str]],
) -> None:
    """Identify reworded namespaces by their number, or not at all."""
    before, after, wwns = found
    pairs = match(rows(before), after)
    for row, disk in pairs:
        assert row is None or row.pk == wwns.index(disk.wwn) + 1
    if before[0].by_id.endswith("_1"):
        assert all(row for row, _ in pairs)


IDENTIFIED = st.builds(
    DiskFacts,
    name=st.sampled_from(["sdb", "sdc", "sdd"]),
    type=st.just("ssd"),
    size_bytes=SIZES,
    wwn=st.sampled_from(["", f"0x{NAA}", f"0x{NAA[:-1]}5", f"eui.{EUI}", f"eui.{NGUID}", f"uuid.{UUID}"]),
    serial=st.sampled_from(["", "A1", "a_1", "B2"]),
    model=MODELS,
    by_id=st.sampled_from(["", "/dev/disk/by-id/ata-X_A1", "/dev/disk/by-id/nvme-X_A1_2"]),
)


@given(st.lists(IDENTIFIED, max_size=4), st.lists(IDENTIFIED, max_size=4))
def test_what_contradicts_is_never_paired_and_no_row_is_given_twice(
    old: list[DiskFacts], new: list[DiskFacts]
) -> None:
    pairs = match(rows(old), new)
    given_rows = [row.pk for row, _ in pairs if row]
    assert len(given_rows) == len(set(given_rows)) and [disk for _, disk in pairs] == new
    for row, disk in pairs:
        if row is not None:
            assert not other_wwn(row.wwn, disk.wwn)
            both = serial_of(row.serial, row.wwn), serial_of(disk.serial, disk.wwn)
            assert not all(both) or both[0] == both[1]


@given(st.lists(IDENTIFIED, max_size=4))
def test_order_of_what_is_seen_does_not_matter(disks: list[DiskFacts]) -> None:
    stored = rows(disks)
    forwards = {id(disk): row and row.pk for row, disk in match(stored, disks)}
    backwards = {id(disk): row and row.pk for row, disk in match(stored[::-1], disks[::-1])}
    assert forwards == backwards


def test_more_disks_under_one_serial_number_than_any_machine_has_are_told_apart_by_no_guess() -> None:
    """Refuse to guess on a hostile list, where each pair would be compared with each."""
    many = [
        DiskFacts(f"sd{number}", "ssd", 10**12, serial="ONE", wwn=f"eui.{number:032x}")
        for number in range(2000)
    ]
    reworded = [replace(disk, name=f"x{disk.name}", wwn=disk.wwn.replace("eui.", "nvme.x")) for disk in many]
    assert all(row is None for row, _ in match(rows(many), reworded))
    assert [row and row.pk for row, _ in match(rows(many), many[::-1])] == list(range(2000, 0, -1))

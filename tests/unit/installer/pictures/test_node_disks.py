"""The picture of disks: what lies on what on real machines, what a plan does to each, what a person corrected."""

from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from django.utils import translation

from installer.console.pictures.node_disks import MAX_DISKS, DiskTile, PicturedDisk, draw_disks
from nodes.collection.frames import Section
from nodes.collection.stacks import Stacked, stacks_of
from tests.machines.described import every_disk, found_on, machines, sections_of
from tests.support.examples import named, some

GB = 10**9
DISK = PicturedDisk(name="sdb", type="ssd", size_bytes=3200 * GB, fate="free")


@pytest.fixture(autouse=True)
def english() -> object:
    with translation.override(None):
        yield


def drawn(title: str, form: str = "debian-12") -> dict[str, DiskTile]:
    """Draw the disks of a described machine by name."""
    stacks = stacks_of(
        {name: Section(name, "ok", 0, text) for name, text in sections_of(title, form).items()}
    )
    disks = [
        PicturedDisk(name=disk.name, type=disk.type, size_bytes=disk.size_bytes, fate="free")
        for disk in every_disk(found_on(title, form))
    ]
    return {tile.disk.name: tile for tile in draw_disks(disks, stacks).tiles}


def words(tile: DiskTile) -> str:
    """Return what the picture says to those who do not see it."""
    root = ElementTree.fromstring(tile.svg)
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == root[0].text
    return str(root[0].text)


@pytest.mark.parametrize("title", machines())
def test_each_disk_of_a_machine_is_drawn_and_told(title: str) -> None:
    for form in some(["ubuntu-16.04", "centos-7", "debian-12", "busybox"], title):
        with named(f"in the form of {form}"):
            for tile in drawn(title, form).values():
                assert "not known" not in words(tile)
                assert len(tile.svg) < 60_000


def test_caches_and_arrays_are_told_with_what_they_lie_on() -> None:
    tiles = drawn("installed-arrays-and-caches")
    assert "md0 (raid5, 8.6 GB, bcache) on vde, vdf, vdg" in words(tiles["vde"])
    assert "bcache2 (bcache, 8.6 GB, ext4, /media/data)" in words(tiles["vdd"])
    assert "url(#pic-lines)" in tiles["vde"].svg and "url(#pic-dots)" in tiles["vde"].svg


def test_volumes_are_drawn_below_their_partitions() -> None:
    tiles = drawn("installed-volume-group-beside")
    assert "vg1-lv1 (lvm, 1.1 GB, vfat, /srv/data) on" in words(tiles["vda"])
    assert words(tiles["vdb"]) == "Nothing lies on vdb."
    assert words(tiles["vdd"]) == "vdd holds iso9660 “cidata”."


def test_the_pool_of_a_system_is_a_layer() -> None:
    tiles = drawn("installed-root-on-zfs")
    assert any("(zpool)" in words(tile) for tile in tiles.values())


def test_what_a_plan_does_is_told_in_words_and_drawn_as_a_pattern() -> None:
    formatted = replace(
        DISK, fate="formatted", plan="pek3c-4", use="ZFS pool vpool, mirror", holds=("gpt", "ext4")
    )
    spared, excluded = (
        replace(DISK, fate="spared", plan="pek3c-4"),
        replace(DISK, fate="excluded", reason="on USB"),
    )
    tiles = draw_disks([formatted, spared, excluded, replace(formatted, erased_first=True)], []).tiles
    assert [tile.fate for tile in tiles] == [
        "Will be formatted: ZFS pool vpool, mirror",
        "Not touched by plan pek3c-4",
        "Not used: on USB",
        "Will be erased and formatted: ZFS pool vpool, mirror",
    ]
    assert tiles[0].content == "Data is lost: gpt, ext4"
    assert len({tile.mark for tile in tiles[:3]}) == 3
    assert "pic-hatch" in tiles[0].svg and "pic-cross" in tiles[2].svg and "url(" not in tiles[1].svg


def test_a_correction_shows_what_was_observed_and_what_is_used() -> None:
    disk = replace(DISK, observed_type="sata", observed_size_bytes=3000 * GB, observed_status=0)
    assert draw_disks([disk], []).tiles[0].was == (
        "type: observed sata → used ssd",
        "size: observed 3 TB → used 3.2 TB",
        "use: observed “do not use” → used “usable”",
    )
    assert (
        draw_disks([replace(DISK, observed_type="ssd", observed_size_bytes=DISK.size_bytes)], []).tiles[0].was
        == ()
    )


def test_a_node_cannot_write_into_the_page() -> None:
    name = '<script>alert(1)</script>"'
    stack = (
        Stacked("sdb", "sdb", "disk", GB),
        Stacked("x", name, "part", GB, ("sdb",), name, name, name, (name,)),
    )
    [tile] = draw_disks([DISK], stack).tiles
    assert "<script" not in tile.svg
    assert name in words(tile)


def test_a_shelf_of_disks_is_drawn_in_part() -> None:
    picture = draw_disks([replace(DISK, name=f"sd{number}") for number in range(200)], [])
    assert (len(picture.tiles), picture.more) == (MAX_DISKS, 200 - MAX_DISKS)

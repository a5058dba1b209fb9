"""A disk's name in /dev/disk/by-id: one that stays with it, or none."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nodes.collection.links import BY_ID, Bearer, Links, objections
from nodes.collection.placeholders import is_filler
from tests.support.examples import examples
from tests.support.machines import TB, disk_row, links_of, machine, named, namespace

NVME = "nvme-SAMSUNG_MZWLJ3T8HBLS-00007_S5EMNE0R600001"


def chosen(rows, links, **more) -> dict[str, str]:
    return {
        name: disk.by_id.removeprefix(BY_ID)
        for name, disk in named(machine(rows, links=links, **more)).items()
    }


@pytest.mark.parametrize("count", [2, 3, 16])
def test_namespaces_of_one_drive_are_called_by_their_number(count):
    rows = [namespace(0, number + 1, "S5EMNE0R600001") for number in range(count)]
    assert chosen(rows, links_of(rows)) == {
        f"nvme0n{number + 1}": f"{NVME}_{number + 1}" for number in range(count)
    }


def test_before_systemd_254_they_are_called_by_what_they_say_of_themselves():
    rows = [namespace(0, 1, "S5EMNE0R600001"), namespace(0, 2, "S5EMNE0R600001")]
    rows[1]["wwn"] = "uuid.5f6d2b1e-9a3c-4e0a-8a77-000000000b02"
    links = links_of(rows, nsid=False)
    assert links[NVME] == "nvme0n2"
    assert chosen(rows, links) == {
        "nvme0n1": "nvme-eui.00000001a0000001",
        "nvme0n2": "nvme-uuid.5f6d2b1e-9a3c-4e0a-8a77-000000000b02",
    }


def test_the_only_namespace_keeps_the_name_that_is_on_the_label():
    rows = [namespace(0, 1, "S5EMNE0R600001"), namespace(1, 1, "S5EMNE0R600002")]
    assert chosen(rows, links_of(rows))["nvme0n1"] == NVME


def test_the_only_namespace_of_another_number_does_not():
    row = namespace(0, 1, "S5EMNE0R600001")
    links = {NVME: "nvme0n1", f"{NVME}_7": "nvme0n1"}
    assert chosen([row], links, kernel={"nvme0n1": {"nsid": 7}}) == {"nvme0n1": f"{NVME}_7"}


def test_a_namespace_that_is_no_disk_counts():
    """Count a namespace without a size: it is listed nowhere, but it takes the drive's name."""
    row = namespace(0, 1, "S5EMNE0R600001")
    kernel = {"nvme0n1": {"serial": "S5EMNE0R600001"}, "nvme0n2": {"serial": "S5EMNE0R600001", "size": 0}}
    assert chosen([row], links_of([row]), kernel=kernel) == {"nvme0n1": f"{NVME}_1"}


def test_paths_of_one_namespace_are_no_second_namespace():
    """Recognise two controllers without native multipath, and the hidden paths with it."""
    row = namespace(0, 1, "S5EMNE0R600001")
    twin = {**row, "name": "nvme1n1", "kname": "nvme1n1"}
    links = {NVME: "nvme1n1", "nvme-eui.00000001a0000001": "nvme1n1"}
    assert chosen([row, twin], links) == {"nvme0n1": NVME}
    kernel = {"nvme0n1": {"path": "/sys/devices/virtual/nvme-subsystem/nvme-subsys0"}}
    kernel |= {f"nvme0c{number}n1": {"serial": "S5EMNE0R600001"} for number in range(2)}
    assert chosen([row], {NVME: "nvme0n1"}, kernel=kernel) == {"nvme0n1": NVME}


def test_all_zeros_of_a_controller_are_passed_over():
    row = disk_row("cciss!c0d1", model="LOGICAL VOLUME", vendor="HP")
    links = {
        "cciss-3600508b1001c4d1f0000000000000002": "cciss/c0d1",
        "wwn-0x00000000000000000000000000000000": "cciss/c0d1",
    }
    [found] = machine([row], links=links).data_disks
    assert (found.by_id, found.wwn) == (f"{BY_ID}cciss-3600508b1001c4d1f0000000000000002", "")


@pytest.mark.parametrize(
    "link",
    [
        "scsi-35000000000000001",
        "wwn-0x0000000000000000",
        "wwn-0x5000000000000000",
        "nvme-eui.0000000000000000",
        "nvme-uuid.00000000-0000-0000-0000-000000000000",
        "nvme-SomeModel_0123456789ABCDEF_1",
        "ata-SomeModel_00000000000000000001",
        "ata-SomeModel_Not_Set",
        "scsi-SFoo_Volume_Default_string",
        "virtio-0000",
        "usb-JMicron_Tech_0123456789ABCDEF-0:0",
        "nvme-nvme.1234-3030303030303030-466f6f-00000001",
        "lvm-pv-uuid-Q5x2bc-0000-1111-2222-3333-4444-abcdef",
        "edd-int13_dev80",
        "dm-uuid-LVM-abcdef",
        "somebody-made-this",
    ],
)
def test_what_identifies_nothing_is_no_name(link):
    found = machine([disk_row("sdb")], links={link: "sdb"})
    assert [disk.by_id for disk in found.data_disks] == [""]
    told = [warning for warning in found.warnings if "no permanent name in /dev/disk/by-id" in warning]
    assert len(told) == (not link.startswith(("lvm-", "edd-", "dm-", "somebody")))
    assert all(link in warning and "collect again" in warning for warning in told)


@pytest.mark.parametrize(
    "link",
    [
        "scsi-35000c500a1b2c3d7",
        "scsi-0QEMU_QEMU_HARDDISK_drive-scsi0-0-0-0",
        "ata-QEMU_HARDDISK_QM00001",
        "nvme-eui.01000000000000005cd2e4a1b2c3d4e5",
        "nvme-nvme.8086-50484c4a3030303030303032-494e54454c-00000001",
        "virtio-4c5d8a1e-0000-4f6a-9",
        "ccw-0X0191",
        "google-persistent-disk-1",
    ],
)
def test_odd_names_that_identify_are_taken(link):
    assert [disk.by_id for disk in machine([disk_row("sdb")], links={link: "sdb"}).data_disks] == [
        BY_ID + link
    ]


def test_a_link_that_udev_was_asked_for_by_two_disks_is_no_name():
    rows = [disk_row("sdb", serial="A"), disk_row("sdc", serial="B")]
    claims = "@sda\n@sdb\nscsi-3600a0b8000aaaaaa\nwwn-0x1111222233334444\n@sdc\nscsi-3600a0b8000aaaaaa\n"
    links = {"scsi-3600a0b8000aaaaaa": "sdb", "wwn-0x1111222233334444": "sdb"}
    found = machine(rows, links=links, claims=claims)
    assert {name: disk.by_id for name, disk in named(found).items()} == {
        "sdb": f"{BY_ID}wwn-0x1111222233334444",
        "sdc": "",
    }
    alone = machine(rows, links={"scsi-3600a0b8000aaaaaa": "sdb"}, claims=claims)
    assert any("another disk also claims it" in warning for warning in alone.warnings)


def test_links_of_one_serial_number_or_wwn_belong_to_all_who_have_it():
    """Judge a link by all disks with its name: ``ls`` shows which disk got the link, not which ones asked for it."""
    rows = [
        disk_row("sdb", serial="BRIDGE", model="DISK00"),
        disk_row("sdc", serial="BRIDGE", model="DISK00"),
        disk_row("sdd", serial="BRIDGE", model="OTHER"),
        disk_row("sde", wwn="0x5000c500deadbeef"),
        disk_row("sdf", wwn="0x5000c500deadbeef"),
    ]
    links = {
        "ata-DISK00_BRIDGE": "sdc",
        "ata-OTHER_BRIDGE": "sdd",
        "scsi-35000c500deadbeef": "sde",
        "wwn-0x5000c500deadbeef": "sdf",
    }
    assert chosen(rows, links) == {
        "sdb": "", "sdc": "", "sdd": "ata-OTHER_BRIDGE", "sde": "", "sdf": "",
    }  # fmt: skip


def test_two_units_of_a_sas_drive_are_called_by_their_own_names():
    wwns = ("0x6000c500d8fe2b6b0000000000000000", "0x6000c500d8fe2b6b0001000000000000")
    rows = [
        disk_row(name, 7 * TB, serial="ZKL0ABCD", model="ST14000NM0001", tran="sas", wwn=wwn)
        for name, wwn in zip(("sdb", "sdc"), wwns, strict=True)
    ]
    links = {"scsi-SSEAGATE_ST14000NM0001_ZKL0ABCD": "sdc"}
    links |= {f"scsi-3{wwn[2:]}": name for name, wwn in zip(("sdb", "sdc"), wwns, strict=True)}
    assert chosen(rows, links) == {
        "sdb": "scsi-36000c500d8fe2b6b0000000000000000",
        "sdc": "scsi-36000c500d8fe2b6b0001000000000000",
    }


def test_a_path_that_multipath_has_not_joined_takes_no_name_from_the_lun():
    wwn = "0x600a0b8000aaaaaa"
    lun = Bearer(
        ("dm-0", "sda", "sdb"), ("dm-uuid-mpath-3600a0b8000aaaaaa", "wwn-0x600a0b8000aaaaaa"), wwn=wwn
    )
    path = Bearer(("sdc",), ("scsi-3600a0b8000aaaaaa",), wwn=wwn)
    links = Links([lun, path])
    assert (links.best(lun), links.best(path)) == ("dm-uuid-mpath-3600a0b8000aaaaaa", "")


def test_a_link_chosen_elsewhere_is_judged_the_same():
    """Judge an imported link as well: the link that another console chose may be the drive's."""
    one = Bearer(("nvme0n1",), ("nvme-M_S1",), "S1", "M")
    other = Bearer(("nvme0n2",), ("nvme-M_S1_2",), "S1", "M")
    assert objections([one, other]) == ["it names the drive, not the namespace", ""]
    assert objections([one, Bearer(("nvme1n1",), ("nvme-M_S2",), "S2", "M")]) == ["", ""]
    assert objections([Bearer(("sdb",))]) == [""]


SERIALS = st.sampled_from(["", "S1", "S2", "S1_1", "00000000", "Z-9 a"])
MODELS = st.sampled_from(["", "M", "MODEL OF MORE THAN SIXTEEN", "MODEL OF MORE THAN OTHERS"])
WWNS = st.sampled_from(["", "0x5000c500a1b2c3d4", "eui.00253845a1b2c3d4", "0x0000000000000000"])
LINKS = st.sampled_from(
    [
        *("nvme-M_S1", "nvme-M_S1_1", "nvme-M_S1_2", "nvme-M_S2", "nvme-eui.00253845a1b2c3d4", "ata-M_S1"),
        *("scsi-35000c500a1b2c3d4", "wwn-0x5000c500a1b2c3d4", "wwn-0x0000000000000000", "scsi-SV_M_S1"),
        *("scsi-35000000000000001", "virtio-S1", "cciss-3600508b1001c4d1f", "lvm-pv-uuid-x", "ata-M_Z-9_a"),
        *("dm-name-mpatha", "dm-uuid-mpath-35000c500a1b2c3d4", "usb-V_M_S1-0:0", "nvme-M_S1_1_1"),
    ]
)


@st.composite
def machines(draw):
    names = draw(
        st.lists(
            st.sampled_from([*(f"nvme{c}n{n}" for c in range(2) for n in range(1, 4)), "sdb", "sdc", "dm-0"]),
            unique=True,
            min_size=1,
        )
    )
    return [
        Bearer(
            (name,),
            tuple(draw(st.lists(LINKS, max_size=6))),
            draw(SERIALS),
            draw(MODELS),
            draw(WWNS),
            draw(st.integers(0, 3)),
        )
        for name in names
    ]


@examples(400)
@given(machines(), st.randoms(use_true_random=False))
def test_any_links_of_any_disks(bearers: list[Bearer], dice: random.Random):
    links = Links(bearers)
    best = {bearer.names: links.best(bearer) for bearer in bearers}
    taken = [link for link in best.values() if link]
    assert len(set(taken)) == len(taken), "two disks under one name"
    for bearer in bearers:
        link = best[bearer.names]
        assert not link or link in bearer.links
        assert not link or sum(link in other.links for other in bearers) == 1, "claimed by two"
        assert not is_filler(link.rpartition("_")[2]) or not link
        assert not link.startswith("lvm-")
        alike = [item for item in bearers if item.serial == bearer.serial and item.model == bearer.model]
        if bearer.serial and len(alike) > 1:
            assert not link.endswith(f"_{bearer.serial.replace(' ', '_')}")
    mixed = [replace(bearer, links=tuple(dice.sample(bearer.links, len(bearer.links)))) for bearer in bearers]
    dice.shuffle(mixed)
    again = Links(mixed)
    assert {bearer.names: again.best(bearer) for bearer in mixed} == best, "another order, another name"


@given(st.text(st.characters(codec="ascii"), max_size=40))
def test_how_an_identity_is_written_does_not_matter(text: str):
    assert is_filler(text) == is_filler(f" {text.upper()} ")
    assert is_filler(f"0x{'0' * len(text)}")


@pytest.mark.parametrize(
    "text",
    [
        "eui.0100000000000000",
        *(
            "",
            "0",
            "0000-0000",
            "naa.0000000000000000",
            "5000000000000001",
            "0x50000000000000001",
            "ffffffffffff",
        ),
        *(
            "1111",
            "0123456789",
            "1234567890AB",
            "9876543210",
            "Default string",
            "To Be Filled By O.E.M.",
            "N/A",
        ),
        *(
            "not set",
            "NONE",
            "uuid.00000000-0000-0000-0000-000000000000",
            "System Serial Number",
            "000000000001",
        ),
    ],
)
def test_fillers(text):
    assert is_filler(text)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "1",
            "S1",
            "QM00001",
            "5000c500a1b2c3d4",
            "PHLJ00000002",
            "vol0123456789abcdef0",
            "00000001A",
            "WD-WX11",
        ),
        *(
            "eui.01000000000000005cd2e4a1b2c3d4e5",
            "600508b1001c4d1f0000000000000002",
            "nvme_card-pd",
            "deadbeef",
        ),
    ],
)
def test_no_fillers(text):
    assert not is_filler(text)

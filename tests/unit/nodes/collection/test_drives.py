"""Which disks are pieces of one drive, and what shares a serial number without being one."""

from __future__ import annotations

import pytest

from nodes.collection.drives import Piece, drives_of
from tests.support.machines import TB, disk_row, links_of, machine, named, namespace

NQN = "nqn.1994-11.com.samsung:nvme:PM1733:2.5-inch:S5EMNE0R600001"
UUID_NQN = "nqn.2014-08.org.nvmexpress:uuid:11111111-2222-3333-4444-555555555555"


def drives(rows, **more) -> dict[str, str]:
    return {name: disk.drive for name, disk in named(machine(rows, **more)).items()}


@pytest.mark.parametrize("count", [2, 3, 16])
def test_namespaces_of_one_controller_are_one_drive(count):
    rows = [namespace(0, number + 1, "S5EMNE0R600001") for number in range(count)]
    rows.append(namespace(1, 1, "S5EMNE0R600002"))
    kernel = {row["name"]: {"subsysnqn": NQN} for row in rows[:-1]}
    found = drives(rows, links=links_of(rows), kernel=kernel)
    assert found == {row["name"]: f"nvme {row['serial']}" for row in rows}


def test_another_subsystem_under_one_serial_number_is_another_drive():
    rows = [namespace(0, 1, "CLONE-77"), namespace(1, 1, "CLONE-77")]
    kernel = {"nvme0n1": {"subsysnqn": UUID_NQN}, "nvme1n1": {"subsysnqn": f"{UUID_NQN[:-1]}6"}}
    assert drives(rows, kernel=kernel) == {
        "nvme0n1": f"nvme CLONE-77 {UUID_NQN}",
        "nvme1n1": f"nvme CLONE-77 {UUID_NQN[:-1]}6",
    }


def test_a_drive_without_a_serial_number_is_where_its_controller_is():
    rows = [namespace(0, 1, "00000000"), namespace(0, 2, "00000000"), namespace(1, 1, "00000000")]
    kernel = {
        "nvme0n1": {"path": "/sys/devices/pci0000:64/0000:64:02.0/0000:65:00.0/nvme/nvme0"},
        "nvme0n2": {"path": "/sys/devices/pci0000:64/0000:64:02.0/0000:65:00.0/nvme/nvme0"},
        "nvme1n1": {"path": "/sys/devices/virtual/nvme-subsystem/nvme-subsys1"},
    }
    assert drives(rows, kernel=kernel) == {
        "nvme0n1": "nvme at 0000:65:00.0",
        "nvme0n2": "nvme at 0000:65:00.0",
        "nvme1n1": "nvme at nvme-subsys1",
    }
    assert set(drives(rows).values()) == {""}


def test_one_namespace_over_two_controllers_is_one_disk():
    row = namespace(0, 1, "S5EMNE0R600001")
    [disk] = machine([row, {**row, "name": "nvme1n1", "kname": "nvme1n1"}]).data_disks
    assert disk.members == ("nvme0n1", "nvme1n1") and disk.drive == "nvme S5EMNE0R600001"


def test_namespaces_of_one_controller_are_never_paths_of_one_disk():
    """Keep namespaces apart whatever their firmware reports: one EUI for all leaves no link that stays with one."""
    rows = [{**namespace(0, number, "S5EMNE0R600001"), "wwn": "eui.0025385b71b00001"} for number in (1, 2)]
    found = named(machine(rows, links={"nvme-eui.0025385b71b00001": "nvme0n2"}))
    assert {name: (disk.members, disk.by_id) for name, disk in found.items()} == {
        "nvme0n1": ((), ""),
        "nvme0n2": ((), ""),
    }
    assert {disk.drive for disk in found.values()} == {"nvme S5EMNE0R600001"}


def test_namespaces_of_a_storage_box_are_no_drive():
    rows = [namespace(0, number, "81IFPVMjpgMPAAAAAAAB", "NetApp ONTAP Controller") for number in (1, 2)]
    kernel = {row["name"]: {"path": "/sys/devices/virtual/nvme-fabrics/ctl/nvme0"} for row in rows}
    assert drives(rows, kernel=kernel) == {"nvme0n1": "", "nvme0n2": ""}


@pytest.mark.parametrize(
    "model",
    [
        "VMware Virtual NVMe Disk",
        "nvme_card-pd",
        "MSFT NVMe Accelerator v1.0",
        "ORCL-VBOX-NVME-VER12",
        "Dell BOSS-N1",
    ],
)
def test_disks_of_a_hypervisor_and_volumes_on_nvme_are_no_drive(model):
    rows = [namespace(0, number, "VMWare NVME_0000", model) for number in (1, 2)]
    assert drives(rows) == {"nvme0n1": "", "nvme0n2": ""}


def units(count: int = 2, **more: object) -> list[dict[str, object]]:
    """Make logical units of one SAS target."""
    return [
        disk_row(
            f"sd{chr(98 + number)}",
            **{
                "size": 7 * TB,
                "serial": "ZKL0ABCD",
                "model": "ST14000NM0001",
                "vendor": "SEAGATE",
                "tran": "sas",
                "wwn": f"0x6000c500d8fe2b6b000{number}000000000000",
                "rota": True,
                "hctl": f"0:0:5:{number}",
                **more,
            },
        )
        for number in range(count)
    ]


def test_two_units_of_a_sas_drive_are_one_drive():
    assert drives(units()) == {"sdb": "sas ZKL0ABCD", "sdc": "sas ZKL0ABCD"}
    # Each over two paths: sdd and sde are sdb and sdc once more.
    again = [{**row, "name": name, "kname": name} for row, name in zip(units(), ("sdd", "sde"), strict=True)]
    assert drives([*units(), *again]) == {"sdb": "sas ZKL0ABCD", "sdc": "sas ZKL0ABCD"}


def test_units_whose_serial_number_is_their_wwn_are_known_by_target_and_wwn():
    """Identify units by target and WWN without sg3-utils, for both ways in which drives name their units."""
    for wwns in (
        ("0x6000c500d8fe2b6b0000000000000000", "0x6000c500d8fe2b6b0001000000000000"),
        ("0x5000c500a1b2c3d3", "0x5000c500a1b2c3d7"),
    ):
        rows = units()
        for row, wwn in zip(rows, wwns, strict=True):
            row["wwn"], row["serial"] = wwn, wwn[2:]
        assert drives(rows) == dict.fromkeys(("sdb", "sdc"), f"sas {wwns[0]}")
        apart = [{**row, "hctl": f"0:0:{number}:0"} for number, row in enumerate(rows)]
        assert len(set(drives(apart).values())) == (1 if wwns[0].startswith("0x6") else 2)
    other = [{**row, "wwn": f"0x5000c500{number}1b2c3d7", "serial": ""} for number, row in enumerate(units())]
    assert set(drives(other).values()) == {""}


def test_units_of_an_import_are_known_by_their_wwn():
    names = [f"0x6000c500d8fe2b6b000{number}000000000000" for number in (0, 1)]
    pieces = [Piece("", "sas", "sas", wwn[2:], "ST14000NM0001", 7 * TB, False, "", wwn) for wwn in names]
    assert drives_of(pieces) == ["sas 0x6000c500d8fe2b6b"] * 2


def test_units_of_which_lsblk_knows_half_a_wwn_are_no_paths_of_one_disk():
    found = machine(units(wwn="0x6000c500d8fe2b6b"))
    assert {disk.name: disk.drive for disk in found.data_disks} == dict.fromkeys(
        ("sdb", "sdc"), "sas ZKL0ABCD"
    )
    assert not any("paths of one disk" in sentence for sentence in found.warnings)


def test_behind_a_controller_that_passes_drives_through_the_target_tells():
    assert drives(units(tran=None)) == {"sdb": "sas ZKL0ABCD", "sdc": "sas ZKL0ABCD"}
    apart = units(tran=None)
    apart[1]["hctl"] = "0:0:6:0"
    assert drives(apart) == {"sdb": "", "sdc": ""}


@pytest.mark.parametrize(
    "more",
    [
        {"model": "LOGICAL VOLUME", "vendor": "HP"},
        {"model": "PERC H730P Mini", "vendor": "DELL"},
        {"model": "MR9361-8i", "vendor": "AVAGO"},
        {"model": "MD34xx", "vendor": "DELL"},
        {"model": "MSA 2060 SAS", "vendor": "HPE"},
        {"model": "Virtual disk", "vendor": "VMware", "tran": "spi"},
        {"model": "QEMU HARDDISK", "vendor": "QEMU"},
        {"serial": "00000000000000000000", "wwn": None},
        {"serial": "To be filled by O.E.M.", "wwn": None},
        {"tran": "sata", "vendor": "ATA"},
        {"tran": "usb"},
        {"tran": "fc"},
        {"tran": "iscsi"},
        {"tran": "virtio"},
    ],
    ids=str,
)
def test_what_shares_a_serial_number_without_being_a_drive(more):
    assert set(drives(units(**more)).values()) == {""}


def test_volumes_of_an_unknown_controller_are_not_taken_for_a_drive():
    """Take alike logical units for one drive only up to the highest number of actuators."""
    assert set(drives(units(4)).values()) == {"sas ZKL0ABCD"} and set(drives(units(5)).values()) == {""}
    pieces = [Piece("", "sas", "sas", "S1", "DISK", 10**12, False, "")]
    assert drives_of(pieces * 2) == ["sas S1"] * 2
    assert drives_of(pieces * 5) == [""] * 5
    assert drives_of([*pieces, Piece("", "sas", "sas", "S1", "DISK", 10**13, False, "")]) == ["", ""]


def test_facts_that_name_no_drive_are_judged_by_their_serial_numbers():
    """Judge facts without a drive by their serial numbers: those of an import, or of an older console."""
    one = Piece("", "nvme", "nvme", "S1", "KIOXIA", 10**12, False, "")
    far = Piece("", "nvme", "nvme", "S1", "KIOXIA", 10**12, False, "not in this machine (NVMe over fabrics)")
    told = Piece("nvme S2 nqn.x", "nvme", "nvme", "S2", "KIOXIA", 10**12, False, "")
    bare = Piece("", "nvme", "", "S1", "KIOXIA", 10**12, False, "")
    assert drives_of([one, bare, told, far]) == ["nvme S1", "nvme S1", "nvme S2 nqn.x", ""]
    filler = Piece("", "nvme", "nvme", "0123456789", "KIOXIA", 10**12, False, "")
    guess = Piece("", "sata", "sas", "S1", "Disk", 10**12, True, "")
    assert drives_of([filler, filler, guess, guess]) == [""] * 4

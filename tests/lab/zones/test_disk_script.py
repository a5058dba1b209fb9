"""Component disk under real tools: disks that contradict the approval, or are not empty, are never formatted."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from nodes.erasing.script import identity_functions
from operations import scripts
from operations.scripts import component_script
from tests.lab.nodes.erasing.test_identity import SERIALS, WWNS, contradictions, say
from tests.lab.nodes.erasing.two_disks import SIZE, TwoDisks, loops_can_be_made

ROLES = ("hyper-repl", "hyper-pair", "ks")
KINDS = ("loop devices", "files")


@pytest.fixture(params=KINDS)
def disks(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[TwoDisks]:
    """Provide disks: on loop devices where possible, always on files; formatting tools write to their arguments."""
    real = request.param == "loop devices" and loops_can_be_made()
    made = TwoDisks(tmp_path / "disks", real)
    for tool in ("zpool", "drbdadm", "mkfs.ext4"):
        made.tool_that_writes(tool)
    yield made
    made.close()


def script(role: str, *identities: str, **settings: str) -> str:
    """Return the component of a node of that role whose disks were approved as ``reference|WWN|serial|bytes``."""
    references = [line.partition("|")[0] for line in identities]
    values = {
        "role": role,
        "hostname": "r01n01",
        "mgmt_network_address": "127.0.0.9",
        "vpool_vdevs": " ".join(["mirror", *references] if len(references) > 1 else references),
        "drbd_disks": " ".join(references),
        "pitrix_disk": references[0],
        **settings,
    }
    lines = "".join(f'{key}="{value}"\n' for key, value in values.items())
    return component_script(
        "disk", lines, functions=identity_functions(), disk_identities="\n".join(identities)
    )


@pytest.mark.skipif(
    not shutil.which("shellcheck"), reason="shellcheck is not here: apt-get install shellcheck"
)
def test_shellcheck_finds_nothing() -> None:
    names = (
        "role",
        "hostname",
        "mgmt_network_address",
        "vpool_vdevs",
        "drbd_disks",
        "pitrix_disk",
        "pair_address",
    )
    given = "set -eu\ndisk_identities=''\n" + "".join(f"{name}=''\n" for name in names)
    body = scripts._FILES["disk"].read_text()
    done = subprocess.run(
        ["shellcheck", "-s", "sh", "-"],
        input=f"{given}{identity_functions()}{body}",
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("disks", "number", "case"),
    [(KINDS[number % 2], number, case) for number, case in enumerate(contradictions())],
    indirect=["disks"],
)
def test_twenty_contradictions_are_refused(disks: TwoDisks, number: int, case: tuple[str, ...]) -> None:
    """Refuse contradictions: where the reference, a link, leads to the other disk, that disk speaks for itself.

    Each on one kind of disk: tests/lab/nodes/erasing/test_identity.py has all of them on both, with the same functions.
    """
    known = say(disks, case)
    before = disks.hashes()
    reference = known.by_id if case[0] else disks.path(0)
    done = disks.run(script(ROLES[number % 3], f"{reference}|{known.wwn}|{known.serial}|{SIZE}"))
    assert done.returncode == 4, done.stdout + done.stderr
    assert "is another one than approved" in done.stderr
    assert disks.hashes() == before and "create" not in disks.ran() and "mkfs" not in disks.ran()


def approved(disks: TwoDisks, number: int) -> str:
    """Make a disk that udev and the kernel describe as approved."""
    disks.udev(number, WWN=WWNS[number], SERIAL=SERIALS[number])
    disks.kernel(number, wwid=f"naa.{WWNS[number][2:]}")
    return f"{disks.link(f'ata-M_{number}', number)}|{WWNS[number]}|{SERIALS[number]}|{SIZE}"


@pytest.mark.parametrize("shell", ["dash", "bash", "busybox sh"])
def test_what_agrees_is_formatted_once(disks: TwoDisks, shell: str) -> None:
    lines = [approved(disks, number) for number in (0, 1)]
    before = disks.hashes()
    done = disks.run(script("hyper-repl", *lines), shell)
    assert done.returncode == 0, done.stderr
    links = [line.partition("|")[0] for line in lines]
    assert f"zpool create vpool mirror {links[0]} {links[1]}" in disks.ran()
    assert all(old != new for old, new in zip(before, disks.hashes(), strict=True))


def test_a_reference_by_serial_is_looked_for_and_found(disks: TwoDisks) -> None:
    disks.udev(0, SERIAL="S1")
    disks.udev(1, SERIAL="S2")
    done = disks.run(script("hyper-repl", f"serial:S2||S2|{SIZE}"))
    assert done.returncode == 0, done.stderr
    assert disks.ran().splitlines()[1].endswith(f"/{disks.names[1]}"), disks.ran()


def test_a_disk_that_nothing_identifies_is_refused(disks: TwoDisks) -> None:
    before = disks.hashes()
    done = disks.run(script("hyper-repl", f"{disks.path(0)}|||{SIZE}"))
    assert done.returncode == 4 and "cannot be recognised" in done.stderr and disks.hashes() == before


def test_a_layout_over_a_disk_that_was_not_approved_is_refused(disks: TwoDisks) -> None:
    lines = [approved(disks, number) for number in (0, 1)]
    before = disks.hashes()
    done = disks.run(script("hyper-repl", lines[0], vpool_vdevs=lines[1].partition("|")[0]))
    assert done.returncode == 4 and "is none of those that were approved" in done.stderr
    assert disks.hashes() == before


@pytest.mark.parametrize("role", ROLES)
def test_what_is_not_empty_is_formatted_by_no_role(disks: TwoDisks, role: str) -> None:
    """Refuse a disk that drbdadm create-md --force would overwrite silently, or zpool take with an empty table."""
    lines = [approved(disks, number) for number in (0, 1)]
    image = disks.folder / ("images/1" if disks.real else f"dev/{disks.names[1]}")
    target = f"/dev/{disks.names[1]}" if disks.real else str(image)
    subprocess.run(
        ["mkswap", "-U", "0e3d1ce0-7a2f-4f2e-8e0b-3a3f7a6f2a11", target], check=True, capture_output=True
    )
    before = disks.hashes()
    done = disks.run(script(role, *(lines if role != "ks" else lines[1:])))
    assert done.returncode == 4 and "still has something on it" in done.stderr and "swap" in done.stderr
    assert disks.hashes() == before


def test_between_check_and_format_another_disk_takes_the_name(disks: TwoDisks) -> None:
    text = script("hyper-pair", approved(disks, 0))
    assert "    hold $devices\n" in text
    wwid = f"/sys/class/block/{disks.names[0]}/device/wwid"
    swapped = text.replace("    hold $devices\n", f"    echo naa.{WWNS[1][2:]} >{wwid}\n    hold $devices\n")
    before = disks.hashes()
    done = disks.run(swapped)
    assert done.returncode == 4 and "(kernel), known was" in done.stderr, done.stderr
    assert disks.hashes() == before and "create-md" not in disks.ran()


def test_a_pair_that_was_interrupted_goes_on_with_its_own_meta_data(disks: TwoDisks) -> None:
    text = script("hyper-pair", approved(disks, 0))
    assert disks.run(text).returncode == 0 and disks.ran().count("create-md") == 1
    assert disks.run(text).returncode == 0 and disks.ran().count("create-md") == 1, "it is made once"
    (disks.folder / "state/disk/drbd-done").unlink()
    assert disks.run(text).returncode == 0 and disks.ran().count("create-md") == 2


_DRBDADM = """#!/bin/sh
echo "drbdadm $*" >>"$DISKS/ran"
case $1 in
create-md) : >"$DISKS/meta-data" ;;
up) [ -e "$DISKS/meta-data" ] || { echo "SAID" >&2; exit 10; } ;;
esac
"""


@pytest.mark.parametrize(
    "said",
    [
        "0: Failure: (119) No valid meta-data signature found.",
        "No valid meta data found",
        "no valid meta-data signature found",
    ],
)
def test_a_pair_whose_disks_were_erased_since_is_made_anew(disks: TwoDisks, said: str) -> None:
    """Make a pair anew where its disks were erased since: what an earlier installation recorded is void then."""
    disks.tool("drbdadm", _DRBDADM.replace("SAID", said))
    text = script("hyper-pair", approved(disks, 0))
    for _ in range(2):
        assert disks.run(text).returncode == 0 and disks.ran().count("create-md") == 1
    (disks.folder / "meta-data").unlink()
    done = disks.run(text)
    assert done.returncode == 0, done.stderr
    assert disks.ran().count("create-md") == 2


def test_meta_data_that_one_disk_of_an_erased_pair_still_has_is_data(disks: TwoDisks) -> None:
    disks.tool("drbdadm", _DRBDADM.replace("SAID", "No valid meta data found"))
    text = script("hyper-pair", *(approved(disks, number) for number in (0, 1)))
    assert disks.run(text).returncode == 0
    (disks.folder / "meta-data").unlink()
    path = disks.path(1)
    disks.tool("wipefs", f'#!/bin/sh\ncase "$*" in *-p*{path}) echo "0x1000,,,drbd" ;; esac\n')
    for _ in range(2):
        done = disks.run(text)
        assert done.returncode == 4 and "still has something on it (0x1000,,,drbd)" in done.stderr
    assert disks.ran().count("create-md") == 1


def test_a_pair_that_does_not_come_up_for_another_reason_is_left_alone(disks: TwoDisks) -> None:
    disks.tool("drbdadm", _DRBDADM.replace("SAID", "0: Failure: (104) Can not open backing device."))
    text = script("hyper-pair", approved(disks, 0))
    assert disks.run(text).returncode == 0
    (disks.folder / "meta-data").unlink()
    disks.run(text)
    assert disks.ran().count("create-md") == 1 and (disks.folder / "state/disk/drbd-done").exists()

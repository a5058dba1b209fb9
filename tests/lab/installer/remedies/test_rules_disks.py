"""Remedies of the rules about disks (R17) and about what a plan erases (P70) are followed as printed."""

from __future__ import annotations

import re
from typing import Any

import pytest

from jobs.models import Job
from nodes.models import Disk, Node
from tests.factories import make_disk
from tests.lab.installer.remedies.files import Files, collects, ends, hypers
from tests.lab.installer.remedies.stage import A21, Stage, advised
from tests.lab.installer.remedies.test_texts import edit, node_file
from zones.models import Plan

pytestmark = pytest.mark.django_db

ERASE = "erase:\n  172.16.80.21: [sdb]\n"


def disk(name: str = "sdb", **fields: Any) -> None:
    """Set what was found of a disk of .21."""
    assert Disk.objects.filter(node__mgmt_address=A21, name=name).update(**fields)


def dirty(*signatures: str, name: str = "sdb") -> None:
    disk(name, signatures=list(signatures), dirty=bool(signatures))


@pytest.mark.remedy("P70")
def test_erasing_on_what_is_no_node_of_the_file(files: Files) -> None:
    dirty("gpt")
    files.scale("pek3a", hypers(21, 22), ERASE + "  172.16.80.23: [sdb]\n")
    assert files.refused("P70") == "remove it from erase"
    files.write("  172.16.80.23: [sdb]\n", "")
    files.passes()


@pytest.mark.remedy("P70")
@pytest.mark.parametrize("wrong", ["sda", "sdz"])
def test_erasing_what_is_not_formatted(files: Files, wrong: str) -> None:
    dirty("gpt")
    files.scale("pek3a", hypers(21, 22), ERASE.replace("sdb", wrong))
    [names] = re.findall(r"^disks that are formatted there: (.*)$", files.refused("P70"))
    files.write(f"[{wrong}]", f"[{names.split()[0]}]")
    files.passes()


@pytest.mark.remedy("P70")
def test_erasing_where_machines_run(files: Files) -> None:
    vbc = "{mgmt_ips: [172.16.80.21, 172.16.80.22], ipv4_vbc: 10.40.50.0/24, ipv4_vip: 172.16.80.241|172.16.80.21}"
    files.new(hypers(21, 22), f"vbc:\n  - {vbc}\n{ERASE}")
    command = ("adopt_zone", *files.command()[1:])
    [section] = re.findall(r"^remove (\w+)$", files.says("P70", "", files.run(*command), "error"))
    files.take_out(section)
    files.command()
    files.does(*command)


@pytest.mark.remedy("P70")
def test_a_role_that_no_longer_formats_what_is_erased(stage: Stage) -> None:
    stage.region.nodes(21, 22)
    dirty("gpt")
    stage.does("config_qingcloud", "-s", stage.scale(extra=ERASE))
    plan = Plan.objects.get(status="draft")
    file = plan.files.get(address=A21, path__startswith="settings/")
    text = file.content.replace('role="hyper-repl"', 'role="hyper-sanc"')
    stage.does(*edit(stage, str(plan.plan_id), file.path, text))
    command = "gen_node_list", "-z", "pek3c"
    assert stage.refused("P70", *command) == "configure again without it under erase"
    roles = {21: "hyper-sanc", 22: "hyper-repl"}
    stage.does("config_qingcloud", "-s", stage.scale(roles))
    stage.does(*command)


@pytest.mark.remedy("R17")
def test_a_role_put_back_for_its_disks(stage: Stage) -> None:
    plan, path, text = node_file(stage)
    stage.does(*edit(stage, plan, path, text.replace('role="hyper-repl"', 'role="hyper-pair"')))
    command = "gen_node_list", "-z", "pek3c"
    assert stage.refused("R17", *command).endswith(", or restore the role")
    stage.does(*edit(stage, plan, path, text))
    stage.does(*command)
    stage.approve(plan)


@pytest.mark.remedy("R17")
@pytest.mark.parametrize("way", ["erase", "erase_data_disks", "modify_node_attributes"])
def test_a_disk_that_is_not_empty(files: Files, way: str) -> None:
    dirty("gpt", "ext4")
    files.scale("pek3a", hypers(21, 22))
    remedy = files.refused("R17", "not empty")
    if way == "erase":
        [section] = re.findall(r"(erase: \{.*?\}) to the settings file", remedy)
        files.scale("pek3a", hypers(21, 22), f"{section}\n")
    elif way == "erase_data_disks":
        files.does(*advised(remedy, way), "--yes")
        ends(Job.objects.get(action="erase_data_disks"), "succeed")
        dirty()
    else:
        files.does(*advised(remedy, way))
    files.passes()


@pytest.mark.remedy("R17")
def test_a_host_managed_drive(files: Files) -> None:
    disk(zoned="host-managed")
    files.scale("pek3a", hypers(21, 22))
    remedy = files.refused("R17", "host-managed zones (SMR")
    assert remedy.startswith("set it to status 0 with modify_node_attributes")
    files.does("modify_node_attributes", "-i", A21, "-d", "sdb", "-s", "0")
    files.passes()


@pytest.mark.remedy("R17")
def test_a_drive_that_is_slow(files: Files) -> None:
    disk(zoned="host-aware")
    files.scale("pek3a", hypers(21, 22))
    assert files.warned("R17") == "use another drive if performance matters"
    disk(zoned="", serial="S-other")
    files.passes(without="R17")


@pytest.mark.remedy("R17")
def test_disks_that_cannot_be_told_apart(files: Files) -> None:
    for name in ("sdb", "sdc"):
        disk(name, serial="SAME")
    files.scale("pek3a", hypers(21, 22))
    assert files.refused("R17", "cannot be distinguished").endswith("then collect the node again")
    for name in ("sdb", "sdc"):
        disk(name, by_id=f"scsi-{name}")
    collects(files, A21)
    files.passes()


@pytest.mark.remedy("R17")
@pytest.mark.parametrize("way", ["serial", "status"])
def test_a_disk_without_any_identity(files: Files, way: str) -> None:
    disk(serial="", wwn="", by_id="", identity="name:sdb")
    files.scale("pek3a", hypers(21, 22))
    remedy = files.refused("R17", "cannot be distinguished from other disks")
    assert "assign a serial" in remedy and "set it to status 0" in remedy
    if way == "serial":
        disk(serial="V1", identity="serial:V1")
        collects(files, A21)
    else:
        files.does("modify_node_attributes", "-i", A21, "-d", "sdb", "-s", "0")
    files.passes()


@pytest.mark.remedy("R17")
def test_no_disk_under_the_root(files: Files) -> None:
    disk("sda", is_os=False, observed_status=0)
    files.scale("pek3a", hypers(21, 22))
    assert "collect it again" in files.refused("R17", "root file system")
    disk("sda", is_os=True, observed_status=1)
    collects(files, A21)
    files.passes()


def pieces_of_one_drive(*names: str) -> None:
    """Make namespaces of one NVMe drive."""
    for name in names:
        disk(name, drive="nvme S0")


@pytest.mark.remedy("R17")
@pytest.mark.parametrize("way", ["other drives", "status 0"])
def test_pieces_of_one_drive_in_a_mirror(files: Files, way: str) -> None:
    make_disk(Node.objects.get(mgmt_address=A21), "sdd", order=3)
    pieces_of_one_drive("sdb", "sdc")
    files.scale("pek3a", hypers(21, 22))
    remedy = files.refused("R17", "namespaces of one drive")
    assert (
        "set disks to status 0 with modify_node_attributes until every drive contributes the same number"
        in remedy
    )
    if way == "status 0":
        files.does("modify_node_attributes", "-i", A21, "-d", "sdc", "-s", "0")
    else:
        disk("sdc", drive="nvme S1")
    files.passes()


@pytest.mark.remedy("R17")
def test_one_drive_for_all(files: Files) -> None:
    pieces_of_one_drive("sdb", "sdc")
    files.scale("pek3a", hypers(21, 22))
    assert files.warned("R17") == "add more drives if the pool must survive one"
    disk("sdc", drive="nvme S1")
    files.passes(without="R17")

"""Remedies about corrections of disks are followed as printed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from installer.cli.shell_user import shell_actor
from nodes.models import CORRECTABLE, Disk, DiskCorrection, Node
from nodes.services.modify import modify_disks
from tests.db.installer.test_admin_pages import signed_in
from tests.lab.installer.remedies.faces import refused_by
from tests.lab.installer.remedies.stage import A11, Stage

pytestmark = pytest.mark.django_db(transaction=True)
A12 = "172.16.80.12"


def modify(**change: Any) -> Callable[[], object]:
    """Call the verb on sdb of a node with values that its faces do not let through."""
    return lambda: modify_disks(addresses=[A11], disk="sdb", actor=shell_actor(), **change)


def words(*more: str, disk: str = "sdb") -> tuple[str, ...]:
    return ("modify_node_attributes", "-i", A11, "-d", disk, *more)


@pytest.mark.remedy("N11")
def test_a_type_that_no_disk_has(stage: Stage) -> None:
    types = refused_by("N11", modify(type="tape")).removeprefix("use ").split(", ")
    assert len(types) > 1
    for name in types:
        stage.does(*words("-t", name))
        modify(type=name)()


@pytest.mark.remedy("N12")
def test_a_use_that_is_none(stage: Stage) -> None:
    assert refused_by("N12", modify(status=2)) == "use 1 (usable) or 0 (not usable)"
    for value in (1, 0):
        stage.does(*words("-s", str(value)))
        modify(status=value)()
        assert Disk.objects.get(node__mgmt_address=A11, name="sdb").effective("status") == value


@pytest.mark.remedy("N13")
def test_a_size_that_no_disk_has(stage: Stage, client: Client) -> None:
    signed_in(client, "operator")
    disk = Disk.objects.get(node__mgmt_address=A11, name="sdb")
    place = reverse("admin:nodes_node_disk", args=[disk.node.node_id])
    body = {"disk": "sdb", "known_by": disk.known_by, "status": "", "type": ""}
    page = client.post(place, {**body, "size_gb": "9999999999"}, follow=True).content.decode()
    assert "N13" in page and "enter the size in GB (10^9 bytes), such as 3200" in page
    client.post(place, {**body, "size_gb": "3200"})
    assert DiskCorrection.objects.get().value == 3200 * 10**9
    stage.does(*words("-S", "3200", disk="sdc"))
    assert {row.value for row in DiskCorrection.objects.all()} == {3200 * 10**9}


@pytest.mark.remedy("N14")
def test_clearing_what_is_never_corrected(stage: Stage) -> None:
    fields = refused_by("N14", modify(clear=["serial"])).removeprefix("clear ").split(", ")
    assert fields == list(CORRECTABLE)
    modify(clear=fields)()
    stage.does(*words("--clear", *fields))


@pytest.mark.remedy("N15")
def test_a_field_that_is_both_set_and_cleared(stage: Stage) -> None:
    command = words("-s", "0", "--clear", "status")
    assert stage.refused("N15", *command) == "either set or clear it"
    stage.does(*words("-s", "0"))
    stage.does(*words("--clear", "status"))


@pytest.mark.remedy("N17")
def test_a_disk_was_seen_on_a_node_that_is_not_named(stage: Stage) -> None:
    known = {address: seen_at(stage, address) for address in (A11, A12)}
    both = [f"{address}={disk}" for address, disk in known.items()]
    command = words("-s", "0", "--seen", *both)
    assert stage.refused("N17", *command) == "add it to the nodes, or omit it here"
    stage.does(*words("-s", "0", "--seen", *both, "-i", A12))
    stage.does(*words("-s", "1", "--seen", both[0]))


def seen_at(stage: Stage, address: str) -> str:
    """Return what identifies the disk sdb of the node, as shown."""
    [node] = stage.does("describe_nodes", "-i", address).json["node_set"]
    [disk] = [disk for disk in node["data_disks"] if disk["name"] == "sdb"]
    return str(disk["known_by"])


@pytest.mark.remedy("N18")
def test_another_disk_has_that_name_by_now(stage: Stage) -> None:
    before = seen_at(stage, A11)
    Disk.objects.filter(node__mgmt_address=A11, name="sdb").update(identity="serial:S-another")
    remedy = stage.refused("N18", *words("-s", "0", "--seen", f"{A11}={before}"))
    [node] = stage.follow(remedy, "describe_nodes").json["node_set"]
    [now] = [disk["known_by"] for disk in node["data_disks"] if disk["name"] == "sdb"]
    stage.does(*words("-s", "0", "--seen", f"{A11}={now}"))


@pytest.mark.remedy("N75")
def test_a_disk_that_is_not_seen_any_more(stage: Stage) -> None:
    stage.does(*words("-s", "0"))
    Disk.objects.filter(node__mgmt_address=A11, name="sdb").update(present=False, identity="gone-sdb")
    remedy = stage.refused("N75", *words("-t", "sata", disk="gone-sdb"))
    assert remedy == "its corrections can only be cleared; to correct a disk that is present, use its name"
    stage.does(*words("--clear", "status", disk="gone-sdb"))
    assert not DiskCorrection.objects.exists()
    stage.does(*words("-t", "sata", disk="sdc"))
    assert Node.objects.get(mgmt_address=A11).disks.get(name="sdc").effective("type") == "sata"

"""A person's correction of a disk is never lost or silently ignored: it follows its disk, or waits for a decision."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from common.actor import Actor
from common.errors import Refused
from nodes.describe import nodes_json, prefetched
from nodes.facts import DiskFacts, Product
from nodes.models import Disk, Node
from nodes.save_facts import save_facts
from nodes.services.export_nodes import export_nodes
from nodes.services.import_nodes import import_nodes
from nodes.services.modify import modify_disks
from tests.db.nodes.test_save_facts import FACTS, SDC

pytestmark = pytest.mark.django_db

ADDRESS = "10.0.0.1"
EUI = "eui.3634463052900123002538410000000"
UUID = "uuid.36344630-5290-0123-0025-38410000000"
LINK = "/dev/disk/by-id/nvme-SAMSUNG_PM9A3_S4NX10"
NVME = DiskFacts(
    *("nvme0n1", "nvme", 3_840_000_000_000, LINK, "eui.0025385a91b01234", "S4NX10", "SAMSUNG PM9A3")
)
NS1, NS2 = (replace(NVME, name=f"nvme0n{number}", wwn=f"{EUI}{number}") for number in (1, 2))
VDB = DiskFacts("vdb", "sata", 10**11, transport="virtio")


@pytest.fixture
def node() -> Node:
    return Node.objects.create(mgmt_address=ADDRESS)


def collect(*disks: DiskFacts, **changes: Any) -> dict[str, Any]:
    """Return the node as shown after a collection that found these data disks, and what changed."""
    node = Node.objects.get(mgmt_address=ADDRESS)
    changed = save_facts(node, replace(FACTS, data_disks=disks, **changes), by="ann")
    return {**shown(), "changed": changed}


def shown() -> dict[str, Any]:
    return nodes_json(prefetched().filter(mgmt_address=ADDRESS))[0]


def keep(disk: str, actor: Actor) -> None:
    modify_disks(addresses=[ADDRESS], disk=disk, actor=actor, status=0, reason="keep this disk")


def statuses(found: dict[str, Any]) -> dict[str, int]:
    return {disk["name"]: disk["status"] for disk in found["data_disks"]}


@pytest.mark.parametrize(
    "now",
    [
        replace(NVME, wwn="uuid.36344630-5290-0123-0025-384100000001"),
        replace(NVME, wwn="nvme.144d-53344e583130-53414d53554e47-00000001", name="nvme3n1"),
        replace(NVME, wwn="0x0025385a91b01234", serial="  s4nx10 "),
        replace(NVME, wwn="", serial="S4NX_10", model="SAMSUNG_PM9A3"),
        replace(NVME, wwn="eui.36344630529001230025384100000001", by_id="/dev/disk/by-id/nvme-uuid.363446"),
    ],
)
def test_keep_this_disk_stays_with_the_disk_in_other_words(node: Node, actor: Actor, now: DiskFacts) -> None:
    collect(NVME, SDC)
    keep("nvme0n1", actor)
    for disk in (now, NVME, now):
        found = collect(SDC, disk)
        assert statuses(found) == {"sdc": 1, disk.name: 0}
        assert found["absent_disks"] == [] and found["warnings"] == []


def test_what_cannot_be_placed_is_asked_and_nothing_that_may_be_it_is_proposed(
    node: Node, actor: Actor
) -> None:
    """Ask a person about two namespaces that firmware renamed: which is which is unknown."""
    collect(NS1, NS2)
    keep("nvme0n1", actor)
    now = [
        replace(NS1, wwn="uuid.aa344630-5290-0123-0025-384100000001"),
        replace(NS2, wwn="uuid.bb344630-5290-0123-0025-384100000002"),
    ]
    found = collect(*now)
    assert statuses(found) == {"nvme0n1": 0, "nvme0n2": 0}
    assert all("keep this disk" in disk["status_reason"] for disk in found["data_disks"])
    (lost,) = found["absent_disks"]
    assert lost["may_be"] == ["nvme0n1", "nvme0n2"] and lost["fields"]["status"]["override"] == 0
    (warning,) = found["warnings"]
    assert "nvme0n1, nvme0n2" in warning and "keep this disk" in warning and lost["identity"] in warning
    assert any("it is kept until its disk" in str(change["after"]) for change in found["changed"])
    # It stays so until a person decides; what they enter for one of them counts.
    assert statuses(collect(*now)) == {"nvme0n1": 0, "nvme0n2": 0}
    modify_disks(addresses=[ADDRESS], disk="nvme0n2", actor=actor, status=1, reason="looked at it")
    assert statuses(collect(*now)) == {"nvme0n1": 0, "nvme0n2": 1}
    keep("nvme0n1", actor)
    modify_disks(addresses=[ADDRESS], disk=lost["identity"], actor=actor, clear=["status"])
    assert shown()["warnings"] == [] and shown()["absent_disks"] == []
    found = collect(*now)
    assert statuses(found) == {"nvme0n1": 0, "nvme0n2": 1} and found["warnings"] == []
    assert not any(field["conflict"] for disk in found["data_disks"] for field in disk["fields"].values())


def test_dropping_what_waits_proposes_again_what_was_held_for_it_alone(node: Node, actor: Actor) -> None:
    collect(NS1, NS2)
    keep("nvme0n1", actor)
    collect(replace(NS1, wwn=f"{UUID}1"), replace(NS2, wwn=f"{UUID}2"))  # the same digits: placed
    assert statuses(shown()) == {"nvme0n1": 0, "nvme0n2": 1}
    collect(
        replace(NS1, wwn=f"{EUI}7"), replace(NS2, wwn=f"{EUI}8")
    )  # one form, other names: other namespaces
    assert statuses(shown()) == {"nvme0n1": 0, "nvme0n2": 0}
    identity = shown()["absent_disks"][0]["identity"]
    with pytest.raises(Refused, match="N75"):
        modify_disks(addresses=[ADDRESS], disk=identity, actor=actor, status=1)
    modify_disks(addresses=[ADDRESS], disk=identity, actor=actor, clear=["status"])
    assert statuses(shown()) == {"nvme0n1": 1, "nvme0n2": 1}
    assert [disk["status_reason"] for disk in shown()["data_disks"]] == ["", ""] and shown()["warnings"] == []


def test_a_disk_that_comes_back_has_its_correction_and_nothing_waits(node: Node, actor: Actor) -> None:
    collect(NS1, NS2)
    keep("nvme0n1", actor)
    collect(
        *(replace(disk, wwn=f"uuid.{digit * 32}") for digit, disk in (("a", NS1), ("b", NS2)))
    )  # not placed
    found = collect(replace(NS2, name="nvme0n1"), replace(NS1, name="nvme0n2"))
    assert statuses(found) == {"nvme0n1": 1, "nvme0n2": 0}
    assert found["absent_disks"] == [] and found["warnings"] == []


def test_a_disk_without_identity_that_has_another_size_is_another_disk(node: Node, actor: Actor) -> None:
    collect(VDB)
    modify_disks(addresses=[ADDRESS], disk="vdb", actor=actor, type="ssd", reason="on flash")
    found = collect(replace(VDB, size_bytes=2 * 10**11))
    assert found["data_disks"][0]["type"] == "sata" and found["data_disks"][0]["fields"] == {}
    assert found["absent_disks"][0]["fields"]["type"]["override"] == "ssd"
    told = {change["what"] for change in found["changed"]}
    assert "disk vdb" in told and any(what.startswith("correction of type of vdb") for what in told)
    assert collect(VDB)["data_disks"][0]["type"] == "ssd"


def test_a_kept_disk_without_identity_is_asked_for_when_its_size_is_another_one(
    node: Node, actor: Actor
) -> None:
    collect(VDB)
    keep("vdb", actor)
    found = collect(replace(VDB, size_bytes=2 * 10**11))
    assert statuses(found) == {"vdb": 0} and found["data_disks"][0]["fields"] == {}
    assert "vdb (100 GB)" in found["data_disks"][0]["status_reason"]


def test_a_replaced_disk_is_proposed_and_what_was_said_of_the_old_one_is_told(
    node: Node, actor: Actor
) -> None:
    collect(NVME, SDC)
    keep("nvme0n1", actor)
    found = collect(replace(NVME, serial="NEW1", wwn="eui.0025385a91b0ffff"), SDC)
    assert statuses(found) == {"nvme0n1": 1, "sdc": 1}
    assert "S4NX10" in found["warnings"][0] and "keep this disk" in found["warnings"][0]


def test_on_another_machine_a_name_says_nothing(node: Node, actor: Actor) -> None:
    collect(VDB)
    keep("vdb", actor)
    found = collect(VDB, product=Product("Example", "R1", "ANOTHER"))
    assert found["data_disks"][0]["fields"] == {} and statuses(found) == {"vdb": 0}
    assert found["absent_disks"][0]["may_be"] == ["vdb"]


def test_disks_of_one_kind_whose_serial_numbers_cannot_be_read_are_not_guessed(
    node: Node, actor: Actor
) -> None:
    one, other = (
        DiskFacts(name, "sata", 4 * 10**12, serial=serial, model="ST4000")
        for name, serial in (("sdd", "Z1"), ("sde", "Z2"))
    )
    collect(one, other)
    keep("sdd", actor)
    found = collect(replace(one, serial=""), replace(other, serial=""))
    assert statuses(found) == {"sdd": 0, "sde": 0}
    assert all(disk["fields"] == {} for disk in found["data_disks"])
    assert statuses(collect(one, other)) == {"sdd": 0, "sde": 1}


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_what_waits_is_exported_and_imported(node: Node, actor: Actor, kind: str) -> None:
    collect(NS1, NS2)
    keep("nvme0n1", actor)
    collect(replace(NS1, wwn=f"uuid.{'a' * 32}"), replace(NS2, wwn=f"uuid.{'b' * 32}"))
    data = "".join(export_nodes(nodes=prefetched(), format=kind)).encode()
    before = shown()
    Node.objects.all().delete()
    import_nodes(data=data, actor=actor, file=f"nodes.{kind}")
    found = shown()
    assert statuses(found) == {"nvme0n1": 0, "nvme0n2": 0} and len(found["warnings"]) == 1
    assert found["absent_disks"][0]["may_be"] == before["absent_disks"][0]["may_be"]
    assert found["absent_disks"][0]["fields"]["status"]["reason"] == "keep this disk"
    assert [item.what for item in import_nodes(data=data, actor=actor, file=f"nodes.{kind}")] == ["same"]
    assert Disk.objects.filter(present=False).count() == 1


def test_an_import_in_other_words_keeps_the_correction(node: Node, actor: Actor) -> None:
    collect(NVME)
    keep("nvme0n1", actor)
    document = json.loads("".join(export_nodes(nodes=prefetched())))
    (disk,) = document["node_set"][0]["data_disks"]
    disk.update(wwn="uuid.36344630-5290-0123-0025-384100000001", fields={}, status=1)
    import_nodes(data=json.dumps(document).encode(), actor=actor)
    assert statuses(shown()) == {"nvme0n1": 0} and shown()["data_disks"][0]["wwn"].startswith("uuid.")

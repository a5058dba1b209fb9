"""Facts into rows: corrections survive, disks keep their identity, differences are reported."""

from __future__ import annotations

from dataclasses import replace

import pytest

from common.actor import Actor
from nodes.describe import nodes_json, prefetched
from nodes.facts import Cpu, DiskFacts, NicFacts, NodeFacts, OperatingSystem, OsDiskFacts, Product
from nodes.models import Collection, Disk, Node
from nodes.save_facts import KEEP_COLLECTIONS, forget_old, save_facts
from nodes.services.modify import modify_disks

pytestmark = pytest.mark.django_db

SDA = DiskFacts("sda", "ssd", 480_000_000_000, serial="OS1", wwn="0x1")
SDB = DiskFacts("sdb", "sata", 3_200_000_000_000, serial="B1", wwn="0x2", rotational=True)
SDC = DiskFacts("sdc", "ssd", 3_200_000_000_000, serial="C1", wwn="0x3", rotational=False)
FACTS = NodeFacts(
    hostname="z1r01n01",
    product=Product("Example", "R1", "SN1"),
    cpu=Cpu("x86_64", "Example CPU", 2, 32, 64),
    memory_bytes=256 << 30,
    os=OperatingSystem("ubuntu", "22.04", "5.15.0"),
    os_disk=OsDiskFacts(SDA, "sda2", 100_000_000_000, "sda3", 8_000_000_000),
    data_disks=(SDB, SDC),
    networks=(NicFacts("bond0", "02:00:00:00:00:01", "bond", "10.0.0.1", 24, slaves=("eth0", "eth1")),),
    default_gateway="10.0.0.254",
    default_interface="bond0",
    mgmt_interface="bond0",
)


@pytest.fixture
def node() -> Node:
    node = Node.objects.create(mgmt_address="10.0.0.1")
    save_facts(node, FACTS, by="ann")
    return node


def shown(node: Node) -> dict[str, object]:
    return nodes_json(prefetched().filter(pk=node.pk))[0]


def disk(node: Node, name: str) -> dict[str, object]:
    return next(item for item in shown(node)["data_disks"] if item["name"] == name)  # type: ignore[attr-defined]


def test_the_node_shape(node: Node) -> None:
    found = shown(node)
    assert found["os_disk"]["root_part"] == "sda2"  # type: ignore[index]
    assert found["mgmt_network"] == {
        "name": "bond0",
        "address": "10.0.0.1",
        "prefix": 24,
        "gateway": "10.0.0.254",
    }
    assert [item["name"] for item in found["data_disks"]] == ["sdb", "sdc"]  # type: ignore[attr-defined]


def test_a_correction_survives_collection_and_another_disk_order(node: Node, actor: Actor) -> None:
    modify_disks(addresses=["10.0.0.1"], disk="sdb", actor=actor, type="ssd", reason="behind RAID")
    swapped = replace(FACTS, data_disks=(replace(SDC, name="sdb"), replace(SDB, name="sdc")))
    changes = save_facts(node, swapped, by="ann")
    assert disk(node, "sdc")["type"] == "ssd" and disk(node, "sdc")["serial"] == "B1"
    fields = disk(node, "sdc")["fields"]["type"]  # type: ignore[index]
    assert (fields["observed"], fields["override"], fields["conflict"]) == ("sata", "ssd", False)
    assert disk(node, "sdb")["fields"] == {}
    assert {item["what"] for item in changes} == {"disk B1", "disk C1"}


def test_a_changed_observation_is_a_conflict_until_confirmed(node: Node, actor: Actor) -> None:
    modify_disks(addresses=["10.0.0.1"], disk="sdb", actor=actor, size_bytes=1_600_000_000_000)
    bigger = replace(FACTS, data_disks=(replace(SDB, size_bytes=6_400_000_000_000), SDC))
    save_facts(node, bigger, by="ann")
    assert disk(node, "sdb")["size_bytes"] == 1_600_000_000_000
    assert disk(node, "sdb")["fields"]["size_bytes"]["conflict"] is True  # type: ignore[index]
    modify_disks(addresses=["10.0.0.1"], disk="sdb", actor=actor, size_bytes=1_600_000_000_000)
    assert disk(node, "sdb")["fields"]["size_bytes"]["conflict"] is False  # type: ignore[index]
    modify_disks(addresses=["10.0.0.1"], disk="sdb", actor=actor, clear=["size_bytes"])
    assert disk(node, "sdb")["size_bytes"] == 6_400_000_000_000


def test_a_replaced_disk_is_a_new_disk_even_under_the_old_name(node: Node, actor: Actor) -> None:
    modify_disks(addresses=["10.0.0.1"], disk="sdb", actor=actor, type="ssd")
    other = replace(SDB, serial="NEW", wwn="0x9")
    save_facts(node, replace(FACTS, data_disks=(other, SDC)), by="ann")
    assert disk(node, "sdb")["serial"] == "NEW" and disk(node, "sdb")["fields"] == {}
    gone = Disk.objects.get(node=node, serial="B1")
    assert not gone.present and gone.corrections.count() == 1  # nothing a person said is lost
    save_facts(node, FACTS, by="ann")
    assert disk(node, "sdb")["type"] == "ssd"


def test_a_drive_with_a_long_name_of_its_own_is_recognised_again(node: Node, actor: Actor) -> None:
    """Recognise NVMe drives without EUI and NGUID by vendor, serial and model in hexadecimal, and namespace."""
    model, serial = "Dell Express Flash NVMe P4610 1.6TB SFF", "PHLN842500GB1P6AGN"
    wwn = f"nvme.8086-{serial.encode().hex()}-{model.encode().hex()}-0000000"
    drives = tuple(
        DiskFacts(f"nvme0n{number}", "nvme", 10**12, serial=serial, model=model, wwn=f"{wwn}{number}")
        for number in (1, 2)
    )
    assert len(drives[0].wwn) > 128
    facts = replace(FACTS, data_disks=drives)
    save_facts(node, facts, by="ann")
    modify_disks(addresses=["10.0.0.1"], disk="nvme0n2", actor=actor, status=0)
    assert save_facts(Node.objects.get(pk=node.pk), facts, by="ann") == []
    assert disk(node, "nvme0n2")["status"] == 0 and disk(node, "nvme0n2")["wwn"] == drives[1].wwn
    assert {row.identity for row in Disk.objects.filter(name__startswith="nvme")} == {
        f"wwn:{drive.wwn}" for drive in drives
    }


def test_what_identifies_a_disk_is_cut_in_one_place_only(node: Node, actor: Actor) -> None:
    odd = replace(SDB, serial="S" * 400, wwn="0x" + "5" * 400)
    facts = replace(FACTS, data_disks=(odd, SDC))
    save_facts(node, facts, by="ann")
    modify_disks(addresses=["10.0.0.1"], disk="sdb", actor=actor, status=0)
    assert save_facts(Node.objects.get(pk=node.pk), facts, by="ann") == []
    assert disk(node, "sdb")["status"] == 0


def test_disks_without_identity_go_by_name(node: Node) -> None:
    bare = (DiskFacts("vdb", "sata", 10**10), DiskFacts("vdc", "sata", 10**10))
    save_facts(node, replace(FACTS, data_disks=bare), by="ann")
    save_facts(node, replace(FACTS, data_disks=bare), by="ann")
    assert Disk.objects.filter(node=node, present=True, is_os=False).count() == 2


def test_the_same_hardware_again_is_no_change(node: Node) -> None:
    assert save_facts(node, FACTS, by="ann") == []


def test_nodes_json_takes_a_fixed_number_of_queries(node: Node, django_assert_num_queries: object) -> None:
    for number in range(2, 12):
        other = Node.objects.create(mgmt_address=f"10.0.0.{number}")
        save_facts(other, FACTS, by="ann")
    with django_assert_num_queries(6):  # type: ignore[operator]
        assert len(nodes_json(prefetched())) == 11


def test_old_collections_are_forgotten_but_never_the_newest_good_one(node: Node) -> None:
    good = Collection.objects.get(node=node)
    other = Node.objects.create(mgmt_address="10.0.0.2")
    save_facts(other, FACTS, by="ann")
    Collection.objects.bulk_create(
        Collection(node=node, by="ann", error="no answer") for _ in range(KEEP_COLLECTIONS + 5)
    )
    forget_old(Node.objects.all())
    left = Collection.objects.filter(node=node)
    assert left.filter(error="").get() == good and left.count() == KEEP_COLLECTIONS + 1
    assert left.order_by("-id")[0].pk == Collection.objects.order_by("-id")[0].pk
    assert Collection.objects.filter(node=other).count() == 1


def test_a_second_collection_writes_only_what_differs(node: Node, django_assert_num_queries: object) -> None:
    again = Node.objects.prefetch_related("disks", "interfaces").get(pk=node.pk)
    # Begin and end of a savepoint, the node, the collection.
    with django_assert_num_queries(4):  # type: ignore[operator]
        assert save_facts(again, FACTS, by="ann") == []
    slower = replace(FACTS, networks=(replace(FACTS.networks[0], mtu=1400),))
    save_facts(Node.objects.get(pk=node.pk), slower, by="ann")
    assert [nic.mtu for nic in node.interfaces.all()] == [1400]


def test_what_was_said_of_a_disk_is_not_said_of_a_stick_that_took_its_name(node: Node, actor: Actor) -> None:
    modify_disks(addresses=["10.0.0.1"], disk="sdb", type="ssd", actor=actor, reason="behind RAID")
    stick = DiskFacts("sdb", "sata", 16_000_000_000, removable=True)
    save_facts(node, replace(FACTS, data_disks=(stick, SDC)), by="ann")
    assert disk(node, "sdb")["type"] == "sata" and disk(node, "sdb")["fields"] == {}
    save_facts(node, FACTS, by="ann")
    assert disk(node, "sdb")["type"] == "ssd"


def test_disks_that_go_by_name_may_all_move_by_one(node: Node) -> None:
    first = DiskFacts("sdb", "sata", 1_000_000_000, serial="READER", by_id="/dev/disk/by-id/usb-0:0")
    second = replace(first, name="sdc", by_id="/dev/disk/by-id/usb-0:1")
    save_facts(node, replace(FACTS, data_disks=(first, second)), by="ann")
    moved = (replace(SDC, name="sdb"), replace(first, name="sdc"), replace(second, name="sdd"))
    save_facts(node, replace(FACTS, data_disks=moved), by="ann")
    assert [item["name"] for item in shown(node)["data_disks"]] == ["sdb", "sdc", "sdd"]  # type: ignore[attr-defined]

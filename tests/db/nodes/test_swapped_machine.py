"""Another machine answers at a known address: a person is notified."""

from __future__ import annotations

from dataclasses import replace

import pytest

from nodes.facts import NodeFacts, Product
from nodes.models import Node
from nodes.save_facts import save_facts
from nodes.swapped_machine import another_machine
from tests.db.nodes.test_save_facts import FACTS, SDA, SDB, SDC

pytestmark = pytest.mark.django_db

PORT = replace(FACTS.networks[0], name="eth0", type="physical", mac="02:00:00:00:00:02", address="")
HERE = replace(FACTS, networks=(*FACTS.networks, PORT))
assert HERE.os_disk is not None
NEW_DISKS = replace(
    HERE,
    os_disk=replace(HERE.os_disk, disk=replace(SDA, wwn="0x9", serial="OS9")),
    data_disks=(replace(SDB, wwn="0x8", serial="B9"),),
)
NEW_PORTS = replace(HERE, networks=(replace(PORT, mac="02:00:00:00:00:09"),))
OTHER = replace(NEW_DISKS, networks=NEW_PORTS.networks)


def told(facts: NodeFacts, before: NodeFacts = HERE) -> str:
    node = Node.objects.create(mgmt_address="10.0.0.1")
    assert another_machine(node, facts) == ""  # nothing was known yet
    save_facts(node, before, by="ann")
    return another_machine(Node.objects.get(pk=node.pk), facts)


@pytest.mark.parametrize(
    ("facts", "parts"),
    [
        (
            replace(OTHER, product=Product("Example", "R1", "SN2")),
            ("serial number was SN1, is now SN2", "0 of 3 disks", "0 of 1 network ports"),
        ),
        (
            replace(HERE, product=Product("Example", "R1", "SN2")),
            ("serial number was SN1, is now SN2", "3 of 3 disks"),
        ),
        (replace(OTHER, product=Product()), ("0 of 3 disks", "0 of 1 network ports")),
        # One serial number for all machines of a delivery.
        (OTHER, ("0 of 3 disks are the same; 0 of 1 network ports",)),
    ],
)
def test_another_machine_is_told(facts: NodeFacts, parts: tuple[str, ...]) -> None:
    sentence = told(facts)
    assert all(part in sentence for part in parts) and "Corrections stay" in sentence


@pytest.mark.parametrize(
    "facts",
    [
        HERE,
        replace(HERE, data_disks=(SDC, replace(SDB, name="sdx"))),
        NEW_DISKS,
        NEW_PORTS,
        replace(HERE, product=Product()),
    ],
)
def test_a_machine_with_new_parts_is_the_same(facts: NodeFacts) -> None:
    assert told(facts) == ""


def test_virtual_machines_whose_disks_have_no_name_are_not_taken_for_another() -> None:
    bare = replace(SDB, wwn="", serial="")
    assert told(replace(OTHER, data_disks=(bare,)), replace(HERE, os_disk=None, data_disks=(bare,))) == ""

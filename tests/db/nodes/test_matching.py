"""The same disk under an older and a newer lsblk: a person's correction stays with it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from common.actor import Actor
from nodes.collection.identity import contradict
from nodes.models import Disk, Node
from nodes.save_facts import save_facts
from nodes.services.modify import modify_disks
from tests.db.nodes.test_save_facts import FACTS, SDB, SDC, disk

SAS = "0x5000c50097000001"
VOLUME = "0x600508b1001c0123456789abcdef0001"


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("old", "new"),
    [
        # (WWN, serial): util-linux 2.27 of Ubuntu 16.04, then 2.37 of 22.04 after the machine was installed again.
        ((SAS, SAS[2:]), (SAS, "S0K1ABCD")),
        ((VOLUME, VOLUME[2:]), (VOLUME, "PDNLH0BRH7V7FW")),
        ((VOLUME[:18], VOLUME[2:]), (VOLUME, VOLUME[2:])),
        (("0x50014ee2b5d0a001", "WD-WCC4N0123456"), ("", "WD-WCC4N0123456")),
    ],
)
def test_a_correction_survives_another_lsblk(
    actor: Actor, old: tuple[str, str], new: tuple[str, str]
) -> None:
    node = Node.objects.create(mgmt_address="10.0.0.1")
    for first, then in ((old, new), (new, old)):
        save_facts(
            node, replace(FACTS, data_disks=(replace(SDB, wwn=first[0], serial=first[1]), SDC)), by="x"
        )
        modify_disks(addresses=["10.0.0.1"], disk="sdb", actor=actor, type="ssd", reason="behind RAID")
        save_facts(node, replace(FACTS, data_disks=(replace(SDB, wwn=then[0], serial=then[1]), SDC)), by="x")
        assert disk(node, "sdb")["type"] == "ssd"
        assert Disk.objects.filter(node=node).count() == 3


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((SAS, "S0K1"), (SAS, "S0K2")),
        ((SAS, "S0K1"), ("0x5000c50097000009", "S0K1")),
        ((SAS[:-1], "S0K1"), (SAS, "S0K1")),
        ((VOLUME, "PDNLH0"), (VOLUME[:-1] + "2", "PDNLH0")),
        (("eui.01", "S1"), ("eui.012", "S1")),
        (("", "5000c50097000001"), ("", "5000c50097000002")),
    ],
)
def test_two_disks_are_not_taken_for_one(one: tuple[str, str], other: tuple[str, str]) -> None:
    assert contradict(*one, *other) and contradict(*other, *one)

"""What a list answers from its columns is what the models say, and what the serializers of the schema describe."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given
from hypothesis import strategies as st
from rest_framework.test import APIClient

from common.messages import message
from installer.api.jobs.serializers import JobRowShape
from installer.api.nodes.serializers import NodeShape, PlacedDiskShape, PlacedNicShape
from installer.api.plans.serializers import PlanRowShape
from installer.api.zones.serializers import EipPoolShape, RoleShape, VbcShape, ZoneShape
from nodes.describe import disk_json, disks_json, nics_json, nodes_json
from nodes.models import Disk, DiskCorrection, DiskType, NetworkInterface, Node
from nodes.states import NodeStatus
from tests.db.installer.test_api_lists import rows
from tests.factories import BEGIN, correct, make_disk, make_node, make_role, make_zone
from tests.support.examples import examples
from tests.support.node_document import disk_document, nic_document, node_document
from zones.models import ROLES, Role

pytestmark = pytest.mark.django_db

GOLDEN = Path(__file__).with_name("node_document.json")
# Whatever a machine or a person may have said; a database takes neither NUL nor half a character.
TEXTS = st.one_of(
    st.sampled_from(
        ["", "</script><b>", "\u2028\u2029", 'a"b\\c', "'; DROP TABLE", "[]", "{}", "null", "磁盘"]
    ),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30),
)
LISTS = st.lists(TEXTS, max_size=3)
SIZES = st.integers(1, 10**18)
MOMENTS = st.none() | st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC))
YES_NO = st.booleans()
MAYBE = st.none() | YES_NO
SHORT = TEXTS.map(lambda text: text[:16])

NODES = st.fixed_dictionaries(
    {
        "status": st.sampled_from(NodeStatus.values),
        **dict.fromkeys(
            ("hostname", "product_vendor", "product_serial", "cpu_model", "default_gateway"), TEXTS
        ),
        **dict.fromkeys(
            ("root_part", "mgmt_interface", "default_interface", "clock_source"), st.just("bond0") | TEXTS
        ),
        "memory_bytes": SIZES,
        "os_legs": LISTS,
        "warnings": LISTS,
        "error": TEXTS | st.just(message("S02", endpoint="127.9.0.1 port 22")),
        "clock_offset_ms": st.none() | st.integers(-(10**12), 10**12),
        "clock_uncertainty_ms": st.none() | st.integers(0, 10**6),
        "clock_synchronised": MAYBE,
        "clock_measured_at": MOMENTS,
        "collected_at": MOMENTS,
    }
)
DISKS = st.fixed_dictionaries(
    {
        "present": YES_NO,
        "is_os": YES_NO,
        "order": st.integers(0, 3),
        **dict.fromkeys(("by_id", "wwn", "serial", "model", "status_reason", "drive"), TEXTS),
        "transport": SHORT,
        "zoned": SHORT,
        "observed_type": st.sampled_from(DiskType.values),
        "observed_size_bytes": SIZES,
        "observed_status": st.sampled_from([0, 1]),
        "rotational": MAYBE,
        **dict.fromkeys(("rotational_guess", "removable", "dirty"), YES_NO),
        **dict.fromkeys(("signatures", "mountpoints", "members"), LISTS),
    }
)
NICS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(NetworkInterface.Type.values),
        **dict.fromkeys(("mac", "address", "gateway", "bond_mode", "raw_device"), TEXTS),
        **dict.fromkeys(("mtu", "speed_mbps"), st.none() | st.integers(0, 2**31 - 1)),
        **dict.fromkeys(("prefix", "vlan_id"), st.none() | st.integers(0, 32767)),
        "link": MAYBE,
        **dict.fromkeys(("slaves", "addresses"), LISTS),
    }
)
VALUES = {
    "type": st.sampled_from(DiskType.values),
    "size_bytes": st.sampled_from([1, 10**12]),
    "status": st.sampled_from([0, 1]),
}
CORRECTIONS = st.fixed_dictionaries(
    {}, optional={field: st.tuples(values, values, TEXTS) for field, values in VALUES.items()}
)
MACHINES = st.tuples(
    NODES,
    st.lists(st.tuples(DISKS, CORRECTIONS), max_size=4),
    st.lists(NICS, max_size=3),
    st.none() | st.tuples(st.sampled_from(ROLES), LISTS),
)


def stored(number: int, machine: Any) -> Node:
    """Store a generated machine."""
    values, disks, nics, role = machine
    limits = {field.name: field.max_length for field in Node._meta.fields}
    node = Node.objects.create(
        mgmt_address=f"127.9.0.{number}",
        **{key: value[: limits[key]] if type(value) is str else value for key, value in values.items()},
    )
    lost: list[int] = []
    for order, (disk_values, corrections) in enumerate(disks):
        disk = Disk.objects.create(
            node=node, identity=f"id {order}", name=f"sd{order}", may_be=list(lost), **disk_values
        )
        lost.append(disk.pk)
        for field, (value, against, reason) in corrections.items():
            correct(disk, field, value, against=against, reason=reason)
    for order, nic in enumerate(nics):
        name = "bond0" if order == 0 else f"eth{order}"
        NetworkInterface.objects.create(node=node, name=name, **{**nic, "bond_mode": nic["bond_mode"][:32]})
    if role:
        make_role(node, make_zone(f"z{number}", region_id=f"r{number}"), role[0])
        Role.objects.filter(node=node).update(sub_roles=role[1])
    return node


def both(shape: Any, document: dict[str, Any]) -> None:
    """Require of the serializer that it makes the same of the document: every field, no other, each of its type."""
    assert shape(document).data == document


@examples(50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(machines=st.lists(MACHINES, min_size=1, max_size=3))
def test_the_document_of_any_node_is_what_its_models_say(machines: list[Any]) -> None:
    with transaction.atomic():
        for number, machine in enumerate(machines, 1):
            stored(number, machine)
        nodes = Node.objects.order_by("pk")
        expected = [node_document(node) for node in nodes]
        documents = nodes_json(nodes)
        assert documents == expected
        assert json.loads(json.dumps(documents)) == expected
        for document in documents:
            both(NodeShape, document)
        disks = Disk.objects.order_by("pk")
        for disk, row in zip(disks, disks_json(disks), strict=True):
            both(PlacedDiskShape, row)
            assert disk_document(disk).items() <= row.items() and disk_document(disk) == disk_json(disk)
        nics = NetworkInterface.objects.order_by("pk")
        for nic, row in zip(nics, nics_json(nics), strict=True):
            both(PlacedNicShape, row)
            assert nic_document(nic).items() <= row.items()
        transaction.set_rollback(True)


def rich_node() -> Node:
    """Make a node that has everything: corrections, one of them in conflict, a lost disk, a bond, a role, an error."""
    node = make_node(
        7,
        node_id="n-Golden01",
        error=message("S02", endpoint="172.16.80.7 port 22"),
        warnings=["a warning"],
        clock_offset_ms=-250,
        clock_uncertainty_ms=12,
        clock_measured_at=BEGIN,
        clock_synchronised=False,
        clock_source="chrony",
        os_legs=["sda", "sdz"],
    )
    correct(node.disks.get(name="sdb"), "type", "sata")
    correct(node.disks.get(name="sdb"), "size_bytes", 10**12, against=2 * 10**12, reason="")
    lost = make_disk(node, "sdy", present=False, order=20)
    correct(lost, "status", 0)
    Disk.objects.filter(node=node, name="sdc").update(
        may_be=[lost.pk], signatures=["gpt", "ext4"], dirty=True
    )
    node.interfaces.filter(name="bond0").update(
        slaves=["eth0", "eth1"], bond_mode="802.3ad", addresses=["172.16.80.7/24"]
    )
    DiskCorrection.objects.update(made_at=BEGIN)
    make_role(node, make_zone())
    return node


def test_the_document_of_a_node_is_the_golden_one() -> None:
    rich_node()
    [document] = nodes_json(Node.objects.all())
    if not GOLDEN.exists():
        GOLDEN.write_text(json.dumps(document, indent=1, ensure_ascii=False) + "\n")
    assert document == json.loads(GOLDEN.read_text()), (
        "the contract changed: delete the file, run again, look at it"
    )
    both(NodeShape, document)


@pytest.mark.parametrize(
    ("name", "shape"),
    [
        ("disks", PlacedDiskShape),
        ("networks", PlacedNicShape),
        ("zones", ZoneShape),
        ("roles", RoleShape),
        ("eip-pools", EipPoolShape),
        ("vbc-assignments", VbcShape),
        ("plans", PlanRowShape),
        ("jobs", JobRowShape),
        ("nodes", NodeShape),
    ],
)
def test_every_list_is_what_its_serializer_describes(viewer: APIClient, name: str, shape: Any) -> None:
    rows(1, 4)
    for row in viewer.get(f"/api/v1/{name}/").json()["results"]:
        both(shape, row)

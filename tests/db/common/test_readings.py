"""Rows read as one text: the same values on both databases, and whether they are still so."""

from __future__ import annotations

import pytest

from common.readings import Readings
from nodes.models import Disk, Node
from tests.factories import BEGIN, correct, make_disk, make_node

pytestmark = pytest.mark.django_db


def test_every_kind_of_value_comes_as_it_is_stored() -> None:
    node = make_node(1, clock_measured_at=BEGIN, hostname='a "quoted" \\ name, ünlike others')
    disk = make_disk(node, "sdy", signatures=["ext4", 'the "old" one'], observed_status=0, order=7)
    [row] = Readings().rows(
        Disk.objects.filter(pk=disk.pk).values_list(
            *("pk", "signatures", "rotational", "is_os", "present", "observed_size_bytes", "order"),
            *("node__mgmt_address", "node__hostname", "node__clock_offset_ms", "node__clock_measured_at"),
        )
    )
    measured_at = row.pop()
    assert row == [
        *(disk.pk, ["ext4", 'the "old" one'], None, False, True, disk.observed_size_bytes, 7),
        *("172.16.80.1", node.hostname, None),
    ]
    assert measured_at.replace("T", " ").startswith("2026-03-04 01:02:03")


def test_no_rows_and_no_query() -> None:
    readings = Readings()
    assert readings.rows(Node.objects.values_list("pk", "hostname")) == []
    assert readings.rows(Node.objects.filter(pk__in=[]).values_list("pk")) == []
    assert not readings.changed()


def test_what_is_read_again_has_changed_or_not() -> None:
    node = make_node(1)
    other = make_node(2)
    readings = Readings()
    rows = readings.rows(Disk.objects.filter(node=node).order_by("pk").values_list("name", "observed_type"))
    corrected = Disk.objects.filter(node=node).order_by("pk").values_list("corrections__value")
    assert [name for name, _ in rows] == ["sda", "sdb", "sdc", "sdx"]
    assert readings.rows(corrected) == [[None]] * 4
    other.disks.all().delete()
    assert not readings.changed(), "nothing of what was read"
    correction = correct(node.disks.first(), "size_bytes", 12)
    assert readings.changed() and Readings().rows(corrected)[0] == [12]
    correction.delete()
    assert not readings.changed()
    node.disks.last().delete()
    assert readings.changed()

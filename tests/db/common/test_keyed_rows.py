"""Rows of some keys, from a query that is compiled once."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.keyed_rows import KeyedRows
from nodes.models import Disk, Node
from tests.factories import make_node

pytestmark = pytest.mark.django_db


def test_rows_are_those_of_the_keys_and_read_as_their_fields_read_them() -> None:
    made = [make_node(number, warnings=[f"warning {number}"]) for number in (1, 2, 3)]
    rows = KeyedRows(
        lambda pks: Node.objects.filter(pk__among=pks).order_by("pk").values_list("pk", "warnings")
    )
    for keys in ([made[0].pk, made[2].pk], [made[1].pk], [], [0], [made[0].pk] * 3):
        expected = Node.objects.filter(pk__in=keys).order_by("pk").values_list("pk", "warnings")
        assert [tuple(row) for row in rows.of(keys)] == list(expected)


def test_a_condition_with_values_of_its_own_keeps_them() -> None:
    node, other = make_node(1), make_node(2)
    rows = KeyedRows(
        lambda pks: Disk.objects.filter(name="sda", node__pk__among=pks, is_os=True).values_list(
            "node_id", "is_os"
        )
    )
    assert [tuple(row) for row in rows.of([node.pk])] == [(node.pk, True)]
    assert len(rows.of([node.pk, other.pk])) == 2


def test_the_text_of_the_query_is_the_same_for_any_number_of_keys() -> None:
    make_node(1)
    rows = KeyedRows(lambda pks: Node.objects.filter(pk__among=pks).values_list("pk"))
    with CaptureQueriesContext(connection) as seen:
        rows.of([1])
        rows.of(range(5000))
    assert len(seen) == 2 and len(rows._query._compiled) == 1

"""Two answers that are made of the same rows have the same digest, and no other two."""

from __future__ import annotations

import pytest

from common.row_digest import rows_digest
from nodes.models import Node
from tests.factories import make_node

pytestmark = pytest.mark.django_db


def digest() -> str:
    return rows_digest(
        Node.objects.order_by("pk").values_list("hostname", "kernel", "warnings", "mgmt_address")
    )


def test_rows_that_read_alike_when_joined_differ() -> None:
    node = make_node(1, hostname="a", kernel="b,c", warnings=[])
    seen = {digest()}
    for hostname, kernel in (
        ("a,b", "c"),
        ("a", 'b",c'),
        ("", "a,b,c"),
        ("a\n", "b,c"),
        ("a", ""),
        ("磁盘", "b,c"),
    ):
        Node.objects.filter(pk=node.pk).update(hostname=hostname, kernel=kernel)
        seen.add(digest())
    assert len(seen) == 7
    Node.objects.filter(pk=node.pk).update(hostname="a", kernel="b,c")
    assert digest() in seen


def test_no_rows_have_a_digest_too() -> None:
    empty = digest()
    assert rows_digest(Node.objects.none().values_list("pk")) == rows_digest(
        Node.objects.none().values_list("pk")
    )
    assert rows_digest(Node.objects.filter(pk__in=[]).values_list("pk"), Node.objects.values_list("pk"))
    make_node(1)
    assert digest() != empty

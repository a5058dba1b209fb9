"""Rows that belong to some keys, from a query that is compiled once: that takes longer than the database needs to answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

from django.db import connection
from django.db.models import QuerySet

from common.compiled_query import CompiledQuery, Given


class KeyedRows:
    """Rows as tuples, for any keys: ``KeyedRows(lambda keys: Disk.objects.filter(pk__among=keys).values_list("name"))``.

    ``make`` is called once in each process; what it selects by keys takes :class:`~common.compiled_query.Among`.
    """

    def __init__(self, make: Callable[[Any], QuerySet[Any, Any]]) -> None:
        self._query = CompiledQuery(lambda: make(Given("keys")))

    def of(self, keys: Collection[int]) -> list[Any]:
        """Return the rows of these keys; one query."""
        given: Any = json.dumps(list(keys)) if connection.vendor == "sqlite" else list(keys)
        return self._query.rows(keys=given)

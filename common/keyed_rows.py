"""Rows that belong to some keys, from a query that is compiled once: that takes longer than the database needs to answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from typing import Any

from django.db import connection
from django.db.models import Field, Lookup, QuerySet

from common.compiled_query import CompiledQuery, Given


@Field.register_lookup
class Among(Lookup):
    """``pk__among=[1, 2]``: ``IN`` with the whole list as one parameter, so that the text of the query is always the same."""

    lookup_name = "among"
    prepare_rhs = False

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return SQL for PostgreSQL."""
        column, before = self.process_lhs(compiler, connection)
        return f"{column} = ANY(%s)", [*before, self.rhs]

    def as_sqlite(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return SQL for SQLite, which has no arrays."""
        column, before = self.process_lhs(compiler, connection)
        return f"{column} IN (SELECT value FROM json_each(%s))", [*before, self.rhs]  # noqa: S608


class KeyedRows:
    """Rows as tuples, for any keys: ``KeyedRows(lambda keys: Disk.objects.filter(pk__among=keys).values_list("name"))``.

    ``make`` is called once in each process; what it selects by keys takes :class:`Among`.
    """

    def __init__(self, make: Callable[[Any], QuerySet[Any, Any]]) -> None:
        self._query = CompiledQuery(lambda: make(Given("keys")))

    def of(self, keys: Collection[int]) -> list[Any]:
        """Return the rows of these keys; one query."""
        given: Any = json.dumps(list(keys)) if connection.vendor == "sqlite" else list(keys)
        return self._query.rows(keys=given)

"""Rows that belong to some keys, from a query that is compiled once: that takes longer than the database needs to answer."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Field, Lookup, QuerySet

# Stands in the compiled query for the keys of a later one.
_KEYS = object()


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


@dataclass(frozen=True, slots=True)
class _Compiled:
    sql: str
    params: tuple[Any, ...]
    converters: dict[int, tuple[list[Any], Any]]


class KeyedRows:
    """Rows as tuples, for any keys: ``KeyedRows(lambda keys: Disk.objects.filter(pk__among=keys).values_list("name"))``.

    ``make`` is called once in each process; what it selects by keys takes :class:`Among`.
    """

    def __init__(self, make: Callable[[Any], QuerySet[Any, Any]]) -> None:
        self._make = make
        self._compiled: dict[str, _Compiled] = {}

    def of(self, keys: Collection[int]) -> list[Any]:
        """Return the rows of these keys; one query."""
        known = self._compiled.get(connection.vendor) or self._compile()
        given: Any = json.dumps(list(keys)) if connection.vendor == "sqlite" else list(keys)
        params = [given if value is _KEYS else value for value in known.params]
        with connection.cursor() as cursor:
            cursor.execute(known.sql, params)
            rows: list[Any] = cursor.fetchall()
        return _converted(rows, known.converters) if known.converters else rows

    def _compile(self) -> _Compiled:
        compiler = self._make(_KEYS).query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        columns = [column for column, _, _ in compiler.select]
        found = _Compiled(sql, tuple(params), compiler.get_converters(columns))
        self._compiled[connection.vendor] = found
        return found


def _converted(rows: list[Any], converters: dict[int, tuple[list[Any], Any]]) -> list[Any]:
    """Return the rows with each column as its field reads it."""
    found = [list(row) for row in rows]
    for place, (functions, column) in converters.items():
        for row in found:
            for function in functions:
                row[place] = function(row[place], column, connection)
    return found

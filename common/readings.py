"""Rows that a decision rests on: read as one JSON text a query, so that reading them again tells whether they changed.

The database makes the text: thousands of rows cost one parse here, and no work for each row where only the question is
whether they are still the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from django.core.exceptions import EmptyResultSet
from django.db import connection, connections, models
from django.db.models import QuerySet

from common.compiled_query import Given

# Values in one query: SQLite takes 32,766.
_VALUES = 30_000


class _Query(NamedTuple):
    database: str
    sql: str
    params: tuple[Any, ...]


class KnownQuery:
    """A query for :meth:`Readings.rows` that is compiled once in each process.

    ``make`` is called once for each kind of database. What it returns must not depend on anything that changes; values
    stand in it as :class:`Given`.
    """

    def __init__(self, make: Callable[[], QuerySet[Any, Any]]) -> None:
        self._make = make
        self._compiled: dict[str, _Query] = {}

    def with_values(self, given: dict[str, Any]) -> _Query:
        """Return the query with these values; a list is for ``among``."""
        known = self._compiled.get(connection.vendor)
        if known is None:
            known = _as_text(self._make())
            assert known is not None, "a query for nothing"
            self._compiled[connection.vendor] = known
        params = (
            _as_parameter(given[value.name]) if isinstance(value, Given) else value for value in known.params
        )
        return known._replace(params=tuple(params))


def _as_parameter(value: Any) -> Any:
    """Return the value as the database takes it: SQLite has no arrays."""
    return json.dumps(value) if isinstance(value, list) and connection.vendor == "sqlite" else value


def _answers(queries: Sequence[_Query]) -> tuple[str, ...]:
    """Return the texts of some queries to one database, asked at once."""
    with connections[queries[0].database].cursor() as cursor:
        asked = ", ".join(f"({query.sql})" for query in queries)
        cursor.execute(f"SELECT {asked}", [value for query in queries for value in query.params])
        return tuple(answer or "[]" for answer in cursor.fetchone())


class Readings:
    """Queries and their answers, in the order in which they were asked."""

    def __init__(self) -> None:
        self._kept: list[tuple[_Query, str]] = []

    def rows(self, query: QuerySet[Any, Any] | KnownQuery, **given: Any) -> list[list[Any]]:
        """Return the rows of a ``values_list`` as lists of JSON values; a moment is ISO 8601 text in UTC.

        Its order should be total: rows in another order count as changed. ``given``: values of a known query.
        """
        asked = query.with_values(given) if isinstance(query, KnownQuery) else _as_text(query)
        if asked is None:
            return []
        [answer] = _answers([asked])
        self._kept.append((asked, answer))
        found: list[list[Any]] = json.loads(answer)
        return found

    def changed(self) -> bool:
        """Query again and return whether any answer has changed."""
        return any(_answers(queries) != answers for queries, answers in self._together())

    def _together(self) -> Iterator[tuple[list[_Query], tuple[str, ...]]]:
        """Yield what can be asked at once."""
        begin, values = 0, 0
        for index, (query, _) in enumerate(self._kept):
            values += len(query.params)
            if values > _VALUES:
                yield self._part(begin, index)
                begin, values = index, len(query.params)
        if begin < len(self._kept):
            yield self._part(begin, len(self._kept))

    def _part(self, begin: int, end: int) -> tuple[list[_Query], tuple[str, ...]]:
        kept = self._kept[begin:end]
        return [query for query, _ in kept], tuple(answer for _, answer in kept)


def _as_text(query: QuerySet[Any, Any]) -> _Query | None:
    """Return the query for the text; None for one that the ORM knows to be empty."""
    compiler = query.query.get_compiler(using=query.db)
    try:
        sql, params = compiler.as_sql()
    except EmptyResultSet:
        return None
    columns = {f"c{number}": field for number, (field, _, _) in enumerate(compiler.select)}
    if compiler.connection.vendor == "postgresql":
        whole = f"json_agg(json_build_array({', '.join(columns)}))::text"
    else:
        values = (_json_value(name, field) for name, field in columns.items())
        whole = f"json_group_array(json_array({', '.join(values)}))"
    named = f"WITH answer ({', '.join(columns)}) AS ({sql}) SELECT {whole} FROM answer"  # noqa: S608 -- SQL of the ORM, columns called c0, c1, …
    return _Query(query.db, named, tuple(params))


def _json_value(name: str, expression: Any) -> str:
    """Return the column as SQLite makes JSON of it: it has no type for truth, nor for JSON itself."""
    field = expression.output_field
    if isinstance(field, models.JSONField):
        return f"json({name})"
    if isinstance(field, models.BooleanField):
        return f"json(CASE {name} WHEN 1 THEN 'true' WHEN 0 THEN 'false' END)"
    return name

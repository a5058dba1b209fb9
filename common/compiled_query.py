"""Statements that are compiled once in each process: that takes longer than the database needs for a small one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.db.models import Expression, Field, Lookup, Model, QuerySet
from django.db.models.sql import UpdateQuery


class Given(Expression):
    """Stands in a query for a value that each use gives: ``filter(seq__gt=Given("after"))``.

    A number or a text, as the driver takes it: the field does not prepare it.
    """

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any) -> tuple[str, Any]:
        """Return the place of a parameter, and this as the parameter."""
        return "%s", [self]


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

    def filled(self, given: Mapping[str, Any]) -> list[Any]:
        """Return the parameters, with the values of one use."""
        return [given[value.name] if isinstance(value, Given) else value for value in self.params]


class CompiledQuery:
    """Rows as tuples: ``CompiledQuery(lambda: Job.objects.filter(job_id=Given("key")).values_list("pk"))``.

    ``make`` is called once for each kind of database. What it returns must not depend on anything that changes.
    """

    def __init__(self, make: Callable[[], QuerySet[Any, Any]]) -> None:
        self._make = make
        self._compiled: dict[str, _Compiled] = {}

    def rows(self, *, limit: int | None = None, **given: Any) -> list[Any]:
        """Return the rows, ``limit`` at most; one query."""
        known = self._compiled.get(connection.vendor) or self._compile()
        params = known.filled(given)
        sql = known.sql
        if limit is not None:
            sql += " LIMIT %s"
            params.append(limit)
        found = _fetched(sql, params)
        return _converted(found, known.converters) if known.converters else found

    def wrapped(self, around: str, **given: Any) -> list[Any]:
        """Return the rows of ``around``, SQL of ours in which ``{}`` stands for this query; as the driver reads them."""
        known = self._compiled.get(connection.vendor) or self._compile()
        return _fetched(around.format(known.sql), known.filled(given))

    def first(self, **given: Any) -> Any:
        """Return the first row; None without any."""
        found = self.rows(limit=1, **given)
        return found[0] if found else None

    def _compile(self) -> _Compiled:
        compiler = self._make().query.get_compiler(connection=connection)
        sql, params = compiler.as_sql()
        columns = [column for column, _, _ in compiler.select]
        found = _Compiled(sql, tuple(params), compiler.get_converters(columns))
        self._compiled[connection.vendor] = found
        return found


def columns_of(model: type[Model], path: str = "") -> list[str]:
    """Return the names of all columns of a model for ``values_list``; ``path``: where it is, seen from the query."""
    return [f"{path}{field.attname}" for field in model._meta.concrete_fields]


def instance_of(model: type[Model], values: Sequence[Any]) -> Any:
    """Return the instance whose columns are these, in the order of :func:`columns_of`."""
    return model.from_db(connection.alias, columns_of(model), values)


def _fetched(sql: str, params: list[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        found: list[Any] = cursor.fetchall()
    return found


def _converted(rows: list[Any], converters: dict[int, tuple[list[Any], Any]]) -> list[Any]:
    """Return the rows with each column as its field reads it."""
    found = [list(row) for row in rows]
    for place, (functions, column) in converters.items():
        for row in found:
            for function in functions:
                row[place] = function(row[place], column, connection)
    return found


class CompiledUpdate:
    """Sets fields of one row after the other: ``CompiledUpdate(Node, ("hostname", "memory_bytes"))``.

    Django's ``bulk_update`` makes one statement with a CASE for each field and row, and takes many times as long for it.
    A status has its own function (such as ``nodes.states.move_nodes``).
    """

    def __init__(self, model: type[Model], fields: Sequence[str]) -> None:
        self._model = model
        self._fields = tuple(fields)
        self._compiled: dict[str, tuple[str, tuple[Any, ...]]] = {}

    def run(self, rows: Iterable[tuple[int, Sequence[Any]]]) -> None:
        """Set the fields of the rows: a primary key, and the values in the order of the fields, for each."""
        sql, params = self._compiled.get(connection.vendor) or self._compile()
        columns = [self._model._meta.get_field(name) for name in self._fields]
        given = []
        for pk, values in rows:
            ready: dict[str, Any] = {
                name: column.get_db_prep_save(value, connection)  # type: ignore[union-attr]
                for name, column, value in zip(self._fields, columns, values, strict=True)
            }
            ready["pk"] = pk
            given.append([ready[value.name] if isinstance(value, Given) else value for value in params])
        if given:
            with connection.cursor() as cursor:
                cursor.executemany(sql, given)

    def _compile(self) -> tuple[str, tuple[Any, ...]]:
        chosen = self._model._default_manager.filter(pk=Given("pk")).order_by()
        query: Any = chosen.query.chain(UpdateQuery)
        query.add_update_values({name: Given(name) for name in self._fields})
        sql, params = query.get_compiler(connection=connection).as_sql()
        self._compiled[connection.vendor] = found = (sql, tuple(params))
        return found

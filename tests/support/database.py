"""The database of this process: emptied after a test with transactions of its own, filled with rows that took long to make."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction
from django.db.models import Model

Rows = list[tuple[Any, ...]]
# Rows by table, of the tables that have any.
State = dict[str, Rows]
Built = TypeVar("Built")

# By table: what the migrations leave (content types, permissions, groups).
_migrated: State = {}
# Rows in one statement: SQLite takes 32,766 values.
_AT_ONCE = 500


class _Build(NamedTuple):
    """What a builder returned, the rows that were there before, and those afterwards of the tables that it changed."""

    made: Any
    before: State
    changed: State


# By name.
_built: dict[str, _Build] = {}
# Nothing else that is built depends on these.
_PEOPLE = frozenset({"auth_user", "auth_user_groups", "django_session"})


def remember_migrated() -> None:
    """Remember the rows that every test finds."""
    _migrated.update({table: rows for table in _tables() if (rows := _rows(table))})


def empty() -> None:
    """Leave what the migrations left, as ``flush`` does, but without asking for each permission whether it exists.

    DELETE takes milliseconds; TRUNCATE makes a new file for each table and index, which takes a large part of a
    second.
    """
    with transaction.atomic():
        changed = {table: rows for table, rows in _migrated.items() if _rows(table) != rows}
        with connection.cursor() as cursor:
            for table in _tables():
                if table in changed or table not in _migrated:
                    cursor.execute(f"DELETE FROM {_quoted(table)}")
        _insert(changed)


def build_once(name: str, build: Callable[[], Built]) -> Built:
    """Build rows, or store those that the first test of this process has built under this name.

    They are built again where the tables have other rows before than they had then: what is built may depend on them.

    Returns:
        What the builder of these rows has returned: their names, no objects.
    """
    before = _state()
    known = _built.get(name)
    if known and _differing(known.before, before) <= _PEOPLE - known.changed.keys():
        with transaction.atomic():
            _replace(before, known.changed)
        return known.made
    made = build()
    after = _state()
    changed = {table: after.get(table, []) for table in _differing(before, after)}
    _built[name] = _Build(made, before, changed)
    return made


def insert(rows: Sequence[Model]) -> None:
    """Insert new rows of one model as ``bulk_create`` does, but without compiling the statement anew each time.

    That takes several times as long as the database takes to insert a row.
    """
    for first in range(0, len(rows), _AT_ONCE):
        part = rows[first : first + _AT_ONCE]
        fields, begin, end = _insertion(type(part[0]))
        marks = ", ".join(["(" + ", ".join(["%s"] * len(fields)) + ")"] * len(part))
        values = [
            field.get_db_prep_save(field.pre_save(row, True), connection) for row in part for field in fields
        ]
        with connection.cursor() as cursor:
            cursor.execute(f"{begin}{marks}{end}", values)
            for row, (number,) in zip(part, cursor.fetchall(), strict=True):
                row.pk = number
                row._state.adding, row._state.db = False, connection.alias


@cache
def _insertion(model: type[Model]) -> tuple[list[Any], str, str]:
    """Return the fields that are inserted, and what stands before and after their values."""
    fields = [field for field in model._meta.local_concrete_fields if not field.primary_key]
    names = ", ".join(_quoted(field.column) for field in fields)
    key = model._meta.pk.column if model._meta.pk else ""
    return (
        fields,
        f"INSERT INTO {_quoted(model._meta.db_table)} ({names}) VALUES ",
        f" RETURNING {_quoted(key)}",
    )


def _differing(then: State, now: State) -> set[str]:
    """Return the tables that have other rows."""
    return {table for table in {*then, *now} if then.get(table) != now.get(table)}


def _replace(before: State, changed: State) -> None:
    """Store all rows of the tables that a builder changed."""
    with connection.cursor() as cursor:
        for table in changed.keys() & before.keys():
            cursor.execute(f"DELETE FROM {_quoted(table)}")
    _insert({table: rows for table, rows in changed.items() if rows})


def _state() -> State:
    """Return the rows of every table that has some, without those that the migrations filled."""
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {_quoted(table)})"
        for table in _tables()
        if table not in _migrated
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return {table: _rows(table) for (table,) in cursor.fetchall()}


@cache
def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def _rows(table: str) -> Rows:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {_quoted(table)} ORDER BY 1")
        return cursor.fetchall()


def _insert(rows: Mapping[str, Rows]) -> None:
    """Insert rows with their numbers; later ones are numbered behind them."""
    if not rows:
        return
    with connection.cursor() as cursor:
        for table, values in rows.items():
            marks = ", ".join(["%s"] * len(values[0]))
            cursor.executemany(f"INSERT INTO {_quoted(table)} VALUES ({marks})", values)
        models = [
            model for model in apps.get_models(include_auto_created=True) if model._meta.db_table in rows
        ]
        for statement in connection.ops.sequence_reset_sql(no_style(), models):
            cursor.execute(statement)


def _quoted(table: str) -> str:
    return connection.ops.quote_name(table)

"""The database of this process: emptied after a test with transactions of its own, filled with rows that took long to make."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any, TypeVar

from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, transaction

Rows = list[tuple[Any, ...]]
Built = TypeVar("Built")

# By table: what the migrations leave (content types, permissions, groups).
_migrated: dict[str, Rows] = {}
# What was built under a name: what its builder returned, and its rows by table.
_built: dict[str, tuple[Any, dict[str, Rows]]] = {}


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
    """Build rows, or insert those that the first test of this process has built under this name.

    Where other rows are already in their tables, they are built again: their numbers may be taken.

    Returns:
        What the builder of these rows has returned: their names, no objects.
    """
    made, rows = _built.get(name, (None, {}))
    if rows and not _filled(rows):
        with transaction.atomic():
            _insert(rows)
        return made
    before = _counts()
    made = build()
    after = _counts()
    if all(after[table] == count for table, count in before.items() if count):
        _built[name] = (
            made,
            {table: _rows(table) for table, count in after.items() if count and not before[table]},
        )
    return made


@cache
def _tables() -> list[str]:
    return connection.introspection.django_table_names(only_existing=True, include_views=False)


def _counts() -> dict[str, int]:
    """Return how many rows each table has, without those that the migrations filled."""
    asked = " UNION ALL ".join(
        f"SELECT '{table}', COUNT(*) FROM {_quoted(table)}" for table in _tables() if table not in _migrated
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return dict(cursor.fetchall())


def _filled(tables: Iterable[str]) -> list[str]:
    """Return those of the tables that have rows."""
    asked = " UNION ALL ".join(
        f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {_quoted(table)})" for table in tables
    )
    with connection.cursor() as cursor:
        cursor.execute(asked)
        return [table for (table,) in cursor.fetchall()]


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

"""What rows hold, as one short text: two answers that are made of the same rows are the same."""

from __future__ import annotations

import hashlib
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet


def rows_digest(*selected: QuerySet[Any, Any]) -> str:
    """Return a digest of everything that these ordered ``values_list`` queries select; one query each.

    PostgreSQL digests the rows itself and sends 32 characters.
    """
    parts = [
        _in_database(rows) if connection.vendor == "postgresql" else digest(list(rows)) for rows in selected
    ]
    return parts[0] if len(parts) == 1 else digest(parts)


def digest(values: Any) -> str:
    """Return a digest of rows that were read already."""
    return hashlib.blake2b(repr(values).encode("utf-8", "backslashreplace"), digest_size=16).hexdigest()


def _in_database(rows: QuerySet[Any, Any]) -> str:
    try:
        sql, params = rows.query.sql_with_params()
    except EmptyResultSet:
        # Django knows without asking that there are none, as among the nodes of a plan that names none.
        return ""
    with connection.cursor() as cursor:
        # A row as text has its values quoted: no two rows have the same text.
        cursor.execute(
            f"SELECT md5(coalesce(string_agg(found::text, E'\\n'), '')) FROM ({sql}) found",  # noqa: S608 -- Django's own
            params,
        )
        return str(cursor.fetchone()[0])

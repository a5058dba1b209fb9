"""Databases that a test, a bench or a demo has for itself."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit, urlunsplit


def postgres_url() -> str:
    """Return where the tests' PostgreSQL is."""
    for name in ("DATABASE_URL", "CI_DATABASE_URL"):
        if os.environ.get(name, "").startswith("postgres"):
            return os.environ[name]
    return "postgresql://postgres@127.0.0.1:5432"


@contextmanager
def own_database(url: str = "") -> Iterator[str]:
    """Make an empty database at ``url`` (or DATABASE_URL); return its URL, or "" for SQLite in the data folder."""
    url = url or os.environ.get("DATABASE_URL", "")
    if not url.startswith("postgres"):
        yield ""
        return
    import psycopg2

    name = f"installer_lab_{uuid.uuid4().hex[:12]}"
    server = psycopg2.connect(url)
    server.autocommit = True
    with server.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    try:
        yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    finally:
        with server.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        server.close()

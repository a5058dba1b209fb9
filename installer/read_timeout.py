"""End a read-only request when PostgreSQL needs too long for one of its statements.

No user waits that long for a page, and the statement would occupy a thread of the web server and a processor of the
database. Requests that write are not limited, and neither are commands and jobs.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from django.http import HttpRequest, HttpResponse

_SAFE = ("GET", "HEAD", "OPTIONS")
# The limit in force, in seconds, by connection of psycopg2: connections outlive requests.
_limits: WeakKeyDictionary[Any, int] = WeakKeyDictionary()


class ReadTimeoutMiddleware:
    """Sets ``statement_timeout`` before the first statement of a request, unless the connection has the right one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        if connection.vendor != "postgresql":
            return self.get_response(request)
        limit_s = settings.INSTALLER_READ_TIMEOUT_S if request.method in _SAFE else 0

        def limited(execute: Any, sql: str, params: Any, many: bool, context: dict[str, Any]) -> Any:
            _limit(context["connection"], limit_s)
            return execute(sql, params, many, context)

        with connection.execute_wrapper(limited):
            return self.get_response(request)


def _limit(wrapper: Any, limit_s: int) -> None:
    if _limits.get(wrapper.connection, 0) == limit_s:
        return
    # A transaction that is rolled back takes a setting for the session back with it.
    local = "LOCAL " if wrapper.in_atomic_block else ""
    with wrapper.connection.cursor() as cursor:
        cursor.execute(f"SET {local}statement_timeout = '{limit_s}s'")
    if not local:
        _limits[wrapper.connection] = limit_s

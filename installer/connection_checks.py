"""Do not ask PostgreSQL before every request whether its connection still works: the connection itself says so.

Django sends a query for it (``CONN_HEALTH_CHECKS``), a third of what the smallest requests cost the database. A server that
ends a connection closes it, which its socket shows at once. One that vanishes does not: Django's query remains, every
few seconds.
"""

from __future__ import annotations

import select
import time
from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

from django.db import connection
from django.http import HttpRequest, HttpResponse

EVERY_S = 5.0
# When each connection of psycopg2 was checked.
_checked: WeakKeyDictionary[Any, float] = WeakKeyDictionary()


class ConnectionMiddleware:
    """Replaces the check of a connection that was checked a moment ago."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        database: Any = connection
        if not database.settings_dict["CONN_HEALTH_CHECKS"]:
            return self.get_response(request)
        works = _works(database.connection)
        database.health_check_done = database.health_check_done or works
        response = self.get_response(request)
        if not works and database.health_check_done and database.connection is not None:
            _checked[database.connection] = time.monotonic()
        return response


def _works(link: Any) -> bool:
    """Return whether the connection was checked a moment ago, and nothing has arrived: the server would say farewell."""
    if link is None or link.closed or time.monotonic() - _checked.get(link, -EVERY_S) > EVERY_S:
        return False
    poller = select.poll()
    poller.register(link.fileno(), select.POLLIN)
    return not poller.poll(0)

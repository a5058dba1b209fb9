"""A connection to PostgreSQL is checked without a query while it is known to work, and replaced when the server ended it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import close_old_connections, connection, connections
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory

from installer import connection_checks
from installer.connection_checks import ConnectionMiddleware

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Count Django's own checks."""
    found: list[int] = []
    kind: Any = type(connections["default"])
    usable = kind.is_usable

    def is_usable(self: Any) -> bool:
        found.append(1)
        return bool(usable(self))

    monkeypatch.setattr(kind, "is_usable", is_usable)
    connection.close()
    yield found
    connection.close()


def backend(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return HttpResponse(str(cursor.fetchone()[0]))


def ask() -> int:
    # As the signal at the beginning of a request does.
    close_old_connections()
    return int(ConnectionMiddleware(backend)(RequestFactory().get("/")).content)


def end(pid: int) -> None:
    """End a connection from another one, as a restart of the server does."""
    other = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", [pid])
    finally:
        other.close()


def test_a_connection_that_works_is_not_asked_again_and_again(asked: list[int], monkeypatch: Any) -> None:
    assert len({ask() for _ in range(5)}) == 1 and not asked
    monkeypatch.setattr(connection_checks, "EVERY_S", 0.0)
    first = ask()
    assert asked == [1]
    monkeypatch.setattr(connection_checks, "EVERY_S", 3600.0)
    assert {ask(), ask()} == {first} and asked == [1], "Django's check counts as one"


def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(asked: list[int]) -> None:
    first = ask()
    end(first)
    second = ask()
    assert second != first and asked == [1]
    assert ask() == second and asked == [1], "a new connection works"


def test_a_request_without_a_query_says_nothing_about_the_connection(
    asked: list[int], monkeypatch: Any
) -> None:
    monkeypatch.setattr(connection_checks, "EVERY_S", 0.0)
    ask()
    close_old_connections()
    monkeypatch.setattr(connection_checks, "_checked", type(connection_checks._checked)())
    ConnectionMiddleware(lambda request: HttpResponse())(RequestFactory().get("/"))
    assert not connection_checks._checked

"""A request that only reads is ended when the database takes too long; one that writes is not."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import OperationalError, connection
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from installer import read_timeout
from installer.read_timeout import ReadTimeoutMiddleware

pytestmark = [pytest.mark.postgresql, pytest.mark.django_db(transaction=True)]


@pytest.fixture(autouse=True)
def one_second(settings: Any) -> Iterator[None]:
    settings.INSTALLER_READ_TIMEOUT_S = 1
    yield
    connection.close()


def sleep(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(1.2)")
    return HttpResponse("slept")


def test_only_what_reads_is_ended_also_on_a_connection_that_did_the_other_before() -> None:
    answer = ReadTimeoutMiddleware(sleep)
    for _ in range(2):
        assert answer(RequestFactory().post("/")).status_code == 200
        with pytest.raises(OperationalError, match="statement timeout"):
            answer(RequestFactory().get("/"))
    assert read_timeout._limits[connection.connection] == 1


@pytest.mark.remedy("W04")
@pytest.mark.parametrize("path", ["/api/v1/nodes/", "/admin/nodes/node/"])
def test_the_reason_has_a_code_and_a_remedy(admin_client: Client, path: str) -> None:
    admin_client.raise_request_exception = False

    def slow(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        return execute("SELECT pg_sleep(5)" if "nodes_node" in sql else sql, params, many, context)

    with connection.execute_wrapper(slow):
        found = admin_client.get(path)
    assert found.status_code == 503
    said = found.json()["detail"] if path.startswith("/api/") else found.content.decode()
    assert "W04 error: the database needed more than 1 s for this request" in said
    assert "page_size, filters" in said
    assert admin_client.get(path, {"page_size": 1} if path.startswith("/api/") else {}).status_code in (
        200,
        302,
    )

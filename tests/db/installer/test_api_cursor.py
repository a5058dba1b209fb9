"""Lists that grow are read from the newest to the oldest without counting them, and the audit trail is one."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from common import audit
from common.actor import Actor
from common.messages import message
from common.models import AuditEntry
from installer.api.audit import AuditShape
from tests.factories import make_job

pytestmark = pytest.mark.django_db

ANN = Actor("ann", "command")


def followed(client: APIClient, path: str) -> tuple[list[dict[str, Any]], list[str]]:
    """Return all rows, and the SQL of all requests."""
    rows, address = [], f"http://testserver/api/v1/{path}"
    with CaptureQueriesContext(connection) as seen:
        while address:
            answer = client.get(address)
            assert answer.status_code == 200, answer.content
            body = answer.json()
            assert body["count"] is None and body["previous"] is None
            rows += body["results"]
            address = body["next"]
    return rows, [query["sql"] for query in seen.captured_queries]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 100])
def test_every_row_comes_once_and_none_are_counted(viewer: APIClient, size: int) -> None:
    made = [make_job(action="collect_nodes").job_id for _ in range(7)]
    make_job(action="exec_nodes")
    rows, queries = followed(viewer, f"jobs/?cursor=newest&page_size={size}&action=collect_nodes")
    assert [row["job_id"] for row in rows] == made[::-1]
    assert not any(sql.startswith("SELECT COUNT") for sql in queries)


def test_a_row_that_comes_meanwhile_moves_none(viewer: APIClient) -> None:
    made = [make_job().job_id for _ in range(4)]
    first = viewer.get("/api/v1/jobs/?cursor=newest&page_size=2").json()
    make_job()
    second = viewer.get(first["next"]).json()
    assert [row["job_id"] for row in [*first["results"], *second["results"]]] == made[::-1]
    assert second["next"] is None


def test_pages_are_as_before(viewer: APIClient) -> None:
    for _ in range(3):
        make_job()
    body = viewer.get("/api/v1/jobs/?page_size=2").json()
    assert body["count"] == 3 and "page=2" in body["next"]


def test_a_page_that_is_not_full_is_not_counted(viewer: APIClient) -> None:
    for _ in range(3):
        make_job()
    for query, count, counted in (
        ("", 3, 0),
        ("?page_size=2", 3, 1),
        ("?page_size=2&page=2", 3, 0),
        ("?page_size=3", 3, 1),
    ):
        with CaptureQueriesContext(connection) as seen:
            assert viewer.get(f"/api/v1/jobs/{query}").json()["count"] == count
        assert sum(sql["sql"].startswith("SELECT COUNT") for sql in seen.captured_queries) == counted, query


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("cursor=", "cursor"),
        ("cursor=oldest", "cursor"),
        ("cursor=-1", "cursor"),
        ("cursor=%D9%A3", "cursor"),
        ("cursor=1&cursor=2", "cursor"),
        ("cursor=9999999999999999999", "cursor"),
        ("cursor=newest&page=2", "page"),
        ("cursor=newest&ordering=status", "ordering"),
        ("cursor=newest&page_size=0", "page_size"),
    ],
)
def test_what_is_no_cursor(viewer: APIClient, query: str, field: str) -> None:
    answer = viewer.get(f"/api/v1/jobs/?{query}")
    assert answer.status_code == 400 and answer.json()["findings"][0]["field"] == field


def test_the_audit_trail(viewer: APIClient) -> None:
    audit.record(ANN, "retire_nodes", "n-1", reason="old", why=message("S02", endpoint="127.0.0.1 port 22"))
    audit.record(Actor("bob", "api", "127.0.0.9"), "collect_nodes", "n-2", nodes=3)
    rows, queries = followed(viewer, "audit/?cursor=newest")
    assert [row["subject"] for row in rows] == ["n-2", "n-1"] and len(queries) <= 3
    assert rows[1]["detail"] == {"why": str(message("S02", endpoint="127.0.0.1 port 22"))}
    assert rows[1]["reason"] == "old" and rows[1]["at"].endswith("Z")
    for row in rows:
        assert AuditShape(row).data == row
        assert viewer.get(f"/api/v1/audit/{row['id']}/").json() == row
    for query, count in (
        ("actor=bob", 1),
        ("verb=retire_nodes", 1),
        ("subject=n-9", 0),
        ("search=n-", 2),
        ("via=api", 1),
    ):
        assert viewer.get(f"/api/v1/audit/?{query}").json()["count"] == count
    assert AuditEntry.objects.count() == 2

"""A query that is compiled once gives what the ORM gives."""

from __future__ import annotations

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from common.compiled_query import CompiledQuery, Given, columns_of, instance_of
from common.models import AuditEntry
from jobs.models import Job
from tests.factories import make_job, make_node

pytestmark = pytest.mark.django_db


def test_an_instance_from_columns_is_that_of_the_orm() -> None:
    made = [make_job([make_node(number)], exclusive_scope="", error="E 5%") for number in (1, 2)]
    query = CompiledQuery(
        lambda: Job.objects.filter(job_id=Given("key")).order_by().values_list(*columns_of(Job))
    )
    for job in made:
        found = instance_of(Job, query.first(key=job.job_id))
        known = Job.objects.get(pk=job.pk)
        assert found == known and found.__dict__.keys() == known.__dict__.keys()
        assert {**found.__dict__, "_state": None} == {**known.__dict__, "_state": None}
        found.paused_by = "olga"
        found.save(update_fields=["paused_by"])
        assert Job.objects.get(pk=job.pk).paused_by == "olga"
    assert query.first(key="j-%s'") is None


def test_values_are_given_by_name_and_the_limit_is_not_part_of_the_compiled_text() -> None:
    for number in range(4):
        AuditEntry.objects.create(actor=f"a{number}", verb="x%y")
    query = CompiledQuery(
        lambda: (
            AuditEntry.objects.filter(verb="x%y", pk__gt=Given("after"), actor__gte=Given("least"))
            .order_by("actor")
            .values_list("actor")
        )
    )
    with CaptureQueriesContext(connection) as seen:
        assert [row[0] for row in query.rows(after=0, least="a1")] == ["a1", "a2", "a3"]
        assert [row[0] for row in query.rows(after=0, least="a1", limit=2)] == ["a1", "a2"]
        assert query.rows(after=0, least="b") == []
    assert len(seen) == 3 and len(query._compiled) == 1


def test_columns_of_a_relation() -> None:
    assert columns_of(User, "user__")[0] == "user__id" and "user__password" in columns_of(User, "user__")

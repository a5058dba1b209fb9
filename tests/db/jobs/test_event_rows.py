"""Lines of a log as rows and as JSON: those of the table, whatever stands in them and however they are selected."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from django.db import connection
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from installer import logfile
from installer.logfile import json_lines, json_objects
from jobs.models import Event, Job
from jobs.queries import EVENT_FIELDS, event, event_rows, events, levels_from, line_pages, stamp
from tests.factories import BEGIN, add_events, make_job, make_node
from tests.support.examples import examples

pytestmark = pytest.mark.django_db

# Lone surrogates cannot be stored, and PostgreSQL stores no NUL: common.text.plain removes both before.
HARD = "\x01\x08\t\n\x0b\x0c\r\x1e\x1f\x7f\x80\u2028\u2029\ufeff\uffff\U0001f600\U0010ffff\"\\/'%{}$\u4e2d"
TEXT = st.text(
    st.one_of(st.sampled_from(HARD), st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    max_size=30,
)
TIME = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31), timezones=st.just(UTC))


def as_objects(job: Job, *, after: int = 0, level: str = "", **wanted: Any) -> list[dict[str, Any]]:
    """Return the shape from model instances, selected here."""
    same = {name: value for name, value in wanted.items() if value and name in ("node", "phase")}
    found = [
        one
        for one in Event.objects.filter(job=job, seq__gt=after, **same).order_by("seq")
        if one.level in levels_from(level)
        and wanted.get("text", "").lower() in one.line.lower()
        and ("since" not in wanted or one.ts >= wanted["since"])
        and ("until" not in wanted or one.ts < wanted["until"])
    ]
    return [
        {name: stamp(one.ts) if name == "ts" else getattr(one, name) for name in EVENT_FIELDS}
        for one in found
    ]


def test_the_shape_has_the_fields_of_rows() -> None:
    assert tuple(field.name for field in msgspec.structs.fields(logfile._Event)) == EVENT_FIELDS


@examples(60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    lines=st.lists(st.tuples(TEXT, TIME, st.sampled_from(["", '\x1e"\\', "172.16.80.1"])), max_size=5),
    first=st.sampled_from([1, 2**31 - 2, 2**62]),
)
def test_rows_and_json_are_what_objects_say(job: Job, lines: list[Any], first: int) -> None:
    Event.objects.filter(job=job).delete()
    Event.objects.bulk_create(
        Event(job=job, seq=first + number, ts=at, node=node, phase=line[:5], step=line[-5:], line=line)
        for number, (line, at, node) in enumerate(lines)
    )
    expected = as_objects(job)
    rows = event_rows(job)
    assert [event(row) for row in rows] == expected
    assert json.loads(f"[{json_objects(rows)}]") == expected
    written = json_lines(rows)
    assert written.count("\n") == len(expected) and written.endswith("\n") == bool(expected)
    assert [json.loads(line) for line in written.split("\n")[:-1]] == expected


@pytest.fixture
def job() -> Job:
    return make_job([make_node(1)])


def test_a_huge_line_and_nul_where_the_database_stores_it(job: Job) -> None:
    nul = "" if connection.vendor == "postgresql" else "a\0b"
    add_events(job, ["x\U0001f600" * 500_000, nul, ""])
    assert [event(row) for row in event_rows(job)] == as_objects(job)
    assert json.loads(f"[{json_objects(event_rows(job))}]") == as_objects(job)


def test_the_text_is_that_of_a_list_of_objects(job: Job) -> None:
    add_events(job, ['caf\u00e9 "quoted" \\ \x07\x1b'], node="172.16.80.1")
    whole = (
        '{"seq":1,"ts":"2026-03-04T01:02:03.250Z","node":"172.16.80.1","phase":"install_nodes","step":"network",'
        '"stream":"out","level":"info","line":"caf\u00e9 \\"quoted\\" \\\\ \\u0007\\u001b"}'
    )
    assert json_objects(event_rows(job)) == whole and json_lines(event_rows(job)) == f"{whole}\n"
    assert json_objects([]) == json_lines([]) == ""


@pytest.mark.parametrize("node", ["", "172.16.80.1", "172.16.80.9"])
@pytest.mark.parametrize("phase", ["", "verify", "x"])
@pytest.mark.parametrize("level", ["", "debug", "info", "warning", "error"])
def test_filters_select_what_they_select_among_objects(job: Job, node: str, phase: str, level: str) -> None:
    for number, said in enumerate(("debug", "info", "warning", "error") * 2):
        where = f"172.16.80.{number % 3}"
        add_events(job, ["x"], node=where, level=said, phase=("verify", "install_nodes")[number // 4])
    wanted = {"after": 1, "node": node, "phase": phase, "level": level}
    assert events(job, **wanted) == as_objects(job, **wanted)
    assert events(job, limit=2, **wanted) == as_objects(job, **wanted)[:2]


def test_the_time_is_in_utc_whatever_the_session_has(job: Job) -> None:
    add_events(job, ["x"])
    before = as_objects(job)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL TIME ZONE 'Asia/Shanghai'")
    assert events(job) == before and before[0]["ts"] == "2026-03-04T01:02:03.250Z"


def test_the_query_has_the_index_of_its_filters(job: Job, django_assert_num_queries: Any) -> None:
    add_events(job, ["x"], level="error")
    with django_assert_num_queries(1) as seen:
        event_rows(job, level="warning", limit=7)
    assert "level IN ('warning', 'error')" in seen.captured_queries[0]["sql"]
    assert "LIMIT 7" in seen.captured_queries[0]["sql"]


@pytest.mark.parametrize(
    "text", ["", "zpool", "ZPOOL: NO", "100%", "a_b", "a\\b", "'", '"', "{}", "%s", "\u4e2d", "x" * 200]
)
@pytest.mark.parametrize("times", [{}, {"since": BEGIN}, {"until": BEGIN + timedelta(seconds=2)}])
@pytest.mark.parametrize("node", ["", "172.16.80.1"])
def test_text_and_time_select_what_they_select_among_objects(
    job: Job, text: str, times: dict[str, Any], node: str
) -> None:
    lines = [
        "zpool: no such device",
        "100% of it",
        "100 of it",
        "a_b",
        "axb",
        "a\\b",
        'it\'s "so" {}',
        "%s",
        "\u4e2d\u6587",
    ]
    add_events(job, lines, node="172.16.80.1")
    add_events(job, lines, node="172.16.80.2")
    wanted = {"text": text, "node": node, **times}
    assert events(job, **wanted) == as_objects(job, **wanted)


def test_the_last_lines_before_a_number_come_in_order(job: Job, django_assert_num_queries: Any) -> None:
    for number in range(6):
        add_events(job, [f"line {number}"], level=("info", "error")[number % 2])
    with django_assert_num_queries(1):
        rows = event_rows(job, before=5, limit=2, newest=True)
    assert [row[0] for row in rows] == [3, 4]
    assert [row[0] for row in event_rows(job, before=6, limit=9, newest=True, level="error")] == [2, 4]
    assert [row[0] for row in event_rows(job, after=2, before=5)] == [3, 4]


def test_pages_begin_where_their_first_lines_are(job: Job, django_assert_num_queries: Any) -> None:
    for number in range(25):
        add_events(
            job, [f"line {number}"], level=("info", "error")[number % 2], node=f"172.16.80.{number % 3}"
        )
    with django_assert_num_queries(0):
        assert line_pages(job, 10) == [(1, 10, 10), (11, 20, 10), (21, 25, 5)]
    with django_assert_num_queries(1):
        assert line_pages(job, 10, level="error") == [(2, 20, 10), (22, 24, 2)]
    assert line_pages(job, 10, text="line 1", node="172.16.80.1") == [(2, 20, 5)]
    assert line_pages(job, 10, text="nothing") == []
    job.last_seq = 12
    assert line_pages(job, 10) == [(1, 10, 10), (11, 12, 2)] and line_pages(job, 10, level="error") == [
        (2, 12, 6)
    ]
    job.last_seq = 0
    assert line_pages(job, 10) == []

"""Lists: few queries however many rows, filters, order, search, pages."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from nodes.models import Node
from tests.factories import correct, make_eip, make_job, make_node, make_plan, make_role, make_vbc, make_zone
from tests.fixtures.callers import Result
from tests.support import database

pytestmark = pytest.mark.django_db

LISTS = ("nodes", "disks", "networks", "zones", "roles", "eip-pools", "vbc-assignments", "plans", "jobs")


def rows(first: int, last: int) -> None:
    """Make one of everything for each number."""
    for number in range(first, last):
        zone = make_zone(f"z{number}", region_id=f"r{number}")
        node = make_node(number)
        correct(node.disks.get(name="sdb"), "type", "sata")
        plan = make_plan(zone)
        make_role(node, zone, plan=plan)
        make_vbc(zone, [node], number=number, plan=plan)
        make_eip(zone, node, plan=plan)
        make_job([node])


def two_rows() -> None:
    """Make two of everything."""
    database.build_once("two rows of everything", lambda: rows(1, 3))


def queries(client, path: str) -> tuple[int, int]:
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(path)
    assert answer.status_code == 200, answer.content
    return len(captured), len(answer.json()["results"])


def test_as_many_queries_for_12_rows_as_for_2(viewer):
    paths = [f"/api/v1/{name}/?page_size=1000" for name in LISTS]
    queries(viewer, paths[0])  # permissions are looked up once for each person
    rows(1, 3)
    few = {path: queries(viewer, path) for path in paths}
    rows(3, 13)
    for path in paths:
        many, twelve = queries(viewer, path)
        assert few[path][1] >= 2 and twelve >= 6 * few[path][1], path
        assert few[path][0] == many and many <= 7, (path, few[path], many)


def test_nodes_are_told_as_describe_nodes_tells_them(viewer, run):
    rows(1, 3)
    result: Result = run("describe_nodes")
    assert viewer.get("/api/v1/nodes/").json()["results"] == result.json["node_set"]
    node_id = result.json["node_set"][0]["node_id"]
    assert viewer.get(f"/api/v1/nodes/{node_id}/").json() == result.json["node_set"][0]


@pytest.mark.parametrize(
    ("path", "count"),
    [
        ("nodes/?status=new", 0),
        ("nodes/?status=new&status=available", 3),
        ("nodes/?zone_id=z1", 1),
        ("nodes/?role=hyper-repl", 3),
        ("nodes/?role=ks", 0),
        ("nodes/?mgmt_address=172.16.80.2", 1),
        ("nodes/?search=SN000002", 1),
        ("disks/?is_os=true", 3),
        ("disks/?zone_id=z2&name=sdb", 1),
        ("networks/?mac=52:54:00:00:01:01", 1),
        ("networks/?type=bond", 3),
        ("zones/?region_id=r1", 1),
        ("roles/?zone_id=z3", 1),
        ("eip-pools/?zone_id=z3", 1),
        ("vbc-assignments/?master=172.16.80.1", 1),
        ("plans/?status=draft&zone_id=z1", 1),
        ("plans/?status=approved", 0),
        ("jobs/?status=running", 3),
        ("jobs/?action=collect_nodes", 0),
        ("jobs/?search=olga", 3),
    ],
)
def test_filters_and_search(viewer, path, count):
    database.build_once("three rows of everything", lambda: rows(1, 4))
    assert viewer.get(f"/api/v1/{path}").json()["count"] == count


@pytest.mark.parametrize(
    "query",
    [
        "zone=z1",
        "status=nonsense",
        "ordering=password",
        "role=king",
        "page=0",
        "page=x",
        "search=%00",
        "status=%00",
    ],
)
def test_wrong_parameters_do_not_answer_with_everything(viewer, query):
    make_node(1)
    answer = viewer.get(f"/api/v1/nodes/?{query}")
    assert answer.status_code in (400, 404) and answer["Content-Type"] == "application/problem+json"


def test_a_page_that_is_not_there_says_how_to_go_on(viewer):
    answer = viewer.get("/api/v1/nodes/?page=7")
    assert answer.status_code == 404 and "page 7 does not exist: start with 1" in answer.json()["detail"]


def test_a_misspelt_filter_names_the_right_ones(viewer):
    finding = viewer.get("/api/v1/nodes/?zone=z1").json()["findings"][0]
    assert finding["field"] == "zone" and "zone_id" in finding["detail"]


def test_order_and_pages_fit_together(viewer):
    for number in range(1, 8):
        make_node(number, memory_bytes=1)
    seen = []
    for page in (1, 2, 3):
        answer = viewer.get(f"/api/v1/nodes/?ordering=-memory_bytes&page_size=3&page={page}").json()
        seen += [node["node_id"] for node in answer["results"]]
    assert answer["count"] == 7 and answer["next"] is None
    assert sorted(seen) == sorted(Node.objects.values_list("node_id", flat=True)), (
        "equal rows keep their page"
    )
    names = [node["hostname"] for node in viewer.get("/api/v1/nodes/?ordering=-hostname").json()["results"]]
    assert names == sorted(names, reverse=True)


@pytest.mark.parametrize("name", LISTS)
def test_rows_are_found_by_what_the_list_calls_them(viewer, name):
    two_rows()
    row = viewer.get(f"/api/v1/{name}/").json()["results"][0]
    own = {"nodes": "node_id", "zones": "zone_id", "roles": "node_id", "plans": "plan_id", "jobs": "job_id"}
    answer = viewer.get(f"/api/v1/{name}/{row[own.get(name, 'id')]}/")
    assert answer.status_code == 200
    assert {key: answer.json()[key] for key in row if key != "progress"} == {
        key: row[key] for key in row if key != "progress"
    }


@pytest.mark.parametrize("name", LISTS)
def test_what_is_not_there(viewer, name):
    for key in ("99999999", "999999999999999999", "n-nothere1"):
        answer = viewer.get(f"/api/v1/{name}/{key}/")
        assert answer.status_code == 404 and answer["Content-Type"] == "application/problem+json"

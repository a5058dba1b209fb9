"""The OpenAPI document: without warnings, as committed, and true."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import pytest
import yaml
from django.core.management import call_command

from tests.factories import (
    add_events,
    correct,
    make_eip,
    make_job,
    make_node,
    make_plan,
    make_role,
    make_vbc,
    make_zone,
)

GOLDEN = Path(__file__).parents[3] / "docs" / "openapi.yaml"


@pytest.fixture(scope="session")
def schema() -> dict[str, Any]:
    out = io.StringIO()
    call_command("spectacular", "--validate", "--fail-on-warn", stdout=out)
    text: dict[str, Any] = yaml.load(out.getvalue(), yaml.CSafeLoader)
    return text


def test_the_committed_document_is_current(schema):
    again = "manage.py spectacular --validate --fail-on-warn --file docs/openapi.yaml"
    assert yaml.load(GOLDEN.read_text(), yaml.CSafeLoader) == schema, (
        f"the API changed: look at it, then {again}"
    )


def test_every_verb_says_how_it_refuses(schema):
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            if path == "/api/v1/token/":
                continue
            assert {"401", "403"} <= set(operation["responses"]), (method, path)
            if method == "post":
                assert "400" in operation["responses"], path
                assert operation["description"], path


def resolve(schema: dict[str, Any], shape: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in shape:
        shape = schema["components"]["schemas"][shape["$ref"].rsplit("/", 1)[1]]
    return shape


def compare(schema: dict[str, Any], shape: dict[str, Any], value: Any, where: str) -> None:
    """Require every property, and no property that is missing from the document, all the way down."""
    shape = resolve(schema, shape)
    if value is None:
        assert shape.get("nullable") or any("nullable" in part for part in shape.get("oneOf", [])), where
        return
    for part in shape.get("allOf", []):
        compare(schema, part, value, where)
    if "enum" in shape:
        assert value in shape["enum"], (where, value)
    if shape.get("type") == "array":
        for item in value:
            compare(schema, shape["items"], item, where + "[]")
    elif "properties" in shape:
        assert set(value) <= set(shape["properties"]), (where, set(value) - set(shape["properties"]))
        assert set(shape.get("required", [])) <= set(value), (where, set(shape["required"]) - set(value))
        for key, item in value.items():
            compare(schema, shape["properties"][key], item, f"{where}.{key}")
    elif isinstance(shape.get("additionalProperties"), dict) and isinstance(value, dict):
        for key, item in value.items():
            compare(schema, shape["additionalProperties"], item, f"{where}.{key}")


@pytest.mark.django_db
def test_answers_are_as_described(schema, viewer):
    zone, node = make_zone(), make_node(1)
    correct(node.disks.get(name="sdb"), "type", "sata")
    make_role(node, zone)
    plan = make_plan(
        zone, [make_node(2)], findings=[{"code": "R03", "field": "", "detail": "odd", "level": "warning"}]
    )
    make_vbc(zone, [node], number=70)
    make_eip(zone, node)
    job = make_job([node])
    add_events(job, ["line"])
    found = {
        "/api/v1/plans/{plan_id}/": f"/api/v1/plans/{plan.plan_id}/",
        "/api/v1/jobs/{job_id}/": f"/api/v1/jobs/{job.job_id}/",
        "/api/v1/jobs/{job_id}/events/": f"/api/v1/jobs/{job.job_id}/events/",
        "/api/v1/nodes/{node_id}/": f"/api/v1/nodes/{node.node_id}/",
    }
    lists = ("nodes", "disks", "networks", "zones", "roles", "eip-pools", "vbc-assignments", "plans", "jobs")
    found |= {f"/api/v1/{name}/": f"/api/v1/{name}/" for name in lists}
    for path, address in found.items():
        shape = schema["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        answer = viewer.get(address)
        assert answer.status_code == 200
        assert answer.json().get("results", True), f"{path} shows nothing to compare"
        compare(schema, shape, answer.json(), path)
    problem = viewer.get("/api/v1/jobs/j-nothere1/").json()
    compare(schema, schema["components"]["schemas"]["Problem"], problem, "problem")


def test_what_an_endpoint_may_answer_is_said(schema):
    deleted = schema["paths"]["/api/v1/nodes/{node_id}/"]["delete"]["responses"]
    assert "409" in deleted, "a job is using the node"
    routes = schema["paths"]["/api/v1/zones/{zone_id}/vbc-routes/"]["get"]["responses"]["200"]["content"]
    assert set(routes) == {"text/plain", "application/json"}

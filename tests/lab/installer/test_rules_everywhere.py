"""Each rule, broken by its example, on every face: its code, its line, its remedy, and nothing changed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from common.actor import Actor
from common.models import AuditEntry
from jobs.models import Job
from tests.factories import make_user
from tests.support import example_region
from zones.core.rules import RULES
from zones.core.rules.examples import EXAMPLES, Example
from zones.models import EipPool, Plan, PlanFile, Role, VbcAssignment, Zone

pytestmark = pytest.mark.django_db
TWELVE = {"R04", "R05", "R06", "R07", "R08", "R09", "R11", "R12", "R16", "R17", "R18", "R22"}
EVERYTHING = (Plan, PlanFile, Zone, Role, VbcAssignment, EipPool, Job, AuditEntry)


@pytest.fixture
def region(actor: Actor) -> None:
    example_region.build(actor)


def state() -> list[Any]:
    return [list(model.objects.order_by("pk").values()) for model in EVERYTHING]


def arguments(example: Example, folder: Path) -> list[str]:
    found = []
    for name, text in example.files:
        (folder / name).write_text(text)
        found += ["-v" if name.startswith("variables") else "-s", str(folder / name)]
    return found


def body(example: Example) -> dict[str, Any]:
    kinds: dict[str, list[dict[str, str]]] = {"variables": [], "settings": []}
    for name, text in example.files:
        kinds["variables" if name.startswith("variables") else "settings"].append(
            {"name": name, "text": text}
        )
    return kinds


def form(example: Example) -> dict[str, str]:
    fields = {"check": "1"}
    for name, text in example.files:
        kind = "variables" if name.startswith("variables") else "settings"
        fields |= {f"{kind}_name": name, f"{kind}_text": text}
    return {"variables_text": "", **fields}


def mine(code: str, level: str, findings: list[dict[str, Any]], example: Example) -> dict[str, Any]:
    errors = {item["code"] for item in findings if item["level"] == "error"}
    assert errors == ({code} if level == "error" else set()), findings
    return next(item for item in findings if item["code"] == code and example.says in item["detail"])


def test_every_rule_has_an_example() -> None:
    assert set(EXAMPLES) == set(RULES) - {"R20"}


def vpool(section: str, mark: str, says: str) -> Example:
    """Return a file with two hypers of two SSDs each, and this section."""
    roles = "".join(
        f"  172.16.80.{number}: {{role: hyper-repl, sub_roles: [hyper]}}\n" for number in (21, 22)
    )
    text = f"zone_id: pek3a\nroles:\n{roles}vpool:\n{section}"
    name = "scale_settings.pek3a.yaml"
    return Example(((name, text),), name, text.count("\n", 0, text.index(mark)) + 1, says)


LAYOUTS = {
    "P01": vpool("  172.16.80.21:\n    layout: stripe\n", "layout", "stripe over 2 SSDs loses all data"),
    "P02": vpool("  172.16.80.22: {layout: raidz}\n", "raidz", "'raidz' cannot be built from 2 SSDs"),
    "P03": vpool("  172.16.80.23: {layout: mirror}\n", "80.23", "172.16.80.23 is not a node of this file"),
    "D09": vpool("  172.16.80.21: raidz\n", "raidz", "vpool.172.16.80.21 is the value 'raidz'"),
    "D10": vpool("  172.16.80.21:\n    layout: mirror\n    disks: 2\n", "disks", "unknown key 'disks'"),
    "D11": vpool("  172.16.80.21:\n    reason: why\n", "80.21:\n", "has no layout"),
    "D15": vpool("  172.16.80.21:\n    layout: raid0\n", "raid0", "layout is 'raid0'"),
}


@pytest.mark.parametrize("code", sorted(EXAMPLES))
def test_a_broken_rule(
    code: str, region: None, run: Callable[..., Any], operator: Any, client: Client, tmp_path: Path
) -> None:
    said_everywhere(code, RULES[code].level, EXAMPLES[code], run, operator, client, tmp_path)


@pytest.mark.parametrize("code", sorted(LAYOUTS))
def test_a_layout_of_a_pool(
    code: str, region: None, run: Callable[..., Any], operator: Any, client: Client, tmp_path: Path
) -> None:
    said_everywhere(code, "error", LAYOUTS[code], run, operator, client, tmp_path)


def said_everywhere(
    code: str,
    level: str,
    example: Example,
    run: Callable[..., Any],
    operator: Any,
    client: Client,
    tmp_path: Path,
) -> None:
    """Check the finding in the shell, over REST and on the page: one code, one line, one sentence."""
    before = state()
    refused = level == "error"
    result = run("config_qingcloud", *arguments(example, tmp_path), *(() if refused else ("--check",)))
    assert result.code == (2 if refused else 0), result.err
    place = f"{code} {level} {example.file}:{example.line}: "
    assert any(line.startswith(place) and " -> " in line for line in result.err.splitlines()), result.err
    assert example.says in result.err

    answer = operator.post("/api/v1/plans/", {**body(example), "check": not refused})
    assert answer.status_code == (400 if refused else 200), answer.content
    findings = answer.json()["findings"] if refused else answer.json()["zones"][0]["findings"]
    found = mine(code, level, findings, example)
    assert (found["file"], found["line"]) == (example.file, example.line) and found["remedy"]

    client.force_login(make_user("olga", "operator"))
    page = client.post(reverse("admin:zones_zone_configure"), form(example))
    shown = [
        (item.code, row["number"])
        for file in page.context["files"]
        for row in file.lines
        for item in row["findings"]
        if file.name == example.file
    ]
    assert (code, example.line) in shown
    assert state() == before


def test_a_file_that_breaks_twelve_rules_shows_all_twelve(
    region: None, run: Callable[..., Any], operator: Any, tmp_path: Path
) -> None:
    variables = (
        EXAMPLES["R09"].files[0][1].replace("{region_id: pek3}", "{region_id: pek3, cloud_type: public}")
        + "boss: {deploy_boss: 1}\n"
    ).replace("  network_mode", "  is_global_zone: 1\n  network_mode")
    settings = """\
zone_id: pek3n
roles:
  172.16.80.31: {role: ks, sub_roles: [seed, pgpool]}
  172.16.80.21: {role: hyper-repl, sub_roles: [hyper]}
  172.16.80.51: {role: hyper-repl, sub_roles: [hyper]}
  172.16.80.99: {role: hyper-repl, sub_roles: [hyper]}
  172.16.80.41: {role: vg, sub_roles: [vgateway]}
  172.16.80.43: {role: vg, sub_roles: [vgateway]}
vms: {pgpool: [172.16.80.31]}
eips: {172.16.80.43: ['10.40.8.0/24|.1']}
vbc:
  - mgmt_ips: [172.16.80.21, 172.16.80.51, 172.16.80.99]
    ipv4_vbc: 10.99.0.0/24
    ipv4_vip: 172.16.80.210|172.16.80.21
"""
    files = (("variables.pek3n.yaml", variables), ("settings.pek3n.yaml", settings))
    example, before = Example(files, "", 0, ""), state()
    result = run("config_qingcloud", *arguments(example, tmp_path))
    found = [line.split()[0] for line in result.err.splitlines() if " error " in line]
    assert result.code == 2 and set(found) == TWELVE and len(found) == 12, result.err
    answer = operator.post("/api/v1/plans/", body(example))
    assert sorted(item["code"] for item in answer.json()["findings"] if item["level"] == "error") == sorted(
        TWELVE
    )
    assert state() == before

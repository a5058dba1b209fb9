"""Remedies of the rules about variables and about reconfigured zones (R08, R11, R22, R23) are followed."""

from __future__ import annotations

import re

import pytest

from tests.lab.installer.remedies.files import KS, VARIABLES, Files, hypers, segments, vgs
from tests.lab.installer.remedies.files import in_service as in_use
from tests.seen import seen
from zones.models import Plan, Zone

pytestmark = pytest.mark.django_db
GLOBAL = VARIABLES.replace("advance:", "  is_global_zone: 1\nadvance:")


@pytest.mark.remedy("R08")
def test_a_public_cloud(files: Files) -> None:
    files.example("R08")
    [kind] = re.findall(r"^write (\w+)$", files.refused("R08"))
    files.set("cloud_type", kind)
    files.passes()


def to_zero(files: Files, remedy: str) -> None:
    """Set the flag to the value of the remedy."""
    [(key, value)] = re.findall(r"set (\w+) to (\d)", remedy)
    files.set(key, value)


@pytest.mark.remedy("R11")
def test_a_global_zone_in_a_region_that_exists(files: Files) -> None:
    files.example("R11")
    to_zero(files, files.refused("R11"))
    files.passes()


@pytest.mark.remedy("R11")
def test_a_global_zone_of_a_new_region(files: Files) -> None:
    files.new(variables=GLOBAL.replace("region_id: pek3", "region_id: gd1"))
    assert files.warned("R11") == "this is correct for the first zone of a region; otherwise set it to 0"
    files.set("is_global_zone", "0")
    files.passes(without="R11")


@pytest.mark.remedy("R11")
def test_adopting_a_second_global_zone(files: Files) -> None:
    Zone.objects.filter(zone_id="pek3a").update(is_global=True)
    files.new(
        hypers(21, 22),
        "vbc:\n  - {mgmt_ips: [172.16.80.21, 172.16.80.22], ipv4_vbc: 10.40.50.0/24, ipv4_vip: 172.16.80.241|172.16.80.21}\n",
        variables=GLOBAL,
    )
    command = ("adopt_zone", *files.command()[1:])
    to_zero(files, files.says("R11", "pek3a", files.run(*command), "error"))
    files.command()
    files.does(*command)


@pytest.mark.remedy("R11")
def test_a_region_that_got_its_global_zone_meanwhile(files: Files) -> None:
    files.new(variables=GLOBAL.replace("region_id: pek3", "region_id: gd1"))
    files.passes()
    Zone.objects.filter(zone_id="pek3v").update(is_global=True, region_id="gd1")
    plan = Plan.objects.get(status="draft").plan_id
    remedy = files.says("R11", "global zone", files.run("approve_plan", plan, "--hash", seen(plan)), "error")
    assert remedy == "set is_global_zone to 0 and configure again"
    to_zero(files, remedy)
    files.passes()
    plan = Plan.objects.get(status="draft").plan_id
    files.does("approve_plan", plan, "--hash", seen(plan))


@pytest.mark.remedy("R22")
@pytest.mark.parametrize("way", ["fill", "set"])
def test_a_component_without_its_fields(files: Files, way: str) -> None:
    files.example("R22")
    remedy = files.refused("R22")
    assert remedy.startswith("fill it in, or set deploy_boss to 0")
    if way == "fill":
        files.write("{deploy_boss: 1}", "{deploy_boss: 1, boss_domain: boss.example.com}")
    else:
        to_zero(files, remedy)
    files.passes()


def in_service(files: Files, zone_id: str) -> None:
    """Take the files with which the zone was adopted."""
    plan = Plan.objects.get(zone__zone_id=zone_id, status="applied")
    files.texts = {item["name"]: item["text"] for item in plan.sources}


@pytest.mark.remedy("R23")
def test_a_zone_that_is_configured_already(files: Files) -> None:
    in_service(files, "pek3a")
    [option] = re.findall(r"^use (-\w) to", files.refused("R23"))
    files.passes(option)


@pytest.mark.remedy("R23")
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("deploy_mode: standard", "deploy_mode: devops", "deploy_mode is devops"),
        ("region_id: pek3", "region_id: pek4", "region_id is pek4"),
        ("172.16.80.12: {role: hyper-repl", "172.16.80.12: {role: hyper-sanc", "hyper-sanc in this file"),
    ],
)
def test_what_runs_as_something_else(files: Files, old: str, new: str, says: str) -> None:
    in_service(files, "pek3a")
    files.write(old, new)
    [right] = re.findall(r"^write (?:role: )?(\S+)$", files.refused("R23", says, "-f"))
    assert old.endswith(right)
    files.write(new, old)
    files.passes("-f")


@pytest.mark.remedy("R23")
def test_a_machine_in_service_that_the_file_leaves_out(files: Files) -> None:
    in_service(files, "pek3v")
    row = hypers(18)
    files.write(row, "")
    assert files.refused("R23", "172.16.80.18", "-f") == "add it with its role"
    files.write("roles:\n", f"roles:\n{row}")
    files.passes("-f")


@pytest.mark.remedy("R23")
def test_a_zone_whose_id_changes(files: Files) -> None:
    files.new()
    files.passes()
    plan = Plan.objects.get(status="draft").plan_id
    files.does("approve_plan", plan, "--hash", seen(plan))
    files.texts = {
        name.replace("pek3n", "pek3z"): text.replace("pek3n", "pek3z") for name, text in files.texts.items()
    }
    refused = files.run(*files.command())
    [options] = re.findall(r"if so, add (.*)$", files.says("R23", "new zone_id", refused, "info"))
    [option] = re.findall(r"confirm with (--yes)", files.refused("R23", "rows below", *options.split()))
    files.passes(*options.split(), option)


@pytest.mark.remedy("R23")
def test_a_zone_whose_id_cannot_change(files: Files) -> None:
    in_service(files, "pek3a")
    files.texts = {
        name.replace("pek3a", "pek3z"): text.replace("pek3a", "pek3z") for name, text in files.texts.items()
    }
    assert files.refused("R23", "", "--rekey-from", "pek3a") == "add -f"
    options = ("-f", "--rekey-from", "pek3a")
    [kept] = re.findall(r"^keep zone_id (\S+)$", files.refused("R23", "active nodes", *options))
    files.texts = {
        name.replace("pek3z", kept): text.replace("pek3z", kept) for name, text in files.texts.items()
    }
    files.passes("-f")


@pytest.mark.remedy("R23")
def test_a_new_id_with_other_files_beside(files: Files) -> None:
    files.new()
    files.passes()
    plan = Plan.objects.get(status="draft").plan_id
    files.does("approve_plan", plan, "--hash", seen(plan))
    files.texts = {
        name.replace("pek3n", "pek3z"): text.replace("pek3n", "pek3z") for name, text in files.texts.items()
    }
    renamed = dict(files.texts)
    options = ("-f", "--rekey-from", "pek3n", "--yes")
    files.scale("pek3a", hypers(23, 24))
    remedy = files.refused("R23", "one variables file and one settings file", *options)
    assert remedy == "specify only -v variables.NEW_ID.yaml -s settings.NEW_ID.yaml"
    files.texts = renamed
    files.passes(*options)


@pytest.mark.remedy("R23")
def test_a_new_id_that_another_zone_has(files: Files) -> None:
    files.new()
    files.passes()
    plan = Plan.objects.get(status="draft").plan_id
    files.does("approve_plan", plan, "--hash", seen(plan))
    first = dict(files.texts)
    options = ("-f", "--rekey-from", "pek3n", "--yes")
    for new, refused in (("pek3d", True), ("pek3z", False)):
        files.texts = {name.replace("pek3n", new): text.replace("pek3n", new) for name, text in first.items()}
        if refused:
            assert files.refused("R23", "already", *options) == "choose an unused zone_id"
        else:
            files.passes(*options)


@pytest.mark.remedy("R23")
def test_a_segment_in_use_that_the_file_leaves_out(files: Files) -> None:
    files.new(KS + hypers(21, 22) + vgs(41), segments(vg41="'139.198.10.0/24|.1'"))
    files.passes()
    in_use()
    files.write("['139.198.10.0/24|.1']", "['139.198.20.0/24|.1']")
    remedy = files.refused("R23", "139.198.10.0/24", "-f")
    assert remedy.startswith("list it under eips")
    files.write("['139.198.20.0/24|.1']", "['139.198.10.0/24|.1', '139.198.20.0/24|.1']")
    files.passes("-f")

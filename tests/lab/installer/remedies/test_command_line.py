"""Remedies about command lines are followed as printed."""

from __future__ import annotations

import io
import re
from collections.abc import Callable

import pytest
from rest_framework.test import APIClient

from common.actor import Actor
from jobs.models import Job
from nodes.services.modify import modify_disks
from operations.region.service import tick_checklist
from tests.factories import host_key, make_job
from tests.lab.installer.remedies.desk import MANUAL, SCALE, SETTINGS_D, Desk
from tests.lab.installer.remedies.stage import A11, A21, Stage
from tests.support import newzone
from zones.models import Plan, PlanFile
from zones.services.templates import TEMPLATES

pytestmark = pytest.mark.django_db(transaction=True)
Typing = Callable[[str], None]


class Terminal(io.StringIO):
    """Standard input of a person at a keyboard."""

    def isatty(self) -> bool:
        return True


@pytest.fixture
def typing(monkeypatch: pytest.MonkeyPatch) -> Typing:
    """Type this at the next question."""

    def types(text: str) -> None:
        monkeypatch.setattr("sys.stdin", Terminal(f"{text}\n"))
        monkeypatch.setattr("getpass.getpass", lambda prompt: text)

    return types


@pytest.mark.remedy("C01")
def test_a_file_that_is_somewhere_else(scale: Desk) -> None:
    stage, (*command, path) = scale.stage, scale.command
    for wrong in (f"{path}.yaml", str(stage.folder)):
        assert stage.refused("C01", *command, wrong) == "check the path and its permissions"
    stage.does(*command, path)


@pytest.mark.remedy("F01")
def test_no_file_at_all(zone: Desk, scale: Desk) -> None:
    stage = scale.stage
    remedy = stage.refused("F01", "config_qingcloud", "-s", "")
    assert "(-s FILE)" in remedy and "(-v FILE -s FILE)" in remedy
    stage.does(*scale.command)
    stage.does(*zone.command)


@pytest.mark.remedy("F01")
def test_no_file_in_a_request(scale: Desk, operator: APIClient) -> None:
    refused = operator.post("/api/v1/plans/", {"settings": [], "check": True}, format="json")
    [finding] = refused.json()["findings"]
    assert finding["code"] == "F01" and finding["remedy"].startswith("specify a settings file ")
    body = {"settings": [{"name": SCALE, "text": scale.texts[SCALE]}], "check": True}
    assert operator.post("/api/v1/plans/", body, format="json").status_code == 200


@pytest.mark.remedy("C02")
def test_a_file_that_is_far_too_large(scale: Desk) -> None:
    stage = scale.stage
    wrong = stage.file("image", b"\0" * 1_000_001)
    known = stage.file("known_hosts", f"{A21} {host_key(21)}\n")
    establish = "establish_ssh", stage.file("list", A21), "--no-password", "--known-hosts"
    for command, right in (
        (scale.command[:-1], scale.command[-1]),
        (("describe_nodes", "-I"), stage.file("list", A21)),
        (establish, known),
    ):
        assert stage.refused("C02", *command, wrong) == "check that it is the right file"
        stage.does(*command, right)


@pytest.mark.remedy("F02")
def test_a_zone_without_its_variables(zone: Desk, scale: Desk) -> None:
    stage, (*command, variables, flag, settings) = zone.stage, zone.command
    remedy = stage.refused("F02", *command[:-1], flag, settings)
    [given] = re.findall(r"specify (variables\S+) too", remedy)
    assert variables.endswith(f"/{given}")
    stage.does(*command, variables, flag, settings)
    misnamed = stage.file("settings.pek3c.yaml", scale.texts[SCALE])
    [name] = re.findall(r"name the file (\S+)$", stage.refused("F02", *scale.command[:-1], misnamed))
    stage.does(*scale.command[:-1], stage.file(name, scale.texts[SCALE]))


@pytest.mark.remedy("F03")
def test_a_zone_without_its_settings(zone: Desk, scale: Desk) -> None:
    stage, (*command, settings) = zone.stage, zone.command
    remedy = stage.refused("F03", *command, scale.command[-1])
    [given] = re.findall(r"^specify (\S+) too$", remedy)
    assert settings.endswith(f"/{given}")
    stage.does(*command, f"{scale.command[-1]},{settings}")


def establish(stage: Stage) -> tuple[str, str]:
    stage.region.nodes(21, host_key="", host_key_fingerprint="")
    return "establish_ssh", stage.file("list", A21)


@pytest.mark.remedy("C04")
@pytest.mark.parametrize("way", ["--password-stdin", "INSTALLER_SSH_PASSWORD", "--no-password"])
def test_a_password_without_a_terminal(stage: Stage, monkeypatch: pytest.MonkeyPatch, way: str) -> None:
    command = establish(stage)
    assert way in stage.refused("C04", *command)
    if way == "--password-stdin":
        monkeypatch.setattr("sys.stdin", io.StringIO("secret\n"))
    if not way.startswith("--"):
        monkeypatch.setenv(way, "secret")
        stage.does(*command)
        return
    stage.does(*command, way)


@pytest.mark.remedy("C04")
@pytest.mark.parametrize("way", ["the login password", "--no-password"])
def test_an_empty_password(stage: Stage, typing: Typing, way: str) -> None:
    command = establish(stage)
    typing("")
    assert way in stage.refused("C04", *command)
    typing("secret")
    stage.does(*command, *([way] if way.startswith("--") else []))


@pytest.mark.remedy("C04")
def test_a_password_in_another_encoding(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    command = (*establish(stage), "--password-stdin")

    def piped(encoding: str) -> None:
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO("schön\n".encode(encoding)), "utf-8"))

    piped("latin-1")
    assert stage.refused("C04", *command) == "type or pipe it in as UTF-8"
    piped("utf-8")
    stage.does(*command)


@pytest.mark.remedy("C05")
@pytest.mark.parametrize("way", ["at the prompt", "--password-stdin", "INSTALLER_SSH_PASSWORD"])
def test_a_password_that_everybody_sees(
    stage: Stage, typing: Typing, monkeypatch: pytest.MonkeyPatch, way: str
) -> None:
    command = (*establish(stage), "22", "root")
    remedy = stage.refused("C05", *command, "secret")
    assert remedy.startswith("omit the password") and way in remedy
    if way == "INSTALLER_SSH_PASSWORD":
        monkeypatch.setenv(way, "secret")
    else:
        typing("secret")
    stage.does(*command, *([way] if way.startswith("--") else []))


@pytest.mark.remedy("C06")
def test_no_node_is_in_that_state(stage: Stage) -> None:
    stage.region.nodes(21)
    remedy = stage.refused("C06", "collect_nodes", "-s", "new")
    listed = stage.follow(remedy, "describe_nodes").json["node_set"]
    states = {row["mgmt_address"]: row["status"] for row in listed}
    stage.does("collect_nodes", "-s", states[A21])


@pytest.mark.remedy("C07")
def test_a_job_of_another_action(stage: Stage) -> None:
    stage.region.nodes(21)
    stage.does("collect_nodes", "-i", A21)
    job = Job.objects.get(action="collect_nodes").job_id
    for verb in ("get_status", "get_log"):
        assert (
            stage.refused("C07", verb, job, "--action", "scale_qingcloud")
            == "specify either the job or the action"
        )
        stage.does(verb, job)
        stage.does(verb, "--action", "collect_nodes")
    # The old names each speak of one action: without a job they show its newest one.
    other = make_job().job_id
    assert stage.refused("C07", "get_collect_nodes_status", other) == "specify either the job or the action"
    stage.does("get_collect_nodes_status", job)
    stage.does("get_status", other)


@pytest.mark.remedy("C09")
def test_routes_of_nothing(stage: Stage) -> None:
    stage.begun()
    job = Job.objects.get(action="scale_qingcloud").job_id
    remedy = stage.refused("C09", "dump_vbc_route")
    [group] = re.findall(r"such as (\w+)", remedy)
    for words in ((group,), ("-z", "pek3c"), ("--job", job)):
        assert words[0] in remedy
        stage.does("dump_vbc_route", *words)


@pytest.mark.remedy("C10")
@pytest.mark.parametrize("verb", ["approve_plan", "reject_plan", "leave_out_nodes"])
@pytest.mark.parametrize("way", ["type", "--hash"])
def test_a_plan_is_not_confirmed(stage: Stage, typing: Typing, verb: str, way: str) -> None:
    plan = stage.draft({21: "hyper-repl", 22: "hyper-repl", 23: "hyper-repl"})
    command = (verb, plan, *(["-i", A21] if verb == "leave_out_nodes" else []))
    typing("yes")
    remedy = stage.refused("C10", *command)
    shown = stage.follow(remedy, "show_plan")
    if way == "type":
        assert "then type its id" in remedy
        typing(plan)
        stage.does(*command)
    else:
        assert "pass --hash with its content hash" in remedy
        [content_hash] = re.findall(r"content hash ([0-9a-f]{64})", shown.out)
        stage.does(*command, "--hash", content_hash)


@pytest.mark.remedy("C10")
@pytest.mark.parametrize("way", ["type", "--hash"])
def test_an_edit_is_not_confirmed(stage: Stage, typing: Typing, way: str) -> None:
    plan = stage.draft()
    file = PlanFile.objects.get(plan__plan_id=plan, path__startswith="settings/", address=A21)
    command = "edit_plan_file", plan, file.path, "-I", stage.file("edited", f"# by hand\n{file.content}")
    remedy = stage.refused("C10", *command)
    if way == "type":
        assert remedy.startswith("review the difference and type the path")
        typing(file.path)
        stage.does(*command)
    else:
        [given] = re.findall(r"--hash (\w+)$", remedy)
        stage.does(*command, "--hash", given)
    assert PlanFile.objects.get(pk=file.pk).content.startswith("# by hand\n")


@pytest.mark.remedy("C10")
@pytest.mark.parametrize("way", ["type the number of disks", "--yes"])
def test_erasing_is_not_confirmed(stage: Stage, typing: Typing, way: str) -> None:
    stage.region.nodes(21)
    command = "erase_data_disks", "-i", A21, "-d", "sdb", "sdc"
    typing("yes")
    assert way in stage.refused("C10", *command)
    typing("2")
    stage.does(*command, *([way] if way.startswith("--") else []))


@pytest.mark.remedy("C10")
@pytest.mark.parametrize("way", ["type the number of nodes", "--yes"])
def test_adopting_is_not_confirmed(zone: Desk, typing: Typing, way: str) -> None:
    zone.stage.file(SETTINGS_D, zone.texts[SETTINGS_D] + MANUAL)
    command = "adopt_zone", *zone.command[2:]
    typing("yes")
    assert way in zone.stage.refused("C10", *command)
    typing("3")
    zone.stage.does(*command, *([way] if way.startswith("--") else []))


@pytest.mark.remedy("C10")
@pytest.mark.parametrize("way", ["type the name", "--seen-at"])
def test_a_correction_of_somebody_else_is_not_confirmed(stage: Stage, typing: Typing, way: str) -> None:
    modify_disks(addresses=[A11], disk="sdb", type="nvme", reason="label says so", actor=Actor("bob", "api"))
    command = "modify_node_attributes", "-i", A11, "-d", "sdb", "-t", "sata"
    typing("yes")
    remedy = stage.refused("C10", *command)
    assert way in remedy
    if way == "--seen-at":
        [moment] = re.findall(r"--seen-at (\S+)$", remedy)
        stage.does(*command, way, moment)
    else:
        typing("sdb")
        stage.does(*command)


@pytest.mark.remedy("C10")
@pytest.mark.parametrize("way", ["type the item", "--ticked-at"])
def test_a_tick_of_somebody_else_is_not_confirmed(stage: Stage, typing: Typing, way: str) -> None:
    plan = newzone.planned_zone(stage.region)
    Plan.objects.filter(pk=plan.pk).update(status="applied")
    tick_checklist(zone_id="pek3d", item="services", actor=Actor("bob", "api"))
    command = "zone_checklist", "-z", "pek3d", "--untick", "services"
    typing("yes")
    remedy = stage.refused("C10", *command)
    assert way in remedy
    typing("services")
    stage.does(*command, *re.findall(r"(--ticked-at) (\S+)$", remedy)[0] if way.startswith("--") else ())


@pytest.mark.remedy("C11")
def test_an_example_with_a_template(stage: Stage) -> None:
    command = "copy_template", "--archive", "fusion/devops1b", "-o", str(stage.folder)
    remedy = stage.refused("C11", *command, "-t", "settings")
    assert remedy == "an example zone already includes both files"
    stage.does(*command)
    assert {path.name.partition(".")[0] for path in stage.folder.glob("*.yaml")} == {"settings", "variables"}


@pytest.mark.remedy("C12")
def test_a_template_for_no_zone(stage: Stage) -> None:
    command = "copy_template", "-o", str(stage.folder)
    remedy = stage.refused("C12", *command)
    assert "specify -z ZONE_ID, or --archive MODE/ZONE (--list shows the examples)" in remedy
    stage.does(*command, "-z", "pek3e")
    stage.does(*command, "--archive", stage.does("copy_template", "--list").json[0]["name"])


@pytest.mark.remedy("T01")
def test_no_such_template(stage: Stage) -> None:
    command = "copy_template", "-z", "pek3e", "-o", str(stage.folder), "-t"
    names = stage.refused("T01", *command, "zone").removeprefix("use one of ").split(", ")
    assert set(names) == set(TEMPLATES)
    for name in names:
        stage.does(*command, name)


@pytest.mark.remedy("C16")
def test_a_plan_of_another_zone(stage: Stage) -> None:
    plan = stage.draft()
    newzone.planned_zone(stage.region)
    assert stage.refused("C16", "show_plan", plan, "-z", "pek3d") == "specify either the plan or the zone"
    stage.does("show_plan", plan)
    stage.does("show_plan", "-z", "pek3d")


@pytest.mark.remedy("C17")
def test_collections_of_several_nodes(stage: Stage) -> None:
    command = "get_collection", "-i"
    assert (
        stage.refused("C17", *command, "172.16.80.11-12") == "specify one: collections are kept for each node"
    )
    stage.does(*command, A11)

"""Edits of rendered files, node lists and changed zone ids, from the shell and over REST."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from nodes.models import Node
from tests.seen import seen
from tests.support import demo
from zones.models import Plan, Zone

pytestmark = pytest.mark.django_db
PATH = f"settings/{demo.ZONE}r01n14"


@pytest.fixture
def plan(run, tmp_path, data_dir) -> Plan:
    """Make a draft that adds four hypers."""
    return demo.draft(run, tmp_path)


def edited(plan: Plan, old: str, new: str) -> str:
    text = plan.files.get(path=PATH).content
    assert old in text
    return text.replace(old, new)


def test_edit_plan_file_from_the_shell(run, plan, tmp_path):
    file = tmp_path / "text"
    file.write_text(edited(plan, 'os_version="20.04"', 'os_version="20.04.6"'))
    result = run("edit_plan_file", plan.plan_id, PATH, "-I", file, "--hash", seen(plan.plan_id))
    assert result.code == 0 and "is draft" in result.err
    [shown] = [
        item
        for item in run("show_plan", plan.plan_id, "--diff", "--format", "json").json["files"]
        if item["path"] == PATH
    ]
    assert shown["edited_by"] and '+os_version="20.04.6"' in shown["edit_diff"]
    file.write_bytes(b'role="\xff"')
    assert run("edit_plan_file", plan.plan_id, PATH, "-I", file, "--hash", seen(plan.plan_id)).code == 2
    file.write_text("reboot\n")
    result = run("edit_plan_file", plan.plan_id, PATH, "-I", file, "--hash", seen(plan.plan_id))
    assert result.code == 2 and f"{PATH}:1" in result.err and "E03" in result.err


def test_edit_and_node_lists_over_rest(run, operator, viewer, plan):
    body = {
        "path": PATH,
        "content": edited(plan, 'role="hyper-repl"', 'role="hyper-sanc"'),
        "content_hash": plan.content_hash,
    }
    url = f"/api/v1/plans/{plan.plan_id}/edit-file/"
    assert viewer.post(url, body).status_code == 403
    answer = operator.post(url, body)
    assert answer.status_code == 200, answer.content
    body["content_hash"] = answer.json()["content_hash"]
    refused = operator.post(url, {**body, "content": "x"})
    assert refused.status_code == 400 and refused.json()["findings"][0]["line"] == 1
    assert operator.post(url, {**body, "path": "no/such"}).status_code == 404
    listed = operator.post(f"/api/v1/zones/{demo.ZONE}/gen-node-list/")
    assert listed.status_code == 200, listed.content
    assert [role["role"] for role in listed.json()["roles"]] == ["hyper-sanc"]
    again = run("gen_node_list", "-z", demo.ZONE)
    assert again.code == 0 and again.json["roles"] == [] and "nothing changed" in again.err


def test_a_changed_zone_id(run, db, tmp_path, data_dir, operator):
    demo.nodes()
    files = demo.write(tmp_path)
    Path(files["settings"]).write_text(yaml.safe_dump(demo.old_settings()))
    first = run("config_qingcloud", "-v", files["variables"], "-s", files["settings"])
    assert first.code == 0, first.err
    assert run("approve_plan", first.json[0]["plan_id"], "--hash", seen(first.json[0]["plan_id"])).code == 0
    variables = {**demo.VARIABLES, "base": {**demo.VARIABLES["base"], "zone_id": "devops1x"}}
    paths = {}
    for kind, content in (
        ("variables", variables),
        ("settings", {**demo.old_settings(), "zone_id": "devops1x"}),
    ):
        paths[kind] = tmp_path / f"{kind}.devops1x.yaml"
        paths[kind].write_text(yaml.safe_dump(content))
    arguments = ("-v", paths["variables"], "-s", paths["settings"], "-f", "--rekey-from", demo.ZONE)
    listed = run("config_qingcloud", *arguments)
    assert listed.code == 2 and "zone devops1a becomes devops1x" in listed.err and "--yes" in listed.err
    body = {
        **{kind: [{"name": path.name, "text": path.read_text()}] for kind, path in paths.items()},
        "force": True,
        "rekey_from": demo.ZONE,
    }
    answer = operator.post("/api/v1/plans/", body)
    assert answer.status_code == 400 and len(answer.json()["findings"]) > 5
    assert Zone.objects.get().zone_id == demo.ZONE
    done = run("config_qingcloud", *arguments, "--yes")
    assert done.code == 0, done.err
    assert Zone.objects.get().zone_id == "devops1x"


def test_copy_template(run, tmp_path):
    result = run("copy_template", "-z", "pek3d", "-t", "scale_settings", "-o", tmp_path)
    assert result.code == 0 and result.out.strip() == str(tmp_path / "scale_settings.pek3d.yaml")
    assert yaml.safe_load((tmp_path / "scale_settings.pek3d.yaml").read_text())["zone_id"] == "pek3d"
    again = run("copy_template", "-z", "pek3d", "-t", "scale_settings", "-o", tmp_path)
    assert again.code == 2 and "T03" in again.err
    assert run("copy_template", "-z", "No Zone").code == 2
    assert run("copy_template", "-z", "pek3d", "-o", "/proc/nowhere").code == 1


def test_the_text_to_edit_comes_from_the_shell_and_the_edit_is_seen_there(run, plan, tmp_path):
    before = run("show_plan", plan.plan_id, "--file", PATH)
    assert before.code == 0 and before.out == plan.files.get(path=PATH).content
    file = tmp_path / "text"
    file.write_text(before.out.replace('os_version="20.04"', 'os_version="20.04.6"'))
    assert run("edit_plan_file", plan.plan_id, PATH, "-I", file, "--hash", seen(plan.plan_id)).code == 0
    assert run("show_plan", plan.plan_id, "--file", PATH).out == file.read_text()
    shown = run("show_plan", plan.plan_id, "--diff", "--format", "table").out
    assert f"{PATH} was edited by" in shown and "edited by" in shown.split("Files", 1)[1]
    assert '-os_version="20.04"' in shown and '+os_version="20.04.6"' in shown
    missing = run("show_plan", plan.plan_id, "--file", "no/such")
    assert missing.code == 2 and "E01" in missing.err


def test_approving_a_plan_whose_nodes_serve_already_names_no_job(run, plan):
    first = run("approve_plan", plan.plan_id, "--hash", plan.content_hash)
    assert first.code == 0 and "next: scale_qingcloud" in first.err
    Node.objects.filter(role__plan=plan).update(status="active")
    finding = {"code": "P64", "detail": "later steps did not run", "remedy": "run them", "level": "warning"}
    Plan.objects.filter(pk=plan.pk).update(status="draft", findings=[finding])
    again = run("approve_plan", plan.plan_id, "--hash", plan.content_hash)
    assert again.code == 0 and "is applied" in again.err and "scale_qingcloud" not in again.err
    assert "later steps did not run -> run them" in again.err


def test_show_plan_begins_with_what_will_be_destroyed(run, plan, viewer):
    node = Node.objects.get(mgmt_address="127.1.0.15")
    disk = node.disks.filter(is_os=False).order_by("order").first()
    node.disks.filter(pk=disk.pk).update(signatures=["zfs_member"])
    shown = run("show_plan", plan.plan_id)
    [first, *_] = shown.json["destroys"]
    assert (first["node"], first["name"], first["holds"]) == ("127.1.0.15", disk.name, ["zfs_member"])
    assert first["serial"] == disk.serial and first["model"] == disk.model and "ZFS pool" in first["becomes"]
    assert (
        viewer.get(f"/api/v1/plans/{plan.plan_id}/?files=false").json()["destroys"] == shown.json["destroys"]
    )
    table = run("show_plan", plan.plan_id, "--format", "table").out
    before = table.split("WILL BE DESTROYED")[0]
    assert "Roles" not in before and "1 of them holds data that is lost" in table
    assert disk.serial in table.split("WILL BE DESTROYED")[1].split("Roles")[0]
    asked = run("approve_plan", plan.plan_id)
    assert asked.code == 2 and "1 of them holds data that is lost" in asked.err
    assert run("reject_plan", plan.plan_id, "--hash", plan.content_hash).code == 0
    assert run("show_plan", plan.plan_id).json["destroys"] == []

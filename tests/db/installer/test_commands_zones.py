"""From a running zone to a scaling job, as typed in a shell."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
import yaml

from jobs.models import Job
from nodes.models import Node
from tests.seen import seen
from tests.support import demo
from zones.models import Plan, Zone

pytestmark = pytest.mark.django_db


@pytest.fixture
def files(tmp_path: Path, data_dir: Path) -> dict[str, str]:
    demo.nodes()
    return demo.write(tmp_path)


@pytest.fixture
def adopted(run, tmp_path: Path, data_dir: Path) -> dict[str, str]:
    return demo.running(run, tmp_path)


@pytest.fixture
def configured(run, adopted):
    result = run("config_qingcloud", "-s", adopted["scale"])
    assert result.code == 0, result.err
    return {**adopted, "plan": result.json[0]["plan_id"]}


def approve(run, plan_id: str) -> None:
    assert run("approve_plan", plan_id, "--hash", seen(plan_id), "--comment", "seen").code == 0


@pytest.fixture
def approved(run, configured):
    approve(run, configured["plan"])
    return configured


def test_adopt_zone_registers_the_zone_and_its_nodes(run, files):
    result = run("adopt_zone", "-v", files["variables"], "-s", files["settings"])
    assert result.code == 0, result.err
    assert result.json["zone_id"] == demo.ZONE and result.json["kind"] == "adopt"
    assert Zone.objects.get().roles.count() == 3
    assert run("describe_nodes", "-z", demo.ZONE, "-s", "active").json["total_count"] == 3
    assert run("describe_nodes", "-r", "ks").json["node_set"][0]["zone_id"] == demo.ZONE


def test_config_qingcloud_makes_a_plan(run, adopted):
    result = run("config_qingcloud", "-s", adopted["scale"])
    assert result.code == 0, result.err
    assert result.json[0]["zone_id"] == demo.ZONE and result.json[0]["status"] == "draft"
    assert f"show_plan {result.json[0]['plan_id']}" in result.err
    status = run("get_config_qingcloud_status")
    assert status.json["status"] == "succeeded" and status.json["action"] == "config_qingcloud"
    assert result.json[0]["plan_id"] in run("get_config_qingcloud_log").out


def test_config_qingcloud_check_changes_nothing(run, adopted):
    plans = Plan.objects.count()
    result = run("config_qingcloud", "-s", adopted["scale"], "--check", "--format", "csv")
    assert result.code == 0
    assert next(csv.DictReader(io.StringIO(result.out)))["status"] == "checked"
    assert Plan.objects.count() == plans


def test_config_qingcloud_reports_every_finding(run, adopted, tmp_path):
    bad = demo.new_settings()
    bad["roles"]["127.1.0.99"] = {"role": "hyper-repl", "sub_roles": ["hyper"]}
    bad["roles"]["127.1.0.98"] = {"role": "hyper-repl", "sub_roles": ["hyper"]}
    path = tmp_path / f"scale_settings.{demo.ZONE}.yaml"
    path.write_text(yaml.safe_dump(bad))
    result = run("config_qingcloud", "-s", path)
    assert result.code == 2 and result.out == ""
    assert "127.1.0.99" in result.err and "127.1.0.98" in result.err
    assert f"{path.name}:" in result.err, "the place is a file and a line"


@pytest.mark.parametrize("argument", ["/no/such/file.yaml", "/dev/zero"])
def test_config_qingcloud_refuses_files_that_cannot_be_read(run, db, argument):
    result = run("config_qingcloud", "-s", argument)
    assert result.code == 2
    assert argument in result.err and "C0" in result.err


def test_show_plan_as_json_and_for_people(run, configured):
    plan = run("show_plan", "-z", demo.ZONE).json
    assert plan["plan_id"] == configured["plan"] and len(plan["vbcs"]) == 2
    assert all("diff" not in file for file in plan["files"])
    table = run("show_plan", configured["plan"], "--format", "table", "--diff").out
    for part in ("VBC networks", "Roles", "Files", "127.1.0.14", "10.10.51.0/24", "+## Role"):
        assert part in table, part
    assert "\x1b" not in table, "no colours where nobody sees them"
    rows = list(csv.DictReader(io.StringIO(run("show_plan", configured["plan"], "--format", "csv").out)))
    assert {row["status"] for row in rows} >= {"added"}
    assert yaml.safe_load(run("show_plan", configured["plan"], "--format", "yaml").out)["files"]


def test_a_piped_diff_is_a_diff(run, configured):
    piped = run("show_plan", configured["plan"], "--diff").out
    assert "\n+++ " in piped and not piped.startswith("{")
    shape = run("show_plan", configured["plan"], "--diff", "--format", "json").json
    assert shape["plan_id"] == configured["plan"]
    # Without it the plan is a table, which has a machine form.
    assert run("show_plan", configured["plan"]).json["plan_id"] == configured["plan"]


def test_show_plan_wants_a_name_and_knows_when_there_is_none(run, db):
    assert run("show_plan").code == 2
    assert run("show_plan", "no-such-plan").code == 2
    assert run("show_plan", "-z", "nowhere").code == 2


@pytest.mark.parametrize("command", ["show_plan", "approve_plan", "reject_plan"])
def test_a_plan_of_another_zone_than_the_named_one_is_refused(run, configured, command):
    refused = run(command, configured["plan"], "-z", "elsewhere")
    assert refused.code == 2 and refused.err.startswith("C16") and f"to zone {demo.ZONE}" in refused.err
    assert run("show_plan", configured["plan"], "-z", demo.ZONE).json["status"] == "draft"


def test_approve_plan_gives_the_nodes_their_roles(run, configured):
    looked = seen(configured["plan"])
    result = run("approve_plan", "-z", demo.ZONE, "--hash", looked, "--comment", "seen")
    assert result.code == 0 and "scale_qingcloud" in result.err
    plan = Plan.objects.get(plan_id=configured["plan"])
    assert (plan.status, plan.comment) == ("approved", "seen")
    assert Node.objects.filter(status="configured").count() == 4
    again = run("approve_plan", configured["plan"], "--hash", looked)
    assert again.code == 3 and "approved it at" in again.err


def test_reject_plan_frees_what_it_reserved(run, configured):
    result = run(
        "reject_plan", configured["plan"], "--hash", seen(configured["plan"]), "--comment", "wrong rack"
    )
    assert result.code == 0
    plan = Plan.objects.get(plan_id=configured["plan"])
    assert plan.status == "rejected" and plan.vbcs.count() == 0


def test_comments_are_short(run, configured):
    assert run("reject_plan", configured["plan"], "--comment", "x" * 501).code == 2


def test_scale_qingcloud_dry_run_touches_nothing(run, approved):
    result = run("scale_qingcloud", "-z", demo.ZONE, "-I", approved["ip_list"], "--dry-run")
    assert result.code == 0, result.err
    assert {step["node"] for step in result.json if step["node"]} >= set(demo.NEW)
    assert all(step["command"] for step in result.json)
    text = run(
        "scale_qingcloud", "-z", demo.ZONE, "-I", approved["ip_list"], "--dry-run", "--format", "table"
    ).out
    assert "# 127.1.0.14 install_nodes/os\n    set -eu\n" in text, "scripts keep their lines"
    assert not Job.objects.filter(action="scale_qingcloud").exists()


def test_the_dry_run_shows_the_packages_of_every_node(run, files, data_dir):
    vendor = data_dir / "packages" / "hyper-sanc" / "neonsan-client_3.1_amd64.deb"
    vendor.parent.mkdir(parents=True)
    vendor.write_bytes(b"x" * 321)
    assert run("adopt_zone", "-v", files["variables"], "-s", files["settings"]).code == 0
    mixed = demo.new_settings()
    odd = "127.1.0.17"
    mixed["roles"][odd]["role"] = "hyper-sanc"
    Path(files["scale"]).write_text(yaml.safe_dump(mixed))
    plan = run("config_qingcloud", "-s", files["scale"]).json[0]["plan_id"]
    approve(run, plan)
    steps = run("scale_qingcloud", "-z", demo.ZONE, "-I", files["ip_list"], "--dry-run").json
    built = " ".join(step["command"] for step in steps if step["phase"] == "build_pkgs")
    assert all(f"pitrix-{name}-conf_" in built for name in ("global", "hyper-repl", "hyper-sanc"))
    copied = {step["node"]: step["command"] for step in steps if step["component"] == "copy"}
    assert set(copied) == set(demo.NEW)
    for address, text in copied.items():
        assert "pitrix-global-conf_" in text
        assert ("pitrix-hyper-sanc-conf_" in text) == (address == odd)
        assert ("pitrix-hyper-repl-conf_" in text) == (address != odd)
        assert ("neonsan-client_3.1_amd64.deb (321 bytes" in text) == (address == odd)


def test_scale_qingcloud_begins_a_job(run, approved):
    result = run(
        "scale_qingcloud",
        *("-z", demo.ZONE, "-I", approved["ip_list"], "--canary", "1", "--batch", "2", "--max-failures", "0"),
    )
    assert result.code == 0, result.err
    job = Job.objects.get(job_id=result.out.strip())
    assert job.params["max_failures"] == 0 and job.created_via == "command"
    assert "no worker is running" in result.err
    assert run("get_scale_qingcloud_status").json["job_id"] == job.job_id
    again = run("scale_qingcloud", "-z", demo.ZONE, "-I", approved["ip_list"])
    assert again.code == 3 and job.job_id in again.err


def test_scale_qingcloud_needs_an_approved_plan(run, configured):
    result = run("scale_qingcloud", "-z", demo.ZONE, "-I", configured["ip_list"])
    assert result.code == 2 and "approve" in result.err


def test_dump_vbc_route_prints_text_only(run, adopted):
    result = run("dump_vbc_route", "hyper")
    assert result.code == 0
    assert result.out.strip().splitlines()[-1] == "ip route add 10.10.50.0/24 via 127.1.0.200"
    assert run("dump_vbc_route", "-z", demo.ZONE, "--syntax", "cisco").out.startswith("ip route 10.10.50.0 ")
    assert run("dump_vbc_route").code == 2
    assert run("dump_vbc_route", "all", "--syntax", "junos").code == 2
    assert run("dump_vbc_route", "nobody").code == 2


def test_leave_out_nodes_lets_a_plan_go_on(run, approved):
    addresses = sorted(Plan.objects.get(plan_id=approved["plan"]).roles)
    assert run("scale_qingcloud", "-z", demo.ZONE, "-i", *addresses).code == 0
    Job.objects.update(status="failed")
    Node.objects.filter(status="scaling").update(status="active")
    Node.objects.filter(mgmt_address=addresses[-1]).update(status="scale_failed", error="no answer")
    refused = run("reject_plan", "-z", demo.ZONE, "--hash", seen(approved["plan"]))
    assert refused.code == 2 and f"leave_out_nodes {approved['plan']} -i ADDRESS" in refused.err
    bad = run("leave_out_nodes", "-z", demo.ZONE, "--hash", seen(approved["plan"]), "-i", addresses[0])
    assert bad.code == 2 and "P61 error" in bad.err and "is active" in bad.err
    left = run(
        "leave_out_nodes",
        approved["plan"],
        "--hash",
        seen(approved["plan"]),
        "-i",
        addresses[-1],
        *("--reason", "board dead"),
    )
    assert left.code == 0, left.err
    assert f"show_plan {approved['plan']} --diff" in left.err
    assert run("describe_nodes", "-i", addresses[-1]).json["node_set"][0]["status"] == "available"
    assert "board dead" in run("show_plan", approved["plan"]).out

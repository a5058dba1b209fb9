"""The commands on nodes."""

from __future__ import annotations

import csv
import io
import json
import os

import pytest

from common.models import AuditEntry
from jobs.models import Job, JobSecret
from nodes.models import DiskCorrection, Node
from tests.factories import GB, correct, make_node, make_zone

pytestmark = pytest.mark.django_db


def test_add_nodes_from_a_file_with_everything_people_put_in(run, tmp_path):
    path = tmp_path / "ip_list"
    path.write_bytes(b"\xef\xbb\xbf127.1.0.1 # first\r\n\r\n127.1.0.2-127.1.0.4\r\n127.1.0.4\r\n")
    result = run("add_nodes", "-I", path, "--port", "2222")
    assert result.code == 0, result.err
    assert result.json["total_count"] == 4
    assert {node["ssh_port"] for node in result.json["node_set"]} == {2222}
    assert "4 nodes added" in result.err
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.via) == ("add_nodes", "command") and entry.actor


def test_add_nodes_adds_nothing_when_one_line_is_bad(run, tmp_path):
    path = tmp_path / "ip_list"
    path.write_text("127.1.0.1\nnonsense\n127.1.0.300\n")
    result = run("add_nodes", "-I", path)
    assert result.code == 2 and not Node.objects.exists()
    assert f"{path}:2" in result.err and f"{path}:3" in result.err


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--ip", "127.1.0.1", "--port", "0"),
        ("--ip", "1.2"),
        ("-I", "/no/such"),
        ("--ip", "127.1.0.1", "--user", "a b"),
    ],
)
def test_add_nodes_refuses_with_2(run, arguments):
    result = run("add_nodes", *arguments)
    assert result.code == 2 and result.err and not Node.objects.exists()


def test_describe_nodes_in_every_format(run):
    node = make_node(1)
    correct(node.disks.get(name="sdb"), "type", "sata", against="nvme")
    make_node(2, status="new")
    assert run("describe_nodes", "-s", "available").json["node_set"][0]["node_id"] == node.node_id
    assert run("describe_nodes", "-i", "172.16.80.2").json["total_count"] == 1
    rows = list(csv.DictReader(io.StringIO(run("describe_nodes", "--format", "csv").out)))
    assert [row["mgmt_address"] for row in rows] == ["172.16.80.1", "172.16.80.2"]
    assert rows[0]["memory_bytes"] == str(512 * 2**30)
    table = run("describe_nodes", "--format", "table").out
    assert "512 GiB" in table and "1 correction conflict" in table and "\x1b" not in table
    assert "node_set:" in run("describe_nodes", "--format", "yaml").out


@pytest.mark.parametrize("verb", ["describe_nodes", "export_nodes"])
def test_nodes_of_a_zone_that_is_not_there(run, verb):
    make_zone("pek3c")
    refused = run(verb, "-z", "nope")
    assert refused.code == 2 and not refused.out and "Z01" in refused.err
    assert "zone 'nope' does not exist" in refused.err and "registered zones: pek3c" in refused.err
    assert run(verb, "-z", "pek3c").code == 0, "an empty zone is one"


def test_describe_nodes_shows_a_table_on_a_terminal(run):
    make_node(1)
    assert not run("describe_nodes", tty=True).out.startswith("{")
    assert "nothing to show" in run("describe_nodes", "-s", "new", tty=True).out


def test_sentences_about_nodes_stand_below_the_table(run):
    reason = "disk failed with exit code 1: cannot create 'vpool': one or more devices is unavailable"
    make_node(1, status="scale_failed", error=reason)
    out = run("describe_nodes", "--format", "table").out
    assert f"172.16.80.1: {reason}" in out.splitlines() and "scale_failed" in out
    assert run("describe_nodes").json["node_set"][0]["error"] == reason


def test_what_a_node_says_of_itself_cannot_drive_the_terminal(run):
    make_node(1, hostname="evil\x1b[2J\x1b]0;pwned\x07[bold]", error="\x9b31m")
    out = run("describe_nodes", "--format", "table").out
    assert "\x1b" not in out and "\x9b" not in out and "[bold]" in out


def test_delete_nodes_all_or_none(run):
    make_node(1)
    make_node(2, status="active")
    both = ("-i", "172.16.80.1", "172.16.80.2")
    assert run("delete_nodes", *both).code == 2 and Node.objects.count() == 2
    assert run("delete_nodes", "-i", "172.16.80.1").code == 0 and Node.objects.count() == 1


def test_collect_nodes_prints_the_job(run):
    make_node(1, status="new")
    make_node(2, status="new")
    result = run("collect_nodes", "-s", "new")
    assert result.code == 0, result.err
    job = Job.objects.get(job_id=result.out.strip())
    assert job.steps.count() == 2
    busy = run("collect_nodes", "-i", "172.16.80.1")
    assert busy.code == 3 and job.job_id in busy.err


def test_collect_nodes_spares_nodes_in_service(run):
    make_node(1, status="active")
    refused = run("collect_nodes", "-i", "172.16.80.1")
    assert refused.code == 2 and "--force" in refused.err
    assert run("collect_nodes", "-i", "172.16.80.1", "--force").code == 0
    assert run("collect_nodes", "-s", "new").code == 2
    assert run("collect_nodes").code == 2


def test_modify_node_attributes_corrects_and_clears(run):
    for number in (1, 2):
        make_node(number)
    where = ("-i", "172.16.80.1-172.16.80.2", "-d", "sdb")
    result = run(
        "modify_node_attributes", *where, "-t", "sata", "-S", "1920.5", "-s", "0", "--reason", "cache"
    )
    assert result.code == 0, result.err
    assert [disk["size_bytes"] for disk in result.json] == [1_920_500_000_000] * 2
    assert result.json[0]["fields"]["type"]["observed"] == "ssd"
    assert DiskCorrection.objects.count() == 6
    assert "ssd -> sata" in run("modify_node_attributes", *where, "-s", "1", "--format", "table").out
    assert run("modify_node_attributes", *where, "--clear", "size", "type", "status").code == 0
    assert not DiskCorrection.objects.exists()


def test_modify_node_attributes_of_the_disk_that_was_seen(run):
    disk = make_node(1).disks.get(name="sdb")
    command = ("modify_node_attributes", "-i", "172.16.80.1", "-d", "sdb", "-t", "sata", "--seen")
    result = run(*command, "172.16.80.1=serial:other 5")
    assert result.code == 2 and "N18" in result.err
    assert run(*command, f"172.16.80.1={disk.known_by}", "--dry-run").code == 0
    assert not disk.corrections.exists()
    assert run(*command, f"172.16.80.1={disk.known_by}").code == 0
    assert disk.corrections.get().value == "sata"


@pytest.mark.parametrize("size", ["0", "-1", "nan", "inf", "1e30", "3,2", "3200GB", str(3200 * GB)])
def test_modify_node_attributes_knows_what_a_size_is(run, size):
    make_node(1)
    result = run("modify_node_attributes", "-i", "172.16.80.1", "-d", "sdb", f"-S={size}")
    assert result.code == 2 and "size" in result.err.lower() and not DiskCorrection.objects.exists()


@pytest.mark.parametrize(
    "arguments",
    [("-d", "sdb"), ("-d", "sdz", "-s", "0"), ("-d", "sdb", "-s", "2"), ("-d", "sdb", "--clear", "name")],
)
def test_modify_node_attributes_refuses(run, arguments):
    make_node(1)
    assert run("modify_node_attributes", "-i", "172.16.80.1", *arguments).code == 2


@pytest.fixture
def ip_list(tmp_path):
    make_node(1, status="new")
    path = tmp_path / "ip_list"
    path.write_text("172.16.80.1\n")
    return path


def test_establish_ssh_takes_the_password_from_stdin(run, ip_list, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cret word\n"))
    result = run("establish_ssh", ip_list, "2222", "admin", "--password-stdin")
    assert result.code == 0, result.err
    job = Job.objects.get(job_id=result.out.strip())
    assert (job.params["port"], job.params["user"], job.params["accept_new"]) == (2222, "admin", True)
    stored = JobSecret.objects.get(job=job).sealed + json.dumps(job.params) + result.out + result.err
    assert "s3cret" not in stored


def test_establish_ssh_takes_the_password_from_the_environment_once(run, ip_list, monkeypatch):
    monkeypatch.setenv("INSTALLER_SSH_PASSWORD", "s3cret")
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert run("establish_ssh", ip_list).code == 0
    import os

    assert "INSTALLER_SSH_PASSWORD" not in os.environ


def test_establish_ssh_without_a_password_checks_key_login(run, ip_list):
    result = run(
        "establish_ssh", ip_list, "--no-password", "--no-accept-new", "--replace-host-key", "172.16.80.1"
    )
    assert result.code == 0, result.err
    job = Job.objects.get(job_id=result.out.strip())
    assert job.params["accept_new"] is False and job.params["replace_host_keys"] == ["172.16.80.1"]
    assert not JobSecret.objects.exists()


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_establish_ssh_takes_options_anywhere(run, ip_list, place):
    words = [str(ip_list), "2222", "admin"]
    words.insert(place, "--no-password")
    result = run("establish_ssh", *words)
    assert result.code == 0, result.err
    params = Job.objects.get(job_id=result.out.strip()).params
    assert (params["port"], params["user"]) == (2222, "admin")


def test_establish_ssh_without_anything_names_what_is_missing(run):
    result = run("establish_ssh")
    assert result.code == 2 and result.err.rstrip().endswith("required: IP_LIST")


@pytest.mark.parametrize("options", [[], ["--password-stdin"]])
def test_establish_ssh_refuses_a_password_as_argument_without_repeating_it(run, ip_list, options):
    result = run("establish_ssh", ip_list, "22", "root", *options, "hunter2secret")
    assert result.code == 2 and "argument" in result.err
    assert "hunter2secret" not in result.err + result.out and not Job.objects.exists()


@pytest.mark.parametrize("typed", ["", "\n", "x" * 1100])
def test_establish_ssh_refuses_no_password_and_nonsense(run, ip_list, monkeypatch, typed):
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    monkeypatch.delenv("INSTALLER_SSH_PASSWORD", raising=False)
    assert run("establish_ssh", ip_list, "--password-stdin").code == 2
    assert run("establish_ssh", ip_list).code == 2, "no terminal to ask on"
    assert not Job.objects.exists()


@pytest.mark.parametrize("errors", ["strict", "surrogateescape"])
@pytest.mark.parametrize("words", [("--password-stdin",), ()])
def test_a_password_that_is_no_text_is_refused_in_a_sentence(
    run, db, tmp_path, monkeypatch: pytest.MonkeyPatch, errors: str, words: tuple[str, ...]
) -> None:
    node = make_node(3)
    addresses = tmp_path / "list"
    addresses.write_text(f"{node.mgmt_address}\n")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(b"\xc4\xe3\xba\xc3\n"), "utf-8", errors))
    monkeypatch.setitem(os.environ, "INSTALLER_SSH_PASSWORD", b"\xc4\xe3".decode("utf-8", "surrogateescape"))
    refused = run("establish_ssh", addresses, *words)
    assert refused.code == 2 and "C04" in refused.err and "UTF-8" in refused.err
    assert not Job.objects.exists()


def test_json_of_many_nodes_is_the_same_document_with_a_node_on_each_line(run, monkeypatch):
    nodes = [make_node(number) for number in range(1, 4)]
    few = run("describe_nodes", "--format", "json")
    monkeypatch.setattr("installer.cli.nodes._INDENTED", 2)
    many = run("describe_nodes", "--format", "json")
    assert many.json == few.json and many.json["total_count"] == len(nodes)
    assert len(many.out.splitlines()) == len(nodes) + 5 and many.out.endswith("}\n")

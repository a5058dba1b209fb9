"""Remedies about nodes are followed as printed."""

from __future__ import annotations

import pytest

from jobs.models import Job
from nodes.collection.disks import NOT_HERE
from nodes.models import Disk
from tests.lab.installer.remedies.stage import A11, A21, A22, HYPERS, Stage
from tests.seen import seen

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.remedy("N01")
def test_a_list_in_another_encoding(stage: Stage) -> None:
    command = "add_nodes", "-I", stage.file("list", "10.0.0.1  # sch\u00f6n\n".encode("latin-1"))
    assert stage.refused("N01", *command) == "save it as plain text"
    stage.file("list", "10.0.0.1  # sch\u00f6n\n")
    stage.does(*command)


@pytest.mark.remedy("N02")
def test_no_address(stage: Stage) -> None:
    remedy = stage.refused("N02", "add_nodes", "-i", "10.0.0")
    assert remedy == "write an address, a range A-B, or a network in CIDR notation"
    for form in ("10.0.0.1", "10.0.0.2-10.0.0.3", "10.0.1.0/30"):
        stage.does("add_nodes", "-i", form)


@pytest.mark.remedy("N03")
def test_an_empty_list(stage: Stage) -> None:
    command = "add_nodes", "-I", stage.file("list", "# nothing\n")
    assert "one address per line" in stage.refused("N03", *command)
    stage.file("list", "10.0.0.1\n10.0.0.2\n")
    stage.does(*command)


@pytest.mark.remedy("N04")
def test_a_node_that_was_not_added(stage: Stage) -> None:
    command = "delete_nodes", "-i", "10.0.0.9"
    stage.follow(stage.refused("N04", *command), "add_nodes", "-i", "10.0.0.9")
    stage.does(*command)


@pytest.mark.remedy("N05")
def test_one_of_the_list_is_registered(stage: Stage) -> None:
    remedy = stage.refused("N05", "add_nodes", "-i", A11, "10.0.0.1")
    assert "omit it" in remedy
    assert A11 in stage.follow(remedy, "describe_nodes", "-i", A11).out
    stage.does("add_nodes", "-i", "10.0.0.1")


@pytest.mark.remedy("N05")
def test_another_machine_at_the_address_of_a_retired_one(stage: Stage) -> None:
    stage.does("retire_nodes", "-i", A11, "--reason", "burnt", "--confirm", "pek3cr01n11")
    command = "add_nodes", "-i", A11
    stage.follow(stage.refused("N05", *command), "delete_nodes", "-i", A11, "--confirm", "pek3cr01n11")
    stage.does(*command)


@pytest.mark.remedy("N07")
def test_no_login_name(stage: Stage) -> None:
    assert "name of the account" in stage.refused("N07", "add_nodes", "-i", "10.0.0.1", "--user", "a b")
    stage.does("add_nodes", "-i", "10.0.0.1", "--user", "yop")


@pytest.mark.remedy("N08")
def test_deleting_what_is_in_service(stage: Stage) -> None:
    command = "delete_nodes", "-i", A11, "--confirm", "pek3cr01n11"
    remedy = stage.refused("N08", *command)
    stage.follow(remedy, "retire_nodes", "-i", A11, "--reason", "burnt", "--confirm", "pek3cr01n11")
    stage.does(*command)


@pytest.mark.remedy("N08")
def test_deleting_what_an_approved_plan_installs(stage: Stage) -> None:
    plan = stage.approve(stage.draft({**HYPERS, 23: "hyper-repl", 24: "hyper-repl"}))
    command = "delete_nodes", "-i", A21
    remedy = stage.refused("N08", *command)
    stage.follow(remedy, "leave_out_nodes", "-i", A21, "--hash", seen(plan))
    stage.does(*command)


@pytest.mark.remedy("N08")
def test_deleting_all_that_a_failed_job_was_to_install(stage: Stage) -> None:
    plan = stage.begun()
    command = "delete_nodes", "-i", A21, A22
    remedy = stage.refused("N08", *command)
    stage.follow(remedy, "reject_plan", "--hash", seen(plan))
    stage.does(*command)


@pytest.mark.remedy("N08")
def test_deleting_what_is_being_collected(stage: Stage) -> None:
    stage.region.nodes(21)
    stage.does("collect_nodes", "-i", A21)
    command = "delete_nodes", "-i", A21
    job = Job.objects.get(action="collect_nodes")
    stage.follow(stage.refused("N08", *command), "cancel_job", JOB=job.job_id)
    stage.does(*command)


@pytest.mark.remedy("N09")
def test_deleting_what_a_draft_holds(stage: Stage) -> None:
    plan = stage.draft()
    command = "delete_nodes", "-i", A21
    remedy = stage.refused("N09", *command)
    stage.follow(remedy, "reject_plan", "--hash", seen(plan))
    stage.does(*command)


@pytest.mark.remedy("N10")
def test_a_correction_that_says_nothing(stage: Stage) -> None:
    command = "modify_node_attributes", "-i", A11, "-d", "sdb"
    remedy = stage.refused("N10", *command)
    for option, value in (("-t", "nvme"), ("-S", "3200"), ("-s", "0"), ("--clear", "type")):
        assert option in remedy
        stage.does(*command, option, value)


@pytest.mark.remedy("N16")
def test_a_disk_that_is_not_there(stage: Stage) -> None:
    remedy = stage.refused("N16", "modify_node_attributes", "-i", A11, "-d", "nvme9n1", "-s", "0")
    assert '"sdb"' in stage.follow(remedy, "describe_nodes", "-i", A11).out
    stage.does("modify_node_attributes", "-i", A11, "-d", "sdb", "-s", "0")


@pytest.mark.remedy("N21")
def test_collecting_what_is_in_service(stage: Stage) -> None:
    command = "collect_nodes", "-i", A11
    assert "add --force" in stage.refused("N21", *command)
    stage.does(*command, "--force")


@pytest.mark.remedy("N80")
def test_collecting_before_the_key_is_there(stage: Stage) -> None:
    stage.does("add_nodes", "-i", "10.0.0.1")
    command = "collect_nodes", "-i", "10.0.0.1"
    stage.establish(stage.refused("N80", *command), "10.0.0.1")
    stage.does(*command)


def erase(*disks: str) -> tuple[str, ...]:
    return ("erase_data_disks", "-i", A21, "-d", *disks, "--yes")


@pytest.mark.remedy("N32")
def test_erasing_before_the_key_is_there(stage: Stage) -> None:
    stage.region.nodes(21, host_key="")
    stage.establish(stage.refused("N32", *erase("sdb")), A21)
    stage.does(*erase("sdb"))


@pytest.mark.remedy("N36")
def test_erasing_the_os_disk(stage: Stage) -> None:
    stage.region.nodes(21)
    assert stage.refused("N36", *erase("sda", "sdb")) == "omit it"
    stage.does(*erase("sdb"))


@pytest.mark.remedy("N44")
def test_erasing_what_others_may_use(stage: Stage) -> None:
    stage.region.nodes(21)
    Disk.objects.filter(node__mgmt_address=A21, name="sdb").update(
        observed_status=0, status_reason=f"{NOT_HERE} a storage array"
    )
    assert "mark it usable first" in stage.refused("N44", *erase("sdb"))
    stage.does("modify_node_attributes", "-i", A21, "-d", "sdb", "-s", "1")
    stage.does(*erase("sdb"))

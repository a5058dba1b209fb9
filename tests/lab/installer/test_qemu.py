"""set_qemu_version: seen, shown, approved, started."""

from __future__ import annotations

from typing import Any

import pytest

from common.actor import Actor
from jobs.engine import work_slice
from jobs.models import Job
from jobs.services.resume import resume_job
from nodes.models import Node
from nodes.states import NodeStatus
from operations.changes import approve_change
from operations.models import Change
from operations.packages.core import Package
from operations.qemu.service import apply_qemu_version, set_qemu_version
from tests.factories import make_job, make_node, make_role, make_zone
from tests.lab.installer.test_operations import hypers, work
from zones.models import Role, Zone, ZoneFile

__all__ = ["hypers", "work"]

pytestmark = pytest.mark.django_db(transaction=True)
WORDS = ["set_qemu_version", "-z", "pek3c"]


def test_from_versions_to_a_job(run: Any, data_dir: Any) -> None:
    zone = make_zone()
    make_role(make_node(1, status=NodeStatus.ACTIVE, qemu_version="2.11.1.1"), zone)
    ZoneFile.objects.create(zone=zone, path="server/server.yaml", content="# ours\ncompute_server:\n  a: 1\n")
    seen = [{"version": "2.11.1.1", "nodes": 1, "hostnames": ["pek3cr01n01"]}]
    assert run(*WORDS).json == seen
    assert run(*WORDS, "--apply").code == 2
    both = run(*WORDS, "--approve", "c-00000000", "--apply")
    assert both.code == 2 and "not allowed with" in both.err
    assert run(*WORDS, "--qemu", "6.0=../x", "--default", "6.0").code == 2
    twice = run(*WORDS, "--qemu", "6.0", "--qemu", "6.0=/x", "--default", "6.0")
    assert twice.code == 2 and "'6.0' is specified twice" in twice.err
    shown = run(*WORDS, "--qemu", "2.11.1.1", "--qemu", "6.2.0", "--default", "6.2.0")
    assert shown.code == 0 and "+    6.2.0:" in shown.out and "/opt/qemu-6.2.0/usr/bin" in shown.out
    change = Change.objects.get()
    assert run(*WORDS, "--approve", change.change_id).code == 0
    running = make_job(exclusive_scope="region:pek3")
    assert run(*WORDS, "--apply").code == 3
    running.delete()
    job = Job.objects.get(job_id=run(*WORDS, "--apply").out.strip())
    work_slice.run_slice(job.pk)
    # The node of this test does not answer; the file is the zone's and the package is built.
    assert job.steps.get(phase="build_global_conf").status == "succeeded"
    assert ZoneFile.objects.get(path="server/server.yaml").content.startswith("# ours\ncompute_server:\n")
    assert Zone.objects.get().emulators["6.2.0"] == "/opt/qemu-6.2.0/usr/bin"
    assert list((data_dir / "build" / "pek3c").glob("pitrix-global-conf_0.1+*.deb"))


def test_hypers_get_the_package_first_and_all_nodes_the_configuration(
    hypers: list[Any], work: Any, data_dir: Any
) -> None:
    ann = Actor("ann", "command")
    package = Package("qemu-6.2.0", "6.2.0-1", {"/opt/qemu-6.2.0/usr/bin/qemu": "elf"}, "QEMU for old nodes")
    (data_dir / "packages").mkdir()
    (data_dir / "packages" / package.file_name).write_bytes(package.data)
    Node.objects.filter(hostname__in=["pek3cr01n01", "pek3cr01n03"]).update(qemu_version="2.11.1.1")
    Node.objects.filter(hostname="pek3cr01n02").update(qemu_version="6.2.0")
    Role.objects.filter(node__hostname="pek3cr01n03").update(role="ks")
    make_role(make_node(99, status=NodeStatus.CONFIGURED), Zone.objects.get())
    versions = [("2.11.1.1", ""), ("6.2.0", "")]
    change = set_qemu_version(zone_id="pek3c", versions=versions, default="6.2.0", actor=ann)
    approve_change(change_id=change.change_id, actor=ann)
    job = work(apply_qemu_version(zone_id="pek3c", actor=ann))
    addresses = [machine.address for machine in hypers]
    failed = job.steps.get(status="failed")
    assert (job.status, failed.phase, failed.address) == ("failed", "qemu", addresses[1])
    assert "QEMU 6.2.0: /opt/qemu-6.2.0/usr/bin does not exist here" in failed.error
    told = [(machine.root / "pitrix/conf/server/server.yaml").exists() for machine in hypers]
    assert told == [True, False, True], "who has not got the version does not hear of it"
    (hypers[1].root / "opt/qemu-6.2.0/usr/bin").mkdir(parents=True)
    job = work(resume_job(job_id=job.job_id, actor=ann))
    assert job.status == "succeeded", job.error
    done = list(job.steps.order_by("position", "id").values_list("phase", "address"))
    assert done == [
        ("build_global_conf", ""),
        *(("qemu", address) for address in addresses[:2]),
        *(("update_nodes", address) for address in addresses),
    ]
    installed = [set(machine.state()["packages"]) for machine in hypers]
    assert ["qemu-6.2.0" in names for names in installed] == [True, False, False]
    assert all("pitrix-global-conf" in names for names in installed)
    assert "6.2.0:" in hypers[2].read("pitrix/conf/server/server.yaml").decode()


def test_a_package_that_is_put_there_later_is_taken_when_the_job_is_resumed(
    hypers: list[Any], work: Any, data_dir: Any
) -> None:
    ann = Actor("ann", "command")
    Node.objects.filter(role__isnull=False).update(qemu_version="2.11.1.1")
    versions = [("2.11.1.1", ""), ("6.2.0", "")]
    change = set_qemu_version(zone_id="pek3c", versions=versions, default="6.2.0", actor=ann)
    approve_change(change_id=change.change_id, actor=ann)
    job = work(apply_qemu_version(zone_id="pek3c", actor=ann))
    errors = list(job.steps.filter(status="failed").values_list("error", flat=True))
    assert len(errors) == len(hypers)
    assert "put qemu-6.2.0_*.deb into packages/ of the data folder" in errors[0]
    package = Package("qemu-6.2.0", "6.2.0-1", {"/opt/qemu-6.2.0/usr/bin/qemu": "elf"}, "QEMU for old nodes")
    (data_dir / "packages").mkdir()
    (data_dir / "packages" / package.file_name).write_bytes(package.data)
    job = work(resume_job(job_id=job.job_id, actor=ann))
    assert job.status == "succeeded", job.error
    assert all("qemu-6.2.0" in machine.state()["packages"] for machine in hypers)

"""exec_nodes, update_nodes, update_hyper_mirror and build_global_conf, on lab nodes over real SSH."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings

from common.actor import Actor
from common.errors import Denied, Refused
from common.models import AuditEntry
from common.ssh import keypair
from installer.management.commands import update_nodes as update_command
from jobs.engine import work_slice
from jobs.models import Job
from jobs.services.resume import resume_job
from lab import CommandFault, Lab
from nodes.models import Node
from nodes.states import NodeStatus
from operations.commands import service
from operations.commands.grouped_output import summary
from operations.commands.service import exec_nodes, read_answers
from operations.mirror.service import update_hyper_mirror
from operations.packages.service import build_global_conf, update_nodes
from operations.supervisor.core import group_of_program
from tests.factories import make_job, make_role, make_zone
from tests.fixtures.simulated import host_key
from zones.models import Zone, ZoneFile

pytestmark = pytest.mark.django_db(transaction=True)
ANN = Actor("ann", "admin")


@pytest.fixture
def hypers(served: Lab, data_dir: Path, settings: LazySettings) -> Iterator[list[Any]]:
    """Make three hypers of a fusion zone in service."""
    public = keypair.ensure(settings.INSTALLER_SSH_KEY)
    zone = make_zone()
    made = []
    for number in range(1, 4):
        machine = served.add("hyper-repl", boot_s=0.1, authorized_keys=[public], programs=["compute_server"])
        node = Node.objects.create(
            mgmt_address=machine.address,
            ssh_port=machine.port,
            hostname=f"pek3cr01n{number:02d}",
            status=NodeStatus.ACTIVE,
            host_key=" ".join(host_key(machine).split()[:2]),
        )
        make_role(node, zone)
        made.append(machine)
    yield made
    for machine in made:
        served.fault(machine.address, "clear")


@pytest.fixture
def work() -> Callable[[Job], Job]:
    def run(job: Job) -> Job:
        work_slice.run_slice(job.pk)
        job.refresh_from_db()
        return job

    return run


def test_answers_are_folded(hypers: list[Any], work: Callable[[Job], Job], served: Lab) -> None:
    served.fault(
        hypers[1].address,
        commands=[CommandFault("supervisorctl status", 3, "compute_server     FATAL     Exited too quickly")],
    )
    job = work(exec_nodes(group="hyper", command="supervisorctl status", actor=ANN))
    assert job.status == "failed" and job.exclusive_scope == ""
    folded = read_answers(job.job_id)
    assert summary(folded) == "2 nodes: RUNNING; 1 differs"
    assert folded[0].nodes == ("pek3cr01n01", "pek3cr01n03")
    assert folded[1].nodes == ("pek3cr01n02",) and folded[1].failed and "FATAL" in folded[1].text
    entry = AuditEntry.objects.get(verb="exec_command")
    assert entry.actor == "ann" and entry.detail["command"] == "supervisorctl status"


def test_an_endless_answer_is_cut(
    hypers: list[Any], work: Callable[[Job], Job], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "MAX_CHARS", 40)
    job = work(exec_nodes(group="hyper", command="seq 100", actor=ANN, anything=True))
    [alike] = read_answers(job.job_id)
    assert len(alike.nodes) == 3
    assert alike.text.startswith("1\n2\n") and len(alike.text) < 100
    assert alike.text.endswith(f"… the rest is in the log: get_log {job.job_id}")


def test_a_command_that_does_not_end(hypers: list[Any], work: Callable[[Job], Job]) -> None:
    job = work(exec_nodes(group="pek3cr01n01", command="sleep 60", actor=ANN, anything=True, timeout_s=2))
    assert job.status == "failed" and job.exclusive_scope == "region:pek3"
    assert "timed out" in job.steps.get().error


def test_who_may_run_what(hypers: list[Any]) -> None:
    with pytest.raises(Denied, match="read-only commands only"):
        exec_nodes(group="hyper", command="reboot", actor=ANN)
    for wrong in ({"command": " "}, {"command": "x" * 5000}, {"command": "uptime", "timeout_s": 0}):
        with pytest.raises(Refused):
            exec_nodes(**{"group": "hyper", "actor": ANN, "anything": True, **wrong})
    assert not Job.objects.exists()


def test_the_commands(hypers: list[Any], run: Any, work: Callable[[Job], Job]) -> None:
    done = run("exec_nodes", "hyper", "uname -a", "--concurrency", "2")
    assert work(Job.objects.get(job_id=done.out.strip())).status == "succeeded"
    assert run("exec_nodes", "nobody", "uptime").code == 2
    for words in (["exec_nodes", "hyper", "touch /tmp/x"], ["update_nodes", "hyper", "pitrix-global-conf"]):
        running = make_job(exclusive_scope="region:pek3")
        for verb in (words, ["update_hyper_mirror"], ["build_global_conf", "-z", "pek3c"]):
            refused = run(*verb)
            assert refused.code == 3 and running.job_id in refused.err
        running.delete()


def test_the_mirror_list_reaches_all(hypers: list[Any], work: Callable[[Job], Job]) -> None:
    assert work(update_hyper_mirror(actor=ANN)).status == "succeeded"
    text = hypers[0].read("pitrix/conf/hyper_mirror_nodes").decode()
    assert text.splitlines() == [f"pek3cr01n0{n} {machine.address}" for n, machine in enumerate(hypers, 1)]
    again = work(update_hyper_mirror(actor=ANN))
    assert again.events.filter(line__contains="up to date (3 hypers)").count() == 3
    Zone.objects.update(deploy_mode="standard")
    with pytest.raises(Refused, match="no mirror list"):
        update_hyper_mirror(actor=ANN)


def test_the_global_configuration_is_built_and_distributed(
    hypers: list[Any], work: Callable[[Job], Job], data_dir: Path
) -> None:
    zone = Zone.objects.get()
    ZoneFile.objects.create(zone=zone, path="server/server.yaml", content="compute_server: {}\n")
    ZoneFile.objects.create(zone=zone, path="settings/pek3cr01n01", content='role="hyper"\n')
    assert work(build_global_conf(zone_id="pek3c", actor=ANN)).status == "succeeded"
    [built] = (data_dir / "build" / "pek3c").glob("pitrix-global-conf_0.1+*_all.deb")
    job = work(update_nodes(group="all", packages=["pitrix-global-conf"], actor=ANN))
    assert job.status == "succeeded", job.error
    for machine in hypers:
        assert machine.read("pitrix/conf/server/server.yaml") == b"compute_server: {}\n"
        version = machine.state()["packages"]["pitrix-global-conf"]["version"]
        assert version == built.name.split("_")[1]
    out, err = io.StringIO(), io.StringIO()
    update_command.Command(stdout=out, stderr=err).ended(job)
    assert err.getvalue() == f"3 nodes: pitrix-global-conf {version}\n"
    assert out.getvalue().startswith("--- 3 nodes: pek3cr01n01, pek3cr01n02, pek3cr01n03\n")
    with pytest.raises(Refused, match="package 'pitrix-nothing' does not exist"):
        update_nodes(group="all", packages=["pitrix-nothing", "../etc"], actor=ANN)


@pytest.mark.remedy("X03")
def test_who_may_not_begin_a_command_does_not_make_it_run_again(
    hypers: list[Any], work: Callable[[Job], Job]
) -> None:
    job = work(exec_nodes(group="hyper", command="false", actor=ANN, anything=True))
    assert job.status == "failed"
    with pytest.raises(Denied, match="ask an approver"):
        resume_job(job_id=job.job_id, actor=Actor("bob", "api"), from_phase="exec")
    assert resume_job(job_id=job.job_id, actor=Actor("eve", "api", decides=True)).status == "queued"


def pid_of(machine: Any) -> int:
    return int(machine.state()["programs"]["compute_server"]["pid"])


def test_services_are_restarted_one_machine_after_another(
    hypers: list[Any], served: Lab, run: Any, work: Callable[[Job], Job]
) -> None:
    before = [pid_of(machine) for machine in hypers]
    fatal = CommandFault(
        "supervisorctl status compute_server", 3, "compute_server  FATAL  Exited too quickly"
    )
    served.fault(hypers[1].address, commands=[fatal])
    begun = run("restart_services", "-z", "pek3c", "compute_server")
    assert begun.code == 0, begun.err
    job = work(Job.objects.get(job_id=begun.out.strip()))
    steps = list(job.steps.order_by("position"))
    assert [step.status for step in steps] == ["succeeded", "failed", "skipped"]
    assert "compute_server" in steps[1].error and "FATAL" in steps[1].error
    assert pid_of(hypers[0]) != before[0] and pid_of(hypers[2]) == before[2], "the third was left alone"
    done = pid_of(hypers[0])
    served.fault(hypers[1].address, "clear")
    assert work(resume_job(job_id=job.job_id, actor=ANN)).status == "succeeded"
    assert pid_of(hypers[0]) == done and pid_of(hypers[2]) != before[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["x;reboot"], "X06"),
        (["-x"], "X06"),
        ([f"p{number}" for number in range(11)], "X06"),
        (["unknown_server"], "X07"),
        (["compute_server", "vgateway_server"], "X07"),
        ([], "X07"),
        (["compute_server", "-r", "nobody"], "G01"),
    ],
)
def test_services_that_cannot_be_restarted_are_refused(
    hypers: list[Any], run: Any, arguments: list[str], said: str
) -> None:
    words = [word for word in arguments if word != "-x"]
    done = run("restart_services", "-z", "pek3c", *words, *(["--", "-x"] if "-x" in arguments else []))
    assert done.code == 2 and said in done.err and not Job.objects.exists()


@pytest.mark.parametrize(
    ("name", "group"),
    [
        ("compute_server", "hyper"),
        ("pitrix:compute_server_00", "hyper"),
        ("ws_server", "webservice"),
        ("vgateway_server", "vgateway"),
        ("seed_server", "seed"),
        ("nginx", ""),
        ("all", ""),
    ],
)
def test_where_a_program_runs(name: str, group: str) -> None:
    assert group_of_program(name) == group

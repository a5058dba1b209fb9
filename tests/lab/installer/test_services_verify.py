"""verify_services: states of supervisor programs, read as running.sh reads them, on lab nodes and on three faces."""

from __future__ import annotations

import os
import subprocess
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse

from common import ssh
from common.ssh import keypair
from jobs.models import Job
from lab import CommandFault, Lab
from nodes.endpoints import endpoint_of
from nodes.models import Node
from nodes.states import NodeStatus
from operations.supervisor import service
from operations.supervisor.core import Process, read_status
from tests.factories import make_node, make_role, make_user, make_zone
from tests.fixtures.simulated import host_key
from tests.lab.zones.test_running_script import GROUP, ONCE, SHELL, Supervisor, supervisor
from zones.models import Zone

__all__ = ["supervisor"]
ASKED = datetime(2026, 11, 30, 12, 0, 0, 123456, tzinfo=UTC)
RUNNING_SH = Path(service.__file__).with_name("running.sh")
ONE_OF_EACH = """\
compute_server                   RUNNING   pid 2007, uptime 0:01:02
pitrix:ws_server_00              RUNNING   pid 17, uptime 1 day, 2:03:04
pitrix:ws_server_01              RUNNING   pid 18, uptime 103 days, 0:00:00
billing_resource                 STARTING  \n\
init_once                        EXITED    Nov 30 07:00 AM
debug_shell                      STOPPED   Not started
their_stopped                    STOPPED   Nov 30 07:00 AM
seed_server                      EXITED    Nov 30 07:00 AM
agent                            FATAL     Exited too quickly (process log may have details)
looper                           BACKOFF   can't find command '/no/such'
leaving                          STOPPING
lost                             UNKNOWN
a_name_that_is_longer_than_thirty_characters   RUNNING   pid 9, uptime 23:59:59
"""
SAID = [
    ONE_OF_EACH,
    "",
    "unix:///var/run/supervisor.sock no such file\n",
    "unix:///run/supervisor.sock refused connection\n",
    "error: <class 'PermissionError'>, [Errno 13] Permission denied: file: /usr/lib/python3/socket.py line: 9\n",
    "/usr/bin/supervisorctl:11: DeprecationWarning: pkg_resources is deprecated\nagent   RUNNING   pid 7, uptime 0:00:01\n",
    "nothing: ERROR (no such process)\nagent STOPPED\nRUNNING\n RUNNING  FATAL  x\n\tleft\tEXITED\tby\ttabs\nx RUNNINGS pid 1,\n",
    "odd   RUNNING   pid 12, uptime for ever\nodder   RUNNING   a spare clock\n\nlast   RUNNING   pid 3, uptime 0:00:00",
]


@pytest.mark.parametrize("said", SAID)
def test_both_readings_of_supervisorctl_agree(said: str) -> None:
    """Read the lines of processes with name and state, and the pid of what runs."""
    script = f'. {RUNNING_SH}\nprintf "%s\\n" "$said" | process_lines | awk \'{{ print $1, $2 }}\'\necho --\n'
    script += 'pids_of "$(printf "%s\\n" "$said" | awk \'$2 == "RUNNING"\')"'
    env = {"PATH": os.environ["PATH"], "said": said}
    done = subprocess.run(["sh", "-euc", script], env=env, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0 and done.stderr == ""
    states, _, pids = done.stdout.partition("--\n")
    found = read_status(said, ASKED)
    assert [f"{item.name} {item.state}" for item in found] == states.splitlines()
    assert [f"{item.name} {item.pid}" for item in found if item.pid is not None] == pids.splitlines()


def test_what_each_line_tells() -> None:
    found = {item.name: item for item in read_status(ONE_OF_EACH, ASKED)}
    assert len(found) == len(ONE_OF_EACH.splitlines())
    since = {name: item.since for name, item in found.items() if item.since}
    assert since == {
        "compute_server": datetime(2026, 11, 30, 11, 58, 58, tzinfo=UTC),
        "pitrix:ws_server_00": datetime(2026, 11, 29, 9, 56, 56, tzinfo=UTC),
        "pitrix:ws_server_01": datetime(2026, 8, 19, 12, 0, 0, tzinfo=UTC),
        "a_name_that_is_longer_than_thirty_characters": datetime(2026, 11, 29, 12, 0, 1, tzinfo=UTC),
    }
    assert found["agent"].detail == "Exited too quickly (process log may have details)"
    right = {name for name, item in found.items() if item.is_right()}
    # Nothing is expected of these two; one that the console knows must run, and one that was stopped did run.
    assert right - set(since) == {"init_once", "debug_shell"}
    odd = read_status("odd   RUNNING   pid 12, uptime for ever", ASKED)[0]
    assert (odd.pid, odd.since, odd.is_right()) == (12, None, True)


def test_a_real_supervisor(supervisor: Supervisor) -> None:
    supervisor.start(f"{GROUP}{ONCE}{SHELL}[program:broken]\ncommand=/no/such/program\nstartretries=0\n")
    until = time.monotonic() + 60
    while "FATAL" not in (said := supervisor.ask("status")):
        assert time.monotonic() < until, said
        time.sleep(0.1)
    asked = datetime.now(UTC)
    found = {item.name: item for item in read_status(said, asked)}
    assert {name: item.state for name, item in found.items()} == {
        "pitrix:compute_server_00": "RUNNING",
        "pitrix:compute_server_01": "RUNNING",
        "init_once": "EXITED",
        "debug_shell": "STOPPED",
        "broken": "FATAL",
    }
    assert [name for name, item in found.items() if not item.is_right()] == ["broken"]
    runs = found["pitrix:compute_server_00"]
    assert runs.pid and Path(f"/proc/{runs.pid}/cmdline").read_bytes() == b"/bin/sleep\x001000\0"
    assert runs.since and asked - timedelta(seconds=120) < runs.since <= asked
    supervisor.ask("stop", "pitrix:compute_server_01")
    stopped = {item.name: item for item in read_status(supervisor.ask("status"), asked)}
    assert stopped["pitrix:compute_server_01"].state == "STOPPED"
    assert not stopped["pitrix:compute_server_01"].is_right()


@pytest.fixture
def region(served: Lab, data_dir: Path, settings: LazySettings) -> Iterator[dict[str, Any]]:
    """Make a hyper and a VM with web services in service; a hyper that waits to be scaled is not asked."""
    public = keypair.ensure(settings.INSTALLER_SSH_KEY)

    def make(profile: str, *programs: str, **fields: Any) -> Any:
        machine = served.add(profile, boot_s=0.1, authorized_keys=[public], programs=programs)
        key = " ".join(host_key(machine).split()[:2])
        Node.objects.create(mgmt_address=machine.address, ssh_port=machine.port, host_key=key, **fields)
        return machine

    found = {
        "hyper": make("hyper-repl", "compute_server", hostname="h1", status=NodeStatus.ACTIVE),
        "web": make("ks", "ws_server", "billing_resource", hostname="w1"),
    }
    zone = make_zone(vms={"webservice": [found["web"].address]})
    make_role(Node.objects.get(hostname="h1"), zone)
    make_role(make_node(9, status=NodeStatus.CONFIGURED), zone)
    yield found


def as_root(machine: Any, *argv: str) -> None:
    with ssh.connect(endpoint_of(Node.objects.get(mgmt_address=machine.address))) as connection:
        done = connection.run(argv)
    assert done.exit_code == 0, done.stderr


@pytest.mark.django_db(transaction=True)
def test_a_program_that_is_stopped_is_found_and_restarted(
    region: dict[str, Any], served: Lab, run: Callable[..., Any], operator: Any, client: Client
) -> None:
    hyper, web = region["hyper"], region["web"]
    done = run("verify_services", "-z", "pek3c")
    assert (done.code, done.err) == (0, ""), done.err
    rows = done.json["rows"]
    assert done.json["running"] and [(row["hostname"], row["group"], row["service"]) for row in rows] == [
        ("h1", "hyper-repl", "compute_server"),
        ("w1", "webservice", "billing_resource"),
        ("w1", "webservice", "ws_server"),
    ]
    pids = {name: program["pid"] for name, program in hyper.state()["programs"].items()}
    assert rows[0]["pid"] == pids["compute_server"] and rows[0]["node_id"].startswith("n-")
    age = datetime.now(UTC) - datetime.fromisoformat(rows[0]["since"])
    assert timedelta() <= age < timedelta(minutes=10)
    assert not Job.objects.exists(), "it only looks"

    as_root(web, "supervisorctl", "stop", "ws_server")
    done = run("verify_services", "-z", "pek3c", "--format", "table")
    assert done.code == 1 and f"{web.address} w1: ws_server STOPPED" in done.err
    assert run("verify_services", "-z", "pek3c", "-r", "hyper").code == 0
    rest = operator.get("/api/v1/zones/pek3c/services/").json()
    assert not rest["running"] and [row["service"] for row in rest["rows"] if row["wrong"]] == ["ws_server"]
    assert operator.get("/api/v1/zones/pek3c/services/?group=hyper").json()["running"]
    assert operator.get("/api/v1/zones/pek3c/services/?group=nobody").status_code == 404
    assert operator.get("/api/v1/zones/pek3c/services/?all=1").status_code == 400

    client.force_login(make_user("olga", "operator"))
    page = client.get(reverse("admin:zones_zone_services", args=["pek3c"]))
    text = page.content.decode()
    assert [machine["hostname"] for machine in page.context["machines"]] == ["w1", "h1"]
    assert next(row["service"] for row in page.context["machines"][0]["rows"]) == "ws_server"
    assert "✕</span> STOPPED" in text and "✓</span> RUNNING" in text
    vm = Node.objects.get(hostname="w1")
    assert f'value="{vm.node_id} ws_server"' in text
    begun = client.post(page.request["PATH_INFO"], {"restart": f"{vm.node_id} ws_server"})
    job = Job.objects.get()
    assert begun.headers["Location"] == reverse("admin:jobs_job_change", args=[job.job_id])
    assert job.params == {"group": vm.node_id, "services": ["ws_server"]}
    assert [step.address for step in job.steps.all()] == [web.address]
    for wrong in ("", f"{vm.node_id}", f"{vm.node_id} a;reboot"):
        assert client.post(page.request["PATH_INFO"], {"restart": wrong}).status_code == 302
    assert Job.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_machine_that_cannot_be_asked_is_named_and_counts(
    region: dict[str, Any], served: Lab, run: Callable[..., Any], viewer: Any
) -> None:
    hyper, web = region["hyper"], region["web"]
    fatal = CommandFault("supervisorctl status", 3, "compute_server   FATAL     Exited too quickly")
    served.fault(hyper.address, commands=[fatal])
    Zone.objects.update(vms={"webservice": [web.address, "127.9.9.9"]})
    Node.objects.filter(hostname="w1").update(host_key="")
    done = run("verify_services", "-z", "pek3c", "--format", "csv")
    assert done.code == 1
    told = done.err.splitlines()
    assert told[0] == f"{hyper.address} h1: compute_server FATAL Exited too quickly"
    assert told[1].startswith(f"{web.address} w1: ") and "run establish_ssh for it first" in told[1]
    assert told[2] == "127.9.9.9: not registered: run add_nodes --ip 127.9.9.9, then establish_ssh for it"
    assert told[3] == "X08 not RUNNING although required: 1; machines that could not be checked: 2"
    served.fault(hyper.address, "clear")
    # An installed hyper without any program is not one that runs.
    as_root(hyper, "sh", "-c", "rm /etc/supervisor/conf.d/*; supervisorctl update")
    done = run("verify_services", "-z", "pek3c", "-r", "hyper")
    assert done.code == 1 and "the supervisor has no programs, but compute_server must run here" in done.err
    no_socket = CommandFault("supervisorctl status", 4, "unix:///var/run/supervisor.sock no such file")
    served.fault(hyper.address, commands=[no_socket])
    done = run("verify_services", "-z", "pek3c", "-r", "hyper")
    assert done.code == 1 and "the supervisor does not answer: unix:///var/run/supervisor.sock" in done.err
    served.fault(hyper.address, "refuse")
    done = run("verify_services", "-z", "pek3c", "-r", "h1")
    assert done.code == 1 and f"{hyper.address} port {hyper.port} refuses the connection" in done.err
    served.fault(hyper.address, "clear")
    refused = viewer.get("/api/v1/zones/pek3c/services/")
    assert refused.status_code == 403 and "group operator" in refused.json()["detail"]
    Node.objects.filter(hostname="h1").update(status=NodeStatus.CONFIGURED)
    done = run("verify_services", "-z", "pek3c", "-r", "hyper")
    assert done.code == 2 and "no node of group 'hyper' is in service yet" in done.err


@pytest.mark.django_db
def test_so_many_at_once_and_no_longer_than_that(
    monkeypatch: pytest.MonkeyPatch, settings: LazySettings, run: Callable[..., Any]
) -> None:
    """Report a machine that hangs as a row, and the others in time."""
    settings.INSTALLER_SSH_CONCURRENCY = 3
    zone = make_zone()
    for number in range(1, 9):
        make_role(make_node(number, status=NodeStatus.ACTIVE), zone)
    told, busy, most = threading.Event(), Counter[str](), [0]
    lock = threading.Lock()

    def ask(node: Node) -> list[Process]:
        with lock:
            busy["now"] += 1
            most[0] = max(most[0], busy["now"])
        if node.hostname == "pek3cr01n02":
            told.wait(60)
        with lock:
            busy["now"] -= 1
        return read_status("compute_server RUNNING pid 1, uptime 0:00:01", ASKED)

    monkeypatch.setattr(service, "_ask", ask)
    monkeypatch.setattr(service, "ASK_S", 4.0)
    try:
        done = run("verify_services", "-z", "pek3c")
    finally:
        told.set()
    assert done.code == 1 and most[0] <= 3
    assert {row["hostname"]: row["error"] for row in done.json["rows"] if row["wrong"]} == {
        "pek3cr01n02": "no answer within 4 s for all machines: check one group at a time, or try again"
    }
    assert sum(row["state"] == "RUNNING" for row in done.json["rows"]) == 7

"""Maintaining nodes in service after a scaling: the scripts run in a shell, the steps are those of the zone."""

from __future__ import annotations

import os
import stat
import subprocess
from pathlib import Path

import pytest

from common.errors import Refused
from nodes.models import Node
from operations.mirror.core import mirror_script
from operations.scaling.scale import dry_run, scale_qingcloud
from operations.supervisor.core import restart_script
from tests.factories import make_node
from tests.fixtures.region import Region, scale_file
from tests.seen import approve_plan
from zones.models import Zone
from zones.services.configure import config_qingcloud
from zones.services.zone_vms import global_zone, vm_addresses, vm_nodes

NEW = ["172.16.80.21", "172.16.80.22"]


class Shell:
    """A shell in which supervisorctl answers as the test sets and records what it was asked."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "bin").mkdir()
        self.answer("RUNNING   pid 7, uptime 0:00:01")

    def answer(self, status: str) -> None:
        tool = self.folder / "bin" / "supervisorctl"
        log = self.folder / "asked"
        tool.write_text(f'#!/bin/sh\necho "$@" >>{log}\n[ "$1" = restart ] || echo "$2    {status}"\n')
        tool.chmod(tool.stat().st_mode | stat.S_IXUSR)

    def run(self, script: str) -> subprocess.CompletedProcess[str]:
        text = script.replace("/pitrix/", f"{self.folder}/pitrix/")
        path = f"{self.folder}/bin:{os.environ['PATH']}"
        return subprocess.run(
            ["sh"], input=text, capture_output=True, text=True, env={"PATH": path}, timeout=60
        )

    @property
    def restarts(self) -> list[str]:
        asked = self.folder / "asked"
        lines = asked.read_text().splitlines() if asked.exists() else []
        return [line for line in lines if line.startswith("restart")]


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    return Shell(tmp_path)


def test_the_mirror_list_is_written_once(shell: Shell) -> None:
    script = mirror_script([("h1", "10.0.0.1"), ("h2", "10.0.0.2")], steady_s=0)
    assert shell.run(script).returncode == 0
    assert (shell.folder / "pitrix/conf/hyper_mirror_nodes").read_text() == "h1 10.0.0.1\nh2 10.0.0.2\n"
    again = shell.run(script)
    assert again.returncode == 0 and "up to date (2 hypers)" in again.stdout
    assert shell.restarts == ["restart compute_server"]


def test_a_restart_that_failed_is_done_when_repeated(shell: Shell) -> None:
    script = mirror_script([("h1", "10.0.0.1")], steady_s=0)
    shell.answer("FATAL     Exited too quickly (process log may have details)")
    broken = shell.run(script)
    assert broken.returncode == 5 and "compute_server does not stay RUNNING" in broken.stderr
    shell.answer("RUNNING   pid 8, uptime 0:00:01")
    assert shell.run(script).returncode == 0 and len(shell.restarts) == 2


def test_services_are_restarted_one_after_another_until_one_fails(shell: Shell) -> None:
    script = restart_script(["ws_server", "billing_resource"], steady_s=1)
    assert shell.run(script).returncode == 0
    assert shell.restarts == ["restart ws_server", "restart billing_resource"]
    shell.answer("FATAL     Exited too quickly")
    assert shell.run(script).returncode == 5
    assert shell.restarts[2:] == ["restart ws_server"]


def test_warnings_around_the_state_are_not_the_state(shell: Shell) -> None:
    tool = shell.folder / "bin" / "supervisorctl"
    warning = "/usr/lib/python2.7/options.py:298: UserWarning: Supervisord is running as root"
    tool.write_text(
        tool.read_text().replace('[ "$1" = restart ]', f'echo "{warning}" >&2\n[ "$1" = restart ]')
    )
    done = shell.run(restart_script(["ws_server"], steady_s=1))
    assert done.returncode == 0, done.stderr
    gone = "ws_server: ERROR (no such process)"
    tool.write_text(f'#!/bin/sh\necho "{warning}" >&2\necho "{gone}"\nexit 4\n')
    missing = shell.run(restart_script(["ws_server"], steady_s=1))
    assert missing.returncode == 5 and f"ws_server does not stay RUNNING: {gone}" in missing.stderr


def test_a_supervisor_that_is_not_there(shell: Shell) -> None:
    tool = shell.folder / "bin" / "supervisorctl"
    tool.write_text("#!/bin/sh\necho 'unix:///var/run/supervisor.sock no such file'\nexit 4\n")
    away = shell.run(restart_script(["ws_server"], steady_s=1))
    assert away.returncode == 5 and "supervisor.sock no such file" in away.stderr


@pytest.mark.parametrize("names", [[], ["a b"], ["$(reboot)"], ["-h"]])
def test_only_names_of_programs_are_restarted(names: list[str]) -> None:
    with pytest.raises(ValueError, match="not a valid program name"):
        restart_script(names, steady_s=1)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("region", "wanted"), [("devops", 4), ("fusion", 4), ("standard", 0)], indirect=["region"]
)
def test_all_hypers_are_told_in_fusion_and_devops(region: Region, wanted: int) -> None:
    region.nodes(21, 22)
    [done] = config_qingcloud(
        variables=[], settings=[scale_file({21: "hyper-repl", 22: "hyper-repl"})], actor=region.actor
    )
    assert done.plan is not None
    approve_plan(plan_id=done.plan.plan_id, actor=region.actor)
    rows = [row for row in dry_run(zone_id="pek3c", addresses=NEW) if row["phase"] == "update_hyper_mirror"]
    job = scale_qingcloud(zone_id="pek3c", addresses=NEW, actor=region.actor)
    assert job.steps.filter(phase="update_hyper_mirror").count() == len(rows) == wanted
    assert not job.steps.filter(phase="rebuild_cache").exists()


@pytest.mark.django_db
def test_management_vms_are_nodes_that_the_console_can_log_in_to(region: Region) -> None:
    zone = Zone.objects.get()
    zone.vms = {"webservice": ["172.16.80.101", "172.16.80.102"], "ks": ["172.16.80.111"]}
    zone.save()
    make_node(101, host_key="ssh-ed25519 AAAA")
    make_node(102, host_key="")
    with pytest.raises(Refused) as caught:
        vm_nodes(zone, "webservice")
    assert [item.node for item in caught.value.findings] == ["172.16.80.102"]
    Node.objects.filter(mgmt_address="172.16.80.102").update(host_key="ssh-ed25519 BBBB")
    assert [str(node.mgmt_address) for node in vm_nodes(zone, "webservice")] == zone.vms["webservice"]
    assert vm_addresses(zone, "proxy") == []
    zone.deploy_mode = "fusion"
    assert vm_addresses(zone, "proxy") == ["172.16.80.111"]
    with pytest.raises(Refused, match="global zone of region pek3"):
        global_zone("pek3")

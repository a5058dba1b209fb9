"""The README: every command of it runs, every target exists, every promise has its test."""

from __future__ import annotations

import ast
import json
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.core.management import load_command_class

from jobs.models import Job, Step
from nodes.models import Node
from nodes.states import NodeStatus
from tests import factories
from zones.models import Plan, Role, Zone

ROOT = Path(__file__).parents[3]
READMES = ("README.md", "README.zh-CN.md")
HELD = ROOT / "docs" / "reliability.md"
ADDRESSES = {
    "ks": "172.16.80.5",
    "old": ("172.16.80.7", "172.16.80.8"),
    "new": ("172.16.80.23", "172.16.80.24"),
}


def commands(name: str) -> list[str]:
    """Return every command in backticks in the tables of a README, except what only adds an option."""
    rows = [line for line in (ROOT / name).read_text().splitlines() if line.startswith("|")]
    words = [word for row in rows for word in re.findall(r"`([^`]+)`", row)]
    return [word for word in words if re.match(r"[a-z]+_[a-z_]+", word)]


@pytest.mark.parametrize(("name", "line"), [(name, line) for name in READMES for line in commands(name)])
def test_every_command_is_understood(name: str, line: str) -> None:
    verb, *arguments = shlex.split(line)
    load_command_class("installer", verb).create_parser("manage.py", verb).parse_args(arguments)


@pytest.mark.parametrize("name", READMES)
def test_every_target_and_file_is_there(name: str) -> None:
    text, makefile = (ROOT / name).read_text(), (ROOT / "Makefile").read_text()
    targets = set(re.findall(r"(?:`|^    |… )make ([a-z-]+)", text, re.MULTILINE))
    assert len(targets) >= 3
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets), targets
    links = re.findall(r"\]\(([^):]+)\)", text)
    assert all((ROOT / link).exists() for link in links), links


def promises() -> list[str]:
    """Return the points under *What it promises*, each as its first words."""
    part = (
        (ROOT / "README.md").read_text().partition("## What it promises")[2].partition("\nHow it is built")[0]
    )
    points = re.findall(r"^\* (.*(?:\n  .*)*)", part, re.MULTILINE)
    return [re.split(r"[:;.]", " ".join(point.split()))[0] for point in points]


def held() -> dict[str, list[str]]:
    """Return tests by promise, from the table in docs/reliability.md."""
    part = HELD.read_text().partition("## What the README promises")[2].partition("\n## ")[0]
    rows = [line.strip("|").split("|") for line in part.splitlines() if line.startswith("| ")][1:]
    return {row[0].strip(): re.findall(r"`([^`]+)`", row[1]) for row in rows if len(row) == 2}


def test_every_promise_has_its_tests() -> None:
    assert list(held()) == promises() and len(promises()) >= 6
    for promise, tests in held().items():
        assert tests, promise
        for name in tests:
            path, _, function = name.partition("::")
            tree = ast.parse((ROOT / path).read_text())
            functions = {item.name for item in ast.walk(tree) if isinstance(item, ast.FunctionDef)}
            assert not function or function in functions, name


@pytest.fixture
def site(
    db: None, tmp_path: Path, data_dir: Path, monkeypatch: pytest.MonkeyPatch, settings: LazySettings
) -> Path:
    """Provide the folder of the README's reader: the configuration files, and the machines as they are that night."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INSTALLER_SSH_PASSWORD", "only-for-tests-1")
    variables = {
        "common": {"region_id": "pek3", "domain": "example.com", "cloud_type": "private"},
        "base": {
            "zone_id": "pek3c",
            "deploy_mode": "devops",
            "network_mode": "sdn",
            "is_global_zone": 0,
            "installer_allocate_vbc": 1,
            "vm_base_network": "10.10.0.0/16",
            "vm_base_network_start": "10.10.50.0/24",
            "mgmt_network_gateway": "172.16.80.1",
            "mgmt_network_dns_servers": ["172.16.80.1"],
        },
        "advance": {"vip_pools": ["172.16.80.200/24-172.16.80.230/24"]},
    }
    hyper = {"role": "hyper-repl", "sub_roles": ["hyper"]}
    vbc = {
        "mgmt_ips": list(ADDRESSES["old"]),
        "ipv4_vbc": "10.10.50.0/24",
        "ipv4_vip": "172.16.80.200|172.16.80.7",
    }
    running = {"zone_id": "pek3c", "roles": dict.fromkeys(ADDRESSES["old"], hyper), "vbc": [vbc]}
    joining = {"zone_id": "pek3c", "roles": dict.fromkeys(ADDRESSES["new"], hyper)}
    for file, content in (
        ("variables.pek3c.yaml", variables),
        ("settings.pek3c.yaml", running),
        ("scale_settings.pek3c.yaml", joining),
    ):
        (tmp_path / file).write_text(json.dumps(content))
    (tmp_path / "ip_list").write_text("\n".join(ADDRESSES["new"]) + "\n")
    for number, address in enumerate((*ADDRESSES["old"], "172.16.80.10"), 7):
        _machine(number, address)
    return tmp_path


def _machine(number: int, address: str) -> Node:
    node = factories.make_node(number, mgmt_address=address, hostname=f"pek3cr01n{number:02d}")
    node.disks.filter(name="sdx").delete()
    return node


def _jobs_end(status: str = "succeeded") -> None:
    """Do what a worker would do meanwhile."""
    Step.objects.update(status=status, remote={})
    Job.objects.update(status=status)


class Night:
    """What happens between two commands, so that the next one is typed in the state that the README describes."""

    def __init__(self) -> None:
        self.plan = ""

    def before(self, verb: str) -> None:
        hook = getattr(self, f"before_{verb}", None)
        if hook:
            hook()

    def before_collect_nodes(self) -> None:
        _jobs_end()
        for number, address in enumerate(ADDRESSES["new"], 23):
            Node.objects.filter(mgmt_address=address).update(host_key=factories.host_key(number))

    def before_describe_nodes(self) -> None:
        _jobs_end()
        for number, address in enumerate(ADDRESSES["new"], 23):
            Node.objects.filter(mgmt_address=address).delete()
            _machine(number, address)

    def before_approve_plan(self) -> None:
        self.plan = Plan.objects.get(status="draft").plan_id

    def before_pause_job(self) -> None:
        Job.objects.filter(action="scale_qingcloud").update(status="running")

    def before_resume_job(self) -> None:
        _jobs_end("failed")

    def before_settle_job(self) -> None:
        _jobs_end("failed")
        step = Step.objects.filter(address="172.16.80.23").order_by("-job_id").first()
        Step.objects.filter(pk=step.pk).update(remote={"component": "os"})

    def before_leave_out_nodes(self) -> None:
        Node.objects.filter(mgmt_address__in=ADDRESSES["new"]).update(status=NodeStatus.SCALE_FAILED)

    def before_retire_nodes(self) -> None:
        _jobs_end()
        Plan.objects.exclude(status="applied").update(status="rejected")

    def before_erase_data_disks(self) -> None:
        joining = Node.objects.filter(mgmt_address__in=ADDRESSES["new"])
        Role.objects.filter(node__in=joining).delete()
        joining.update(status=NodeStatus.AVAILABLE)

    def before_exec_nodes(self) -> None:
        _jobs_end()

    def before_restart_services(self) -> None:
        _jobs_end()
        factories.make_node(101, mgmt_address="172.16.80.101", hostname="pek3c-webservice0")
        Zone.objects.update(vms={"webservice": ["172.16.80.101"]})

    def before_set_qemu_version(self) -> None:
        _jobs_end()

    def words(self, line: str) -> Iterator[str]:
        """Return the command as typed here: without waiting for a worker, and with the printed names filled in."""
        job = Job.objects.order_by("-pk").first()
        plan = Plan.objects.filter(plan_id=self.plan).first()
        filled = {
            "JOB": job.job_id if job else "",
            "HASH": plan.content_hash if plan else "",
            "pek3c-2": self.plan,
        }
        for word in shlex.split(line):
            if word not in ("--wait", "--follow"):
                yield filled.get(word, word)


# A whole zone is played by tests/system/test_zone_into_region.py, with nodes behind it.
ELSEWHERE = {"scale_qingcloud_zone"}
# What is typed at a terminal, where each of these asks.
CONFIRMED = {
    "erase_data_disks": ["--yes"],
    "leave_out_nodes": ["--hash", "HASH"],
    "retire_nodes": ["--confirm", "pek3cr01n07"],
}


def test_the_night_of_the_readme_is_played(run: Callable[..., Any], site: Path) -> None:
    night, played = Night(), []
    for line in commands("README.md"):
        verb = line.split()[0]
        if verb in ELSEWHERE:
            continue
        night.before(verb)
        done = run(*night.words(" ".join([line, *CONFIRMED.get(verb, [])])))
        assert done.code == 0, (line, done.err)
        played.append(verb)
    assert len(played) >= 24

"""A whole scale-out of N simulated nodes, beside the same scripts by ``xargs -P20 ssh`` on the same nodes made anew.

``python bench/scale.py --nodes 20 --json`` prints one JSON object. Of the job scale_qingcloud in one worker process:
``wall_s``, ``worker_cpu_ms_per_node``, ``worker_cpu_ms_per_step``, ``database_cpu_ms_per_node`` (the part of the thread
that writes to the database) and ``phase_wall_s``. Of the plain ssh clients: ``xargs_wall_s``, ``xargs_cpu_ms_per_node``.
``--profile`` adds where the worker's processor time goes, by function, and costs time itself. The nodes are the lab's, on
addresses of 127.0.0.0/8; the database is made on the server of ``DATABASE_URL``, else it is SQLite.
"""

from __future__ import annotations

import argparse
import cProfile
import json
import os
import pstats
import resource
import shlex
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from lab import Lab
from lab.database import own_database
from lab.folder import Node as LabNode

ROOT = Path(__file__).resolve().parents[1]
NET = "127.93.0"
# Below the addresses of the zone's VIPs.
FIRST, MOST = 10, 200
PROFILE = "hyper-repl"
AT_ONCE = 20
VARIABLES = f"""\
common: {{region_id: r1, console_id: qingcloud, domain: example.com, cloud_type: private, site_protocol: https}}
base:
  zone_id: z1a
  deploy_mode: devops
  network_mode: sdn
  is_global_zone: 0
  installer_allocate_vbc: 1
  vm_base_network: 10.10.0.0/16
  vm_base_network_start: 10.10.50.0/24
  mgmt_network_gateway: {NET}.1
  mgmt_network_dns_servers: [{NET}.1]
advance:
  vip_pools: ['{NET}.210/24-{NET}.254/24']
  vbc_group_size: 10
"""
SETTINGS = f"""\
zone_id: z1a
roles:
  {NET}.2: {{role: {PROFILE}, sub_roles: []}}
  {NET}.3: {{role: {PROFILE}, sub_roles: []}}
vbc:
  - {{mgmt_ips: [{NET}.2, {NET}.3], ipv4_vbc: 10.10.50.0/24, ipv4_vip: {NET}.210|{NET}.2}}
"""


def main() -> None:
    """Measure and print; as ``--work JOB``, be the worker."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--nodes", type=int, default=AT_ONCE)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--work", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.work:
        sys.stdout.write(json.dumps(work(options.work, profile=options.profile)))
        return
    if not 1 <= options.nodes <= MOST:
        parser.error(f"--nodes: 1 to {MOST}")
    with tempfile.TemporaryDirectory(prefix="bench-scale-") as name, own_database() as url:
        folder = Path(name)
        os.environ |= {
            "INSTALLER_DATA_DIR": str(folder / "data"),
            "INSTALLER_SSH_CONCURRENCY": str(AT_ONCE),
            "INSTALLER_STEADY_S": "1",
            "DJANGO_SETTINGS_MODULE": "installer.settings",
        }
        os.environ.pop("DATABASE_URL", None)
        if url:
            os.environ["DATABASE_URL"] = url
        result = {"db": "postgresql" if url else "sqlite", **measure(folder, options)}
    sys.stdout.write(json.dumps(result) + "\n" if options.json else table(result))


def measure(folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    """Make nodes and their copies, install the first by a job and the second by ssh."""
    import django

    django.setup()
    from django.core.management import call_command
    from django.db import connections

    call_command("migrate", verbosity=0)
    key, public = _key(folder)
    with Lab(folder / "lab") as lab:
        old, new = _nodes(lab, options.nodes, public)
        job = _plan(old, new)
        scripts = _scripts(folder, job)
        connections.close_all()
        ours = _worker(job.pk, profile=options.profile)
    # The same machines anew, at the same addresses.
    with Lab(folder / "copy", port=lab.port) as copy:
        _, copies = _nodes(copy, options.nodes, public)
        theirs = _xargs(folder, key, copies, scripts)
    job.refresh_from_db()
    assert job.status == "succeeded", job.error
    steps = list(job.steps.all())
    connections.close_all()
    return {
        "nodes": options.nodes,
        "wall_s": round(ours["wall_s"], 2),
        "worker_cpu_ms_per_node": round(ours["cpu_s"] * 1000 / options.nodes, 1),
        "worker_cpu_ms_per_step": round(ours["cpu_s"] * 1000 / len(steps), 1),
        "database_cpu_ms_per_node": round(ours["database_cpu_s"] * 1000 / options.nodes, 1),
        "phase_wall_s": _phases(steps),
        "xargs_wall_s": round(theirs["wall_s"], 2),
        "xargs_cpu_ms_per_node": round(theirs["cpu_s"] * 1000 / options.nodes, 1),
        **({"profile": ours["profile"]} if options.profile else {}),
    }


def _key(folder: Path) -> tuple[Path, str]:
    """Make the installer's key; return its path and the public line."""
    from django.conf import settings

    from common.ssh import keypair

    return settings.INSTALLER_SSH_KEY, keypair.ensure(settings.INSTALLER_SSH_KEY)


def _nodes(lab: Lab, count: int, public: str) -> tuple[list[LabNode], list[LabNode]]:
    """Make two nodes that are in service and ``count`` that are to be installed."""
    made = []
    for number in (2, 3, *range(FIRST, FIRST + count)):
        programs = ["compute_server"] if number < FIRST else []
        node = lab.add(PROFILE, f"{NET}.{number}", authorized_keys=[public], programs=programs)
        rack, place = divmod(number, 50)
        (node.root / "etc" / "hostname").write_text(f"z1ar{rack:02d}n{place:02d}\n")
        made.append(node)
    return made[:2], made[2:]


def _plan(old: list[LabNode], new: list[LabNode]) -> Any:
    """Collect the nodes, adopt a zone of the old ones, approve a plan for the new ones; return the job that waits."""
    from common.actor import Actor
    from common.ssh import Place, fingerprint, host_key_of
    from jobs.engine.work_slice import run_slice
    from nodes.models import Node
    from nodes.services.collect import collect_nodes
    from operations.scaling.scale import scale_qingcloud
    from zones.services.adopt import adopt_zone
    from zones.services.approve import approve_plan
    from zones.services.config_files import ConfigFile
    from zones.services.configure import config_qingcloud

    bench = Actor("bench", "command")
    for node in (*old, *new):
        own = host_key_of(Place(node.address, node.port))
        where = {"mgmt_address": node.address, "ssh_port": node.port, "ssh_user": "root"}
        Node.objects.create(host_key=own, host_key_fingerprint=fingerprint(own), **where)
    job = collect_nodes(addresses=[node.address for node in (*old, *new)], actor=bench)
    run_slice(job.pk)
    job.refresh_from_db()
    assert job.status == "succeeded", job.error
    adopt_zone(
        variables=ConfigFile("variables.z1a.yaml", VARIABLES.encode()),
        settings=ConfigFile("settings.z1a.yaml", SETTINGS.encode()),
        actor=bench,
    )
    roles = "".join(f"  {node.address}: {{role: {PROFILE}, sub_roles: []}}\n" for node in new)
    settings = ConfigFile("scale_settings.z1a.yaml", f"zone_id: z1a\nroles:\n{roles}".encode())
    [made] = config_qingcloud(variables=[], settings=[settings], actor=bench)
    assert made.plan is not None
    approve_plan(plan_id=made.plan.plan_id, content_hash=made.plan.content_hash, actor=bench)
    return scale_qingcloud(zone_id="z1a", addresses=[node.address for node in new], actor=bench)


def _scripts(folder: Path, job: Any) -> list[str]:
    """Write the components and packages of each node into a folder; return the components in order."""
    from nodes.models import Node
    from operations.scaling.node_work import content_of, work_of
    from operations.scripts import INSTALL_COMPONENTS

    nodes = list(Node.objects.filter(node_id__in=job.steps.filter(phase="install_nodes").values("target")))
    work = work_of(content_of(job.params["plan_id"]), nodes)
    for node in nodes:
        mine = folder / "copies" / str(node.mgmt_address)
        mine.mkdir(parents=True)
        for name, text in work[node.node_id].scripts.items():
            (mine / name).write_text(text)
        for package in work[node.node_id].packages:
            (mine / package.file_name).write_bytes(package.data)
    return [*INSTALL_COMPONENTS, "update_nodes", "verify"]


def _worker(job_pk: int, *, profile: bool) -> dict[str, Any]:
    """Run the job in a process of its own; return ``wall_s``, ``cpu_s`` and the profile."""
    argv = [sys.executable, __file__, "--work", str(job_pk), *(["--profile"] if profile else [])]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def work(job_pk: int, *, profile: bool) -> dict[str, Any]:
    """Be the worker: run slices of the job until it has ended."""
    import django

    django.setup()
    from jobs import registry
    from jobs.engine.work_slice import run_slice
    from jobs.models import Job
    from jobs.states import JOB_ENDED

    registry.load()
    profiles = _profile_threads() if profile else []
    begun, before, own = time.perf_counter(), _cpu_s(resource.RUSAGE_SELF), time.thread_time()
    while Job.objects.values_list("status", flat=True).get(pk=job_pk) not in JOB_ENDED:
        run_slice(job_pk)
    found: dict[str, Any] = {
        "wall_s": time.perf_counter() - begun,
        "cpu_s": _cpu_s(resource.RUSAGE_SELF) - before,
        # This thread writes to the database; the others talk to nodes.
        "database_cpu_s": time.thread_time() - own,
    }
    return {**found, "profile": _most(profiles)} if profile else found


def _profile_threads() -> list[cProfile.Profile]:
    """Profile the processor time of this thread and of all that begin from now on."""
    profiles: list[cProfile.Profile] = []
    run = threading.Thread.run

    def profiled(thread: threading.Thread) -> None:
        mine = cProfile.Profile(time.thread_time)
        profiles.append(mine)
        mine.runcall(run, thread)

    threading.Thread.run = profiled  # type: ignore[method-assign]
    own = cProfile.Profile(time.thread_time)
    profiles.append(own)
    own.enable()
    return profiles


def _most(profiles: list[cProfile.Profile]) -> list[dict[str, Any]]:
    """Return the functions that took most, with those they called: seconds of processor time."""
    profiles[0].disable()
    stats = pstats.Stats(profiles[0])
    for item in profiles[1:]:
        item.disable()
        stats.add(item)
    rows = [
        {"own_s": round(own, 3), "all_s": round(whole, 3), "calls": calls, "what": _what(place)}
        for place, (_, calls, own, whole, _callers) in stats.stats.items()  # type: ignore[attr-defined]
    ]
    by_own = sorted(rows, key=lambda row: -row["own_s"])[:40]
    return by_own + sorted(rows, key=lambda row: -row["all_s"])[:80]


def _what(place: tuple[str, int, str]) -> str:
    file, line, name = place
    return f"{'/'.join(Path(file).parts[-2:])}:{line} {name}"


def _xargs(folder: Path, key: Path, copies: list[LabNode], components: list[str]) -> dict[str, float]:
    """Run the components on the copies by ssh, twenty nodes at a time."""
    from operations.scripts import PACKAGE_FOLDER

    options = (
        f"-F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR "
        f"-i {shlex.quote(str(key))} -p {copies[0].port}"
    )
    lines = ["set -e", f"cd {shlex.quote(str(folder / 'copies'))}/$1"]
    for name in components:
        if name == "update_nodes":
            lines += [
                f'for file in *.deb; do ssh {options} root@$1 "mkdir -p {PACKAGE_FOLDER} && '
                f'cat >{PACKAGE_FOLDER}/$file" <$file; done'
            ]
        lines += [
            f"ssh {options} root@$1 'cat >/root/{name}.sh && sh /root/{name}.sh' <{name} >{name}.log 2>&1"
        ]
    program = folder / "install.sh"
    program.write_text("\n".join(lines) + "\n")
    argv = ["xargs", "-P", str(AT_ONCE), "-n", "1", "sh", str(program)]
    code = (
        "import resource, subprocess, sys, time, json; t = time.perf_counter();"
        "done = subprocess.run(sys.argv[1:], stdin=sys.stdin); u = resource.getrusage(resource.RUSAGE_CHILDREN);"
        "print(json.dumps({'wall_s': time.perf_counter() - t, 'cpu_s': u.ru_utime + u.ru_stime}));"
        "sys.exit(done.returncode)"
    )
    addresses = "".join(f"{node.address}\n" for node in copies)
    done = subprocess.run(
        [sys.executable, "-c", code, *argv], input=addresses, capture_output=True, text=True
    )
    assert done.returncode == 0, "\n".join(
        [done.stderr[-500:], *(path.read_text()[-500:] for path in (folder / "copies").glob("*/*.log"))]
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def _phases(steps: list[Any]) -> dict[str, float]:
    """Return how long each phase took, from its first step to its last."""
    found: dict[str, float] = {}
    for phase in dict.fromkeys(step.phase for step in steps):
        mine = [step for step in steps if step.phase == phase and step.started_at]
        if mine:
            ended, begun = max(step.finished_at for step in mine), min(step.started_at for step in mine)
            found[phase] = round((ended - begun).total_seconds(), 2)
    return found


def _cpu_s(who: int) -> float:
    usage = resource.getrusage(who)
    return usage.ru_utime + usage.ru_stime


def table(result: dict[str, Any]) -> str:
    """Render the result for reading."""
    lines = [f"{key}: {value}" for key, value in result.items() if key != "profile"]
    lines += [
        f"{row['own_s']:8.3f} {row['all_s']:8.3f} {row['calls']:8} {row['what']}"
        for row in result.get("profile", [])
    ]
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    main()

"""Ways to collect the hardware of many nodes, each measured in a separate process.

``python bench/contenders.py NAME PLAN.json`` prints one JSON object: ``wall_s``, ``cpu_s``, ``peak_mb``.
Interpreter start and imports are not counted for those that are Python.
"""

from __future__ import annotations

import base64
import json
import os
import resource
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NONCE = "benchbenchbench1"
Plan = dict[str, Any]


def paramiko_fan_out(plan: Plan) -> Callable[[], None]:
    """Do the minimum: connect, run the same script, read everything, parse nothing."""
    import paramiko

    from nodes import collection

    argv, script = collection.build_command(NONCE)
    key = paramiko.Ed25519Key.from_private_key_file(plan["client_key"])
    pinned = paramiko.Ed25519Key(data=base64.b64decode(plan["host_key"].split()[1]))

    def one(address: str) -> int:
        client = paramiko.SSHClient()
        client.get_host_keys().add(f"[{address}]:{plan['port']}", "ssh-ed25519", pinned)
        client.connect(
            address, plan["port"], plan["user"], pkey=key, allow_agent=False, look_for_keys=False, timeout=30
        )
        try:
            stdin, stdout, _ = client.exec_command(shlex.join(argv))
            stdin.write(script)
            stdin.channel.shutdown_write()
            return len(stdout.read())
        finally:
            client.close()

    def run() -> None:
        with ThreadPoolExecutor(plan["concurrency"]) as pool:
            sizes = list(pool.map(one, plan["addresses"]))
        assert min(sizes) > 1000, "a node said nothing"

    return run


def xargs_ssh(plan: Plan) -> Callable[[], None]:
    """Run ``xargs -P N ssh`` with the script on standard input, output into files."""
    from nodes import collection

    folder = Path(plan["folder"])
    _, script = collection.build_command(NONCE)
    (folder / "script").write_bytes(script)
    options = "-F none -o BatchMode=yes -o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null -o LogLevel=ERROR"
    line = (
        f"ssh {options} -i {shlex.quote(plan['client_key'])} -p {plan['port']} {plan['user']}@{{}} "
        f"sh -s -- {NONCE} < {folder}/script > {folder}/said.{{}}"
    )
    argv = ["xargs", "-P", str(plan["concurrency"]), "-I", "{}", "sh", "-c", line]
    addresses = "\n".join(plan["addresses"])
    return lambda: _checked(argv, addresses)


def ours(plan: Plan) -> Callable[[], None]:
    """Run from the service call to committed rows: the engine's own slice, in this process."""
    os.environ.update(
        INSTALLER_DATA_DIR=f"{plan['folder']}/data",
        INSTALLER_SSH_KEY=plan["client_key"],
        INSTALLER_SSH_CONCURRENCY=str(plan["concurrency"]),
        DJANGO_SETTINGS_MODULE="installer.settings",
    )
    import django

    django.setup()
    from django.core.management import call_command

    from common.actor import Actor
    from jobs import registry
    from jobs.engine import work_slice
    from nodes.models import Collection, Node
    from nodes.services.collect import collect_nodes

    # As a worker does when it starts.
    registry.load()
    call_command("migrate", verbosity=0)
    Node.objects.all().delete()
    Node.objects.bulk_create(
        Node(mgmt_address=address, ssh_port=plan["port"], ssh_user=plan["user"], host_key=plan["host_key"])
        for address in plan["addresses"]
    )

    def run() -> None:
        job = collect_nodes(addresses=plan["addresses"], actor=Actor("bench", "command"))
        work_slice.run_slice(job.pk)
        job.refresh_from_db()
        assert job.status == "succeeded", job.error
        assert Collection.objects.filter(job_id=job.job_id, error="").count() == len(plan["addresses"])

    return run


def ansible(plan: Plan) -> Callable[[], None]:
    """Run ``ansible -m setup``."""
    inventory = Path(plan["folder"]) / "inventory"
    common = (
        f"ansible_port={plan['port']} ansible_user={plan['user']} ansible_ssh_private_key_file={plan['client_key']} "
        "ansible_ssh_common_args='-o StrictHostKeyChecking=no -o UserKnownHostsFile=/dev/null' "
        f"ansible_python_interpreter={sys.executable}"
    )
    inventory.write_text("".join(f"{address} {common}\n" for address in plan["addresses"]))
    argv = [_beside("ansible"), "all", "-i", str(inventory), "-m", "setup", "-f", str(plan["concurrency"])]
    return lambda: _checked(argv)


def pyinfra(plan: Plan) -> Callable[[], None]:
    """Run ``pyinfra INVENTORY fact …`` for the corresponding facts."""
    inventory = Path(plan["folder"]) / "inventory.py"
    data = {
        "ssh_user": plan["user"],
        "ssh_port": plan["port"],
        "ssh_key": plan["client_key"],
        "ssh_strict_host_key_checking": "off",
        "ssh_known_hosts_file": f"{plan['folder']}/known_hosts",
    }
    inventory.write_text(f"nodes = [(address, {data!r}) for address in {plan['addresses']!r}]\n")
    argv = [
        *(_beside("pyinfra"), "-y", "--parallel", str(plan["concurrency"]), str(inventory), "fact"),
        *("server.Hostname", "server.Kernel", "server.LinuxDistribution", "server.Mounts"),
        *("hardware.BlockDevices", "hardware.Cpus", "hardware.Memory", "hardware.NetworkDevices"),
    ]
    return lambda: _checked(argv, folder=plan["folder"])


CONTENDERS = {
    "paramiko": paramiko_fan_out,
    "xargs_ssh": xargs_ssh,
    "ours": ours,
    "ansible": ansible,
    "pyinfra": pyinfra,
}


def installed(name: str) -> bool:
    """Decide whether the contender can be run here."""
    needed = {"xargs_ssh": "xargs", "ansible": _beside("ansible"), "pyinfra": _beside("pyinfra")}.get(name)
    return needed is None or shutil.which(needed) is not None


def _beside(program: str) -> str:
    """Return a program from the separate environment of ``make bench``, else the system's.

    pyinfra needs another version of paramiko.
    """
    path = Path(__file__).resolve().parents[1] / ".venv-bench" / "bin" / program
    return str(path) if path.exists() else program


def _checked(argv: list[str], stdin: str = "", folder: str | None = None) -> None:
    done = subprocess.run(
        argv, input=stdin, text=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=folder
    )
    if done.returncode:
        raise SystemExit(f"{argv[0]} ended with {done.returncode}: {done.stderr[-500:]}")


def measured(run: Callable[[], None]) -> dict[str, float]:
    """Measure wall and CPU time (of this process and of those it waited for) in seconds, peak memory in MiB."""
    before, began = _cpu_s(), time.perf_counter()
    run()
    wall_s, cpu_s = time.perf_counter() - began, _cpu_s() - before
    peak = max(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return {"wall_s": round(wall_s, 3), "cpu_s": round(cpu_s, 3), "peak_mb": round(peak / 1024, 1)}


def _cpu_s() -> float:
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    prepared = CONTENDERS[sys.argv[1]](json.loads(Path(sys.argv[2]).read_text()))
    json.dump(measured(prepared), sys.stdout)

"""How long a configuration takes: load, check, allocate, render, hash and diff; with a database or without.

``python bench/config.py --nodes 1000 --json`` prints one JSON object: ``total_s``, ``cpu_s`` (the part spent by
this process, not by others), ``peak_mb`` (of the whole process) and the seconds of each stage. Without ``--nodes``
100, 1,000 and 5,000 nodes are measured, each in a separate process, and ``growth`` says how the time grows from
1,000 to 5,000 (5 is linear).

``python bench/config.py --through service --fleet 2000 --nodes 200 --json`` measures the whole verb on the database of
``DATABASE_URL`` (a separate one beside it; SQLite without it): ``--nodes`` join the first of ``--zones`` zones, which
have the rest of the fleet. Besides ``total_s`` and ``cpu_s``: ``server_cpu_s`` (of the database server's process, on
this machine), ``locked_s`` (how long allocations were locked), ``files`` of the plan, and ``core_cpu_s``, what the same
number of nodes costs without a database.
"""

from __future__ import annotations

import argparse
import gc
import json
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from zones.core.allocation import allocate
from zones.core.diff import diff_plan
from zones.core.documents import load_settings
from zones.core.gc_pause import collector_paused
from zones.core.plan import PlanResult, render_plan
from zones.core.plan_input import Documents
from zones.core.plan_summary import summarize
from zones.core.rules import Context, check
from zones.core.world import DiskView, NicView, NodeView, World, ZoneView

SIZES = (100, 1000, 5000)
ZONE = "bench1a"
VARIABLES: dict[str, dict[str, Any]] = {
    "common": {"region_id": "bench1"},
    "base": {
        "zone_id": ZONE,
        "deploy_mode": "devops",
        "network_mode": "sdn",
        "installer_allocate_vbc": 1,
        "vm_base_network": "10.0.0.0/8",
        "vm_base_network_start": "10.10.50.0/24",
        "mgmt_network_gateway": "127.16.0.1",
        "mgmt_network_dns_servers": ["127.16.0.1"],
    },
    "advance": {"vip_pools": ["127.31.0.1/12-127.31.255.250/12"]},
}


def node(number: int) -> NodeView:
    """Build a hyper with four SSDs and a bonded management network."""
    address = f"127.{16 + number // 62500}.{number // 250 % 250}.{2 + number % 250}"
    nics = (
        NicView("eth0", f"52:54:00:{number >> 8:04x}:01"),
        NicView("eth1", f"52:54:00:{number >> 8:04x}:02"),
        NicView("bond0", f"52:54:00:{number:06x}", "bond", address, 12, "", "802.3ad", ("eth0", "eth1")),
    )
    return NodeView(
        node_id=f"n-{number:08d}",
        address=address,
        hostname=f"{ZONE}r{number // 40:02d}n{number % 40:02d}",
        status="available",
        cpu_cores=64,
        memory_bytes=512 << 30,
        os_name="ubuntu",
        os_version="22.04",
        host_key_fingerprint=f"SHA256:{number:043d}",
        os_disk=disk(number, "sda", 480),
        data_disks=tuple(disk(number, f"sd{letter}", 3200) for letter in "bcde"),
        nics=nics,
        mgmt_interface="bond0",
        default_interface="bond0",
        default_gateway="127.16.0.1",
    )


def disk(number: int, name: str, size_gb: int) -> DiskView:
    """Build an SSD with a unique identity."""
    serial = f"S{number:06d}{name}"
    return DiskView(name, "ssd", size_gb * 10**9, f"ata-MODEL_{serial}", f"0x5002538{number:08x}", serial)


def settings_text(nodes: list[NodeView]) -> bytes:
    """Write half of the nodes as the runbook does, half over several lines."""
    lines = [f"zone_id: {ZONE}", "roles:"]
    for number, item in enumerate(nodes):
        if number % 2:
            lines.append(f"  {item.address}: {{role: hyper-repl, sub_roles: [hyper]}}")
        else:
            lines += [f"  {item.address}:", "    role: hyper-repl", "    sub_roles:", "      - hyper"]
    return ("\n".join(lines) + "\n").encode()


def measure(count: int) -> dict[str, float]:
    """Return the seconds of each stage of one configuration that adds ``count`` nodes."""
    nodes = [node(number) for number in range(count)]
    zone = ZoneView(ZONE, "bench1", "devops", "sdn", variables=VARIABLES)
    data, world = settings_text(nodes), World((zone,), tuple(nodes))
    base = {"hosts": "127.0.0.1 localhost\n", "nodes/hyper": f"{ZONE}r99n99\n"}
    clock, cpu = [time.perf_counter()], time.process_time()

    def lap() -> None:
        clock.append(time.perf_counter())

    settings, findings = load_settings(f"scale_settings.{ZONE}.yaml", data, "scale")
    assert settings is not None
    lap()
    context = Context(Documents("scale", settings, None, tuple(findings)), world)
    found = check(context)
    assert not any(item.level == "error" for item in found), found[:3]
    lap()
    allocation = allocate(context)
    lap()
    plan = render_plan(context, PlanResult("scale", ZONE, "bench1", tuple(found)), allocation)
    lap()
    assert len(plan.roles) == count and len(plan.content_hash) == 64
    lap()
    files = diff_plan(base, plan.files, partial=True).files
    assert len(files) >= count
    lap()
    assert summarize(base, plan.files, partial=True).folds
    lap()
    names = ("load_s", "check_s", "allocate_s", "render_s", "hash_s", "diff_s", "fold_s")
    stages = {name: clock[i + 1] - clock[i] for i, name in enumerate(names)}
    return {"total_s": clock[-1] - clock[0], "cpu_s": time.process_time() - cpu, **stages}


def quietly(count: int) -> dict[str, float]:
    """Run once under the conditions that the service gives to a configuration."""
    gc.collect()
    with collector_paused():
        return measure(count)


def report(count: int, repeat: int) -> dict[str, float]:
    """Return the fastest of several runs: other load on the machine only ever adds time."""
    best = min((quietly(count) for _ in range(repeat)), key=lambda run: run["total_s"])
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "nodes": count,
        **{key: round(value, 4) for key, value in best.items()},
        "peak_mb": round(peak_mb, 1),
    }


def through_service(fleet: int, nodes: int, zones: int, repeat: int) -> dict[str, Any]:
    """Build a fleet, and return the quickest of several configurations of nodes that join its first zone."""
    from bench import fleet as data

    core = report(nodes, repeat)
    with data.console() as database:
        free = data.build(fleet, nodes, zones)
        data.analyze()
        runs = [_configured(data.settings_text(data.zone_id(0), free)) for _ in range(repeat)]
    best = min(runs, key=lambda run: run["cpu_s"])
    asked = {"through": "service", "db": database, "fleet": fleet, "nodes": nodes, "zones": zones}
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {**asked, **best, "core_cpu_s": core["cpu_s"], "peak_mb": round(peak_mb, 1)}


def _configured(text: bytes) -> dict[str, float]:
    """Configure, and reject the plan again."""
    from bench import fleet as data
    from common.actor import Actor
    from zones.services import configure
    from zones.services.approve import reject_plan
    from zones.services.config_files import ConfigFile

    locked_at: list[float] = []
    lock = configure.lock_allocations

    def and_note() -> None:
        lock()
        locked_at.append(time.perf_counter())

    actor, file = Actor("bench", "command"), ConfigFile(f"scale_settings.{data.zone_id(0)}.yaml", text)
    gc.collect()
    configure.lock_allocations = and_note
    begun, cpu, server = time.perf_counter(), time.process_time(), data.server_cpu_s()
    [done] = configure.config_qingcloud(variables=[], settings=[file], actor=actor)
    ended = time.perf_counter()
    found = {
        "total_s": round(ended - begun, 3),
        "cpu_s": round(time.process_time() - cpu, 3),
        "server_cpu_s": round(data.server_cpu_s() - server, 3),
        "locked_s": round(ended - locked_at[-1], 3),
    }
    configure.lock_allocations = lock
    assert done.plan is not None
    found["files"] = done.plan.files.count()
    reject_plan(plan_id=done.plan.plan_id, content_hash=done.plan.content_hash, actor=actor)
    return found


def report_all(repeat: int) -> dict[str, Any]:
    """Measure every size in a separate process, so that none inherits the memory of another."""
    runs = []
    for count in SIZES:
        command = [sys.executable, __file__, "--nodes", str(count), "--repeat", str(repeat), "--json"]
        runs.append(json.loads(subprocess.run(command, capture_output=True, check=True).stdout))
    return {"runs": runs, "growth": round(runs[-1]["total_s"] / runs[-2]["total_s"], 2)}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument(
        "--nodes", type=int, default=0, metavar="N", help=f"default: {SIZES} one after another"
    )
    parser.add_argument("--through", choices=("core", "service"), default="core")
    parser.add_argument("--fleet", type=int, default=2000, metavar="N", help="nodes there are (service)")
    parser.add_argument("--zones", type=int, default=1, metavar="N", help="zones that have them (service)")
    parser.add_argument("--repeat", type=int, default=3, metavar="N", help="take the quickest of N runs")
    parser.add_argument("--json", action="store_true", help="one JSON object")
    options = parser.parse_args()
    if options.through == "service":
        found = through_service(options.fleet, options.nodes or 200, options.zones, options.repeat)
    else:
        found = report(options.nodes, options.repeat) if options.nodes else report_all(options.repeat)
    if options.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    for run in found.get("runs", [found]):
        sys.stdout.write("  ".join(f"{key} {value}" for key, value in run.items()) + "\n")
    if "growth" in found:
        sys.stdout.write(f"5,000 nodes take {found['growth']} times as long as 1,000 (5 is linear)\n")


if __name__ == "__main__":
    main()

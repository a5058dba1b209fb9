"""Disks erased by the runbook's own commands, by real workers, one of which dies in the middle."""

from __future__ import annotations

import subprocess

from lab import Node
from tests.system.console import Console


def on(console: Console, node: Node, command: str) -> None:
    """Run a command on the node itself, as a person would."""
    key = f"{console.environment['INSTALLER_DATA_DIR']}/ssh/id_ed25519"
    options = ["-F", "none", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR"]
    argv = ["ssh", *options, "-o", "UserKnownHostsFile=/dev/null", "-i", key, "-p", str(node.port)]
    subprocess.run([*argv, f"root@{node.address}", command], check=True, timeout=60)


def disks(node: Node) -> dict[str, dict[str, object]]:
    return {item["name"]: item for item in node.state()["disks"]}


def test_the_way_a_refusal_points_to_works_and_a_dead_worker_does_no_harm(console: Console) -> None:
    path = console.make_nodes({21: "hyper-dirty", 22: "hyper-dirty"})
    nodes = [console.lab.node(console.address(number)) for number in (21, 22)]
    words = ["erase_data_disks", "-i", str(path), "-d", "sdb", "sdc", "--mode", "full"]

    done = console.run(*words, "--yes", expect=2)
    assert done.stderr.count("(vgchange -an olddata)") == 4, done.stderr
    for node in nodes:
        on(console, node, "vgchange -an olddata")
    console.run("collect_nodes", "-I", str(path), "--wait")

    done = console.run(*words, expect=2)
    assert "not confirmed" in done.stderr and "S4F2NX0M" in done.stderr and "backup" in done.stderr
    assert all(disks(node)["sdb"]["children"] for node in nodes)

    job_id = console.run(*words, "--yes").stdout.strip()
    console.until(lambda: "erasing sdb (full)" in console.run("get_log", job_id).stdout, "it does not begin")
    console.kill_worker(console.workers[-1])
    console.start_worker()
    status = console.ended(job_id)
    assert status["status"] == "succeeded", console.run("get_log", job_id).stdout
    assert {node["attempts"] for node in status["nodes"]} == {1}
    log = console.run("get_log", job_id).stdout
    assert log.count("all disks are erased") == 2, log

    for node in nodes:
        found = disks(node)
        assert not found["sdb"]["children"] and not found["sdb"]["pttype"] and not found["sdc"]["fstype"]
        assert found["sda"]["children"]
    for shown in console.json("describe_nodes", "-I", str(path))["node_set"]:
        assert not any(disk["dirty"] for disk in shown["data_disks"]), shown["data_disks"]
    # Used up: the same words make a new preview, of clean disks.
    done = console.run(*words, expect=2)
    assert "nothing found" in done.stderr

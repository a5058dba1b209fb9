"""A hundred nodes, five of them broken, each in its own way: the others are collected, and the five once repaired."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from bench.sshd import Servers
from common.ssh import keypair
from lab import CommandFault
from tests.system.console import PASSWORD, Console
from tests.system.test_collect_secrets import establish

MANY = 95
BROKEN = ("password", "host key", "shell", "lsblk", "network")
SAID = {
    "host key": "presents a different host key: pinned SHA256:",
    "shell": "its login shell does not run commands",
    "lsblk": "lsblk",
    "network": "refuses the connection: check that sshd is running there",
}


@pytest.fixture
def many(console: Console, tmp_path: Path) -> Iterator[Servers]:
    """Start real sshd on many loopback addresses, with the installer's key."""
    if os.geteuid() or not shutil.which("sshd", path="/usr/sbin:/sbin:/usr/bin"):
        pytest.skip("needs root and openssh-server: collection runs as root on this host")
    folder = tmp_path / "sshd"
    folder.mkdir()
    public = keypair.ensure(Path(console.environment["INSTALLER_DATA_DIR"]) / "ssh" / "id_ed25519")
    with Servers(folder, MANY) as servers:
        (folder / "client_key.pub").write_text(f"{public}\n")
        yield servers


def listed(console: Console, name: str, addresses: list[str]) -> Path:
    path = console.folder / name
    path.write_text("\n".join(addresses) + "\n")
    return path


def make_broken(console: Console) -> dict[str, str]:
    """Make five lab nodes, reachable so far; return their addresses."""
    where = {what: console.address(20 + number) for number, what in enumerate(BROKEN, 1)}
    for what, address in where.items():
        console.lab.add("vg", address, password="another-password" if what == "password" else PASSWORD)
    path = listed(console, "broken", list(where.values()))
    console.run("add_nodes", "-I", str(path), "--port", str(console.lab.port))
    done = establish(console, PASSWORD, path)
    assert done.returncode == 1 and f"{where['password']} port" in done.stderr
    assert "does not accept this password" in done.stderr and "1 of 5 nodes failed" in done.stderr
    assert "with the password, which is not stored, to start a new job" in done.stderr
    console.lab.fault(where["host key"], "wrong_host_key")
    console.lab.fault(where["network"], "refuse")
    shell = CommandFault("sh -c", exit=1, stderr="This account is currently not available.")
    console.lab.fault(where["shell"], commands=[shell])
    console.lab.fault(
        where["lsblk"], commands=[CommandFault("lsblk", exit=1, stderr="lsblk: cannot open /sys")]
    )
    return where


def test_95_of_100_are_collected_and_the_rest_after_they_are_mended(console: Console, many: Servers) -> None:
    # All these nodes are this one machine: with forty logins at once on a slow one each takes a minute.
    console.environment["INSTALLER_SSH_CONCURRENCY"] = "6"
    console.kill_worker(console.workers.pop())
    console.start_worker()
    where = make_broken(console)
    good = listed(console, "good", many.addresses)
    console.run("add_nodes", "-I", str(good), "--port", str(many.port))
    # What establish_ssh leaves of a node that takes the installer's key: other plays prove that it does.
    pin = f"Node.objects.filter(ssh_port={many.port}).update(host_key={many.host_key!r})"
    console.run("shell", "-c", f"from nodes.models import Node; {pin}")

    everybody = [*many.addresses, *where.values()]
    done = console.run("collect_nodes", "-I", str(listed(console, "all", everybody)), "--wait", expect=2)
    assert f"N80 error {where['password']}: " in done.stderr and done.stderr.count("N80") == 1
    reached = [address for address in everybody if address != where["password"]]
    done = console.run(
        "collect_nodes", "-I", str(listed(console, "reached", reached)), "--wait", expect=1, timeout_s=1500
    )
    assert "4 of 99 nodes failed" in done.stderr
    broken = {what: address for what, address in where.items() if what != "password"}
    for what, address in broken.items():
        mine = [line for line in done.stderr.splitlines() if f"{address} failed in collect" in line]
        assert len(mine) == 1 and SAID[what] in mine[0], (what, mine)
    failed = console.json("describe_nodes", "-s", "collect_failed")["node_set"]
    assert {node["mgmt_address"] for node in failed} == set(broken.values())
    assert all(node["error"] for node in failed)
    available = console.json("describe_nodes", "-s", "available")["node_set"]
    assert {node["mgmt_address"] for node in available} == set(many.addresses)
    assert all(node["memory_bytes"] and node["cpu"]["cores"] and node["collected_at"] for node in available)

    for address in where.values():
        console.lab.fault(address, "clear")
    wrong = listed(console, "wrong", [where["password"]])
    assert establish(console, "another-password", wrong).returncode == 0
    changed = listed(console, "changed", [where["host key"]])
    console.run(
        "establish_ssh", str(changed), "--no-password", "--replace-host-key", where["host key"], "--wait"
    )
    done = console.run("collect_nodes", "-s", "collect_failed", "--wait", timeout_s=600)
    status = console.json("get_status", done.stdout.strip())
    assert {node["mgmt_address"] for node in status["nodes"]} == set(broken.values())
    console.run("collect_nodes", "-i", where["password"], "--wait")
    assert console.json("describe_nodes", "-s", "available")["total_count"] == 100
    assert not any(node["error"] for node in console.json("describe_nodes")["node_set"])

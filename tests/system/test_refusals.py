"""Failures of a real night: each reported plainly, with the exit code of the contract, nothing lost."""

from __future__ import annotations

import pytest

from tests.system.console import Console


@pytest.mark.remedy("S02", "S05")
def test_broken_nodes_and_refused_verbs(console: Console) -> None:
    console.make_nodes({11: "hyper-repl", 12: "hyper-repl"})
    console.adopt({11: "hyper-repl", 12: "hyper-repl"}, mode="standard")
    ip_list = console.make_nodes({21: "hyper-repl", 22: "hyper-repl", 23: "hyper-repl"})

    # A node that no longer knows the installer's key, one that is switched off, one that is another machine.
    keys = console.lab.node(console.address(21)).root / "root" / ".ssh" / "authorized_keys"
    kept = keys.read_text()
    keys.write_text("")
    console.lab.fault(console.address(22), "refuse")
    console.lab.fault(console.address(23), "wrong_host_key")
    done = console.run("collect_nodes", "-I", str(ip_list), "--wait", expect=1)
    assert f"{console.address(21)} port {console.lab.port} does not accept the installer's key" in done.stderr
    assert f"{console.address(22)} port {console.lab.port} refuses the connection" in done.stderr
    assert (
        f"{console.address(23)} port {console.lab.port} presents a different host key: pinned SHA256:"
        in done.stderr
    )
    nodes = console.json("describe_nodes", "-s", "collect_failed")["node_set"]
    assert len(nodes) == 3 and all(node["memory_bytes"] for node in nodes), (
        "facts of the last collection are kept"
    )
    keys.write_text(kept)
    console.lab.fault(console.address(22), "clear")
    console.lab.fault(console.address(23), "clear")
    console.run("establish_ssh", str(ip_list), "--wait", "--replace-host-key", console.address(23))
    console.run("collect_nodes", "-I", str(ip_list), "--wait")

    # An odd number of hypers in a standard zone.
    path = console.write_settings("scale_settings", dict.fromkeys((21, 22, 23), "hyper-repl"))
    done = console.run("config_qingcloud", "-s", str(path), expect=2)
    assert "R02 error scale_settings.z1a.yaml:" in done.stderr

    # No plan, an unapproved plan, and a node that is not in it.
    pair = console.folder / "pair"
    pair.write_text(f"{console.address(21)}\n{console.address(22)}\n")
    done = console.run("scale_qingcloud", "-z", "z1a", "-I", str(pair), expect=2)
    assert "zone z1a has no plan to apply" in done.stderr
    plan_id = console.configure({21: "hyper-repl", 22: "hyper-repl"})
    done = console.run("scale_qingcloud", "-z", "z1a", "-I", str(pair), expect=2)
    assert f"plan {plan_id} is not approved" in done.stderr and f"approve_plan {plan_id}" in done.stderr
    console.seen("approve_plan", plan_id)
    done = console.run("scale_qingcloud", "-z", "z1a", "-I", str(ip_list), expect=2)
    assert f"{console.address(23)}" in done.stderr and "is not in plan" in done.stderr

    # A second scaling while the first one runs, and a node that is down while it does.
    console.lab.fault(console.address(22), "refuse")
    job_id = console.run("scale_qingcloud", "-z", "z1a", "-I", str(pair)).stdout.strip()
    done = console.run("scale_qingcloud", "-z", "z1a", "-I", str(pair), expect=3)
    assert job_id in done.stderr and "R20" in done.stderr and "started by" in done.stderr
    console.run("cancel_job", job_id)
    status = console.ended(job_id)
    assert status["status"] == "cancelled"
    failed = {
        node["mgmt_address"]: node["status"]
        for node in console.json("describe_nodes", "-z", "z1a")["node_set"]
    }
    assert failed[console.address(22)] == "scale_failed"
    console.lab.fault(console.address(22), "clear")
    console.run("resume_job", job_id)
    assert console.ended(job_id)["status"] == "succeeded"
    done = console.run("cancel_job", job_id, expect=2)
    assert "has already ended" in done.stderr

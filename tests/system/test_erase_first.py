"""Used machines become hypers: each refusal names a way on, and each of its remedies works as written."""

from __future__ import annotations

import json
import re
import shlex

from tests.system.console import Console

ROLES = {21: "hyper-repl", 22: "hyper-repl"}


def test_used_disks_are_let_go_of_and_erased_by_the_plan(console: Console) -> None:
    console.make_nodes({11: "hyper-repl", 12: "hyper-repl"}, ["compute_server"])
    console.adopt({11: "hyper-repl", 12: "hyper-repl"})
    path = console.make_nodes({21: "hyper-dirty", 22: "hyper-dirty"}, ["compute_server"])
    settings = console.write_settings("scale_settings", ROLES)

    # In use: the finding names the commands that let go, word for word.
    refused = console.run("config_qingcloud", "-s", str(settings), expect=2).stderr
    assert "R17 error" in refused and "olddata" in refused
    commands = dict.fromkeys(re.findall(r"(exec_nodes [0-9.]+ '[^']+'); (collect_nodes -i [0-9.]+)", refused))
    assert len(commands) == 2, refused
    for release, collect in commands:
        console.run(*shlex.split(release), "--wait")
        console.run(*shlex.split(collect), "--wait")

    # Not in use any more, and still not empty: the finding has the lines for the settings file.
    refused = console.run("config_qingcloud", "-s", str(settings), expect=2).stderr
    assert "in use" not in refused
    lines = re.findall(r"erase: \{([0-9.]+: \[[a-z, ]+\])\}", refused)
    assert len(lines) == 2, refused
    plan = console.configure(ROLES, "erase:\n" + "".join(f"  {line}\n" for line in lines))
    shown = console.json("show_plan", plan)
    erased = shown["roles"][console.address(21)]["erase"]
    assert [disk["name"] for disk in erased] == ["sdb", "sdc"] and any(
        "backup" in line for line in erased[0]["lost"]
    )

    console.seen("approve_plan", plan)
    dry = console.run("scale_qingcloud", "-z", "z1a", "-I", str(path), "--dry-run").stdout
    assert "check again, then erase (quick)" in dry
    job_id = console.run("scale_qingcloud", "-z", "z1a", "-I", str(path), "--wait").stdout.strip()
    log = console.run("get_log", job_id).stdout
    assert "sdb: erased (quick)" in log and "vpool created" in log
    for number in ROLES:
        state = console.lab.node(console.address(number)).state()
        assert state["zpools"]["vpool"]["imported"] and "backup" not in json.dumps(state)
    assert {node["status"] for node in console.json("describe_nodes", "-r", "hyper-repl")["node_set"]} == {
        "active"
    }

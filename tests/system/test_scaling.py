"""The main job on lab nodes: end to end, with the worker killed in the middle."""

from __future__ import annotations

from pathlib import Path

from tests.system.console import Console

COMPONENTS = ("os", "network", "disk", "post", "update_nodes", "verify")


def journals(console: Console, job_id: str) -> dict[tuple[int, str], list[str]]:
    """Return lines of the journal of each component on each node, read from the nodes' own folders."""
    found = {}
    for node in console.lab.nodes:
        for component in COMPONENTS:
            path = Path(node.root, "opt", "install", component, f"{job_id}.journal")
            if path.exists():
                found[(int(node.address.rsplit(".", 1)[1]), component)] = path.read_text().splitlines()
    return found


def test_a_killed_worker_costs_nothing(console: Console) -> None:
    console.make_nodes({11: "hyper-repl", 12: "hyper-repl"}, ["compute_server"])
    console.adopt({11: "hyper-repl", 12: "hyper-repl"})
    new = dict.fromkeys((21, 22, 23, 24), "hyper-repl")
    ip_list = console.make_nodes(new)
    plan_id = console.configure(new)
    console.seen("approve_plan", plan_id, "--comment", "read")
    job_id = console.run("scale_qingcloud", "-z", "z1a", "-I", str(ip_list)).stdout.strip()

    console.until(lambda: len(journals(console, job_id)) >= 5, "nothing begins on the nodes")
    console.kill_worker(console.workers[0])
    begun = journals(console, job_id)
    status = console.json("get_status", job_id)
    assert status["status"] == "running" and status["finished_at"] is None
    assert len(begun) < len(new) * len(COMPONENTS), "the worker was killed too late for this test"

    console.start_worker()
    status = console.ended(job_id)
    assert status["status"] == "succeeded", status
    after = journals(console, job_id)
    assert set(after) == {(number, component) for number in new for component in COMPONENTS}
    for place, lines in after.items():
        starts = [line for line in lines if " start " in line]
        ends = [line for line in lines if " end " in line]
        assert len(starts) == len(ends) == 1, (place, lines)
        assert ends[0].endswith("code=0")

    nodes = console.json("describe_nodes", "-z", "z1a")["node_set"]
    assert {node["status"] for node in nodes} == {"active"} and len(nodes) == 6
    for number in new:
        root = console.lab.node(console.address(number)).root
        assert (root / "etc" / "hostname").read_text().strip() == f"z1ar01n{number}"
        assert (root / "pitrix" / "conf" / "role").read_text() == "hyper-repl\n"
    routes = console.run("dump_vbc_route", "hyper").stdout.splitlines()
    assert len(routes) == 3 and all(line.startswith("ip route add 10.10.5") for line in routes)
    assert console.run("dump_vbc_route", "hyper", "--job", job_id).stdout.splitlines() == routes[1:]
    written = Path(console.environment["INSTALLER_DATA_DIR"], "log", "deploy", f"vbc_route_{job_id}")
    assert written.read_text().splitlines() == routes[1:]

    lines = console.run("get_log", job_id, "--format", "json").stdout.splitlines()
    import json

    events = [json.loads(line) for line in lines]
    assert [event["seq"] for event in events] == list(range(1, len(events) + 1))
    said = [(event["node"], event["step"], event["line"]) for event in events if event["stream"] == "out"]
    assert len(said) == len(set(said)), "a line of a node was logged twice"


def test_a_worker_told_to_end_leaves_its_nodes_alone(console: Console) -> None:
    console.make_nodes({11: "hyper-repl", 12: "hyper-repl"}, ["compute_server"])
    console.adopt({11: "hyper-repl", 12: "hyper-repl"})
    ip_list = console.make_nodes({21: "hyper-repl", 22: "hyper-repl"})
    console.seen("approve_plan", console.configure({21: "hyper-repl", 22: "hyper-repl"}))
    job_id = console.run("scale_qingcloud", "-z", "z1a", "-I", str(ip_list)).stdout.strip()
    console.until(lambda: journals(console, job_id), "nothing begins on the nodes")
    worker = console.workers[0]
    worker.terminate()
    worker.wait(30)
    assert console.json("get_status", job_id)["status"] == "running"
    console.start_worker()
    assert console.ended(job_id)["status"] == "succeeded"
    assert all(len(lines) == 2 for lines in journals(console, job_id).values())

"""The approved state has changed: another disk, another host key, another byte. Nothing is formatted."""

from __future__ import annotations

import json

from lab import Node
from tests.system.console import Console


def swap_disk(node: Node, name: str) -> str:
    """Put another disk of the same model and size into the slot; return the serial number of the one taken out."""
    old = ""
    for path in (node.path / "profile.json", node.path / "state" / "state.json"):
        data = json.loads(path.read_text())
        for disk in data.get("disks", []):
            if disk.get("name") == name:
                old = disk["serial"]
                disk["serial"], disk["wwn"] = "SWAPPED0001", "5000c500deadbeef"
        path.write_text(json.dumps(data))
    return old


def test_a_swapped_disk_and_a_changed_host_key_stop_the_scaling(console: Console) -> None:
    console.make_nodes({11: "hyper-repl", 12: "hyper-repl"}, ["compute_server"])
    console.adopt({11: "hyper-repl", 12: "hyper-repl"})
    ip_list = console.make_nodes({21: "hyper-repl", 22: "hyper-repl"})
    console.seen("approve_plan", console.configure({21: "hyper-repl", 22: "hyper-repl"}))

    # The disk in the slot is replaced after the approval, without another collection.
    swapped = console.lab.node(console.address(21))
    old = swap_disk(swapped, "sdb")
    console.lab.fault(swapped.address, "reboot")
    # And the other machine answers with another host key.
    console.lab.fault(console.address(22), "wrong_host_key")

    done = console.run("scale_qingcloud", "-z", "z1a", "-I", str(ip_list), "--wait", expect=1)
    job_id = done.stdout.strip()
    errors = {node["mgmt_address"]: node["error"] for node in console.json("get_status", job_id)["nodes"]}
    assert (
        "not there any more" in errors[swapped.address]
        or "another one than approved" in errors[swapped.address]
    )
    assert "presents a different host key" in errors[console.address(22)]
    for number in (21, 22):
        state = console.lab.node(console.address(number)).state()
        assert not state.get("pools") and "vpool" not in json.dumps(state), "something was formatted"
    assert {node["status"] for node in console.json("describe_nodes", "-s", "scale_failed")["node_set"]} == {
        "scale_failed"
    }

    # Collected again, the difference is reported and the approval is void: configure and review anew.
    console.lab.fault(console.address(22), "clear")
    console.run("establish_ssh", str(ip_list), "--wait", "--replace-host-key", console.address(22))
    console.run("collect_nodes", "-i", swapped.address, "--force", "--wait")
    shown = console.json("describe_nodes", "-i", swapped.address)["node_set"][0]
    serials = {item["serial"] for item in shown["data_disks"]}
    assert "SWAPPED0001" in serials and old not in serials
    done = console.run("resume_job", job_id, "--wait", expect=1)
    assert "the disks to format differ from the approved ones" in done.stderr
    plan_id = console.json("config_qingcloud", "-f", "-s", str(console.folder / "scale_settings.z1a.yaml"))[
        0
    ]["plan_id"]
    console.seen("approve_plan", plan_id)
    console.run("scale_qingcloud", "-z", "z1a", "-I", str(ip_list), "--wait")
    assert len(console.json("describe_nodes", "-s", "active")["node_set"]) == 4

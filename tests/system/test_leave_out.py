"""One machine of a plan cannot be installed: the zone continues without it, and its VBC gets another Master."""

from __future__ import annotations

from tests.system.console import Console

SETTINGS = "pitrix/conf/settings"


def test_a_zone_goes_on_without_a_machine_that_cannot_be_installed(console: Console) -> None:
    console.make_nodes({11: "hyper-repl", 12: "hyper-repl"}, ["compute_server"])
    console.adopt({11: "hyper-repl", 12: "hyper-repl"})
    roles = {21: "hyper-repl", 22: "hyper-repl"}
    ip_list = console.make_nodes(roles)
    plan_id = console.configure(roles)
    console.seen("approve_plan", plan_id)
    # The Master of their VBC answers with another host key: a different machine.
    dead, alive = console.address(21), console.address(22)
    console.lab.fault(dead, "wrong_host_key")
    console.run("scale_qingcloud", "-z", "z1a", "-I", str(ip_list), "--wait", expect=1)
    node = console.lab.node(alive)
    pools = node.state()["zpools"]
    assert pools and "hyper_vip_address=" not in (node.root / SETTINGS).read_text()

    console.seen("leave_out_nodes", plan_id, "-i", dead, "--reason", "not ours")
    shown = console.run("show_plan", plan_id, "--diff").stdout
    assert "+hyper_vip_address=" in shown and "not ours" in shown
    console.seen("approve_plan", plan_id)
    done = console.run("scale_qingcloud", "-z", "z1a", "-i", alive, "--wait")
    assert console.json("get_status", done.stdout.strip())["status"] == "succeeded"

    assert "hyper_vip_address=" in (node.root / SETTINGS).read_text()
    assert console.lab.node(alive).state()["zpools"] == pools, "the pool in service was made anew"
    assert {item["mgmt_address"] for item in console.json("describe_nodes", "-s", "active")["node_set"]} == {
        *(console.address(number) for number in (11, 12, 22))
    }
    assert console.run("dump_vbc_route", "hyper").stdout.count("ip route add") == 2
    console.run("delete_nodes", "-i", dead)

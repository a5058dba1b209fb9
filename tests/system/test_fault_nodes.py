"""Nodes and networks that fail: the messages, and that resuming later does each thing once."""

from __future__ import annotations

import pytest

from tests.system.faults import FaultConsole, script


def said(faults: FaultConsole, job_id: str, text: str) -> bool:
    return any(text in row[6] for row in faults.ask("log", job_id))


def test_connections_of_every_tenth_node_drop_again_and_again(faults: FaultConsole) -> None:
    faults.ensure_workers()
    nodes = [faults.address(number) for number in range(11, 21)]
    faults.lab.fault(nodes[3], "drop=9000")
    job_id = faults.submit(nodes, script("drops", 600, "[ $((n % 60)) -ne 0 ] || sleep 0.3"))
    try:
        assert faults.ended(job_id)["status"] == "succeeded"
    finally:
        faults.lab.fault(nodes[3], "clear")
    faults.check_whole(job_id, nodes, {"one": ("drops", 600)})
    assert said(faults, job_id, "retrying in")


def test_a_node_that_hangs_does_not_hold_a_cancelled_job(faults: FaultConsole) -> None:
    faults.ensure_workers()
    nodes = [faults.address(number) for number in (11, 12)]
    faults.lab.fault(nodes[1], "hang")
    try:
        job_id = faults.submit(nodes, script("hang", 10))
        faults.until(lambda: len(faults.effects(nodes[0], "hang")) == 2, "the good node does not work")
        faults.ask("cancel", job_id, now=True)
        assert faults.ended(job_id, 30)["status"] == "cancelled"
    finally:
        faults.lab.fault(nodes[1], "clear")
    faults.ask("resume", job_id)
    assert faults.ended(job_id)["status"] == "succeeded"
    faults.check_whole(job_id, nodes, {"one": ("hang", 10)})


@pytest.mark.remedy("J15")
def test_a_reboot_that_nobody_asked_for_fails_the_step_and_resume_repeats_it(faults: FaultConsole) -> None:
    faults.ensure_workers()
    node = faults.address(11)
    job_id = faults.submit([node], script("crash", 30))
    faults.until(lambda: faults.effects(node, "crash"), "nothing begins")
    faults.lab.fault(node, "reboot")
    status = faults.ended(job_id)
    assert status["status"] == "failed"
    assert "ended on the node without a result (reboot" in status["nodes"][0]["error"]
    faults.ask("resume", job_id)
    assert faults.ended(job_id)["status"] == "succeeded"
    assert faults.effects(node, "crash") == ["begin", "begin", "end"]


def test_reboots_that_a_step_asks_for_are_waited_for(faults: FaultConsole) -> None:
    faults.ensure_workers()
    node = faults.address(12)
    inside = 'echo "boot $INSTALLER_BOOTS"; [ $INSTALLER_BOOTS -ge 1 ] || { : >"$INSTALLER_REBOOT"; reboot; sleep 60; }'
    behind = ': >"$INSTALLER_REBOOT"; echo done >>/opt/effects/behind'
    job_id = faults.submit([node], inside, "mkdir -p /opt/effects; " + behind)
    assert faults.ended(job_id)["status"] == "succeeded"
    assert faults.lines(job_id, node, "one") == ["boot 0", "boot 1"]
    assert faults.effects(node, "behind") == ["done"]
    log = [row[6] for row in faults.ask("log", job_id)]
    assert sum("requested a reboot of the node" in line for line in log) == 2
    assert sum("has been rebooted and is back" in line for line in log) == 2


def test_a_full_disk_is_said_and_resume_goes_on(faults: FaultConsole) -> None:
    faults.ensure_workers()
    node = faults.address(13)
    faults.lab.fault(node, "full_disk")
    try:
        job_id = faults.submit([node], script("full", 5))
        status = faults.ended(job_id)
    finally:
        faults.lab.fault(node, "clear")
    assert status["status"] == "failed" and "disk full" in status["nodes"][0]["error"]
    faults.ask("resume", job_id)
    assert faults.ended(job_id)["status"] == "succeeded"
    assert faults.effects(node, "full") == ["begin", "end"]


def test_cancel_ends_what_a_dead_worker_left(faults: FaultConsole) -> None:
    faults.ensure_workers()
    nodes = [faults.address(number) for number in (14, 15)]
    job_id = faults.submit(nodes, script("orphan", 500))
    faults.until(lambda: all(faults.effects(node, "orphan") for node in nodes), "nothing begins")
    faults.stop_workers()
    faults.lab.fault(nodes[1], "refuse")
    try:
        faults.ensure_workers()
        faults.ask("cancel", job_id, now=True)
        assert faults.ended(job_id, 60)["status"] == "cancelled"
        assert said(faults, job_id, "may still be running there")
    finally:
        faults.lab.fault(nodes[1], "clear")
    # The node that was out of reach is looked at again by itself.
    faults.until(lambda: not faults.processes(job_id), "processes are left on nodes")
    faults.until(lambda: all(not step["remote"] for step in faults.ask("steps", job_id)), "still listed")
    assert all(faults.effects(node, "orphan") == ["begin"] for node in nodes)


def test_a_step_that_runs_out_of_time_is_ended_on_the_node(faults: FaultConsole) -> None:
    faults.ensure_workers()
    node = faults.address(16)
    job_id = faults.submit([node], script("late", 500), action="quick")
    status = faults.ended(job_id)
    assert status["status"] == "failed" and "timed out" in status["nodes"][0]["error"]
    faults.until(lambda: not faults.processes(job_id), "processes are left on nodes", 10)

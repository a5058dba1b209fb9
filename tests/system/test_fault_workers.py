"""Workers that die, stop or are asked to end, at every point: nothing twice, nothing lost, nothing left."""

from __future__ import annotations

import os
import signal
import time

import pytest

from tests.system.faults import FaultConsole, script

POINTS = (
    "before_claim",
    "after_claim",
    "before_lines",
    "after_lines",
    "before_result",
    "after_result",
    "before_end",
    "after_end",
)


@pytest.mark.parametrize("point", POINTS)
def test_sigkill_at_every_point_of_a_step(faults: FaultConsole, point: str) -> None:
    faults.ensure_workers()
    nodes = [faults.address(number) for number in (11, 12, 13)]
    one, two = f"{point}.one", f"{point}.two"
    mark = faults.die_at(point)
    job_id = faults.submit(nodes, script(one, 10), script(two, 3), scope=f"region:{point}")
    status = faults.ended(job_id)
    assert status["status"] == "succeeded", status["error"]
    faults.until(lambda: not mark.exists(), "no worker came to this point")
    faults.check_whole(job_id, nodes, {"one": (one, 10), "two": (two, 3)})
    assert faults.ask("active") == 0


@pytest.mark.parametrize("point", ["half_written", "before_place", "after_place", "outside"])
def test_sigkill_while_logs_are_streamed(faults: FaultConsole, point: str) -> None:
    faults.ensure_workers(1)
    while len(faults.workers) > 1:
        faults.workers.pop().kill()
    nodes = [faults.address(number) for number in (11, 12, 13)]
    name, count = f"streamed.{point}", 400
    # Most of what is read at a time ends in the middle of a line.
    halves = script(name, count, ":").replace('echo "line $n of', 'printf "line $n"; sleep 0.02; echo " of')
    job_id = faults.submit(nodes, halves)
    faults.until(lambda: faults.streamed(job_id) == len(nodes), "nothing is streamed")
    seen = faults.ask("count", job_id)
    faults.until(lambda: faults.ask("count", job_id) > seen + 30, "no line comes")
    [worker] = faults.workers
    if point == "outside":
        worker.kill()
    else:
        faults.die_at(point)
    worker.wait(60)
    stored = faults.ask("count", job_id)
    assert seen < stored < count * len(nodes), "it died in the middle"
    faults.ensure_workers()
    status = faults.ended(job_id)
    assert status["status"] == "succeeded", status["error"]
    faults.check_whole(job_id, nodes, {"one": (name, count)})
    assert {step["attempts"] for step in faults.ask("steps", job_id)} <= {0, 1}
    faults.until(lambda: not faults.streamed(job_id), "a feeder is left on a node", 10)


def test_all_workers_die_and_the_nodes_go_on_alone(faults: FaultConsole) -> None:
    faults.ensure_workers()
    nodes = [faults.address(number) for number in (11, 12)]
    job_id = faults.submit(nodes, script("alone.one", 20), script("alone.two", 3))
    faults.until(lambda: faults.effects(nodes[0], "alone.one"), "nothing begins")
    faults.stop_workers()
    # The nodes finish their work; no worker reads it.
    faults.until(
        lambda: all(len(faults.effects(node, "alone.one")) == 2 for node in nodes), "they do not end"
    )
    assert faults.ask("status", job_id)["status"] == "running"
    faults.ensure_workers()
    assert faults.ended(job_id)["status"] == "succeeded"
    faults.check_whole(job_id, nodes, {"one": ("alone.one", 20), "two": ("alone.two", 3)})
    assert {step["attempts"] for step in faults.ask("steps", job_id)} == {1}


def test_both_workers_are_killed_and_started_after_lease_and_queue_entry(faults: FaultConsole) -> None:
    faults.stop_workers()
    # The queue takes an entry for lost when it has been out for this long: both bounds pass, that and the lease.
    faults.environment["TOY_RETRY_S"] = "25"
    try:
        faults.ensure_workers()
        faults.ask("empty_queue")
        nodes = [faults.address(number) for number in (11, 12, 13)]
        job_id = faults.submit(
            nodes, script("minute.one", 30), script("minute.two", 5), scope="region:minute"
        )
        faults.until(lambda: all(faults.effects(node, "minute.one") for node in nodes), "nothing begins")
        assert faults.ask("queue") == {"entries": 1, "due": 0}, "it is handed out"
        faults.stop_workers()
        killed = time.monotonic()
        faults.until(lambda: faults.ask("queue")["due"], "the queue does not hand it out again")
        faults.until(lambda: time.monotonic() - killed >= 30, "the lease does not end")
        status = faults.ask("status", job_id)
        assert status["status"] == "running", "nobody is there to say anything else"
        assert {faults.effects(node, "minute.one")[-1] for node in nodes} == {"end"}
        assert not faults.effects(nodes[0], "minute.two"), "nobody is there to begin it"
        faults.ensure_workers()
        assert faults.ended(job_id)["status"] == "succeeded"
    finally:
        del faults.environment["TOY_RETRY_S"]
    faults.check_whole(job_id, nodes, {"one": ("minute.one", 30), "two": ("minute.two", 5)})
    assert {step["attempts"] for step in faults.ask("steps", job_id)} == {1}
    faults.until(lambda: not faults.ask("queue")["entries"], "an entry is handed out again and again")
    assert faults.ask("active") == 0
    faults.stop_workers()


def test_sigterm_leaves_the_nodes_alone(faults: FaultConsole) -> None:
    faults.ensure_workers()
    nodes = [faults.address(number) for number in (11, 12)]
    job_id = faults.submit(nodes, script("term.one", 25), script("term.two", 3))
    faults.until(lambda: faults.effects(nodes[0], "term.one"), "nothing begins")
    for worker in faults.workers:
        worker.terminate()
    for worker in faults.workers:
        assert worker.wait(60) == 0
    assert faults.ask("status", job_id)["status"] == "running"
    faults.ensure_workers()
    assert faults.ended(job_id)["status"] == "succeeded"
    faults.check_whole(job_id, nodes, {"one": ("term.one", 25), "two": ("term.two", 3)})


@pytest.mark.parametrize("number", range(3), ids=["runs steps", "stores results", "takes entries"])
def test_one_process_of_an_idle_worker_is_killed(faults: FaultConsole, number: int) -> None:
    faults.stop_workers()
    # Of a worker that an earlier test killed: an entry that it had begun with is out for a quarter of an hour.
    faults.ask("empty_queue")
    # An entry that a process had begun with before all of them ended is handed out again after this time.
    faults.environment["TOY_RETRY_S"] = "20"
    try:
        faults.ensure_workers(1)
        [worker] = faults.workers
        nodes = [faults.address(number) for number in (11, 12)]
        assert faults.ended(faults.submit(nodes, "true"))["status"] == "succeeded"
        faults.until(lambda: not faults.ask("queue")["entries"], "it does not become idle")
        # qcluster, its sentinel, and what that begins.
        os.kill(faults.worker_processes()[2 + number], signal.SIGKILL)
        name = f"single{number}"
        job_id = faults.submit(nodes, script(name, 3))
        assert faults.ended(job_id)["status"] == "succeeded"
        faults.check_whole(job_id, nodes, {"one": (name, 3)})
        faults.until(lambda: not faults.ask("queue")["entries"], "entries are handed out again and again")
        worker.terminate()
        assert worker.wait(60) == 0, "it listens to the one who started it"
    finally:
        del faults.environment["TOY_RETRY_S"]
        faults.stop_workers()


def test_a_worker_stopped_past_its_lease_comes_back(faults: FaultConsole) -> None:
    faults.stop_workers()
    sleeper = faults.start_worker()
    nodes = [faults.address(number) for number in (11, 12)]
    job_id = faults.submit(nodes, script("stopped.one", 60), script("stopped.two", 20))
    faults.until(lambda: faults.effects(nodes[0], "stopped.one"), "nothing begins")
    os.killpg(sleeper.pid, signal.SIGSTOP)
    try:
        faults.start_worker()
        faults.until(
            lambda: any(step["fence"] == 2 for step in faults.ask("steps", job_id)), "nobody takes over"
        )
    finally:
        os.killpg(sleeper.pid, signal.SIGCONT)
    assert faults.ended(job_id)["status"] == "succeeded"
    faults.check_whole(job_id, nodes, {"one": ("stopped.one", 60), "two": ("stopped.two", 20)})
    assert sleeper.poll() is None, "the worker that slept works on"


@pytest.mark.parametrize("offset_s", [3600, -3600])
def test_a_worker_whose_clock_is_an_hour_off(faults: FaultConsole, offset_s: int) -> None:
    faults.stop_workers()
    faults.environment["TOY_CLOCK_OFFSET_S"] = str(offset_s)
    faults.start_worker()
    del faults.environment["TOY_CLOCK_OFFSET_S"]
    nodes = [faults.address(number) for number in (11, 12)]
    name = f"clock{offset_s}"
    # First it is the only one, then one of two.
    job_id = faults.submit(nodes, script(name, 5))
    assert faults.ended(job_id)["status"] == "succeeded"
    faults.check_whole(job_id, nodes, {"one": (name, 5)})
    faults.ensure_workers()
    mark = faults.die_at("after_claim")
    job_id = faults.submit(nodes, script(f"{name}b", 5))
    assert faults.ended(job_id)["status"] == "succeeded"
    assert not mark.exists()
    faults.check_whole(job_id, nodes, {"one": (f"{name}b", 5)})
    faults.stop_workers()


def test_the_broker_table_is_emptied(faults: FaultConsole) -> None:
    faults.stop_workers()
    nodes = [faults.address(number) for number in (11, 12)]
    job_id = faults.submit(nodes, script("broker", 5))
    assert faults.ask("empty_queue") >= 1
    faults.ensure_workers()
    assert faults.ended(job_id)["status"] == "succeeded"
    faults.check_whole(job_id, nodes, {"one": ("broker", 5)})

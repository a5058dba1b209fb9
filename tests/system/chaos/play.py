"""Executes the events of ``bench/chaos.py`` on workers, nodes, the database and jobs."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import psycopg2

from tests.system.chaos.plan import Event
from tests.system.faults import FaultConsole, Refusal, ask

PEOPLE = 3
# Refusals that users may see. Anything else is a fault of ours, except when the database goes away under the verb.
KNOWN = ("Busy:", "Refused:", "NotFound:")
_AWAY = ("terminating connection", "closed the connection", "connection already closed", "SSL connection")


class Play:
    """The environment of the events: a console, its nodes, its workers, users, and the jobs so far."""

    def __init__(self, console: FaultConsole, nodes: list[str], url: str, workers: int) -> None:
        self.console, self.nodes, self.url, self.wanted = console, nodes, url, workers
        self.jobs: list[tuple[str, Event]] = []
        self.history: list[str] = []
        self.refusals: list[str] = []
        self.begun = time.monotonic()
        self._drivers = [console.new_driver() for _ in range(PEOPLE)]
        self._at_work = [threading.Lock() for _ in range(PEOPLE)]
        self._pool = ThreadPoolExecutor(PEOPLE * 2)
        self._asked: list[Future[None]] = []
        self._ending: list[subprocess.Popen[bytes]] = []
        self._later: list[tuple[float, str, Any]] = []

    def play(self, events: list[Event]) -> None:
        """Execute all events, each at its time, and later what ends each of them."""
        self.console.ensure_workers(self.wanted)
        self.begun = time.monotonic()
        for event in events:
            self._wait_until(self.begun + event.at_s)
            self.tell(str(event).strip())
            getattr(self, f"_do_{event.kind}")(event)
        self.calm()

    def tell(self, text: str) -> None:
        """Add a line to the history."""
        self.history.append(f"{time.monotonic() - self.begun:6.1f} | {text}")

    def calm(self) -> None:
        """Remove every fault and make sure that workers are alive."""
        self._wait_until(max((at for at, _, _ in self._later), default=0))
        for future in self._asked:
            future.result(120)
        for node in self.nodes:
            self.console.lab.fault(node, "clear")
        for worker in self._ending:
            worker.wait(60)
        with suppress(Refusal):
            # Its connection may have been ended: the first verb after that reports it.
            self.console.ask("workers")
        self.console.ensure_workers(self.wanted)
        self.tell("quiet")

    def close(self) -> None:
        """Stop the users and the console."""
        self._pool.shutdown(wait=True)
        for driver in self._drivers:
            assert driver.stdin
            driver.stdin.close()
            driver.wait(20)
        for pid in self.console.worker_processes():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
        self.console.close()

    def _wait_until(self, moment: float) -> None:
        while True:
            due = [item for item in self._later if item[0] <= time.monotonic()]
            self._later = [item for item in self._later if item not in due]
            for _, text, work in due:
                self.tell(text)
                work()
            left_s = moment - time.monotonic()
            if left_s <= 0:
                return
            time.sleep(min(left_s, 0.05))

    def _after(self, seconds: float, text: str, work: Any) -> None:
        self._later.append((time.monotonic() + seconds, text, work))

    # Jobs and people

    def _do_submit(self, event: Event) -> None:
        members = [self.nodes[number] for number in event.args["nodes"]]
        keys = {name: event.args[name] for name in ("scripts", "scope", "pace")}
        keys |= self.console.login_params()

        def work() -> None:
            job_id = self._ask(0, "submit", members, **keys)
            if job_id:
                self.jobs.append((job_id, event))
                self.tell(f"job {job_id}")

        self._asked.append(self._pool.submit(work))

    def _person(self, event: Event, verb: str, who: int = 0, **keys: Any) -> None:
        if not self.jobs:
            return
        job_id = self.jobs[event.args["job"] % len(self.jobs)][0]
        words: tuple[Any, ...] = (job_id,)
        if verb == "cancel_now":
            verb, keys = "cancel", {"now": True}

        def work() -> None:
            answer = self._ask(who, verb, *words, **keys)
            self.tell(f"{verb} {job_id} {keys or ''}: {answer}")

        self._asked.append(self._pool.submit(work))

    def _ask(self, who: int, verb: str, *args: Any, **keys: Any) -> Any:
        with self._at_work[who]:
            try:
                return ask(self._drivers[who], verb, args, keys)
            except Refusal as refusal:
                self.refusals.append(f"{verb}: {refusal}")
                self.tell(f"{verb} refused: {str(refusal)[:160]}")
                return None

    def surprises(self) -> list[str]:
        """Return what users saw that is not a sentence for people."""
        return [
            text
            for text in self.refusals
            if not text.partition(": ")[2].startswith(KNOWN) and not any(word in text for word in _AWAY)
        ]

    def _do_cancel(self, event: Event) -> None:
        self._person(event, "cancel")

    def _do_cancel_now(self, event: Event) -> None:
        self._person(event, "cancel_now", 1)

    def _do_pause(self, event: Event) -> None:
        self._person(event, "pause", 2)

    def _do_resume(self, event: Event) -> None:
        self._person(event, "resume", 1)

    def _do_resume_nodes(self, event: Event) -> None:
        self._person(event, "resume", 2, addresses=[self.nodes[number] for number in event.args["nodes"]])

    def _do_resume_from(self, event: Event) -> None:
        self._person(event, "resume", 2, from_phase=event.args["phase"])

    def _do_storm(self, event: Event) -> None:
        for who, verb in enumerate(event.args["verbs"]):
            self._person(event, verb, who)

    def _do_settle(self, event: Event) -> None:
        """Reboot the nodes before settling, so that the claim that nothing runs there is true."""
        chosen = [self.nodes[number] for number in event.args["nodes"]]
        for node in chosen:
            self.console.lab.fault(node, "reboot")
        if self.jobs:
            self._person(event, "settle", 0, addresses=chosen)

    # Workers

    def _pick(self, event: Event) -> subprocess.Popen[bytes] | None:
        alive = [worker for worker in self.console.workers if worker.poll() is None]
        return alive[event.args["worker"] % len(alive)] if alive else None

    def _children(self, worker: subprocess.Popen[bytes]) -> list[int]:
        found = []
        for pid in self.console.worker_processes():
            with suppress(ProcessLookupError):
                if os.getsid(pid) == worker.pid and pid != worker.pid:
                    found.append(pid)
        return sorted(found)

    def _start_later(self, event: Event) -> None:
        clock_s = event.args["clock_s"]

        def start() -> None:
            if clock_s:
                self.console.environment["TOY_CLOCK_OFFSET_S"] = str(clock_s)
            self.console.start_worker()
            self.console.environment.pop("TOY_CLOCK_OFFSET_S", None)

        self._after(event.args["for_s"], f"a worker starts, its clock {clock_s} s off", start)

    def _do_kill_worker(self, event: Event) -> None:
        if worker := self._pick(event):
            worker.kill()
            worker.wait()
            self._start_later(event)

    def _do_end_worker(self, event: Event) -> None:
        if worker := self._pick(event):
            worker.terminate()
            self._ending.append(worker)
            self._start_later(event)

    def _do_kill_child(self, event: Event) -> None:
        worker = self._pick(event)
        children = self._children(worker) if worker else []
        if children:
            with suppress(ProcessLookupError):
                os.kill(children[event.args["worker"] % len(children)], signal.SIGKILL)

    def _do_stop_worker(self, event: Event) -> None:
        if worker := self._pick(event):
            self._stop(event, worker, [worker.pid, *self._children(worker)])

    def _do_stop_child(self, event: Event) -> None:
        worker = self._pick(event)
        children = self._children(worker) if worker else []
        if worker and children:
            self._stop(event, worker, [children[event.args["worker"] % len(children)]])

    def _stop(self, event: Event, worker: subprocess.Popen[bytes], pids: list[int]) -> None:
        def each(number: signal.Signals) -> None:
            for pid in pids:
                with suppress(ProcessLookupError):
                    if os.getsid(pid) == worker.pid:
                        os.kill(pid, number)

        each(signal.SIGSTOP)
        self._after(
            event.args["for_s"], f"what was stopped of {worker.pid} goes on", lambda: each(signal.SIGCONT)
        )

    # Nodes

    def _fault(self, event: Event, word: str) -> None:
        node = self.nodes[event.args["node"]]
        self.console.lab.fault(node, word)
        self._after(event.args["for_s"], f"{node} is well", lambda: self.console.lab.fault(node, "clear"))

    def _do_drop(self, event: Event) -> None:
        self._fault(event, "drop=7000")

    def _do_refuse(self, event: Event) -> None:
        self._fault(event, "refuse")

    def _do_hang(self, event: Event) -> None:
        self._fault(event, "hang")

    def _do_slow(self, event: Event) -> None:
        self._fault(event, "slow=300")

    def _do_full_disk(self, event: Event) -> None:
        self._fault(event, "full_disk")

    def _do_reboot(self, event: Event) -> None:
        self.console.lab.fault(self.nodes[event.args["node"]], "reboot")

    # The database

    def _do_empty_queue(self, event: Event) -> None:
        self._asked.append(self._pool.submit(lambda: self._ask(0, "empty_queue")))

    def _do_end_connections(self, event: Event) -> None:
        """End connections, only to this play's database."""
        with psycopg2.connect(self.url) as own, own.cursor() as cursor:
            cursor.execute(
                "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
            found = [pid for (pid,) in cursor.fetchall()]
            chance = random.Random(event.at_s)
            for pid in chance.sample(found, round(len(found) * event.args["share"])):
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        own.close()

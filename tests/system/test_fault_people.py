"""Two people at the same moment, a hundred times: one of them is refused with a reason, and nothing is left behind."""

from __future__ import annotations

import threading
from typing import Any

from tests.system.faults import FaultConsole, Refusal, ask

ROUNDS = 100


def test_two_people_scale_cancel_and_resume_at_the_same_moment(faults: FaultConsole) -> None:
    faults.ensure_workers()
    addresses = [faults.address(number) for number in (11, 12, 13)]
    drivers = [faults.new_driver() for _ in range(2)]
    begun: list[str] = []
    refusals: list[str] = []

    def one(driver: Any, verb: str, *args: Any, **keys: Any) -> None:
        try:
            answer = ask(driver, verb, args, keys)
        except Refusal as refusal:
            refusals.append(str(refusal))
        else:
            if verb == "submit":
                begun.append(answer)

    def both(*calls: tuple[str, tuple[Any, ...], dict[str, Any]]) -> None:
        threads = [
            threading.Thread(target=one, args=(driver, verb, *args), kwargs=keys)
            for driver, (verb, args, keys) in zip(drivers, calls, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)

    submit = ("submit", (addresses,), {"scope": "region:people", "scripts": {}})
    for number in range(ROUNDS):
        both(submit, submit)
        job_id = begun[-1]
        cancel = ("cancel", (job_id,), {"now": bool(number % 2)})
        resume = ("resume", (job_id,), {})
        both(cancel, resume if number % 3 else cancel)
        both(resume, submit if number % 2 else resume)
    for driver in drivers:
        assert driver.stdin
        driver.stdin.close()
        driver.wait(20)
    for job_id in begun:
        assert faults.ended(job_id)["status"] in ("succeeded", "cancelled", "failed")
        seqs = [row[0] for row in faults.ask("log", job_id)]
        assert seqs == list(range(1, len(seqs) + 1))
    assert faults.ask("active") == 0
    known = ("Busy", "Refused")
    assert all(text.startswith(known) for text in refusals), [t for t in refusals if not t.startswith(known)]

"""Workers that die, stop or are told to end, at every point: nothing twice, nothing lost, nothing left."""

from __future__ import annotations

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

"""A machine with a wrong clock over real SSH: found by collecting, refused by a plan, corrected by the remedy."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

import lab
from common import ssh
from common.actor import Actor
from common.readings import Readings
from jobs.models import Event, Job
from nodes.endpoints import endpoint_of
from nodes.models import Node
from nodes.services.collect import collect_nodes
from zones.core.world import whole
from zones.load import load_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize("offset_s", [-1_796_000_000.0, 4_000_000_000.0, 600.0, -40.0])
def test_a_wrong_clock_is_measured_and_warned_of(
    make_machine: Callable[..., lab.Node], work: Callable[[Job], Job], actor: Actor, offset_s: float
) -> None:
    made = make_machine(clock_offset_s=offset_s)
    job = work(collect_nodes(addresses=[made.address], actor=actor))
    assert job.status == "succeeded", job.error
    node = Node.objects.get()
    assert node.clock is not None and node.clock.synchronised is False
    assert node.clock.source == "systemd-timesyncd"
    assert abs(node.clock.offset_ms - offset_s * 1000) <= node.clock.uncertainty_ms + 50
    assert node.clock.uncertainty_ms < 5_000
    assert any("The clock of this machine" in warning for warning in node.warnings)
    told = Event.objects.filter(job=job, level="warning").values_list("line", flat=True)
    assert any("The clock of this machine" in line for line in told)
    view = whole(load_world([made.address], Readings()).node_by_address[made.address])
    assert view.clock_wrong == ("error" if abs(offset_s) > 86_400 else "warning")
    assert ("behind" if offset_s < 0 else "ahead") in view.clock_words and "measured 20" in view.clock_words


def test_the_remedy_makes_it_right(
    make_machine: Callable[..., lab.Node], work: Callable[[Job], Job], actor: Actor
) -> None:
    made = make_machine(clock_offset_s=-7 * 86_400)
    work(collect_nodes(addresses=[made.address], actor=actor))
    node = Node.objects.get()
    assert "date -u -s 'YYYY-MM-DD HH:MM:SS'" in node.warnings[-1]
    with ssh.connect(endpoint_of(node)) as connection:
        now = datetime.now(UTC)
        done = connection.run(["date", "-u", "-s", f"{now:%Y-%m-%d %H:%M:%S}"])
    assert done.exit_code == 0, done.stderr
    work(collect_nodes(addresses=[made.address], actor=actor))
    node.refresh_from_db()
    assert node.clock is not None and abs(node.clock.offset_ms) < 5_000
    assert not any("The clock of this machine" in warning for warning in node.warnings)

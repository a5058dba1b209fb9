"""What a stored plan destroys: see :mod:`zones.core.destruction`."""

from __future__ import annotations

from contextlib import suppress

from zones.core.destruction import DestroyedDisk, destroyed
from zones.core.rendering.settings_reader import read_settings
from zones.load import planned_nodes
from zones.models import Plan
from zones.states import PLAN_OPEN


def plan_destroys(plan: Plan) -> tuple[DestroyedDisk, ...]:
    """Return every disk that installing ``plan`` formats, from its files and its nodes' current data.

    Four queries. A plan that adopts a running zone, or that is closed, formats nothing.
    """
    if plan.kind == Plan.Kind.ADOPT or plan.status not in PLAN_OPEN:
        return ()
    files = plan.files.filter(path__startswith="settings/").exclude(address="")
    settings = {}
    for address, content in files.values_list("address", "content"):
        with suppress(ValueError):
            settings[address] = read_settings(content)
    return destroyed(planned_nodes(plan.roles, drives=False), settings)

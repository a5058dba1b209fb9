"""Pasted names of machines, disks, zones and jobs: the character is named, wherever the name is given."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from common.actor import Actor
from common.errors import Refused
from jobs.lookups import find_job
from nodes.describe import select
from nodes.services.correct import modify_disks
from nodes.services.erase import preview_erase
from tests.factories import make_node
from zones.services.groups import read_group
from zones.services.lookups import find_plan, find_zone

pytestmark = pytest.mark.django_db
EVE = Actor("eve", "admin")


@pytest.mark.parametrize(
    ("ask", "field", "words"),
    [
        (lambda: find_zone("pek3ｃ"), "zone_id", "'pek3ｃ' has the full-width letter U+FF43 in column 5"),
        (lambda: select(zone_id="pek3\uff43"), "zone_id", "has the full-width letter U+FF43 in column 5"),
        (lambda: find_zone("p\u0435k3c"), "zone_id", "has U+0435 CYRILLIC SMALL LETTER IE in column 2"),
        (lambda: find_plan(plan_id="pek3c－2"), "plan_id", "has the full-width hyphen U+FF0D in column 6"),
        (lambda: find_job("j-abc\u200b"), "job_id", "has the zero-width space U+200B in column 6"),
        (lambda: read_group("hyper，vg"), "group", "has the full-width comma U+FF0C in column 6"),
        (lambda: read_group("pek3cr01n01\u00a0"), "group", "has the no-break space U+00A0 in column 12"),
        (
            lambda: preview_erase(addresses=["172.16.80.1"], disks=["sdb\u00a0", "sdｃ"], actor=EVE),
            "disks",
            "has the no-break space U+00A0 in column 4",
        ),
        (
            lambda: modify_disks(
                addresses=["172.16.80.1"], disk="sdｂ", actor=EVE, type="ssd", reason="坏盘：已换，好"
            ),
            "disk",
            "has the full-width letter U+FF42 in column 3",
        ),
    ],
)
def test_the_character_is_named(ask: Callable[[], object], field: str, words: str) -> None:
    make_node(1)
    with pytest.raises(Refused) as caught:
        ask()
    first = caught.value.findings[0]
    assert (first.code, first.field) == ("D16", field) and words in first.detail and first.remedy


def test_names_that_are_not_there_are_still_not_found() -> None:
    for ask in (lambda: find_zone("北京"), lambda: read_group("n9")):
        with pytest.raises(Refused) as caught:
            ask()
        assert caught.value.findings[0].code != "D16"

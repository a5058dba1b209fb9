"""Summaries of plans, and edits carried over to newer versions of a text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.support.examples import examples
from tests.unit.zones.core.builders import demo_scale
from zones.core.diff import KeyChange, diff_plan
from zones.core.merge import merge
from zones.core.plan_summary import STATUSES, summarize
from zones.core.rendering import RenderedFile


def test_six_alike_hypers_are_one_group_beside_the_vg() -> None:
    plan = demo_scale()
    found = summarize({"hosts": "old\n", "nodes/gone": "x\n"}, plan.files, partial=True)
    assert len(found.folds[0].hostnames) == 1, "the odd one stands first"
    members, masters, gateway = sorted(found.folds, key=lambda fold: fold.hostnames[0][-2:], reverse=True)
    assert [len(fold.hostnames) for fold in (members, masters, gateway)] == [3, 3, 1]
    assert KeyChange("zone_id", None, "devops1a") in masters.same
    varying = {item.key: item.values for item in masters.varying}
    assert varying["hostname"] == 3 and varying["hyper_vip_address"] == 3
    assert ("hosts", "changed") in found.paths and ("nodes/gone", "removed") in found.paths
    assert sum(found.counts[status] for status in STATUSES) == len(plan.files) + 1


def test_a_summary_says_the_same_as_the_difference() -> None:
    plan = demo_scale()
    base = {item.path: item.content for item in plan.files[: len(plan.files) // 2]}
    found, full = summarize(base, plan.files, partial=True), diff_plan(base, plan.files, partial=True)
    assert {path for path, _ in found.paths} | {
        f"settings/{name}" for fold in found.folds for name in fold.hostnames
    } == {item.path for item in full.files}
    assert found.counts["same"] == len(base)
    json.dumps(found.as_dict())


def test_roles_are_never_folded_together() -> None:
    files = [
        RenderedFile(f"settings/n{n}", f'role="{role}"\nhostname="{n}"\n') for n, role in enumerate("abab")
    ]
    assert [fold.hostnames for fold in summarize({}, files, partial=True).folds] == [
        ("n0", "n2"),
        ("n1", "n3"),
    ]


def settings_of(number: int, layout: str, disks: int, os_version: str = "20.04") -> RenderedFile:
    names = [f"disk-{number}-{index}" for index in range(disks)]
    vdevs = " ".join(([] if layout == "stripe" else [layout]) + names)
    return RenderedFile(
        f"settings/pek3cr02n{number:02d}",
        f'role="hyper-repl"\nhostname="pek3cr02n{number:02d}"\nos_version="{os_version}"\n'
        f'data_disks="{" ".join(names)}"\nvpool_layout="{layout}"\nvpool_vdevs="{vdevs}"\n',
    )


def test_a_raidz_does_not_lie_in_a_fold_of_mirrors() -> None:
    files = [settings_of(1, "mirror", 2), settings_of(2, "raidz", 3), settings_of(3, "mirror", 2)]
    found = summarize({}, files, partial=True)
    assert [fold.hostnames for fold in found.folds] == [
        ("pek3cr02n02",),
        ("pek3cr02n01", "pek3cr02n03"),
    ]
    odd, most = found.folds
    assert KeyChange("vpool_layout", "mirror", "raidz") in odd.differs and most.differs == ()
    assert found.odd == (
        "hyper-repl data_disks: 2x 2, 1x 3 (pek3cr02n02)",
        "hyper-repl vpool_layout: 2x mirror, 1x raidz (pek3cr02n02)",
    )
    assert KeyChange("vpool_layout", None, "mirror") in most.same
    json.dumps(found.as_dict())


def test_another_number_of_disks_in_the_same_layout_stands_apart() -> None:
    files = [settings_of(1, "mirror", 2), settings_of(2, "mirror", 4), settings_of(3, "mirror", 2)]
    assert summarize({}, files, partial=True).folds[0].hostnames == ("pek3cr02n02",)


def test_a_single_value_that_somebody_edited_stands_apart_among_many() -> None:
    files = [settings_of(n, "mirror", 2, "22.04" if n == 77 else "20.04") for n in range(1, 100)]
    found = summarize({}, files, partial=True)
    assert [len(fold.hostnames) for fold in found.folds] == [1, 98]
    assert found.odd == ("hyper-repl os_version: 98x 20.04, 1x 22.04 (pek3cr02n77)",)


def test_what_changes_from_another_value_stands_apart() -> None:
    base = {
        f"settings/pek3cr02n{n:02d}": settings_of(n, "mirror", 2, old).content
        for n, old in ((1, "18.04"), (2, "18.04"), (3, "16.04"))
    }
    found = summarize(base, [settings_of(n, "mirror", 2) for n in (1, 2, 3)], partial=True)
    assert [fold.hostnames for fold in found.folds] == [("pek3cr02n03",), ("pek3cr02n01", "pek3cr02n02")]


BASE = "".join(f"line {number}\n" for number in range(8))


@pytest.mark.parametrize(
    ("mine", "theirs", "merged"),
    [
        (BASE, BASE + "new\n", BASE + "new\n"),
        (BASE.replace("line 1", "MINE"), BASE, BASE.replace("line 1", "MINE")),
        (
            BASE.replace("line 1", "MINE"),
            BASE.replace("line 6\n", ""),
            BASE.replace("line 1", "MINE").replace("line 6\n", ""),
        ),
        (
            BASE.replace("line 3", "X"),
            BASE.replace("line 3", "X") + "e\n",
            BASE.replace("line 3", "X") + "e\n",
        ),
        (BASE.replace("line 3", "MINE"), BASE.replace("line 3", "THEIRS"), None),
        (BASE.replace("line 3", "MINE"), BASE.replace("line 4", "THEIRS"), None),
        (BASE.replace("line 3\n", ""), BASE.replace("line 3", "THEIRS"), None),
    ],
)
def test_merging(mine: str, theirs: str, merged: str | None) -> None:
    assert merge(BASE, mine, theirs) == merged


_TEXTS = st.lists(st.sampled_from("abcd"), max_size=8).map(lambda rows: "".join(f"{row}\n" for row in rows))


@examples(200)
@given(_TEXTS, _TEXTS, _TEXTS)
def test_merging_is_symmetric_and_keeps_what_only_one_side_changed(base: str, mine: str, theirs: str) -> None:
    assert merge(base, mine, theirs) == merge(base, theirs, mine)
    assert merge(base, mine, base) == mine and merge(base, base, theirs) == theirs
    assert merge(base, mine, mine) == mine

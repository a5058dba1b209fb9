"""Summaries of plans, and edits carried over to newer versions of a text."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.zones.core.builders import demo_scale
from zones.core.diff import KeyChange, diff_plan
from zones.core.folding import STATUSES, summarize
from zones.core.merge import merge
from zones.core.rendering import RenderedFile


def test_six_alike_hypers_are_one_group_beside_the_vg() -> None:
    plan = demo_scale()
    found = summarize({"hosts": "old\n", "nodes/gone": "x\n"}, plan.files, partial=True)
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
    files = [RenderedFile(f"settings/n{n}", f'role="{role}"\nos="{n}"\n') for n, role in enumerate("abab")]
    assert [fold.hostnames for fold in summarize({}, files, partial=True).folds] == [
        ("n0", "n2"),
        ("n1", "n3"),
    ]


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


@settings(max_examples=200, deadline=None)
@given(_TEXTS, _TEXTS, _TEXTS)
def test_merging_is_symmetric_and_keeps_what_only_one_side_changed(base: str, mine: str, theirs: str) -> None:
    assert merge(base, mine, theirs) == merge(base, theirs, mine)
    assert merge(base, mine, base) == mine and merge(base, base, theirs) == theirs
    assert merge(base, mine, mine) == mine

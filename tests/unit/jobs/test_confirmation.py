"""Irreversible verbs are confirmed by naming their object."""

from __future__ import annotations

import pytest

from common.confirmation import asked_for, check_confirmed
from common.errors import Refused

MANY = [f"n{number}" for number in range(12)]


@pytest.mark.parametrize(
    ("names", "typed"),
    [
        (["a1"], "a1"),
        (["a1"], "  A1 \n"),
        (["a1", "b2"], "b2, a1"),
        (["a1", "b2"], "a1 b2 a1"),
        (["a1", "a1"], "a1"),
        (MANY, "12"),
    ],
)
def test_the_right_words(names: list[str], typed: str) -> None:
    check_confirmed(names, confirm=typed, what="this", reason="because")


@pytest.mark.parametrize(
    ("names", "typed"),
    [
        (["a1"], ""),
        (["a1"], "1"),
        (["a1"], "yes"),
        (["a1"], "a12"),
        (["a1"], "a1 b2"),
        (["a1", "b2"], "a1"),
        (["a1", "b2"], "2"),
        (MANY, "11"),
        (MANY, "n1"),
    ],
)
def test_any_other_words(names: list[str], typed: str) -> None:
    with pytest.raises(Refused, match="P80 error confirm: this cannot be undone"):
        check_confirmed(names, confirm=typed, what="this")


def test_without_a_reason() -> None:
    with pytest.raises(Refused) as refusal:
        check_confirmed(["a1"], confirm="", what="this", reason=" \n")
    assert [item.code for item in refusal.value.findings] == ["P80", "P81"]
    assert "the host name a1" in refusal.value.findings[0].remedy
    assert asked_for(MANY) == "the number of nodes, 12" and asked_for(["a", "b"]) == "the host names a b"

"""What lies on a thing is drawn over its width, whatever the machine says lies on what."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from installer.console.pictures.strata import MAX_PIECES, Piece, Thing, place
from tests.support.examples import examples


def spans(pieces: tuple[Piece, ...]) -> dict[str, list[tuple[int, float, float]]]:
    found: dict[str, list[tuple[int, float, float]]] = {}
    for piece in pieces:
        found.setdefault(piece.key, []).append(
            (piece.level, round(piece.start, 3), round(piece.start + piece.width, 3))
        )
    return found


def test_partitions_are_as_wide_as_they_are_large_and_room_is_left() -> None:
    found = spans(place([Thing("sda", (), 100), Thing("sda1", ("sda",), 50), Thing("sda2", ("sda",), 25)]))
    assert found == {"sda": [(0, 0, 1)], "sda1": [(1, 0, 0.5)], "sda2": [(1, 0.5, 0.75)]}


def test_a_bond_lies_over_all_its_ports_although_another_stands_between() -> None:
    ports = [
        Thing("eth0"),
        Thing("eth1"),
        Thing("eth2"),
        Thing("bond0", ("eth0", "eth2")),
        Thing("v", ("bond0",)),
    ]
    found = spans(place(ports, fill=True))
    assert found["bond0"] == [(1, 0, 0.667)] and found["v"] == [(2, 0, 0.667)]


def test_a_volume_over_two_partitions_is_drawn_on_both() -> None:
    things = [Thing("a", (), 10), Thing("a1", ("a",), 4), Thing("a2", ("a",), 4), Thing("a3", ("a",), 2)]
    found = spans(place([*things, Thing("lv", ("a1", "a3"), 3)]))
    assert len(found["lv"]) == 2


def test_what_is_tiny_can_still_be_seen() -> None:
    found = spans(
        place([Thing("sda", (), 10**13), Thing("boot", ("sda",), 10**6), Thing("rest", ("sda",), 10**13)])
    )
    _level, start, end = found["boot"][0]
    assert end - start > 0.05


def test_many_are_folded_into_one_piece() -> None:
    things = [Thing("sda", (), 100), *(Thing(f"sda{n}", ("sda",), 1) for n in range(40))]
    pieces = place(things)
    assert [piece.more for piece in pieces if not piece.key] == [29]
    assert len(pieces) == 13


def test_what_lies_on_itself_is_drawn_once() -> None:
    found = spans(place([Thing("a", ("b",)), Thing("b", ("a",)), Thing("c", ("c", "gone"))]))
    assert sorted(found) == ["a", "b", "c"]


NAMES = st.sampled_from("abcdefgh")


@given(st.lists(st.tuples(NAMES, st.lists(NAMES, max_size=4).map(tuple), st.floats(0, 1e15)), max_size=12))
@examples(60)
def test_whatever_a_machine_says_pieces_stay_inside_and_are_few(
    rows: list[tuple[str, tuple[str, ...], float]],
) -> None:
    for fill in (True, False):
        pieces = place([Thing(*row) for row in {row[0]: row for row in rows}.values()], fill=fill)
        assert len(pieces) <= MAX_PIECES
        assert all(piece.start >= -1e-9 and piece.start + piece.width <= 1 + 1e-9 for piece in pieces)
        for level in {piece.level for piece in pieces}:
            row = sorted((piece.start, piece.start + piece.width) for piece in pieces if piece.level == level)
            assert all(end <= start + 1e-9 for (_, end), (start, _) in itertools.pairwise(row))

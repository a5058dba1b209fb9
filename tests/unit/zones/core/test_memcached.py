"""Answers of memcached, as bytes that come in any pieces."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from operations.cache.core import (
    AnswerError,
    CacheServer,
    KeyReader,
    deletable,
    parse_servers,
)

DUMP = (
    b"key=a.b%20c exp=-1 la=1700000000 cas=1 fetch=no cls=1 size=63 flags=0\n"
    b"key=Pitrix.Zone%2Fx exp=0 la=1 cas=2 fetch=yes cls=2 size=9\nEND\r\n"
)


@given(st.lists(st.integers(0, len(DUMP)), max_size=6))
def test_a_dump_in_any_pieces(cuts: list[int]) -> None:
    places = [0, *sorted(cuts), len(DUMP)]
    reader, keys = KeyReader(), []
    for start, end in pairwise(places):
        keys += reader.feed(DUMP[start:end])
    assert keys == [b"a.b c", b"Pitrix.Zone/x"] and reader.ended


def test_a_cachedump() -> None:
    reader = KeyReader()
    assert reader.feed(b"ITEM a [1] [6 b; 0 s]\r\nITEM b [1 b; 9 s]\r\nEND\r\n") == [b"a [1]", b"b"]
    assert reader.ended


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (b"BUSY currently processing crawler request\r\n", "busy"),
        (b"CLIENT_ERROR lru crawler disabled\r\n", "refused"),
        (b"ERROR\r\n", "refused"),
        # Before 1.6.9 the word "hash" is taken for a slab class.
        (b"BADCLASS invalid class id\r\n", "refused"),
        (b"NOSPARE\r\n", "refused"),
        (b"220 mail.example.com ESMTP\r\n", "garbage"),
        (b"x" * 9000, "garbage"),
    ],
)
def test_other_answers(answer: bytes, kind: str) -> None:
    with pytest.raises(AnswerError) as caught:
        KeyReader().feed(answer)
    assert caught.value.kind == kind


def test_an_empty_server_has_nothing_to_walk_over() -> None:
    reader = KeyReader()
    assert reader.feed(b"NOTSTARTED no items to crawl\r\n") == [] and reader.ended


def test_servers_as_the_runbook_writes_them() -> None:
    assert parse_servers("zoocassa0:11211; zoocassa1,[fd00::1]:99;zoocassa0") == (
        CacheServer("zoocassa0"),
        CacheServer("zoocassa1"),
        CacheServer("fd00::1", 99),
    )
    assert str(CacheServer("fd00::1", 99)) == "[fd00::1]:99"


@pytest.mark.parametrize("text", ["", ";", "a:0", "a:99999", "a b", "-x:1", "a:1:2", "x;" * 3 + "$(reboot)"])
def test_what_is_no_server(text: str) -> None:
    with pytest.raises(ValueError, match="server"):
        parse_servers(text)


def test_keys_that_the_text_protocol_can_name() -> None:
    assert deletable(b"a") and deletable("ü".encode()) and deletable(b"x" * 250)
    assert not any(deletable(key) for key in (b"", b"a b", b"a\r\n", b"x" * 251, b"\x7f"))

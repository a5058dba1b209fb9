"""Deleting cache entries on real memcached servers: only those that match, however many others there are."""

from __future__ import annotations

import re
import socket
import struct
import threading
import time
from collections.abc import Iterator

import pytest
from pymemcache.client.base import Client
from pymemcache.exceptions import MemcacheClientError, MemcacheUnknownCommandError

from operations.cache import memcached_client
from operations.cache.core import ZONE_PATTERN, CacheServer
from operations.cache.memcached_client import on_all, on_one
from tests.support.memcacheds import memcached, old_memcached

PATTERN = re.compile(ZONE_PATTERN.encode())
OURS = "Pitrix.Zone.Zone.UserZone.yunify.usr-{}"


def fill(server: CacheServer, keys: list[str]) -> None:
    client = Client((server.host, server.port))
    for start in range(0, len(keys), 5000):
        client.set_many(dict.fromkeys(keys[start : start + 5000], "x"), noreply=True)
    assert client.version()
    client.close()


def count(server: CacheServer) -> int:
    client = Client((server.host, server.port))
    found = int(client.stats()[b"curr_items"])
    client.close()
    return found


@pytest.fixture
def server() -> Iterator[CacheServer]:
    with memcached() as made:
        yield made


def test_two_hundred_thousand_keys(server: CacheServer) -> None:
    ours = [OURS.format(number) for number in range(1000)]
    others = [f"Pitrix.Session.Token.{number:06d}" for number in range(199_000)]
    fill(server, others + ours)
    assert count(server) == 200_000
    looked = on_one(server, PATTERN, delete=False)
    assert (looked.seen, len(looked.keys), looked.deleted, looked.error) == (200_000, 1000, 0, "")
    assert count(server) == 200_000, "looking changes nothing"
    began = time.monotonic()
    done = on_one(server, PATTERN, delete=True)
    took = time.monotonic() - began
    assert (done.seen, done.deleted, done.error, done.incomplete) == (200_000, 1000, "", False)
    assert set(done.keys) == {key.encode() for key in ours}
    assert took < 20, f"{took:.1f} s"
    assert count(server) == 199_000, "no other key was touched"
    assert on_one(server, PATTERN, delete=True).keys == ()


def test_keys_that_look_alike_stay(server: CacheServer) -> None:
    stay = ["PitrixXZone.Zone.UserZone.yunify", "Pitrix.Zone.Zone.UserZone", "a%20b", "ключ".encode().hex()]
    fill(server, [*stay, OURS.format("a%2Fb"), "prefix:" + OURS.format(1)])
    assert on_one(server, PATTERN, delete=True).deleted == 2
    client = Client((server.host, server.port))
    assert set(client.get_many(stay)) == set(stay)
    client.close()


def write_binary(server: CacheServer, keys: list[bytes]) -> None:
    """Store keys that the text protocol cannot name (protocol_binary.txt, Set)."""
    with socket.create_connection((server.host, server.port)) as peer:
        for key in keys:
            body = struct.pack("!II", 0, 0) + key + b"v"
            head = struct.pack("!BBHBBHIIQ", 0x80, 1, len(key), 8, 0, 0, len(body), 0, 0)
            peer.sendall(head + body)
            assert struct.unpack("!BBHBBHIIQ", peer.recv(24))[5] == 0


def test_keys_that_only_the_binary_protocol_can_write(server: CacheServer) -> None:
    start = OURS.format("").encode()
    odd = [start + b"a b", start + b"a\r\nEND\r\n", start + b"\0", start + b"%41", start + b"\xff"]
    stay = [b"other one", b"x\r\nEND", b"%"]
    write_binary(server, odd + stay)
    done = on_one(server, PATTERN, delete=True)
    assert (set(done.keys), done.deleted, done.error) == (set(odd), len(odd), "")
    assert count(server) == len(stay)


@pytest.mark.parametrize(
    "answer", [MemcacheUnknownCommandError("md"), MemcacheClientError("invalid or duplicate flag")]
)
def test_odd_keys_on_a_server_that_is_too_old(
    server: CacheServer, monkeypatch: pytest.MonkeyPatch, answer: Exception
) -> None:
    """Report keys with odd characters on servers before 1.6.0, and before 1.6.9."""

    def unknown(*_: object, **__: object) -> bytes:
        raise answer

    write_binary(server, [OURS.format("a b").encode(), OURS.format(1).encode()])
    monkeypatch.setattr(Client, "raw_command", unknown)
    done = on_one(server, PATTERN, delete=True)
    assert done.deleted == 1 and done.error.startswith("1 matching key has spaces or control characters")


def test_whoever_stops_it_learns_what_is_gone(server: CacheServer) -> None:
    fill(server, [OURS.format(number) for number in range(2000)])

    def stop() -> bool:
        return count(server) <= 1000

    done = on_one(server, PATTERN, delete=True, stop=stop)
    assert (done.seen, done.deleted, done.error) == (2000, 1000, "stopped before it was done")
    assert count(server) == 1000
    assert on_one(server, PATTERN, delete=True).deleted == 1000


def test_a_server_that_speaks_the_binary_protocol_only() -> None:
    with memcached("-B", "binary") as other:
        said = on_one(other, PATTERN, delete=True).error
    assert said.endswith(
        "the connection was closed: check that it uses the text protocol, without SASL and TLS"
    )


def test_a_server_on_ipv6() -> None:
    with memcached(host="::1") as other:
        assert str(other).startswith("[::1]:")
        fill(other, [OURS.format(1), "other"])
        assert on_one(other, PATTERN, delete=True).deleted == 1 and count(other) == 1


def test_a_server_without_the_crawler() -> None:
    with memcached("-o", "no_modern") as old:
        fill(old, [OURS.format(number) for number in range(50)] + [f"other-{n}" for n in range(50)])
        done = on_one(old, PATTERN, delete=True)
        assert (done.seen, done.deleted, done.error, done.incomplete) == (100, 50, "", False)
        assert count(old) == 50


def test_a_server_that_shows_a_part_of_its_keys_says_so() -> None:
    with memcached("-o", "no_lru_crawler") as part:
        fill(part, [OURS.format(number) for number in range(50)] + [f"other-{n}" for n in range(50)])
        done = on_one(part, PATTERN, delete=True)
        assert not done.error and done.incomplete == (done.seen < 100)
        assert count(part) == 100 - done.deleted and (done.incomplete or done.deleted == 50)


def test_a_server_that_hangs_or_is_gone_keeps_none_of_the_others_back(server: CacheServer) -> None:
    fill(server, [OURS.format(1)])
    with socket.socket() as silent, socket.socket() as closed:
        silent.bind(("127.0.0.1", 0))
        silent.listen()
        closed.bind(("127.0.0.1", 0))
        hanging = CacheServer("127.0.0.1", silent.getsockname()[1])
        gone = CacheServer("127.0.0.1", closed.getsockname()[1])
        began = time.monotonic()
        first, second, third = on_all([hanging, server, gone], PATTERN, delete=True, answer_s=1)
    assert time.monotonic() - began < 10
    assert first.error == "no answer within 1 s"
    assert second.deleted == 1 and not second.error
    assert third.error.startswith("cannot be reached")


OLD = b"ERROR\r\n"
FOUND = b"key=" + OURS.format(1).encode() + b" exp=-1\r\nEND\r\n"


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([OLD, b"STAT items:1:number abc\r\nEND\r\n"], "gives an answer that cannot be parsed"),
        ([OLD, b"STAT\r\nEND\r\n"], "gives an answer that cannot be parsed"),
        ([OLD, b"CLIENT_ERROR unauthenticated\r\n"], "refused: unauthenticated"),
        ([FOUND, b"SERVER_ERROR out of memory\r\n"], "refused: out of memory"),
        ([FOUND, b"\xff\xfe\r\n"], "cannot be reached"),
        ([FOUND, b""], "the connection was closed while keys were being deleted"),
        ([b"-NOAUTH Authentication required.\r\n"], "answers -NOAUTH Authentication required.: this"),
    ],
)
def test_a_server_that_answers_oddly_is_named_and_the_others_done(
    server: CacheServer, answers: list[bytes], said: str
) -> None:
    fill(server, [OURS.format(1)])
    with socket.create_server(("127.0.0.1", 0)) as odd:
        left = list(answers)

        def answer() -> None:
            while left:
                peer, _ = odd.accept()
                with peer:
                    while left and peer.recv(1000):
                        peer.sendall(left.pop(0))

        thread = threading.Thread(target=answer)
        thread.start()
        there = CacheServer("127.0.0.1", odd.getsockname()[1])
        first, second = on_all([there, server], PATTERN, delete=True, answer_s=2)
        thread.join(10)
    assert first.error.startswith(said) and not thread.is_alive()
    assert second.deleted == 1 and not second.error


def test_a_server_that_answers_without_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memcached_client, "TOTAL_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as endless:

        def answer() -> None:
            peer, _ = endless.accept()
            try:
                while True:
                    peer.sendall(b"key=" + b"a" * 8000 + b" exp=-1\n")
            except OSError:
                peer.close()

        thread = threading.Thread(target=answer)
        thread.start()
        found = on_one(CacheServer("127.0.0.1", endless.getsockname()[1]), PATTERN, delete=True)
        thread.join(10)
    assert found.error == "listing its keys takes more than 0 s" and not thread.is_alive()


def test_something_else_that_listens_there() -> None:
    with socket.socket() as web:
        web.bind(("127.0.0.1", 0))
        web.listen()

        def answer() -> None:
            peer, _ = web.accept()
            peer.recv(100)
            peer.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
            peer.close()

        thread = threading.Thread(target=answer)
        thread.start()
        found = on_one(CacheServer("127.0.0.1", web.getsockname()[1]), PATTERN, delete=True, answer_s=2)
        thread.join()
    assert found.error == "answers HTTP/1.1 400 Bad Request: this may not be memcached"


MIXED = [OURS.format(number) for number in range(50)] + [f"other-{number}" for number in range(500)]


@pytest.mark.parametrize("version", ["1.4.33", "1.5.3"])
def test_a_dump_without_an_end_is_whole_when_it_has_every_key(version: str) -> None:
    """Accept the whole dump of memcached 1.4.31 to 1.5.3, which has no END (its issue 667)."""
    with old_memcached(MIXED, version, crawler=True) as old:
        done = on_one(old.server, PATTERN, delete=True, answer_s=0.5)
        assert (done.seen, done.deleted, done.error, done.incomplete) == (550, 50, "", False)
        assert len(old.keys) == 500
    with old_memcached([], version, crawler=True) as empty:
        done = on_one(empty.server, PATTERN, delete=True, answer_s=0.5)
        assert (done.seen, done.deleted, done.error, done.incomplete) == (0, 0, "", False)


@pytest.mark.parametrize("version", ["1.4.25", "1.4.33", "1.5.6"])
def test_what_has_expired_is_no_hidden_key(version: str) -> None:
    """Ignore expired keys, counted until the crawler finds them; cachedump lists them in place of live ones."""
    with old_memcached(MIXED[50:] + MIXED[:1], version, crawler=True, shows=501, expired=600) as old:
        done = on_one(old.server, PATTERN, delete=True, answer_s=0.5)
        assert (done.seen, done.deleted, done.error, done.incomplete) == (501, 1, "", False)
    with old_memcached(MIXED, version, shows=300, expired=600) as old:
        assert on_one(old.server, PATTERN, delete=True, answer_s=0.5).incomplete, "nobody can tell"


@pytest.mark.parametrize(
    ("version", "whole"), [("1.5.4", True), ("1.5.5", False), ("1.5.6", False), ("1.5.7", True)]
)
def test_a_dump_with_an_end_that_leaves_out_the_newest(version: str, whole: bool) -> None:
    """Report that memcached 1.5.5 and 1.5.6 leave out the list that was stored last (its issue 362)."""
    with old_memcached([*MIXED[50:], *MIXED[:50]], version, crawler=True, shows=0) as old:
        done = on_one(old.server, PATTERN, delete=True)
        assert (done.error, done.incomplete) == ("", not whole)
        assert (done.seen, done.deleted, len(old.keys)) == ((550, 50, 500) if whole else (549, 49, 501))


def test_a_key_that_is_shown_twice_hides_no_other() -> None:
    """Count a repeated item once: 1.5.1 moved items during a dump, and listed 200,050 keys in 310,320 lines."""
    with old_memcached(MIXED, "1.5.1", crawler=True, shows=0) as old:
        found = memcached_client._Found(PATTERN)
        found.take(iter([*old.keys, *old.keys]))
        assert found.seen() == 550 and len(found.keys) == 50


def test_a_dump_that_stops_in_the_middle_of_a_line_is_no_whole_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def answer() -> None:
            while True:
                try:
                    peer = listener.accept()[0]
                except OSError:
                    return
                threading.Thread(target=half, args=(peer,), daemon=True).start()

        def half(peer: socket.socket) -> None:
            with peer:
                if peer.recv(1000):
                    peer.sendall(b"key=a exp=-1 la=1 cas=1\nkey=Pitrix.Zo")
                    peer.recv(1000)

        thread = threading.Thread(target=answer, daemon=True)
        thread.start()
        server = CacheServer("127.0.0.1", listener.getsockname()[1])
        found = on_one(server, PATTERN, delete=True, answer_s=0.5)
        listener.shutdown(socket.SHUT_RDWR)
        thread.join(10)
    assert found.error == "no answer within 0 s"


def test_an_old_server_shows_a_part_and_that_is_said() -> None:
    """Report that memcached 1.4.25 lists only a part, with the lists of zones behind what it dumps."""
    with old_memcached(MIXED, shows=300) as old:
        done = on_one(old.server, PATTERN, delete=True)
        assert (done.seen, done.deleted, done.error, done.incomplete) == (300, 0, "", True)
    with old_memcached(MIXED) as old:
        done = on_one(old.server, PATTERN, delete=True)
        assert (done.deleted, done.error, done.incomplete) == (50, "", False)

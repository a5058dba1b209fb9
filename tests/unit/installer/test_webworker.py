"""Requests are complete only when all their bytes have arrived."""

from __future__ import annotations

import itertools
import socket
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from installer.long_poll import Wait
from installer.request_bodies import MAX_BODY_BYTES
from installer.waiting_requests import WaitingRequests
from installer.web_clients import MAX_HEAD_BYTES, Arriving, Client, ClientSocket

HEAD = b"POST /api/v1/nodes/?a=1 HTTP/1.1\r\nHost: x\r\n"
WHOLE = {
    "no body": HEAD + b"\r\n",
    "a body": HEAD + b"Content-Length: 5\r\n\r\nhello",
    "lowercase letters": HEAD + b"content-length:5 \r\n\r\nhello",
    "chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "chunks with extensions": HEAD + b"transfer-encoding:  Chunked\r\n\r\n5 ;a=b\r\nhello\r\n00\r\n\r\n",
    "trailers": HEAD + b"Transfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nA: 1\r\nB: 2\r\n\r\n",
    "a chunk that looks like the end": HEAD
    + b"Transfer-Encoding: chunked\r\n\r\n7\r\n0\r\n\r\n\r\n\r\n0\r\n\r\n",
    "empty lines before it": b"\r\n\r\n" + HEAD + b"\r\n",
}


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    edges = sorted({0, len(data), *(cut % (len(data) + 1) for cut in cuts)})
    return [data[begin:end] for begin, end in itertools.pairwise(edges)]


@pytest.mark.parametrize("kind", WHOLE)
@given(cuts=st.lists(st.integers(0, 200), max_size=8))
def test_it_is_whole_with_its_last_byte_and_not_before(kind, cuts):
    *first, last = pieces(WHOLE[kind], cuts)
    arriving = Arriving()
    assert [arriving.add(piece) for piece in first] == [False] * len(first)
    assert arriving.add(last) and arriving.whole and arriving.path() == b"/api/v1/nodes/"


@pytest.mark.parametrize("kind", WHOLE)
def test_byte_by_byte(kind):
    arriving = Arriving()
    answers = [arriving.add(bytes([byte])) for byte in WHOLE[kind]]
    assert answers == [False] * (len(answers) - 1) + [True]


@pytest.mark.parametrize(
    "data",
    [
        b"x" * (MAX_HEAD_BYTES + 1),
        HEAD + b"Content-Length: %d\r\n\r\n" % (MAX_BODY_BYTES + 1),
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + b"1" * MAX_HEAD_BYTES,
    ],
    ids=["a long head", "a long body", "no number", "a negative one", "a long line"],
)
def test_what_is_odd_or_too_long_is_handed_over_to_be_refused(data):
    arriving = Arriving()
    assert arriving.add(data) and not arriving.whole


@given(data=st.binary(max_size=300), cuts=st.lists(st.integers(0, 300), max_size=5))
def test_any_bytes_give_the_same_answer_however_they_are_cut(data, cuts):
    at_once, in_parts = Arriving(), Arriving()
    whole = at_once.add(HEAD + b"Transfer-Encoding: chunked\r\n\r\n" + data)
    found = False
    for piece in [HEAD, b"Transfer-Encoding: chunked\r\n\r\n", *pieces(data, cuts)]:
        found = in_parts.add(piece)
        if found:
            break
    assert found == whole


def aside() -> tuple[Any, Any, socket.socket, list[str]]:
    """Return the requests of a worker, one of which was put aside, its connection, its client, and what happens to them."""
    ours, client = socket.socketpair()
    done: list[str] = []
    poller = SimpleNamespace(unregister=lambda sock: done.append("not watched"))
    kept, conn = WaitingRequests(SimpleNamespace(poller=poller, nr_conns=1)), object.__new__(Client)
    conn.sock, conn.read_later = ClientSocket(fileno=ours.detach()), False
    conn.sock.wait = Wait()
    conn.sock.setblocking(False)
    kept.aside = {conn.sock.wait: conn}
    kept.watcher = SimpleNamespace(discard=lambda wait: done.append("not looked for"))
    return kept, conn, client, done


def test_a_client_that_goes_while_it_waits_is_counted_no_longer():
    kept, conn, client, done = aside()
    kept.on_aside(conn, conn.sock)
    assert not done and kept.worker.nr_conns == 1, "nothing has happened"
    client.close()
    kept.on_aside(conn, conn.sock)
    assert done == ["not watched", "not looked for"]
    assert not kept.aside and kept.worker.nr_conns == 0 and conn.sock.fileno() < 0


def test_what_a_client_sends_while_it_waits_is_left_for_later():
    kept, conn, client, done = aside()
    client.sendall(b"GET")
    kept.on_aside(conn, conn.sock)
    assert done == ["not watched"] and kept.aside and conn.read_later and conn.sock.recv(3) == b"GET"
    client.close()
    conn.sock.close()


def test_a_request_that_was_just_taken_up_is_left_alone():
    kept, conn, client, done = aside()
    kept.aside.clear()
    client.close()
    kept.on_aside(conn, conn.sock)
    assert not done and kept.worker.nr_conns == 1
    conn.sock.close()

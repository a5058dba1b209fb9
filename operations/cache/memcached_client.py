"""Find and delete matching keys of a memcached server over its text protocol."""

from __future__ import annotations

import re
import time
from array import array
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field

from pymemcache.client.base import Client
from pymemcache.exceptions import (
    MemcacheClientError,
    MemcacheError,
    MemcacheServerError,
    MemcacheUnexpectedCloseError,
    MemcacheUnknownCommandError,
)

from common.messages import phrase
from common.wording import _
from operations.cache.core import MAX_KEY, AnswerError, CacheServer, KeyReader, deletable

ANSWER_S = 5.0
TOTAL_S = 120.0
_BATCH = 500
_CHUNK = 1 << 18
_PASSES = 5
_RECLAIM_S = 20.0
# Their dump ends with END and without the newest item of each LRU list (memcached issue 362).
_LEAVE_OUT = frozenset({"1.5.5", "1.5.6"})


class TooLong(TimeoutError):
    """The server keeps answering without ever finishing."""


class Stopped(Exception):
    """The caller has asked to stop."""


@dataclass(slots=True)
class _Visit:
    """One server while it is queried; ``deleted``: matching keys that are gone, in order of deletion."""

    client: Client
    server: CacheServer
    pattern: re.Pattern[bytes]
    stop: Callable[[], bool]
    seen: int = 0
    reclaimed: bool = False
    deleted: dict[bytes, None] = field(default_factory=dict)

    def go_on(self) -> None:
        """Continue unless the caller has asked to stop. Raises :class:`Stopped`."""
        if self.stop():
            raise Stopped


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """What a server holds: ``seen`` keys in all, ``keys`` that match; ``error`` when it could not be queried.

    ``incomplete``: the server lists only some of its keys. ``deleted`` counts matching keys that are now gone.
    """

    server: CacheServer
    seen: int = 0
    keys: tuple[bytes, ...] = ()
    incomplete: bool = False
    deleted: int = 0
    error: str = ""


def _never() -> bool:
    return False


def on_all(
    servers: Sequence[CacheServer],
    pattern: re.Pattern[bytes],
    *,
    delete: bool,
    answer_s: float = ANSWER_S,
    stop: Callable[[], bool] = _never,
) -> list[ServerKeys]:
    """Query every server at once and delete what matches; one that does not answer does not hold up the others.

    ``stop`` is polled repeatedly, from several threads; once it returns true, nothing more is deleted.
    """

    def one(server: CacheServer) -> ServerKeys:
        return on_one(server, pattern, delete=delete, answer_s=answer_s, stop=stop)

    with ThreadPoolExecutor(max_workers=len(servers), thread_name_prefix="memcached") as pool:
        # Each with the language of the one who looks.
        asked = [pool.submit(copy_context().run, one, server) for server in servers]
        return [answer.result() for answer in asked]


def on_one(
    server: CacheServer,
    pattern: re.Pattern[bytes],
    *,
    delete: bool,
    answer_s: float = ANSWER_S,
    stop: Callable[[], bool] = _never,
) -> ServerKeys:
    """Return the matching keys of one server, deleted if asked for. Never raises because of the server's behaviour."""
    client = Client((server.host, server.port), connect_timeout=answer_s, timeout=answer_s, no_delay=True)
    visit = _Visit(client, server, pattern, stop)
    try:
        found = _find(visit)
        visit.seen = found.seen
        return _delete(visit, found) if delete and found.keys else found
    except Stopped:
        error = phrase(_("stopped before it was done"))
    except TooLong:
        error = phrase(_("listing its keys takes more than {seconds} s"), seconds=round(TOTAL_S))
    except TimeoutError:
        error = phrase(_("no answer within {seconds} s"), seconds=round(answer_s))
    except OSError as problem:
        error = phrase(_("cannot be reached: {reason}"), reason=problem.strerror or str(problem))
    except AnswerError as problem:
        error = phrase(_("answers {answer}: this may not be memcached"), answer=str(problem))
    except MemcacheUnexpectedCloseError:
        error = phrase(_("the connection was closed while keys were being deleted"))
    except (MemcacheClientError, MemcacheServerError) as problem:
        said = problem.args[0] if problem.args else b""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        error = phrase(_("refused: {reason}"), reason=text[:80] or type(problem).__name__)
    except MemcacheError as problem:
        error = phrase(
            _("the connection ended early: {reason}"), reason=str(problem) or type(problem).__name__
        )
    except (ValueError, IndexError, KeyError):
        # What the library makes of an answer that no memcached gives.
        error = phrase(_("gives an answer that cannot be parsed: this may not be memcached"))
    finally:
        client.close()
    return ServerKeys(server, visit.seen, tuple(visit.deleted), deleted=len(visit.deleted), error=error)


@dataclass(slots=True)
class _Found:
    """What one scan has found: a key that moved meanwhile is listed twice but counts once.

    Of a key that does not match only an eight-byte hash is kept, grouped by its last byte: a server may hold tens of
    millions of keys.
    """

    pattern: re.Pattern[bytes]
    keys: dict[bytes, None] = field(default_factory=dict)
    numbers: list[array[int]] = field(default_factory=lambda: [array("q") for _byte in range(256)])

    def take(self, keys: Iterator[bytes]) -> None:
        """Record what a dump lists."""
        for key in keys:
            number = hash(key)
            self.numbers[number & 255].append(number)
            # Longer ones cannot be memcached keys, and there is no bound on the time a pattern would need for them.
            if len(key) <= MAX_KEY and self.pattern.search(key):
                self.keys[key] = None

    def seen(self) -> int:
        """Return how many keys there were."""
        return sum(len(set(part)) for part in self.numbers)


def _find(visit: _Visit) -> ServerKeys:
    """Find the matching keys of one server by the best walk that its version offers.

    The walk over the hash table (1.6.9) sees every key. Older servers know only the walk over the LRU lists, which can
    miss keys that move meanwhile, and the oldest only dump pages of each slab class. Where a dump may hide keys, the
    number of items tells whether it did. What each version answers: tests/support/memcacheds.py.
    """
    until = time.monotonic() + TOTAL_S
    found = _Found(visit.pattern)
    if _walk(visit, b"lru_crawler metadump hash", until, found) == "ended":
        return ServerKeys(visit.server, found.seen(), tuple(found.keys))
    for _turn in range(2):
        before = _count(visit.client)
        how = _walk(visit, b"lru_crawler metadump all", until, found)
        if how == "ended" and _version(visit.client) not in _LEAVE_OUT:
            return ServerKeys(visit.server, found.seen(), tuple(found.keys))
        # A key stored meanwhile was not hidden.
        if how != "refused" and found.seen() >= min(before, _count(visit.client)):
            return ServerKeys(visit.server, found.seen(), tuple(found.keys))
        # Expired items are counted until something accesses them, but they are not dumped.
        if not _reclaim(visit, until) or how == "refused":
            break
    slabs = _slabs(visit.client)
    for slab in slabs:
        found.take(_ask(visit, b"stats cachedump %d 0" % slab, until))
    seen = found.seen()
    return ServerKeys(visit.server, seen, tuple(found.keys), incomplete=seen < sum(slabs.values()))


def _walk(visit: _Visit, command: bytes, until: float, found: _Found) -> str:
    """Return how the crawler's dump went: ``ended``; ``silent`` without END, after a complete line; or ``refused``."""
    walk = _Walk()
    try:
        found.take(_patiently(visit, command, until, walk))
    except AnswerError as error:
        if error.kind == "garbage":
            raise
        visit.client.close()
        return "refused"
    if not walk.silent:
        return "ended"
    visit.client.close()
    return "silent"


def _reclaim(visit: _Visit, until: float) -> bool:
    """Have the crawler free expired items; False where it is off, was asked before, or takes too long."""
    if visit.reclaimed:
        return False
    visit.reclaimed = True
    try:
        if not visit.client.raw_command(b"lru_crawler crawl all").startswith(b"OK"):
            return False
    except (MemcacheUnknownCommandError, MemcacheClientError):
        return False
    until = min(until, time.monotonic() + _RECLAIM_S)
    while int(visit.client.stats().get(b"lru_crawler_running", 0)):
        visit.go_on()
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True


def _version(client: Client) -> str:
    """Return ``1.5.6``, whatever a distribution appends to it."""
    return str(client.version(), "utf-8", "replace").split(" ")[0]


@dataclass(slots=True)
class _Walk:
    """How the crawler's dump ended: ``silent`` without END, after a complete line."""

    silent: bool = False


def _patiently(visit: _Visit, command: bytes, until: float, walk: _Walk) -> Iterator[bytes]:
    """Yield the crawler's dump, which serves one client at a time; give up after a few seconds of BUSY."""
    for _turn in range(20):
        try:
            yield from _ask(visit, command, until, walk)
            return
        except AnswerError as error:
            if error.kind != "busy":
                raise
            time.sleep(0.25)
    raise AnswerError("busy", b"BUSY")


def _ask(visit: _Visit, command: bytes, until: float, walk: _Walk | None = None) -> Iterator[bytes]:
    """Yield the keys of one dump; with ``walk``, silence after a complete line counts as an end, too."""
    visit.go_on()
    client = visit.client
    if client.sock is None:
        client._connect()
    assert client.sock is not None
    client.sock.sendall(command + b"\r\n")
    reader = KeyReader()
    silent = True
    while not reader.ended:
        try:
            data = client.sock.recv(_CHUNK)
        except TimeoutError:
            if walk is None or not reader.whole:
                raise
            walk.silent = True
            return
        visit.go_on()
        if not data:
            closed = (
                _("the connection was closed: check that it uses the text protocol, without SASL and TLS")
                if silent
                else _("the connection was closed")
            )
            raise ConnectionResetError(0, phrase(closed))
        if time.monotonic() > until:
            raise TooLong
        silent = False
        yield from reader.feed(data)


def _slabs(client: Client) -> dict[int, int]:
    """Return how many items each slab class has."""
    found = {}
    for name, value in client.stats("items").items():
        parts = name.split(b":")
        if len(parts) == 3 and parts[2] == b"number" and parts[1].isdigit():
            found[int(parts[1])] = int(value)
    return found


def _count(client: Client) -> int:
    """Return how many items there are, including expired ones that nothing has accessed yet."""
    return sum(_slabs(client).values())


def _delete(visit: _Visit, first: ServerKeys) -> ServerKeys:
    """Delete in batches, then scan again, so that keys a dump missed, or that were written meanwhile, go too."""
    found = first
    for _turn in range(_PASSES):
        plain = [key for key in found.keys if deletable(key)]
        for start in range(0, len(plain), _BATCH):
            visit.go_on()
            batch = plain[start : start + _BATCH]
            visit.client.delete_many(batch, noreply=False)
            visit.deleted.update(dict.fromkeys(batch))
        gone = _delete_odd(visit, [key for key in found.keys if not deletable(key)])
        found = _find(visit)
        if not gone and not any(deletable(key) for key in found.keys):
            break
    # A key that was deleted and exists again was written by a service in use, from current data.
    stayed = [key for key in found.keys if key not in visit.deleted]
    odd = _(
        "{keys:matching key has|matching keys have} spaces or control characters, and this memcached is older than "
        "1.6.9 and cannot delete such keys: they remain until they expire or it is restarted"
    )
    error = phrase(odd, keys=len(stayed)) if stayed else ""
    keys = tuple(visit.deleted)
    return ServerKeys(visit.server, first.seen, keys, found.incomplete, len(keys), error)


def _delete_odd(visit: _Visit, keys: Sequence[bytes]) -> int:
    """Delete keys that only the binary protocol can write, by their base64 (``md KEY b``, doc/protocol.txt).

    Return how many are gone: 0 where the server does not know the command.
    """
    gone = 0
    for key in keys:
        visit.go_on()
        try:
            answer = visit.client.raw_command(b"md %s b" % b64encode(key), end_tokens=b"\r\n")
        except (MemcacheUnknownCommandError, MemcacheClientError):
            # Before 1.6.0 this command does not exist, before 1.6.9 this flag does not.
            break
        if answer.startswith((b"HD", b"NF")):
            visit.deleted[key] = None
            gone += 1
    return gone

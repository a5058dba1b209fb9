"""One memcached over its text protocol: keys that match are found and deleted, nothing else is touched."""

from __future__ import annotations

import re
import time
from array import array
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from pymemcache.client.base import Client
from pymemcache.exceptions import (
    MemcacheClientError,
    MemcacheError,
    MemcacheServerError,
    MemcacheUnexpectedCloseError,
    MemcacheUnknownCommandError,
)

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
    """The server answers, but without an end."""


class Stopped(Exception):
    """Whoever asked for it wants no more of it."""


@dataclass(slots=True)
class _Visit:
    """One server while it is asked; ``deleted``: matching keys that are gone, in their order."""

    client: Client
    server: CacheServer
    pattern: re.Pattern[bytes]
    stop: Callable[[], bool]
    seen: int = 0
    reclaimed: bool = False
    deleted: dict[bytes, None] = field(default_factory=dict)

    def go_on(self) -> None:
        """Raises :class:`Stopped`."""
        if self.stop():
            raise Stopped


@dataclass(frozen=True, slots=True)
class ServerKeys:
    """What a server holds: ``seen`` keys in all, ``keys`` that match; ``error`` when it could not be asked.

    ``incomplete``: it shows only a part of its keys. ``deleted`` counts matching keys that are gone now.
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
    """Ask every server at once, and delete what matches; one that does not answer keeps none of the others back.

    ``stop`` is asked again and again, from several threads; once it says so, nothing more is deleted.
    """

    def one(server: CacheServer) -> ServerKeys:
        return on_one(server, pattern, delete=delete, answer_s=answer_s, stop=stop)

    with ThreadPoolExecutor(max_workers=len(servers), thread_name_prefix="memcached") as pool:
        return list(pool.map(one, servers))


def on_one(
    server: CacheServer,
    pattern: re.Pattern[bytes],
    *,
    delete: bool,
    answer_s: float = ANSWER_S,
    stop: Callable[[], bool] = _never,
) -> ServerKeys:
    """The matching keys of one server, deleted if asked for. Never raises for what the server does."""
    client = Client((server.host, server.port), connect_timeout=answer_s, timeout=answer_s, no_delay=True)
    visit = _Visit(client, server, pattern, stop)
    try:
        found = _find(visit)
        visit.seen = found.seen
        return _delete(visit, found) if delete and found.keys else found
    except Stopped:
        error = "stopped before it was done"
    except TooLong:
        error = f"it does not come to the end of its keys within {TOTAL_S:.0f} s"
    except TimeoutError:
        error = f"it does not answer within {answer_s:.0f} s"
    except OSError as problem:
        error = f"it cannot be reached: {problem.strerror or problem}"
    except AnswerError as problem:
        error = f"it answers {problem}: is this a memcached?"
    except MemcacheUnexpectedCloseError:
        error = "it closed the connection while keys were deleted"
    except (MemcacheClientError, MemcacheServerError) as problem:
        said = problem.args[0] if problem.args else b""
        text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
        error = f"it refuses: {text[:80] or type(problem).__name__}"
    except MemcacheError as problem:
        error = f"the connection ended early: {problem or type(problem).__name__}"
    except (ValueError, IndexError, KeyError):
        # What the library makes of an answer that no memcached gives.
        error = "it answers what is not understood: is this a memcached?"
    finally:
        client.close()
    return ServerKeys(server, visit.seen, tuple(visit.deleted), deleted=len(visit.deleted), error=error)


@dataclass(slots=True)
class _Found:
    """What one look has shown: a key that was moved meanwhile is shown again, and counts once all the same.

    Of keys that do not match eight bytes are kept each, and their numbers apart by their last byte: a server may
    hold tens of millions.
    """

    pattern: re.Pattern[bytes]
    keys: dict[bytes, None] = field(default_factory=dict)
    numbers: list[array[int]] = field(default_factory=lambda: [array("q") for _ in range(256)])

    def take(self, keys: Iterator[bytes]) -> None:
        """Note what a dump shows."""
        for key in keys:
            number = hash(key)
            self.numbers[number & 255].append(number)
            # Longer ones are no keys of a memcached: nobody knows how long a pattern takes for them.
            if len(key) <= MAX_KEY and self.pattern.search(key):
                self.keys[key] = None

    def seen(self) -> int:
        """How many keys there were."""
        return sum(len(set(part)) for part in self.numbers)


def _find(visit: _Visit) -> ServerKeys:
    """The walk over the hash table (1.6.9) sees every key; older servers know only the walk over the LRU lists, which can
    miss keys that move meanwhile, and the oldest only dump pages of each slab class. Where a dump may hide keys, their
    number says whether it did. What each version answers: tests/zones/memcacheds.py.
    """
    until = time.monotonic() + TOTAL_S
    found = _Found(visit.pattern)
    if _walk(visit, b"lru_crawler metadump hash", until, found) == "ended":
        return ServerKeys(visit.server, found.seen(), tuple(found.keys))
    for _ in range(2):
        before = _count(visit.client)
        how = _walk(visit, b"lru_crawler metadump all", until, found)
        if how == "ended" and _version(visit.client) not in _LEAVE_OUT:
            return ServerKeys(visit.server, found.seen(), tuple(found.keys))
        # What is stored meanwhile is no key that was hidden.
        if how != "refused" and found.seen() >= min(before, _count(visit.client)):
            return ServerKeys(visit.server, found.seen(), tuple(found.keys))
        # Items that have expired are counted until somebody comes upon them, and not dumped.
        if not _reclaim(visit, until) or how == "refused":
            break
    slabs = _slabs(visit.client)
    for slab in slabs:
        found.take(_ask(visit, b"stats cachedump %d 0" % slab, until))
    seen = found.seen()
    return ServerKeys(visit.server, seen, tuple(found.keys), incomplete=seen < sum(slabs.values()))


def _walk(visit: _Visit, command: bytes, until: float, found: _Found) -> str:
    """How the dump of the crawler went: ``ended``; ``silent`` without END, behind a whole line; or ``refused``."""
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
    """Have the crawler let go of what has expired; False where it is off, or was asked before, or takes too long."""
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
    """``1.5.6``, whatever a distribution writes behind it."""
    return str(client.version(), "utf-8", "replace").split(" ")[0]


@dataclass(slots=True)
class _Walk:
    """How the dump of the crawler ended: ``silent`` without END, behind a whole line."""

    silent: bool = False


def _patiently(visit: _Visit, command: bytes, until: float, walk: _Walk) -> Iterator[bytes]:
    """The dump of the crawler, which serves one at a time; after a few seconds of BUSY it is given up."""
    for _ in range(20):
        try:
            yield from _ask(visit, command, until, walk)
            return
        except AnswerError as error:
            if error.kind != "busy":
                raise
            time.sleep(0.25)
    raise AnswerError("busy", b"BUSY")


def _ask(visit: _Visit, command: bytes, until: float, walk: _Walk | None = None) -> Iterator[bytes]:
    """The keys of one dump; with ``walk`` silence behind a whole line is an end, too."""
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
            hint = ": does it speak the text protocol, without SASL and TLS?" if silent else ""
            raise ConnectionResetError(0, "it closed the connection" + hint)
        if time.monotonic() > until:
            raise TooLong
        silent = False
        yield from reader.feed(data)


def _slabs(client: Client) -> dict[int, int]:
    """How many items each slab class has."""
    found = {}
    for name, value in client.stats("items").items():
        parts = name.split(b":")
        if len(parts) == 3 and parts[2] == b"number" and parts[1].isdigit():
            found[int(parts[1])] = int(value)
    return found


def _count(client: Client) -> int:
    """How many items there are, those that have expired and were not come upon among them."""
    return sum(_slabs(client).values())


def _delete(visit: _Visit, first: ServerKeys) -> ServerKeys:
    """Delete in batches, then look again: what a dump has missed, or was written meanwhile, goes too."""
    found = first
    for _ in range(_PASSES):
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
    # What was deleted and is there again was written by a service in use, with what is true by now.
    stayed = [key for key in found.keys if key not in visit.deleted]
    error = (
        f"{len(stayed)} matching keys have blanks or control characters, and this memcached is too old to delete "
        "such keys (1.6.9 is not): they go when they expire, or when it is restarted"
        if stayed
        else ""
    )
    keys = tuple(visit.deleted)
    return ServerKeys(visit.server, first.seen, keys, found.incomplete, len(keys), error)


def _delete_odd(visit: _Visit, keys: Sequence[bytes]) -> int:
    """Delete keys that only the binary protocol can write, by their base64 (``md KEY b``, doc/protocol.txt).

    How many are gone: none where the server does not know the command.
    """
    gone = 0
    for key in keys:
        visit.go_on()
        try:
            answer = visit.client.raw_command(b"md %s b" % b64encode(key), end_tokens=b"\r\n")
        except (MemcacheUnknownCommandError, MemcacheClientError):
            # Before 1.6.0 there is no such command, before 1.6.9 no such flag.
            break
        if answer.startswith((b"HD", b"NF")):
            visit.deleted[key] = None
            gone += 1
    return gone
